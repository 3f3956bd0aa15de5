"""What `analyse experiment` and `analyse deflection` print: rows of a file in, plain JSON types out, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from experiments.deflection import Case, measure
from experiments.evaluation import Arm, Evaluation, VariantResult, evaluate
from experiments.weeks import DailyCounts
from metrics import daily_rows

JSON = dict[str, object]


def experiment(rows: Iterable[Mapping[str, str]]) -> JSON:
    """A finished test from `variant,visitors,conversions[,revenue_sum,revenue_sumsq,contacts]`, the control first.

    Shares and lifts are ratios. Raises ValueError with a sentence when a row cannot be read.
    """
    arms = [_arm(line, row) for line, row in enumerate(rows, start=2)]
    if len(arms) < 2:
        raise ValueError("A test needs a control and at least one variant.")
    found: Evaluation = evaluate(arms)
    return {
        "srm_p": found.srm_p,
        "blocked": found.blocked,
        "variants": [_variant(result) for result in found.variants],
        "verdict": found.verdict,
    }


def deflection(
    rows: Iterable[Mapping[str, str]], *, series: str, released_on: date, proposed_on: date | None = None
) -> JSON:
    """Contacts avoided by a release from `date,series,contacts[,exposure]`; the other series are the comparison.

    Raises ValueError with a sentence when a row cannot be read or the series is not in the file.
    """
    data = daily_rows.read(rows)
    if series not in data.contacts:
        raise ValueError(f"The file has no series {series!r}.")
    exposure = None if data.exposure is None else np.nan_to_num(data.exposure[series])
    found = measure(
        DailyCounts(data.start, data.contacts, exposure),
        Case(theme=series, released_on=released_on, filed_on=proposed_on),
    )
    return {
        "grade": found.grade,
        "rate_ratio": found.rate_ratio.value,
        "low": found.rate_ratio.low,
        "high": found.rate_ratio.high,
        "contacts_avoided": found.avoided.value,
        "avoided_low": found.avoided.low,
        "avoided_high": found.avoided.high,
        "weeks_before": found.weeks_before,
        "weeks_after": found.weeks_after,
        "flags": list(found.flags),
        "verdict": found.verdict,
    }


def _arm(line: int, row: Mapping[str, str]) -> Arm:
    name = (row.get("variant") or "").strip()
    if not name:
        raise ValueError(f"Line {line}: the variant has no name.")
    visitors, conversions = (daily_rows.number(row, column, line) for column in ("visitors", "conversions"))
    if visitors is None or conversions is None:
        raise ValueError(f"Line {line}: visitors and conversions are needed.")
    if conversions > visitors:
        raise ValueError(f"Line {line}: more conversions than visitors.")
    return Arm(
        name=name,
        visitors=visitors,
        conversions=conversions,
        revenue_sum=daily_rows.number(row, "revenue_sum", line),
        revenue_sumsq=daily_rows.number(row, "revenue_sumsq", line),
        contacts=daily_rows.number(row, "contacts", line),
    )


def _variant(result: VariantResult) -> JSON:
    return {
        "variant": result.name,
        "rate": result.rate.value,
        "low": result.rate.low,
        "high": result.rate.high,
        "lift": result.lift.value,
        "lift_low": result.lift.low,
        "lift_high": result.lift.high,
        "p": result.p,
        "chance_to_win": result.chance_to_win,
    }

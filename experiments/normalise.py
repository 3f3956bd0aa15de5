"""A row of a results file, or a `Problem` that says why not. Pure: what is stored is given as `Known`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from feedback.normalise import Circumstances, Problem
from feedback.normalise import values as cell

COLUMNS = ("experiment", "variant", "date", "visitors", "conversions", "revenue_sum", "revenue_sumsq", "contacts")
REQUIRED = COLUMNS[:5]
CENTS = 100


class ResultRow(NamedTuple):
    """One arm on one day. Revenue in cents, its sum of squares in cents squared."""

    external_id: str
    row_hash: str
    experiment: int
    variant: str
    day: date
    visitors: int
    conversions: int
    revenue_sum: float | None
    revenue_sumsq: float | None
    contacts: int | None


@dataclass(frozen=True)
class Known:
    """What the rows are checked against: one experiment as it stands.

    `stored` are the row hashes of results by external id; they matter once it is no longer running.
    """

    number: int
    variants: tuple[str, ...]
    running: bool
    starts_on: date | None
    ends_on: date | None
    stored: Mapping[str, str]


def external_id(number: int, variant: str, day: date) -> str:
    """The id of an arm's day."""
    return f"EXP-{number}|{variant}|{day.isoformat()}"


def normaliser(around: Circumstances, find: Callable[[int], Known | None]) -> Callable[[Mapping[str, str]], ResultRow]:
    """A function from the fields of a row to a result; it raises Problem."""

    def normalise(row: Mapping[str, str]) -> ResultRow:
        known = _experiment(row.get("experiment", ""), find)
        variant = row.get("variant", "")
        if variant not in known.variants:
            raise Problem("variant", variant, "variant_unknown", keys=", ".join(known.variants))
        if row.get("date") is None:
            raise Problem("date", "", "date_missing")
        day = around.dates.day("date", row["date"])
        visitors = _needed(row, "visitors", around.decimal)
        conversions = _needed(row, "conversions", around.decimal)
        if conversions > visitors:
            raise Problem("conversions", row["conversions"], "conversions_above_visitors")
        facts = (
            known.number,
            variant,
            day,
            visitors,
            conversions,
            _money(row, "revenue_sum", CENTS, around.decimal),
            _money(row, "revenue_sumsq", CENTS**2, around.decimal),
            cell.count("contacts", row["contacts"], around.decimal) if "contacts" in row else None,
        )
        made = ResultRow(external_id(known.number, variant, day), around.references.row(facts), *facts)
        _check(made, known, row["date"])
        return made

    return normalise


def _experiment(key: str, find: Callable[[int], Known | None]) -> Known:
    match = re.fullmatch(r"(?:EXP-)?([0-9]{1,9})", key.upper())
    known = find(int(match[1])) if match else None
    if known is None:
        raise Problem("experiment", key, "experiment_unknown")
    return known


def _check(row: ResultRow, known: Known, written: str) -> None:
    if not known.running:
        if known.stored.get(row.external_id) == row.row_hash:
            return
        raise Problem("experiment", f"EXP-{known.number}", "experiment_not_running")
    if (known.starts_on and row.day < known.starts_on) or (known.ends_on and row.day > known.ends_on):
        raise Problem("date", written, "outside_test", first=str(known.starts_on), last=str(known.ends_on))


def _needed(row: Mapping[str, str], column: str, decimal: str) -> int:
    if column not in row:
        raise Problem(column, "", "count_missing")
    return cell.count(column, row[column], decimal)


def _money(row: Mapping[str, str], column: str, factor: int, decimal: str) -> float | None:
    if column not in row:
        return None
    value = cell.number(column, row[column], decimal)
    if value < 0:
        raise Problem(column, row[column], "negative")
    # Rounded to a millionth, so that the same file gives the same number whatever its digits.
    return round(value * factor, 6)

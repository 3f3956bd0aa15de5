"""Did contacts fall because of a release? The answer, its grade, and everything that speaks against it.

Grades: A measured inside a randomised test; B against untouched themes (`calibrated`); C the theme's own history only
(`interrupted`), or a B that failed a check; D not enough to say, and then no number is given. Texts are not made here:
`verdict` and `flags` are keys that pages put into words.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.calibrated import FEWEST_PLACEBOS, Difference, compare, trend_t
from experiments.interrupted import HISTORY_WEEKS, step_and_trend
from experiments.weeks import DailyCounts, Design, Role, lay_out, weekly
from metrics import intervals
from metrics.estimate import CENTS, COUNT, RATIO, Estimate, estimate, no_data

Array = NDArray[np.float64]
Grade = Literal["A", "B", "C", "D"]
Verdict = Literal[
    "avoided", "more_contacts", "no_difference", "too_early", "existing_trend", "moved", "trend_only", "insufficient"
]

FEWEST_WEEKS_BEFORE = 8
FEWEST_WEEKS_AFTER = 2
FEWEST_CONTACTS_BEFORE = 40
COMPARISON_TIMES = 5
TREND_T = 2.5
PLACEBO_WEEKS = 4
MOVED_SHARE = 0.5
WORTH_FINDING = 0.8
"""Rate ratio that a measurement should be able to see before it may say "no difference": a fall of 20 %."""
LONGEST_WAIT_WEEKS = 26
_LARGEST_LOG = 700.0


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of the chart: contacts seen, and expected had nothing changed, with the band of a single week.

    `exposure` is the week's orders when known; the `_per_1000` values are None without them.
    """

    starts_on: date
    role: Role
    observed: float
    expected: float | None
    low: float | None
    high: float | None
    exposure: float | None

    def per_1000(self, count: float | None) -> float | None:
        """A count of this week per 1,000 orders."""
        return 1000 * count / self.exposure if count is not None and self.exposure else None


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What was checked: own trend before the release (t), a release that never was four weeks earlier (rate ratio), the
    sibling themes (rate ratio and contacts more than expected), and all contacts per 1,000 orders before and after."""

    trend_t: float | None = None
    placebo: Estimate | None = None
    siblings: Estimate | None = None
    moved: float | None = None
    all_per_1000_before: float | None = None
    all_per_1000_after: float | None = None


@dataclass(frozen=True, slots=True)
class Deflection:
    """The outcome of one release for one theme.

    `rate_ratio` is after against expected (0.8 = a fifth fewer); `avoided` counts contacts in the weeks after. Both are
    without a value at grade D. `more_weeks` says how many weeks are still needed to see a fall of 20 %, where known.
    """

    grade: Grade
    rate_ratio: Estimate
    avoided: Estimate
    weeks_before: int
    weeks_after: int
    flags: tuple[str, ...]
    verdict: Verdict
    more_weeks: int | None
    weeks: tuple[WeekPoint, ...]
    guardrails: Guardrails


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: the theme, when the change went live, when the idea was filed, and what else happened.

    `controls` are the untouched themes (all others when None), `siblings` the themes to which contacts might move,
    `other_releases` dates of further changes to the same theme, `randomised` the relative change of contacts per
    visitor from the test itself (`evaluation.contacts_per_visitor`).
    """

    theme: str
    released_on: date
    filed_on: date | None = None
    controls: Collection[str] | None = None
    siblings: Collection[str] = ()
    other_releases: Sequence[date] = ()
    tagging_changed_on: date | None = None
    randomised: Estimate | None = None


def measure(data: DailyCounts, case: Case, *, level: float = 0.95) -> Deflection:
    """Measure one release; the same input gives the same answer. Raises KeyError for a theme without data."""
    theme = data.series[case.theme]
    design = lay_out(data, case.released_on, filed_on=case.filed_on)
    controls = _controls(data, case)
    blocking, weak = _too_little(data, case, design), _no_comparison(data, theme, design, controls)
    if case.randomised is not None and case.randomised.known and design.indexes("after"):
        return _randomised(data, case, design, case.randomised, level)
    if blocking:
        return _insufficient(data, theme, design, (*blocking, *weak))
    if weak:
        return _own_history(data, case, weak, level)
    return _compared(data, case, design, controls, level)


def portfolio(outcomes: Iterable[Deflection], *, level: float = 0.95) -> Estimate:
    """Contacts avoided by all releases together: every A and B estimate, also those that show nothing.

    The errors add up by root of the sum of squares; leaving out what was not significant would be cherry-picking.
    """
    counted = [found.avoided for found in outcomes if found.grade in {"A", "B"} and found.avoided.known]
    if not counted:
        return no_data(COUNT, method="sum_of_estimates", level=level)
    total = sum(one.value or 0.0 for one in counted)
    spread = math.sqrt(sum(_se(one) ** 2 for one in counted))
    half = intervals.z_quantile(level) * spread
    return estimate(
        total, (total - half, total + half), n=len(counted), unit=COUNT, method="sum_of_estimates", level=level
    )


def worth(avoided: Estimate, cents_per_contact: float) -> Estimate:
    """Contacts avoided in money, at the handling cost of one contact; always with its interval."""
    if avoided.value is None:
        return no_data(CENTS, method=avoided.method, level=avoided.level, flags=avoided.flags)
    ends = None
    if avoided.low is not None and avoided.high is not None:
        ends = (avoided.low * cents_per_contact, avoided.high * cents_per_contact)
    return estimate(
        avoided.value * cents_per_contact, ends, n=avoided.n, unit=CENTS, method=avoided.method, level=avoided.level
    )


# The four grades -----------------------------------------------------------------------------------------------------


def _randomised(data: DailyCounts, case: Case, design: Design, lift: Estimate, level: float) -> Deflection:
    after = float(weekly(data.series[case.theme], design.indexes("after")).sum())
    ratio, low, high = (1 + max(-0.999, end) for end in (lift.value or 0, lift.low or 0, lift.high or 0))
    rate_ratio, avoided = _estimates(math.log(ratio), math.log(low), math.log(high), after, "randomised", level)
    return Deflection(
        grade="A",
        rate_ratio=replace(rate_ratio, n=lift.n),
        avoided=avoided,
        weeks_before=len(design.indexes("before")),
        weeks_after=len(design.indexes("after")),
        flags=lift.flags,
        verdict=_direction(rate_ratio),
        more_weeks=None,
        weeks=_points(data, data.series[case.theme], design, None, None),
        guardrails=Guardrails(),
    )


def _insufficient(data: DailyCounts, theme: Array, design: Design, flags: tuple[str, ...]) -> Deflection:
    after = len(design.indexes("after"))
    waiting = after < FEWEST_WEEKS_AFTER
    return Deflection(
        grade="D",
        rate_ratio=no_data(RATIO, flags=flags),
        avoided=no_data(COUNT, flags=flags),
        weeks_before=len(design.indexes("before")),
        weeks_after=after,
        flags=flags,
        verdict="too_early" if flags == ("few_weeks_after",) else "insufficient",
        more_weeks=FEWEST_WEEKS_AFTER - after if waiting else None,
        weeks=_points(data, theme, design, None, None),
        guardrails=Guardrails(),
    )


def _own_history(data: DailyCounts, case: Case, flags: tuple[str, ...], level: float) -> Deflection:
    design = lay_out(data, case.released_on, filed_on=case.filed_on, weeks_before=HISTORY_WEEKS)
    theme = data.series[case.theme]
    found = step_and_trend(theme, data, design)
    if found is None:
        return _insufficient(data, theme, design, flags)
    half = intervals.t_quantile(found.df, level) * found.se
    ends = (found.log_ratio - half, found.log_ratio + half)
    after = float(weekly(theme, design.indexes("after")).sum())
    rate_ratio, avoided = _estimates(found.log_ratio, *ends, after, "interrupted_series", level)
    return Deflection(
        grade="C",
        rate_ratio=rate_ratio,
        avoided=avoided,
        weeks_before=len(design.indexes("before")),
        weeks_after=len(design.indexes("after")),
        flags=flags,
        verdict="trend_only",
        more_weeks=None,
        weeks=_points(data, theme, design, found.expected, found.phi * np.maximum(found.expected, 0.5)),
        guardrails=Guardrails(),
    )


def _compared(data: DailyCounts, case: Case, design: Design, controls: list[str], level: float) -> Deflection:
    theme = data.series[case.theme]
    found = _difference(data, theme, controls, design)
    if found is None:
        return _insufficient(data, theme, design, ("no_comparison",))
    rate_ratio, avoided = _estimates(
        found.log_ratio, *found.interval(level), found.after, "calibrated_difference", level
    )
    guardrails = _guardrails(data, case, design, controls, level)
    more_weeks = _more_weeks(found, len(design.indexes("after")))
    flags = (*_failed(guardrails, avoided), *(("too_noisy",) if more_weeks is None else ()))
    expected, spread = _counterfactual(data, controls, design, found)
    return Deflection(
        grade="C" if {"existing_trend", "placebo_failed"} & set(flags) else "B",
        rate_ratio=rate_ratio,
        avoided=avoided,
        weeks_before=len(design.indexes("before")),
        weeks_after=len(design.indexes("after")),
        flags=flags,
        verdict=_verdict(rate_ratio, flags, more_weeks),
        more_weeks=more_weeks,
        weeks=_points(data, theme, design, expected, spread),
        guardrails=guardrails,
    )


# What is enough ------------------------------------------------------------------------------------------------------


def _controls(data: DailyCounts, case: Case) -> list[str]:
    """Untouched themes with any contact, in the order of the data; never the theme itself or its siblings."""
    wanted = data.series.keys() if case.controls is None else case.controls
    barred = {case.theme, *case.siblings}
    return [name for name in data.series if name in wanted and name not in barred and data.series[name].any()]


def _too_little(data: DailyCounts, case: Case, design: Design) -> tuple[str, ...]:
    """Why nothing can be said at all."""
    before, after = design.indexes("before"), design.indexes("after")
    first = design.weeks[0].starts_on if design.weeks else case.released_on
    last = design.weeks[-1].starts_on + timedelta(days=7) if design.weeks else case.released_on
    reasons = {
        "few_weeks_before": len(before) < FEWEST_WEEKS_BEFORE,
        "few_weeks_after": len(after) < FEWEST_WEEKS_AFTER,
        "few_contacts": float(weekly(data.series[case.theme], before).sum()) < FEWEST_CONTACTS_BEFORE,
        "overlapping_release": any(first <= other < last for other in case.other_releases),
        "tagging_changed": case.tagging_changed_on is not None and first <= case.tagging_changed_on < last,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def _no_comparison(data: DailyCounts, theme: Array, design: Design, controls: list[str]) -> tuple[str, ...]:
    """Why the untouched themes cannot carry a comparison."""
    if len(controls) < FEWEST_PLACEBOS:
        return ("few_comparison_series",)
    before = design.indexes("before")
    small = _stack(data, controls, before).sum() < COMPARISON_TIMES * weekly(theme, before).sum()
    return ("small_comparison",) if small else ()


def _stack(data: DailyCounts, names: Collection[str], indexes: list[int]) -> Array:
    return np.stack([weekly(data.series[name], indexes) for name in names])


def _difference(data: DailyCounts, theme: Array, controls: list[str], design: Design) -> Difference | None:
    before, after = design.indexes("before"), design.indexes("after")
    mask = np.arange(len(before) + len(after)) < len(before)
    weeks = [*before, *after]
    return compare(weekly(theme, weeks), _stack(data, controls, weeks), mask, ~mask)


# Guardrails ----------------------------------------------------------------------------------------------------------


def _guardrails(data: DailyCounts, case: Case, design: Design, controls: list[str], level: float) -> Guardrails:
    theme, before = data.series[case.theme], design.indexes("before")
    comparison = _stack(data, controls, before)
    siblings, moved = _siblings(data, case, design, controls, level)
    all_before, all_after = (_all_per_1000(data, design.indexes(role)) for role in ("before", "after"))
    return Guardrails(
        trend_t=trend_t(weekly(theme, before), comparison.sum(axis=0)),
        placebo=_placebo(weekly(theme, before), comparison, level),
        siblings=siblings,
        moved=moved,
        all_per_1000_before=all_before,
        all_per_1000_after=all_after,
    )


def _placebo(theme: Array, controls: Array, level: float) -> Estimate | None:
    """The same estimator on a release that never was, four weeks before the real one (the first a washout)."""
    weeks = np.arange(len(theme))
    before, after = weeks < len(theme) - PLACEBO_WEEKS, weeks > len(theme) - PLACEBO_WEEKS
    found = compare(theme, controls, before, after)
    if found is None:
        return None
    return _estimates(found.log_ratio, *found.interval(level), found.after, "calibrated_difference", level)[0]


def _siblings(
    data: DailyCounts, case: Case, design: Design, controls: list[str], level: float
) -> tuple[Estimate | None, float | None]:
    """Rate ratio of the sibling themes together, and how many contacts more than expected they had."""
    names = [name for name in case.siblings if name in data.series]
    if not names:
        return None, None
    together = np.sum([data.series[name] for name in names], axis=0)
    found = _difference(data, together, controls, design)
    if found is None:
        return None, None
    ratio = _estimates(found.log_ratio, *found.interval(level), found.after, "calibrated_difference", level)[0]
    return ratio, found.after - found.expected


def _all_per_1000(data: DailyCounts, indexes: list[int]) -> float | None:
    if data.exposure is None:
        return None
    exposure = float(weekly(data.exposure, indexes).sum())
    counted = _stack(data, data.series.keys(), indexes) if data.everything is None else weekly(data.everything, indexes)
    contacts = float(counted.sum())
    return 1000 * contacts / exposure if exposure > 0 else None


def _failed(guardrails: Guardrails, avoided: Estimate) -> tuple[str, ...]:
    fall = avoided.value or 0.0
    checks = {
        "existing_trend": guardrails.trend_t is not None and abs(guardrails.trend_t) > TREND_T,
        "placebo_failed": guardrails.placebo is not None and guardrails.placebo.excludes(1.0),
        "moved": guardrails.moved is not None and fall > 0 and guardrails.moved > MOVED_SHARE * fall,
    }
    return tuple(name for name, failed in checks.items() if failed)


# Numbers and words ---------------------------------------------------------------------------------------------------


def _estimates(
    log_ratio: float, low: float, high: float, after: float, method: str, level: float
) -> tuple[Estimate, Estimate]:
    """The rate ratio and the contacts avoided, Y1 (exp(-est) - 1), both with transformed ends."""
    logs = [max(-_LARGEST_LOG, min(_LARGEST_LOG, x)) for x in (log_ratio, low, high)]
    value, bottom, top = (math.exp(x) for x in logs)
    least, most = after * math.expm1(-logs[2]), after * math.expm1(-logs[1])
    return (
        estimate(value, (bottom, top), n=after, unit=RATIO, method=method, level=level),
        estimate(after * math.expm1(-logs[0]), (least, most), n=after, unit=COUNT, method=method, level=level),
    )


def _se(one: Estimate) -> float:
    """Standard error of an estimate from the width of its interval; 0 without one."""
    if one.low is None or one.high is None:
        return 0.0
    return (one.high - one.low) / 2 / intervals.z_quantile(one.level)


def _direction(rate_ratio: Estimate) -> Verdict:
    if not rate_ratio.excludes(1.0):
        return "no_difference"
    return "avoided" if (rate_ratio.value or 1.0) < 1 else "more_contacts"


def _verdict(rate_ratio: Estimate, flags: tuple[str, ...], more_weeks: int | None) -> Verdict:
    if "existing_trend" in flags:
        return "existing_trend"
    if "placebo_failed" in flags:
        return "trend_only"
    direction = _direction(rate_ratio)
    if direction == "avoided" and "moved" in flags:
        return "moved"
    if direction != "no_difference":
        return direction
    return "insufficient" if more_weeks is None else "too_early" if more_weeks else "no_difference"


def _more_weeks(found: Difference, weeks_after: int) -> int | None:
    """Weeks until a fall of 20 % would stand clear of 0; 0 when there are enough, None beyond half a year."""
    target = -math.log(WORTH_FINDING) / intervals.t_quantile(found.df)
    room = target**2 - found.tau**2 - found.phi / (found.before + 0.5)
    if room <= 0 or found.expected <= 0:
        return None
    per_week = WORTH_FINDING * found.expected / weeks_after
    missing = max(0, math.ceil(found.phi / room / per_week) - weeks_after)
    return missing if missing <= LONGEST_WAIT_WEEKS else None


def _counterfactual(data: DailyCounts, controls: list[str], design: Design, found: Difference) -> tuple[Array, Array]:
    """Expected count of every week had nothing changed, and the variance of a single week around it."""
    total = _stack(data, controls, [week.index for week in design.weeks]).sum(axis=0)
    base = _stack(data, controls, design.indexes("before")).sum()
    expected = total * found.before / base
    spread = found.phi * np.maximum(expected, 0.5) + expected**2 * (found.phi / (found.before + 0.5) + found.tau**2)
    return expected, spread


def _points(
    data: DailyCounts, theme: Array, design: Design, expected: Array | None, spread: Array | None
) -> tuple[WeekPoint, ...]:
    indexes = [week.index for week in design.weeks]
    observed = weekly(theme, indexes)
    exposure = None if data.exposure is None else weekly(data.exposure, indexes)
    band: list[tuple[float | None, float | None, float | None]] = [(None, None, None)] * len(indexes)
    if expected is not None and spread is not None:
        half = intervals.z_quantile() * np.sqrt(spread)
        ends = zip(expected, np.maximum(0.0, expected - half), expected + half, strict=True)
        band = [(float(centre), float(low), float(high)) for centre, low, high in ends]
    return tuple(
        WeekPoint(
            week.starts_on, week.role, float(observed[i]), *band[i], None if exposure is None else float(exposure[i])
        )
        for i, week in enumerate(design.weeks)
    )

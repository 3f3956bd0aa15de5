"""How a shared goal stands, from the weekly sums of its metric. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from metrics import forecasts
from metrics.estimate import PER_1000_ORDERS, PERCENT, SECONDS, Estimate
from metrics.forecasts import Forecast, Scale
from metrics.formulas import SURVEY_MINIMUM, Metric
from metrics.periods import Period
from metrics.sums import Sums, add_up

Standing = Literal["on_track", "at_risk", "off_track", "unknown", "met", "missed"]
POOLED_WEEKS = forecasts.POOLED_WEEKS
_SCALES: dict[str, Scale] = {PERCENT: "share", PER_1000_ORDERS: "rate", SECONDS: "rate"}


@dataclass(frozen=True, slots=True)
class Outlook:
    """The last four weeks together, the forecast for the due date, and the standing that is said."""

    now: Estimate
    forecast: Forecast
    standing: Standing


def outlook(metric: Metric, weeks: Sequence[tuple[Period, Sums]], *, target: float, due_on: date) -> Outlook:
    """From weekly sums, oldest first; the last week ends yesterday.

    With fewer than 30 observations in a usual week, four weeks make one point (METHODS: goals over n < 30 a week).
    After the due date nothing is forecast: it was met or missed by the four weeks that ended with that date, and what
    comes later changes nothing.
    """
    over = bool(weeks) and weeks[-1][0].last >= due_on
    if over:
        weeks = [(week, cells) for week, cells in weeks if week.last <= due_on]
    pooled = metric.compute(add_up(cells for _week, cells in weeks[-POOLED_WEEKS:]))
    higher = metric.direction == "up"
    nothing = Forecast(None, None, None, None)
    if not weeks or pooled.value is None:
        return Outlook(pooled, nothing, "unknown")
    days_left = (due_on - weeks[-1][0].last).days
    if over:
        reached = pooled.value >= target if higher else pooled.value <= target
        return Outlook(pooled, nothing, "met" if reached else "missed")
    values, span = _points(metric, [cells for _week, cells in weeks])
    scale = _SCALES.get(metric.unit, "plain")
    unit = 100.0 if scale == "share" else 1.0
    found = forecasts.level(
        [value / unit for value in values],
        target / unit,
        days_left / (7 * span),
        higher_is_better=higher,
        scale=scale,
    )
    return Outlook(pooled, found, found.outlook)


def _points(metric: Metric, weeks: Sequence[Sums]) -> tuple[list[float], int]:
    """The values to forecast from, and how many weeks make one of them."""
    found = [metric.compute(cells) for cells in weeks]
    span = 1
    if metric.source == "surveys" and found and median(one.n for one in found) < SURVEY_MINIMUM:
        span = POOLED_WEEKS
        first = len(weeks) % span
        found = [metric.compute(add_up(weeks[at : at + span])) for at in range(first, len(weeks), span)]
    return [one.value for one in found if one.value is not None], span

"""The registry's numbers of a slice, in groups: what the command prints and the API answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import metrics.selectors
from accounts.models import Market
from feedback.models import DimensionValue, Theme
from metrics import comparisons, formulas
from metrics.estimate import PROVISIONAL, Estimate, no_data
from metrics.formulas import Metric
from metrics.periods import Period, Slice
from metrics.selectors import Key
from metrics.sums import Sums, add_up

GROUPS = ("day", "week", "month", "channel", "market", "stage", "theme")
ALL = "all"
UNKNOWN = "unknown"
# What the shop counts has no channel, stage or theme.
_SHOPLESS = ("channel", "stage", "theme")


@dataclass(frozen=True)
class Number:
    """One metric of one group; `group` is a label: a name of a theme, a code, an ISO day, week or month."""

    metric: str
    group: str
    estimate: Estimate

    def as_json(self) -> dict[str, Any]:
        """The shape that the command and the API share."""
        found = self.estimate
        return {
            "metric": self.metric,
            "group": self.group,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "unit": found.unit,
            "suppressed": found.suppressed,
            "flags": list(found.flags),
        }


def numbers(question: Slice, *, by: str = "", metric_ids: Iterable[str] = ()) -> list[Number]:
    """Every metric (or those named) of every group of the slice, in the registry's order.

    A metric without data in a group is there with no value and the reason among its flags. Raises KeyError for a
    metric that does not exist, ValueError for a grouping that does not.
    """
    if by and by not in GROUPS:
        raise ValueError(by)
    wanted = [formulas.metric(id) for id in metric_ids] or list(formulas.REGISTRY.values())
    cells = {metric.id: _cells(metric, question, by) for metric in wanted}
    groups = _groups(by, cells.values())
    newest = metrics.selectors.last_counted_day()
    phis = {metric.id: _variation(metric, question) for metric in wanted}
    return [
        Number(
            metric.id,
            label,
            _estimate(metric, cells[metric.id].get(key), phis[metric.id], _is_provisional(metric, question, newest)),
        )
        for metric in wanted
        for key, label in groups
    ]


def _variation(metric: Metric, question: Slice) -> float:
    """How much wider a rate's interval is than chance alone makes it, from 13 weeks up to the slice's last day."""
    if metric.source != "contacts+commerce":
        return 1.0
    last = question.period.last
    reach = Period(last - timedelta(days=7 * comparisons.VARIATION_WEEKS - 1), last)
    days = metrics.selectors.sums_of(metric, question.during(reach), by=["day"])
    weeks = [add_up(cell for (day,), cell in days.items() if day in week) for week in reach.weeks()]
    return comparisons.weekly_variation(metric, weeks)[0]


def _is_provisional(metric: Metric, question: Slice, newest: date | None) -> bool:
    """Does the slice reach into the days that can still change?"""
    settled = newest - timedelta(days=metric.settles_days) if newest else None
    return bool(metric.settles_days and settled and question.period.last > settled)


def _cells(metric: Metric, question: Slice, by: str) -> dict[Any, Sums]:
    """The sums of the metric, keyed by group."""
    if metric.source == "commerce" and by in _SHOPLESS:
        return {}
    dimension = "day" if by in {"week", "month"} else by
    found = metrics.selectors.sums_of(metric, question, by=[dimension] if dimension else [])
    if by in {"week", "month"}:
        found = _by_span(found, by)
    return {key[0] if key else None: cell for key, cell in found.items()}


def _by_span(days: dict[Key, Sums], by: str) -> dict[Key, Sums]:
    spans: dict[Key, list[Sums]] = {}
    for (day,), cell in days.items():
        spans.setdefault((_span(day, by),), []).append(cell)
    return {key: add_up(cells) for key, cells in spans.items()}


def _span(day: date, by: str) -> str:
    if by == "month":
        return f"{day:%Y-%m}"
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def _groups(by: str, cells: Iterable[dict[Any, Sums]]) -> list[tuple[Any, str]]:
    """Every key that any metric has data for, with its label, in a stable order."""
    if not by:
        return [(None, ALL)]
    keys = {key for found in cells for key in found}
    if by in {"day", "week", "month"}:
        return sorted(((key, str(key)) for key in keys), key=lambda pair: pair[1])
    names = _names(by, keys)
    # Rows of themes that were merged away are being counted again.
    known = {key: names.get(key, UNKNOWN) for key in keys if by != "theme" or key in names}
    return sorted(known.items(), key=lambda pair: pair[1])


def _names(by: str, keys: Iterable[int]) -> dict[int, str]:
    if by == "theme":
        return dict(Theme.objects.active().filter(pk__in=keys).values_list("pk", "name"))
    if by == "market":
        return dict(Market.objects.filter(pk__in=keys).values_list("pk", "code"))
    return dict(DimensionValue.objects.filter(pk__in=keys).values_list("pk", "code"))


def _estimate(metric: Metric, sums: Sums | None, phi: float, provisional: bool) -> Estimate:
    if sums is None:
        return no_data(metric.unit)
    found = metric.compute(sums, phi=phi)
    return found.with_flags(PROVISIONAL) if provisional else found

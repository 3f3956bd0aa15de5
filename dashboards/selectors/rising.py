"""Themes that rise more than chance explains, on the last day that was counted (`metrics.signals`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache

import metrics.selectors
from feedback.models import Theme
from metrics import signals
from metrics.periods import Period, Slice

DAYS = signals.BASELINE + signals.GAP + signals.WINDOW
_KEPT_SECONDS = 900


@dataclass(frozen=True)
class Rising:
    """One theme: contacts of the last seven days against what was expected; `is_alert` is the stronger level."""

    theme: Theme
    observed: float
    expected: float
    is_alert: bool
    period: Period

    @property
    def ratio(self) -> float:
        """How many times the expected number."""
        return self.observed / self.expected if self.expected > 0 else 0.0


def rising(last: date) -> list[Rising]:
    """Themes that rise on `last`, strongest first.

    The scan is kept until the series changes: its newest cell is part of the key.
    """
    key = f"rising:{last:%Y%m%d}:{metrics.selectors.newest_cell()}"
    found: list[tuple[int, float, float, bool]] | None = cache.get(key)
    if found is None:
        found = _scan(last)
        cache.set(key, found, _KEPT_SECONDS)
    themes = Theme.objects.active().select_related("owner").in_bulk([row[0] for row in found]) if found else {}
    week = Period(last - timedelta(days=signals.WINDOW - 1), last)
    return [
        Rising(themes[theme], observed, expected, alert, week)
        for theme, observed, expected, alert in found
        if theme in themes
    ]


def _scan(last: date) -> list[tuple[int, float, float, bool]]:
    period = Period(last - timedelta(days=DAYS - 1), last)
    first = metrics.selectors.first_counted_day()
    if first is None or first > last:
        return []
    period = Period(max(first, period.first), last)
    question = Slice(period)
    counts: dict[str, list[float]] = {}
    for (theme, day), cell in metrics.selectors.contact_sums(question, by=["theme", "day"], only=["contacts"]).items():
        counts.setdefault(str(theme), [0.0] * period.days)[(day - period.first).days] = cell.contacts
    orders = [0.0] * period.days
    for (day,), cell in metrics.selectors.commerce_sums(question, by=["day"]).items():
        orders[(day - period.first).days] = cell.orders
    weekdays = [(period.first + timedelta(days=offset)).weekday() for offset in range(period.days)]
    raised = [signal for signal in signals.scan(counts, orders, weekdays) if signal.level != "none"]
    raised.sort(key=lambda signal: (signal.q, -signal.ratio))
    return [(int(signal.series), signal.observed, signal.expected, signal.level == "alert") for signal in raised]

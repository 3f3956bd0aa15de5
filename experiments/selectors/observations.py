"""What the measurement of a release is made from: contacts per day and theme, and which themes were left alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
from django.db.models import Q, QuerySet

import metrics.selectors
from experiments.models import Release
from experiments.weeks import DailyCounts
from metrics.periods import Period, Slice

# Twelve weeks before, reaching further back past the weeks in which the theme was picked, and then some for the chart.
REACH = timedelta(weeks=40)
AFTER = timedelta(weeks=14)


def daily_counts(release: Release, *, through: date) -> DailyCounts:
    """Contacts per day of every theme around the release, in its markets, with the orders of the same days.

    They end where the data end: a day of which nothing came in yet is not a day without contacts.
    """
    first = release.released_on - REACH
    counted_from = metrics.selectors.first_counted_day()
    if counted_from is not None:
        first = max(first, counted_from)
    period = Period(first, min(through, release.released_on + AFTER))
    markets = tuple(release.markets.values_list("pk", flat=True))
    question = Slice(period, markets=markets)
    cells = metrics.selectors.contact_sums(question, by=["theme", "day"], only=["contacts"])
    last = max((day for _theme, day in cells), default=first - timedelta(days=1))
    days = (last - first).days + 1
    series: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for (theme, day), cell in cells.items():
        series.setdefault(str(theme), np.zeros(days))[(day - first).days] = cell.contacts
    known = question.during(Period(first, last))
    orders, everything = np.zeros(days), np.zeros(days)
    for (day,), cell in metrics.selectors.commerce_sums(known, by=["day"]).items():
        orders[(day - first).days] = cell.orders
    # A contact with two themes stands in two series, one without a theme in none.
    for (day,), cell in metrics.selectors.contact_sums(known, by=["day"], only=["contacts"]).items():
        everything[(day - first).days] = cell.contacts
    return DailyCounts(first, series, orders if orders.all() else None, everything)


def untouched(release: Release, controls: Iterable[int]) -> list[int]:
    """Those of the frozen comparison themes that no later release touched within the measured weeks."""
    others = _elsewhere(release).exclude(theme=None)
    window = (release.released_on - REACH, release.released_on + AFTER)
    touched = set(others.filter(released_on__range=window).values_list("theme", flat=True))
    return [pk for pk in controls if pk not in touched]


def other_releases(release: Release) -> list[date]:
    """Days on which another change to the same theme went live in one of the same markets."""
    return list(_elsewhere(release).filter(theme=release.theme_id).values_list("released_on", flat=True))


def _elsewhere(release: Release) -> QuerySet[Release]:
    """All other releases that customers of this release's markets saw; no market named is all of them."""
    others = Release.objects.exclude(pk=release.pk)
    markets = list(release.markets.values_list("pk", flat=True))
    if not markets:
        return others
    return others.filter(Q(markets=None) | Q(markets__in=markets)).distinct()

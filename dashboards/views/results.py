"""Results: what every live change took away, with its interval and grade, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import accounts.selectors
from accounts import formats
from accounts.selectors import company
from dashboards.selectors.avoided import AvoidedInPeriod, avoided_in
from experiments.deflection import worth
from experiments.models import Outcome, Release
from experiments.selectors import words
from experiments.selectors.experiments import live_changes
from metrics import charts
from metrics.estimate import Estimate
from metrics.periods import Period, Slice
from metrics.selectors import contact_sums, counted_days

DAYS = 28


@dataclass(frozen=True)
class Line:
    """One live change: its newest outcome, and what it took away in the period (None below grade B)."""

    release: Release
    outcome: Outcome | None
    contacts: Estimate | None
    cell: charts.Svg | None
    why_not: str


@require_safe
def result_list(request: HttpRequest) -> HttpResponse:
    """Live changes, the strongest first; those that are too early stand last and count as nothing."""
    period = counted_days(accounts.selectors.market_day(timezone.now()), DAYS)
    found = avoided_in(period)
    counted = {part.release.pk: part.contacts for part in found.parts}
    axis = _axis(list(counted.values()))
    lines = [_line(release, outcome, counted.get(release.pk), axis) for release, outcome in live_changes()]
    lines.sort(key=lambda line: (line.contacts is None, -((line.contacts and line.contacts.value) or 0)))
    context = {
        "found": found,
        "lines": lines,
        "period": period,
        "finding": _finding(found),
        "axis": charts.interval_axis(axis[1], span=axis[0], format_=formats.decimal) if counted else None,
        "money": _money(found.total, period),
        "grades": words.GRADES.items(),
    }
    return render(request, "dashboards/results.html", context)


def _line(
    release: Release, outcome: Outcome | None, contacts: Estimate | None, axis: tuple[tuple[float, float], list[float]]
) -> Line:
    why_not = words.outcome_detail(outcome) if outcome else words.needs_weeks(None)
    cell = None
    if contacts and contacts.value is not None and contacts.low is not None and contacts.high is not None:
        tone: charts.Tone = "green" if contacts.low > 0 else "mute"
        interval = charts.Interval("", contacts.value, contacts.low, contacts.high, tone)
        label = _("%(count)s contacts avoided, %(low)s to %(high)s") % {
            "count": formats.decimal(contacts.value),
            "low": formats.decimal(contacts.low),
            "high": formats.decimal(contacts.high),
        }
        cell = charts.interval_cell(interval, label, span=axis[0], ticks=axis[1])
    return Line(release, outcome, contacts if cell else None, cell, why_not)


def _axis(found: list[Estimate]) -> tuple[tuple[float, float], list[float]]:
    """One axis for all changes, round and with 0 on it."""
    low = min([0.0, *(one.low for one in found if one.low is not None)])
    high = max([1.0, *(one.high for one in found if one.high is not None)])
    step = next((size for size in (10, 20, 50, 100, 200, 500, 1000, 2000) if high - low <= 4 * size), (high - low) / 3)
    ticks = [step * count for count in range(int(low // step), int(high // step) + 2)]
    return (ticks[0], ticks[-1]), ticks


def _finding(found: AvoidedInPeriod) -> str:
    if not found.live:
        return _("Nothing has gone live yet")
    if found.total.value is None:
        sentence = ngettext(
            "%(count)d live change, too early to say what it took away",
            "%(count)d live changes, too early to say what they took away",
            found.live,
        )
        return sentence % {"count": found.live}
    if not found.total.excludes_zero:
        sentence = ngettext(
            "%(count)d change is live and measured; no difference in contacts can be shown yet",
            "%(count)d changes are live and measured; no difference in contacts can be shown yet",
            len(found.parts),
        )
        return sentence % {"count": len(found.parts)}
    if found.total.value < 0:
        more = _("Changes that went live brought %(count)s contacts more in the last %(days)d days")
        return more % {"count": formats.decimal(-found.total.value), "days": DAYS}
    sentence = ngettext(
        "%(count)d live change, %(contacts)s contacts fewer in %(days)d days",
        "%(count)d live changes, %(contacts)s contacts fewer in %(days)d days",
        found.live,
    )
    return sentence % {"count": found.live, "contacts": formats.decimal(found.total.value), "days": DAYS}


def _money(total: Estimate, period: Period) -> Estimate:
    """Handling time spared, at the company's cost of a minute and the mean handling time of the period."""
    row = company()
    cell = contact_sums(Slice(period), only=["handle_n", "handle_sum"]).get(())
    minutes = cell.handle_sum / cell.handle_n / 60 if cell and cell.handle_n else 0.0
    return worth(total, minutes * (row.handling_minute_cents if row else 0))

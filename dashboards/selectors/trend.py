"""One theme over time: contacts per week against normal variation, with releases and experiments as marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import metrics.selectors
from accounts import formats
from dashboards.expected import BASELINE_WEEKS, Range, expected_ranges
from dashboards.filters import Question
from experiments.models import Experiment, Release
from feedback.models import Theme
from metrics.charts import Band, Crosshair, LineChart, Mark, Series, Svg, responsive
from metrics.charts.lines import Frame
from metrics.periods import Period
from metrics.sums import Sums

WEEKS = 26
MOST_MARKS = 4
_RECENT = 4
WIDE = Frame(760, 300, 40, 16, 26, 40)
NARROW = Frame(340, 260, 30, 16, 26, 40)


@dataclass(frozen=True)
class Week:
    """One week: contacts, the rate that is drawn, and what was expected (None with too little history)."""

    period: Period
    contacts: float
    rate: float | None
    expected: Range | None
    rows_query: str


@dataclass(frozen=True)
class Trend:
    """The chart, its finding in one sentence and its measure, and the numbers under it."""

    finding: str
    measure: str
    drawing: Svg | None
    weeks: list[Week]
    has_band: bool
    has_releases: bool
    has_experiments: bool


def trend(theme: Theme, question: Question) -> Trend:
    """The last 26 weeks of a theme that hold data; four queries."""
    weeks, per_order = _weeks(theme, question)
    marks = _marks(theme, question, weeks)
    known = [week for week in weeks if week.rate is not None]
    measure = _("Contacts per 1,000 orders, per week") if per_order else _("Contacts per week")
    finding = _finding(weeks)
    return Trend(
        finding=finding,
        measure=measure,
        drawing=_draw(finding, measure, weeks, marks, per_order) if len(known) > 1 else None,
        weeks=weeks[::-1],
        has_band=any(week.expected for week in weeks),
        has_releases=any(mark.kind == "rel" for mark in marks),
        has_experiments=any(mark.kind == "exp" for mark in marks),
    )


def week_labels(weeks: Sequence[Period]) -> list[tuple[int, str]]:
    """About six points with their day, the first and the last among them."""
    step = max(1, (len(weeks) - 1) // 5)
    return [(at, formats.day(week.first)) for at, week in enumerate(weeks) if at % step == 0]


def _weeks(theme: Theme, question: Question) -> tuple[list[Week], bool]:
    last = question.period.last
    first = last - timedelta(days=7 * (WEEKS + BASELINE_WEEKS) - 1)
    counted_from = metrics.selectors.first_counted_day()
    weeks = [week for week in Period(first, last).weeks() if counted_from and week.first >= counted_from]
    wide = question.slice.during(Period(first, last))
    daily = metrics.selectors.contact_sums(wide, by=["day"], themes=[theme.pk], only=["contacts"])
    shop = metrics.selectors.commerce_sums(wide, by=["day"])
    counts = [sum(daily.get((day,), Sums()).contacts for day in _days(week)) for week in weeks]
    orders = [sum(shop.get((day,), Sums()).orders for day in _days(week)) for week in weeks]
    per_order = any(orders)
    exposures = [count / 1000 for count in orders] if per_order else [1.0] * len(weeks)
    ranges = expected_ranges(counts, exposures)
    rows = [
        Week(week, count, count / size if size else None, expected, question.rows(week, theme=theme.pk))
        for week, count, size, expected in zip(weeks, counts, exposures, ranges, strict=True)
    ]
    return rows[-WEEKS:], per_order


def _finding(weeks: Sequence[Week]) -> str:
    recent = [week for week in weeks[-_RECENT:] if week.rate is not None and week.expected]
    if not recent:
        return _("Too few weeks to say what is normal")
    above = sum(week.rate > week.expected.high for week in recent if week.rate is not None and week.expected)
    below = sum(week.rate < week.expected.low for week in recent if week.rate is not None and week.expected)
    counted = {"weeks": len(recent)}
    if above and above >= below:
        return ngettext(
            "Above its normal range in %(count)d of the last %(weeks)d weeks",
            "Above its normal range in %(count)d of the last %(weeks)d weeks",
            above,
        ) % {"count": above, **counted}
    if below:
        return ngettext(
            "Below its normal range in %(count)d of the last %(weeks)d weeks",
            "Below its normal range in %(count)d of the last %(weeks)d weeks",
            below,
        ) % {"count": below, **counted}
    return _("Within its normal range in the last %(weeks)d weeks") % counted


def _marks(theme: Theme, question: Question, weeks: Sequence[Week]) -> list[Mark]:
    """The newest few things that happened to this theme or to the whole site."""
    if not weeks:
        return []
    first, last = weeks[0].period.first, weeks[-1].period.last
    releases = Release.objects.filter(Q(theme=theme) | Q(theme=None), released_on__range=(first, last))
    tests = Experiment.objects.filter(hypothesis__theme=theme, starts_on__range=(first, last))
    happened: list[tuple[date, str, bool]] = [(one.released_on, one.name, True) for one in releases]
    happened += [(test.starts_on, _("%(key)s starts") % {"key": test.key}, False) for test in tests if test.starts_on]
    newest = sorted(happened)[-MOST_MARKS:]
    return [
        Mark(
            at=(day - first).days // 7,
            text=_short(name),
            kind="rel" if is_release else "exp",
            row=order % 2,
        )
        for order, (day, name, is_release) in enumerate(newest)
    ]


def _short(name: str, room: int = 30) -> str:
    return name if len(name) <= room else f"{name[: room - 1].rstrip()}…"


def _draw(finding: str, measure: str, weeks: Sequence[Week], marks: Sequence[Mark], per_order: bool) -> Svg:
    rates = [week.rate for week in weeks]
    ranges = [week.expected for week in weeks]
    band = Band([one.low if one else None for one in ranges], [one.high if one else None for one in ranges])
    write: Callable[[float], str] = lambda value: formats.decimal(value, 1 if per_order else 0)  # noqa: E731
    chart = LineChart(
        label=f"{finding}. {measure}.",
        series=[Series(rates, "gold")],
        x_labels=week_labels([week.period for week in weeks]),
        format=lambda value: formats.decimal(value, 0 if float(value).is_integer() else 1),
        band=band if any(ranges) else None,
        marks=marks,
        crosshair=Crosshair(
            label=_("Week by week; use the arrow keys"),
            points=[formats.day_range(week.period.first, week.period.last) for week in weeks],
            rows=[
                (_("Observed"), ["–" if rate is None else write(rate) for rate in rates]),
                (
                    _("Expected"),
                    [
                        _("%(low)s to %(high)s") % {"low": write(one.low), "high": write(one.high)} if one else "–"
                        for one in ranges
                    ],
                ),
            ],
        ),
    )
    return responsive(chart, wide=WIDE, narrow=NARROW)


def _days(week: Period) -> list[date]:
    return [week.first + timedelta(days=offset) for offset in range(week.days)]

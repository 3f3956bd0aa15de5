"""Questions to the daily series. Every page, export and API gets its sums here: one number, one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from metrics import formulas
from metrics.estimate import Estimate
from metrics.formulas import Metric
from metrics.models import CommerceCell, ContactCell, DirtyDay, Kind, SurveyCell
from metrics.periods import Period, Slice
from metrics.sums import Sums, add_up

Key = tuple[Any, ...]
# Older than this, data of before today are another batch than today's.
_RECENT = timedelta(days=28)

_CONTACT_SUMS = (
    "contacts", "complaints", "handle_n", "handle_sum", "handle_sumsq", "wait_n", "wait_sum", "wait_sumsq",
    "first_n", "first_sum", "first_sumsq", "reply_n", "reply_sum", "reply_sumsq", "fcr_known", "fcr_yes",
)  # fmt: skip
_SURVEY_SUMS = ("invited", "n", "hits", "promoters", "detractors", "total", "total_sq")
_COMMERCE_SUMS = ("sessions", "orders", "revenue_cents", "checkouts")


def contact_sums(
    question: Slice, *, by: Sequence[str] = (), themes: Iterable[int] | None = None, only: Sequence[str] = ()
) -> dict[Key, Sums]:
    """Sums of contacts, keyed by the values of `by` (of "day", "theme", "market", "channel", "stage").

    Without `themes` every contact counts once; with themes (or "theme" in `by`) those of each theme.
    `only` names the sums that are needed; without it all are fetched.
    """
    cells = _narrow(ContactCell.objects.all(), question, _themes(by, themes))
    return _grouped(cells, by, only or _CONTACT_SUMS)


def survey_sums(
    question: Slice, instrument: str, *, by: Sequence[str] = (), themes: Iterable[int] | None = None
) -> dict[Key, Sums]:
    """Sums of one instrument's answers; `by` and `themes` as in `contact_sums`."""
    cells = _narrow(SurveyCell.objects.filter(instrument=instrument), question, _themes(by, themes))
    return _grouped(cells, by, _SURVEY_SUMS)


def commerce_sums(question: Slice, *, by: Sequence[str] = ()) -> dict[Key, Sums]:
    """Orders and sessions of the slice's days and markets (a shop knows no channel, stage or theme)."""
    cells = CommerceCell.objects.filter(day__range=(question.period.first, question.period.last))
    if question.markets:
        cells = cells.filter(market__in=question.markets)
    return _grouped(cells, by, _COMMERCE_SUMS)


def last_counted_day(*, before: Any = None) -> Any:
    """The newest day with contacts in the series (`before` this day, when one is given), or None."""
    cells = ContactCell.objects.filter(theme=0)
    if before is not None:
        cells = cells.filter(day__lt=before)
    return cells.aggregate(last=Max("day"))["last"]


def first_counted_day() -> Any:
    """The oldest day with contacts in the series, or None."""
    return ContactCell.objects.filter(theme=0).aggregate(first=Min("day"))["first"]


def last_whole_day(today: date) -> date:
    """The last whole day that was counted: yesterday, or earlier when data stopped coming.

    When everything there is came in today, today; without data, yesterday.
    """
    newest: date | None = last_counted_day()
    if newest is None:
        return today - timedelta(days=1)
    if newest < today:
        return newest
    recent: date | None = last_counted_day(before=today)
    return recent if recent and today - recent <= _RECENT else newest


def counted_days(today: date, days: int) -> Period:
    """The last `days` days that were counted: the period of every page that is not asked for another."""
    last = last_whole_day(today)
    return Period(last - timedelta(days=days - 1), last)


def newest_cell() -> int:
    """The key of the cell that was counted last: it grows with every recount, so it names a state of the series."""
    return ContactCell.objects.aggregate(newest=Max("pk"))["newest"] or 0


def is_behind() -> bool:
    """Are there days whose recount is still to come?"""
    return DirtyDay.objects.exists()


def sums_of(metric: Metric, question: Slice, *, by: Sequence[str] = ()) -> dict[Key, Sums]:
    """What the metric's formula reads, keyed by `by`; orders are joined to contacts by day and market alone."""
    if metric.source == "surveys":
        return survey_sums(question, metric.instrument or "", by=by)
    if metric.source == "commerce":
        return commerce_sums(question, by=[name for name in by if name in {"day", "market"}])
    contacts = contact_sums(question, by=by)
    if metric.source == "contacts":
        return contacts
    shared = [name for name in by if name in {"day", "market"}]
    shop = commerce_sums(question, by=shared)
    found = {key: _with_orders(cell, shop, by, shared, key) for key, cell in contacts.items()}
    if len(shared) == len(by):
        # Days (or markets) with orders and not one contact count too: their orders belong to the rate.
        return shop | found
    return found


def _with_orders(cell: Sums, shop: dict[Key, Sums], by: Sequence[str], shared: Sequence[str], key: Key) -> Sums:
    place = tuple(value for name, value in zip(by, key, strict=True) if name in shared)
    return cell + shop.get(place, Sums())


def value_of(metric_id: str, question: Slice, *, phi: float = 1.0) -> Estimate:
    """One metric of one slice."""
    metric = formulas.metric(metric_id)
    return metric.compute(add_up(sums_of(metric, question).values()), phi=phi)


@dataclass(frozen=True)
class DailyBook:
    """All daily sums of a slice, read once for any number of metrics."""

    period: Period
    contacts: dict[date, Sums]
    commerce: dict[date, Sums]
    surveys: dict[str, dict[date, Sums]]

    def weekly(self, metric: Metric) -> list[tuple[Period, Sums]]:
        """What the metric's formula reads, per whole week, oldest first."""
        return [(week, self.total(metric, week)) for week in self.period.weeks()]

    def total(self, metric: Metric, period: Period) -> Sums:
        """What the metric's formula reads over days of the slice."""
        return add_up(
            cell for days in self._sources(metric) for day, cell in days.items() if period.first <= day <= period.last
        )

    def _sources(self, metric: Metric) -> list[dict[date, Sums]]:
        match metric.source:
            case "surveys":
                return [self.surveys.get(metric.instrument or "", {})]
            case "commerce":
                return [self.commerce]
            case "contacts":
                return [self.contacts]
            case "contacts+commerce":
                return [self.contacts, self.commerce]


def daily_book(question: Slice) -> DailyBook:
    """The sums of every metric per day of the slice; three queries."""
    surveys: dict[str, dict[date, Sums]] = {}
    cells = _narrow(SurveyCell.objects.all(), question, (0,))
    for (instrument, day), cell in _grouped(cells, ["instrument", "day"], _SURVEY_SUMS).items():
        surveys.setdefault(instrument, {})[day] = cell
    return DailyBook(
        period=question.period,
        contacts={day: cell for (day,), cell in contact_sums(question, by=["day"]).items()},
        commerce={day: cell for (day,), cell in commerce_sums(question, by=["day"]).items()},
        surveys=surveys,
    )


def dirty_days(kind: Kind, limit: int) -> tuple[list[int], list[Any]]:
    """The oldest marked days of a kind, with the ids of all their marks that exist now."""
    days = list(DirtyDay.objects.filter(kind=kind).order_by("day").values_list("day", flat=True).distinct()[:limit])
    marks = list(DirtyDay.objects.filter(kind=kind, day__in=days).values_list("id", flat=True))
    return marks, days


def _themes(by: Sequence[str], themes: Iterable[int] | None) -> tuple[int, ...] | None:
    """None: every theme apart; (0,): all contacts once."""
    if themes is not None:
        return tuple(themes)
    return None if "theme" in by else (0,)


def _narrow(cells: QuerySet[Any], question: Slice, themes: tuple[int, ...] | None) -> QuerySet[Any]:
    cells = cells.filter(day__range=(question.period.first, question.period.last))
    cells = cells.exclude(theme=0) if themes is None else cells.filter(theme__in=themes)
    if question.markets:
        cells = cells.filter(market__in=question.markets)
    if question.channels:
        cells = cells.filter(channel__in=question.channels)
    if question.stages:
        cells = cells.filter(stage__in=question.stages)
    return cells


def _grouped(cells: QuerySet[Any], by: Sequence[str], sums: Sequence[str]) -> dict[Key, Sums]:
    # Annotations must not carry the names of fields they add up.
    named = {f"sum_{name}": Sum(name) for name in sums}
    if not by:
        row = cells.aggregate(**named)
        return {(): _sums(row, sums)}
    rows = cells.order_by().values(*by).annotate(**named)
    return {tuple(row[name] for name in by): _sums(row, sums) for row in rows}


def _sums(row: dict[str, Any], names: Sequence[str]) -> Sums:
    return Sums(**{name: row[f"sum_{name}"] or 0 for name in names})

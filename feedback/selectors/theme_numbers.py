"""The numbers of themes, as pages, evidence and the API show them. The number of queries does not grow with themes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import metrics.selectors
from accounts.models import Company
from feedback.models import Theme
from metrics import comparisons, formulas, intervals
from metrics.comparisons import Change
from metrics.estimate import CENTS, COUNT, NO_EXPOSURE, PERCENT, Estimate, estimate, hidden, no_data
from metrics.measures import Share
from metrics.periods import Period, Slice
from metrics.sums import Sums

SPARK_WEEKS = 13
_FEWEST_DF = 3
_CSAT = Share(of="n", hits="hits")
_NEEDED = ("contacts", "complaints", "handle_n", "handle_sum", "handle_sumsq")


@dataclass(frozen=True)
class ThemeNumbers:
    """One theme in one slice.

    `contacts` is a full count; `share` percent of all contacts of the slice; `per_1000_orders` of the slice's days and
    markets; `change` the rate against the period before (per day, with the flag "no_exposure", where no orders are
    known); `csat` percent satisfied; `csat_gap` points below (negative) all answers; `cost` cents of handling time;
    `weeks` the rate per 1,000 orders of the last 13 whole weeks, oldest first, None without orders; `week_contacts` the
    contacts of those weeks.
    """

    theme: Theme
    contacts: Estimate
    share: Estimate
    per_1000_orders: Estimate
    change: Change
    csat: Estimate
    csat_mean: Estimate
    csat_gap: Estimate
    cost: Estimate
    weeks: tuple[float | None, ...]
    week_contacts: tuple[float, ...]
    week_periods: tuple[Period, ...]
    sums: Sums


@dataclass(frozen=True)
class Totals:
    """All contacts of the slice, whether they have a theme or not."""

    contacts: int
    orders: int
    per_1000_orders: Change
    csat: Estimate
    csat_mean: Estimate


@dataclass(frozen=True)
class _Cells:
    """Everything fetched for one question."""

    now: dict[int, Sums]
    before: dict[int, Sums]
    daily: dict[int, dict[date, float]]
    shop_daily: dict[date, float]
    csat: dict[int, Sums]
    all_csat: Sums
    all_now: Sums
    all_before: Sums
    shop_now: Sums
    shop_before: Sums
    all_daily: dict[date, float]
    days: int
    weeks: tuple[Period, ...]


def count_estimate(value: float) -> Estimate:
    """A full count: nothing was sampled, so its interval is itself."""
    return estimate(value, (value, value), n=value, unit=COUNT, method="count")


def theme_numbers(question: Slice, *, themes: Sequence[int] | None = None) -> tuple[list[ThemeNumbers], Totals]:
    """The numbers of these themes (default: all active ones with contacts), most contacts first, and the totals."""
    rows = Theme.objects.active().select_related("stage", "page", "owner")
    if themes is not None:
        rows = rows.filter(pk__in=themes)
    cells = _fetch(question, themes)
    cents = Company.objects.values_list("handling_minute_cents", flat=True).first() or 0
    found = [_numbers(theme, cells, cents) for theme in rows if themes is not None or cells.now.get(theme.pk)]
    found.sort(key=lambda one: (-(one.contacts.value or 0), one.theme.name))
    return found, _totals(cells)


def numbers_of(theme: Theme, question: Slice) -> ThemeNumbers:
    """The numbers of one theme."""
    found, _totals_of_slice = theme_numbers(question, themes=[theme.pk])
    return found[0]


def _fetch(question: Slice, themes: Sequence[int] | None) -> _Cells:
    ask = metrics.selectors
    before = question.during(question.period.before())
    spark = _spark_period(question.period)
    weekly = question.during(spark)
    daily: dict[int, dict[date, float]] = defaultdict(dict)
    cells = ask.contact_sums(weekly, by=["theme", "day"], themes=themes, only=["contacts"])
    for (theme, day), cell in cells.items():
        daily[theme][day] = cell.contacts
    everything = ask.contact_sums(weekly, by=["day"], only=["contacts"])
    shop = ask.commerce_sums(weekly, by=["day"])
    return _Cells(
        now=_by_theme(question, themes),
        before=_by_theme(before, themes),
        daily=daily,
        shop_daily={day: cell.orders for (day,), cell in shop.items()},
        csat={key[0]: cell for key, cell in ask.survey_sums(question, "csat", by=["theme"], themes=themes).items()},
        all_csat=ask.survey_sums(question, "csat").get((), Sums()),
        all_now=ask.contact_sums(question, only=_NEEDED).get((), Sums()),
        all_before=ask.contact_sums(before, only=["contacts"]).get((), Sums()),
        shop_now=ask.commerce_sums(question).get((), Sums()),
        shop_before=ask.commerce_sums(before).get((), Sums()),
        all_daily={day: cell.contacts for (day,), cell in everything.items()},
        days=question.period.days,
        weeks=tuple(spark.weeks()),
    )


def _by_theme(question: Slice, themes: Sequence[int] | None) -> dict[int, Sums]:
    found = metrics.selectors.contact_sums(question, by=["theme"], themes=themes, only=_NEEDED)
    return {key[0]: cell for key, cell in found.items()}


def _spark_period(period: Period) -> Period:
    return Period(period.last - timedelta(days=7 * SPARK_WEEKS - 1), period.last)


def _numbers(theme: Theme, cells: _Cells, cents_per_minute: int) -> ThemeNumbers:
    now, before = cells.now.get(theme.pk, Sums()), cells.before.get(theme.pk, Sums())
    csat = cells.csat.get(theme.pk, Sums())
    weekly = _weekly(cells.daily.get(theme.pk, {}), cells)
    orders = _weekly(cells.shop_daily, cells)
    phi, df = _dispersion(weekly, cells)
    return ThemeNumbers(
        theme=theme,
        contacts=count_estimate(now.contacts),
        share=_share(now.contacts, cells.all_now.contacts),
        per_1000_orders=formulas.metric("contacts_per_1000_orders").compute(_rated(now, cells.shop_now), phi=phi),
        change=_rate_change(now, before, cells, phi, df),
        csat=formulas.metric("csat").compute(csat),
        csat_mean=formulas.metric("csat_mean").compute(csat),
        csat_gap=_gap(csat, cells.all_csat),
        cost=_cost(now, cents_per_minute),
        weeks=tuple(
            1000 * count / exposure if exposure else None for count, exposure in zip(weekly, orders, strict=True)
        ),
        week_contacts=tuple(weekly),
        week_periods=cells.weeks,
        sums=now,
    )


def _totals(cells: _Cells) -> Totals:
    phi, df = _dispersion(_weekly(cells.all_daily, cells), cells)
    return Totals(
        contacts=int(cells.all_now.contacts),
        orders=int(cells.shop_now.orders),
        per_1000_orders=_rate_change(cells.all_now, cells.all_before, cells, phi, df),
        csat=formulas.metric("csat").compute(cells.all_csat),
        csat_mean=formulas.metric("csat_mean").compute(cells.all_csat),
    )


def _days(week: Period) -> list[date]:
    return [week.first + timedelta(days=offset) for offset in range(week.days)]


def _weekly(daily: dict[date, float], cells: _Cells) -> list[float]:
    return [sum(daily.get(day, 0) for day in _days(week)) for week in cells.weeks]


def _rated(contacts: Sums, shop: Sums) -> Sums:
    return Sums(contacts=contacts.contacts, complaints=contacts.complaints, orders=shop.orders)


def _rate_change(now: Sums, before: Sums, cells: _Cells, phi: float, df: float) -> Change:
    metric = formulas.metric("contacts_per_1000_orders")
    found = comparisons.change(metric, _rated(now, cells.shop_now), _rated(before, cells.shop_before), phi=phi, df=df)
    if cells.shop_now.orders and cells.shop_before.orders:
        return found
    # Without orders of both periods, contacts per day: the periods are equally long.
    per_day = comparisons.rate_change(now.contacts, cells.days, before.contacts, cells.days, phi=phi, df=df)
    return replace(found, change=per_day.with_flags(NO_EXPOSURE))


def _dispersion(counts: Sequence[float], cells: _Cells) -> tuple[float, float]:
    """Weekly Pearson dispersion (at least 1) and its degrees of freedom; 1 on few weeks.

    Weeks of the period vary around the period's own rate, earlier ones around theirs: a change that lasts is no noise.
    """
    orders = _weekly(cells.shop_daily, cells)
    exposure = orders if any(orders) else [float(week.days) for week in cells.weeks]
    first = cells.weeks[-1].last - timedelta(days=cells.days - 1)
    groups: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for week, count, size in zip(cells.weeks, counts, exposure, strict=True):
        if size > 0:
            groups[week.first >= first].append((count, size))
    several = [weeks for weeks in groups.values() if len(weeks) > 1]
    df = sum(len(weeks) - 1 for weeks in several)
    if df < _FEWEST_DF:
        return 1.0, math.inf
    spread = sum(
        (len(weeks) - 1) * intervals.dispersion([count for count, _size in weeks], [size for _count, size in weeks])
        for weeks in several
    )
    return max(1.0, spread / df), df


def _gap(csat: Sums, all_csat: Sums) -> Estimate:
    """The theme's satisfaction less that of all; hidden with either, for the one could be worked out from the other."""
    metric, found = formulas.metric("csat"), comparisons.gap_to_all(_CSAT, csat, all_csat)
    if found.known and (metric.compute(csat).suppressed or metric.compute(all_csat - csat).suppressed):
        return hidden(found)
    return found


def _share(part: float, whole: float) -> Estimate:
    if whole <= 0:
        return no_data(PERCENT, method="count")
    value = 100 * part / whole
    return estimate(value, (value, value), n=whole, unit=PERCENT, method="count")


def _cost(sums: Sums, cents_per_minute: int) -> Estimate:
    """Mean handling time of the contacts where it is known × all contacts × the cost of a minute."""
    mean = formulas.metric("aht").compute(sums)
    if mean.value is None or not cents_per_minute:
        return no_data(CENTS, method="log_t", n=sums.contacts)
    factor = sums.contacts * cents_per_minute / 60
    interval = None if mean.low is None or mean.high is None else (mean.low * factor, mean.high * factor)
    return estimate(mean.value * factor, interval, n=sums.handle_n, unit=CENTS, method=mean.method, flags=mean.flags)

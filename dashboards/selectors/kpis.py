"""Goals and KPIs: both teams side by side, every metric with its weeks, interval, n and target."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import collaboration.selectors
import metrics.selectors
from accounts import formats
from collaboration.selectors import GoalCard
from dashboards.filters import Question
from metrics import comparisons, formulas
from metrics.charts import Band, LineChart, Series, Svg, Target, goal_track, small_multiple
from metrics.charts.svg import Tone
from metrics.comparisons import Change
from metrics.estimate import PERCENT, POINTS, RATIO, SECONDS, Estimate
from metrics.formulas import Metric
from metrics.periods import Period, Slice
from metrics.selectors import DailyBook
from metrics.sums import Sums, add_up
from metrics.templatetags.estimates import written
from metrics.templatetags.metric_names import name_of

WEEKS = (13, 26, 52)
POOLED_WEEKS = 4
DRAWN_FROM = 30
ENOUGH_WEEKS = 0.6
SERVICE = ("csat", "fcr", "frt", "asa", "art", "aht", "ces", "complaints_per_1000_orders", "enps")
OPTIMISATION = ("conversion_rate", "contacts_per_1000_orders", "gcr", "nps", "ves", "star")


@dataclass(frozen=True)
class Kpi:
    """One metric: its last four weeks, the change against the four before, and its weeks as a chart.

    `drawing` is None with too few answers; `span` is how many weeks make one point of it.
    """

    metric: Metric
    name: str
    now: Estimate
    change_text: str
    change_kind: str
    target_text: str
    drawing: Svg | None
    span: int
    # Whether there ever was one in all these weeks.
    has_answers: bool


@dataclass(frozen=True)
class TeamKpis:
    """One team's metrics; `unmeasured` are the names of those without data."""

    name: str
    tone: str
    kpis: list[Kpi]
    unmeasured: list[str]


@dataclass(frozen=True)
class GoalView:
    """A shared goal as it is shown. `tag` is the colour of its standing."""

    card: GoalCard
    name: str
    standing: str
    tag: str
    detail: str
    target: str
    baseline: str
    track: Svg | None


@dataclass(frozen=True)
class KpiPage:
    """The whole page."""

    finding: str
    goals: list[GoalView]
    teams: list[TeamKpis]
    period: Period


def kpi_page(question: Question, weeks: int) -> KpiPage:
    """Shared goals and both teams' metrics over so many weeks; a fixed number of queries."""
    last = question.period.last
    goals = [goal_view(card) for card in collaboration.selectors.goal_cards(last)]
    reach = max(weeks, 2 * POOLED_WEEKS)
    book = metrics.selectors.daily_book(Slice(Period(last - timedelta(days=7 * reach - 1), last)))
    targets = {goal.card.metric.id: goal.card.goal.target for goal in goals}
    return KpiPage(
        finding=_finding(goals),
        goals=goals,
        teams=[
            _team(_("Customer service"), "gold", SERVICE, book, targets),
            _team(_("Conversion optimisation"), "indigo", OPTIMISATION, book, targets),
        ],
        period=book.period,
    )


def goal_view(card: GoalCard) -> GoalView:
    """A goal with its words and its drawing."""
    metric, goal, outlook = card.metric, card.goal, card.outlook
    words, tag, tone = _standing(card)
    target, baseline = written(goal.target, metric.unit), written(goal.baseline, metric.unit)
    now = outlook.now.value
    label = _("%(name)s: from %(baseline)s, now %(now)s, goal %(target)s") % {
        "name": name_of(metric),
        "baseline": baseline,
        "now": "–" if now is None else written(now, metric.unit),
        "target": target,
    }
    return GoalView(
        card=card,
        name=name_of(metric),
        standing=words,
        tag=tag,
        detail=_chance(card),
        target=target,
        baseline=baseline,
        track=None if now is None else goal_track(goal.baseline, now, goal.target, label, tone=tone),
    )


def _standing(card: GoalCard) -> tuple[str, str, Tone]:
    match card.outlook.standing:
        case "on_track":
            return _("On course"), "e", "green"
        case "met":
            return _("Met"), "e", "green"
        case "at_risk":
            return _("At risk"), "o", "gold"
        case "off_track":
            return _("Behind"), "r", "gold"
        case "missed":
            return _("Not met"), "r", "gold"
        case _:
            return _("Too early to say"), "", "gold"


def _chance(card: GoalCard) -> str:
    forecast = card.outlook.forecast
    if forecast.probability is None:
        return _("Too few weeks to say") if card.outlook.standing == "unknown" else ""
    words = _("%(chance)s likely to be met; by then between %(low)s and %(high)s")
    unit = card.metric.unit
    scale = 100 if unit == PERCENT else 1
    band = forecast.band95
    if band is None:
        return ""
    return words % {
        "chance": formats.percent(100 * forecast.probability, 0),
        "low": written(scale * band.low, unit),
        "high": written(scale * band.high, unit),
    }


def _finding(goals: Sequence[GoalView]) -> str:
    if not goals:
        return _("No shared goal yet: both teams can agree on one")
    on_course = sum(goal.card.outlook.standing in {"on_track", "met"} for goal in goals)
    if all(goal.card.outlook.standing == "unknown" for goal in goals):
        return _("It is too early to say whether the shared goals will be met")
    return ngettext(
        "%(on_course)d of %(count)d shared goal is on course",
        "%(on_course)d of %(count)d shared goals are on course",
        len(goals),
    ) % {"on_course": on_course, "count": len(goals)}


def _team(name: str, tone: Tone, ids: Sequence[str], book: DailyBook, targets: dict[str, float]) -> TeamKpis:
    found = [_kpi(formulas.metric(id), tone, book, targets.get(id)) for id in ids]
    return TeamKpis(
        name=name,
        tone=tone,
        kpis=[one for one in found if _is_measured(one)],
        unmeasured=[one.name for one in found if not _is_measured(one)],
    )


def _is_measured(one: Kpi) -> bool:
    """Contacts alone do not measure contacts per order, and complaints that nobody ever noted are not none."""
    return one.now.suppressed or one.drawing is not None or (one.now.value is not None and one.has_answers)


def _kpi(metric: Metric, tone: Tone, book: DailyBook, target: float | None) -> Kpi:
    weeks = book.weekly(metric)
    # What may still change is neither compared nor drawn.
    weeks = weeks[: len(weeks) - math.ceil(metric.settles_days / 7)]
    cells = [one for _week, one in weeks]
    phi, df = comparisons.weekly_variation(metric, cells)
    now, before = add_up(cells[-POOLED_WEEKS:]), add_up(cells[-2 * POOLED_WEEKS : -POOLED_WEEKS])
    change = comparisons.change(metric, now, before, phi=phi, df=df)
    text, kind = change_words(metric, change)
    drawing, span = _draw(metric, tone, weeks, target, phi)
    return Kpi(
        metric=metric,
        name=name_of(metric),
        now=change.now,
        change_text=text,
        change_kind=kind,
        target_text=_("Target %(value)s") % {"value": written(target, metric.unit)} if target is not None else "",
        drawing=drawing,
        span=span,
        has_answers=metric.compute(add_up(cells)).n > 0,
    )


def change_words(metric: Metric, change: Change) -> tuple[str, str]:
    """A change with its sign, and how it is drawn: coloured only outside normal variation."""
    found = change.change
    if found.value is None:
        return "", "flat"
    if found.unit == RATIO:
        text = formats.signed_percent(100 * found.value, 0)
    elif found.unit == POINTS:
        text = _("%(points)s pt") % {"points": formats.signed(found.value, 1)}
    else:
        text = formats.signed(found.value, 2)
    if not change.outside_variation or metric.direction == "none":
        return text, "flat"
    return text, "good" if (found.value > 0) == (metric.direction == "up") else "bad"


def _draw(
    metric: Metric, tone: Tone, weeks: Sequence[tuple[Period, Sums]], target: float | None, phi: float
) -> tuple[Svg | None, int]:
    """The chart, and how many weeks make one of its points: one, or four where most weeks have too few answers."""
    points, span = list(weeks), 1
    if sum(_shown(metric.compute(cells)) for _week, cells in points) < ENOUGH_WEEKS * len(points):
        points, span = _blocks(points), POOLED_WEEKS
    found = [metric.compute(cells, phi=phi) for _week, cells in points]
    drawn = [one if _shown(one) else None for one in found]
    if sum(one is not None for one in drawn) < 2:
        return None, span
    unit, name = _axis(metric, [one.value for one in drawn if one and one.value is not None])

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / unit

    step = max(1, (len(points) - 1) // 2)
    chart = LineChart(
        label=_("%(name)s per week") % {"name": name_of(metric)}
        if span == 1
        else _("%(name)s per four weeks") % {"name": name_of(metric)},
        series=[Series([scaled(one.value) if one else None for one in drawn], tone)],
        band=Band(
            [scaled(one.low) if one else None for one in drawn],
            [scaled(one.high) if one else None for one in drawn],
            tone,
        ),
        x_labels=[(at, formats.day(week.first)) for at, (week, _cells) in enumerate(points) if at % step == 0],
        format=name,
        target=Target(target / unit) if target is not None else None,
    )
    return small_multiple(chart), span


def _shown(one: Estimate) -> bool:
    return one.value is not None and one.n >= DRAWN_FROM


def _blocks(weeks: Sequence[tuple[Period, Sums]]) -> list[tuple[Period, Sums]]:
    """Four weeks at a time, counted back from the last one."""
    first = len(weeks) % POOLED_WEEKS
    parts = [weeks[at : at + POOLED_WEEKS] for at in range(first, len(weeks), POOLED_WEEKS)]
    return [(Period(part[0][0].first, part[-1][0].last), add_up(cells for _week, cells in part)) for part in parts]


def _axis(metric: Metric, values: Sequence[float]) -> tuple[float, Callable[[float], str]]:
    """By what values are divided on the axis, and how its numbers are written: durations in round hours or minutes."""
    if metric.unit == SECONDS:
        top = max(values)
        unit, words = (3600.0, _("%(count)s h")) if top >= 7200 else (60.0, _("%(count)s min"))
        if top < 120:
            unit, words = 1.0, _("%(count)s s")
        return unit, lambda value: words % {"count": _plain(value)}
    if metric.unit == PERCENT:
        return 1.0, lambda value: f"{_plain(value)}%"
    return 1.0, _plain


def _plain(value: float) -> str:
    """With as many decimals as it needs, two at most."""
    places = next((places for places in (0, 1) if abs(value - round(value, places)) < 1e-9), 2)
    return formats.decimal(value, places)

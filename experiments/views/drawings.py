"""The charts of an experiment: the counterfactual, the intervals of its variants and of its other measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts import formats
from experiments.models import Experiment, Outcome
from experiments.selectors import words
from experiments.selectors.evaluations import Measure
from metrics import charts
from metrics.charts import Svg
from metrics.estimate import Estimate

# As wide as the page, so that its text stays 12 pixels high.
_WIDE = charts.Frame(1110, 330, 40, 16, 26, 34)


@dataclass(frozen=True)
class Week:
    """One line of the table under the counterfactual."""

    starts_on: date
    role: str
    observed: str
    expected: str
    avoided: str


@dataclass(frozen=True)
class Counterfactual:
    """The chart, its table, and whether its numbers are per 1,000 orders (or contacts, where orders are not known)."""

    drawing: Svg
    weeks: list[Week]
    per_1000: bool
    has_expected: bool


class _Series:
    """The stored weeks of an outcome, per 1,000 orders where every week has orders."""

    def __init__(self, outcome: Outcome) -> None:
        self.points = outcome.series
        self.days = [date.fromisoformat(point["starts_on"]) for point in self.points]
        self.per_1000 = all(point.get("orders") for point in self.points)

    def values(self, name: str) -> list[float | None]:
        """One number per week; None where it is not known."""
        return [self._scaled(point, point[name]) for point in self.points]

    def _scaled(self, point: dict[str, float], value: float | None) -> float | None:
        if value is None or not self.per_1000:
            return value
        return 1000 * value / point["orders"]

    def week_of(self, day: date | None) -> int | None:
        """The place of the week that holds a day."""
        if day is None:
            return None
        return next((i for i, start in enumerate(self.days) if start <= day < start + timedelta(days=7)), None)


def counterfactual(experiment: Experiment, outcome: Outcome) -> Counterfactual | None:
    """Observed against expected, week by week; None without weeks."""
    series = _Series(outcome)
    if not series.points:
        return None
    observed, expected = series.values("observed"), series.values("expected")
    low, high = series.values("low"), series.values("high")
    known = any(value is not None for value in expected)
    write = _writer(observed, series.per_1000)
    live = next((i for i, point in enumerate(series.points) if point["role"] in {"washout", "after"}), None)
    lines = [charts.Series(observed, "ink")]
    if known:
        lines.insert(0, charts.Series(expected, "mute", dashed=True, dot=False))
    proven = outcome.verdict == "avoided" and live is not None and known
    chart = charts.LineChart(
        label=words.outcome_heading(outcome),
        series=lines,
        x_labels=_months(series.days),
        format=write,
        band=charts.Band(low, high) if known else None,
        fill=charts.Fill(expected, observed, live or 0) if proven else None,
        marks=_marks(experiment, outcome, series, live),
        crosshair=charts.Crosshair(
            label=_("Contacts by week"),
            points=[formats.day(day) for day in series.days],
            rows=[
                (_("Observed"), [_text(value, write) for value in observed]),
                *([(_("Expected"), [_text(value, write) for value in expected])] if known else []),
            ],
        ),
    )
    return Counterfactual(
        drawing=charts.responsive(chart, wide=_WIDE),
        weeks=[
            Week(day, point["role"], _text(seen, write), _text(wanted, write), _spared(seen, wanted, write, point))
            for day, point, seen, wanted in zip(series.days, series.points, observed, expected, strict=True)
        ],
        per_1000=series.per_1000,
        has_expected=known,
    )


def _marks(experiment: Experiment, outcome: Outcome, series: _Series, live: int | None) -> list[charts.Mark]:
    marks = []
    tested = series.week_of(experiment.starts_on)
    if tested is not None and experiment.starts_on and experiment.ends_on:
        text = _("Test, %(days)s") % {"days": formats.day_range(experiment.starts_on, experiment.ends_on)}
        marks.append(charts.Mark(tested, text, "exp", short=_("Test")))
    if live is not None:
        day = formats.day(outcome.release.released_on)
        marks.append(charts.Mark(live, _("Live %(day)s") % {"day": day}, "live", row=1, short=_("Live")))
    return marks


def _months(days: Sequence[date]) -> list[tuple[int, str]]:
    """The first week of every month, at least three weeks from the one before."""
    labels: list[tuple[int, str]] = []
    for i, day in enumerate(days):
        if (i == 0 or day.month != days[i - 1].month) and (not labels or i - labels[-1][0] >= 3):
            labels.append((i, formats.day(day)))
    return labels


def _writer(values: Sequence[float | None], per_1000: bool) -> Callable[[float], str]:
    top = max((value for value in values if value is not None), default=0)
    places = 0 if not per_1000 or top >= 100 else 1 if top >= 5 else 2
    return lambda value: formats.decimal(value, places)


def _text(value: float | None, write: Callable[[float], str]) -> str:
    return "–" if value is None else write(value)


def _spared(seen: float | None, wanted: float | None, write: Callable[[float], str], point: dict[str, object]) -> str:
    if seen is None or wanted is None or point["role"] != "after":
        return ""
    return write(wanted - seen)


# Intervals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LiftAxis:
    """The axis that the lifts of all variants share."""

    span: tuple[float, float]
    ticks: tuple[float, ...]

    def cell(self, lift: Estimate) -> Svg | None:
        """The interval of one lift, indigo when it is more than chance."""
        if lift.value is None or lift.low is None or lift.high is None:
            return None
        tone: charts.Tone = "indigo" if lift.excludes_zero else "mute"
        label = _("%(value)s, %(low)s to %(high)s") % {
            "value": formats.signed_percent(100 * lift.value),
            "low": formats.signed_percent(100 * lift.low),
            "high": formats.signed_percent(100 * lift.high),
        }
        interval = charts.Interval("", lift.value, lift.low, lift.high, tone)
        return charts.interval_cell(interval, label, span=self.span, ticks=self.ticks)

    def axis(self) -> Svg:
        """The numbers above the cells."""
        return charts.interval_axis(self.ticks, span=self.span, format_=_signed_percent)


def lift_axis(lifts: Sequence[Estimate]) -> LiftAxis | None:
    """A round axis around 0 that holds every lift; None without any."""
    ends = [abs(end) for one in lifts for end in (one.low, one.high) if end is not None]
    return LiftAxis(*_round_axis(max(ends))) if ends else None


def forest(measures: Sequence[Measure]) -> Svg | None:
    """The other measures under one another: green when better, red when worse, grey when it may be chance."""
    rows = [
        charts.Interval(
            str(words.MEASURES[one.key]),
            one.change.value,
            one.change.low,
            one.change.high,
            "green" if one.good else "red" if one.worse else "mute",
        )
        for one in measures
        if one.change.value is not None and one.change.low is not None and one.change.high is not None
    ]
    if not rows:
        return None
    span, ticks = _round_axis(max(abs(end) for row in rows for end in (row.low, row.high)))
    label = "; ".join(
        _("%(name)s: %(low)s to %(high)s")
        % {"name": row.name, "low": _signed_percent(row.low), "high": _signed_percent(row.high)}
        for row in rows
    )
    return charts.forest_both(rows, label, span=span, ticks=ticks, format_=_signed_percent)


def _round_axis(reach: float) -> tuple[tuple[float, float], tuple[float, ...]]:
    """Span and ticks of an axis of ratios, the same on both sides of 0."""
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    step = next((one for one in steps if 2 * one >= reach), reach / 2)
    return (-2 * step, 2 * step), (-2 * step, -step, 0, step, 2 * step)


def _signed_percent(ratio: float) -> str:
    return "0" if ratio == 0 else formats.signed_percent(100 * ratio, 0 if abs(ratio) >= 0.01 else 1)

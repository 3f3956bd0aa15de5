"""Lines over time: the large chart in a wide and a narrow drawing, the small multiple, the sparkline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from metrics.charts.svg import (
    EMPTY,
    Anchor,
    Format,
    Point,
    Scale,
    Svg,
    Tone,
    area,
    both,
    classes,
    element,
    image,
    join,
    nice_ticks,
    path,
    short,
    text,
)

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing and the room around its plot, in units that are pixels at full width."""

    width: float
    height: float
    top: float = 16
    right: float = 14
    bottom: float = 26
    left: float = 40


WIDE = Frame(760, 300, 40, 16, 26, 34)
NARROW = Frame(340, 260, 30, 16, 26, 34)
SMALL = Frame(240, 104, 8, 6, 20, 34)


@dataclass(frozen=True, slots=True)
class Series:
    """One line. None in `values` leaves a gap; `label` stands at point `label_at` (the last known one by default)."""

    values: Values
    tone: Tone = "ink"
    label: str = ""
    label_at: int | None = None
    label_dy: float = -9
    label_anchor: Anchor = "end"
    dashed: bool = False
    dot: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected: the surface between two lines."""

    low: Values
    high: Values
    tone: Tone = "mute"


@dataclass(frozen=True, slots=True)
class Fill:
    """A difference that counts: the surface between `upper` and `lower` from point `start` on."""

    upper: Values
    lower: Values
    start: int
    tone: Tone = "green"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at point `at`: a release (hollow), an experiment (indigo) or going live (green).

    `row` is 0 or 1: the second row keeps two texts that are close apart. `short` is the text of the narrow drawing.
    """

    at: int
    text: str = ""
    kind: Literal["rel", "exp", "live"] = "rel"
    row: int = 0
    short: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where we want to be: a dotted line, its words above or below it."""

    value: float
    text: str = ""
    below: bool = False


@dataclass(frozen=True, slots=True)
class Crosshair:
    """What the pointer and the arrow keys read out: one label per point, and per row a name and a text per point."""

    label: str
    points: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything a line chart shows. `label` is its finding in one sentence; `x_labels` are (point, text) pairs.

    `low` and `high` fix the axis; left out, round numbers around all values are taken. `shade` is a (first, last) pair
    of points drawn darker, such as the days a test ran.
    """

    label: str
    series: Sequence[Series]
    x_labels: Sequence[tuple[int, str]] = ()
    format: Format = str
    low: float | None = None
    high: float | None = None
    band: Band | None = None
    fill: Fill | None = None
    marks: Sequence[Mark] = ()
    target: Target | None = None
    shade: tuple[int, int] | None = None
    ticks: int = 4
    crosshair: Crosshair | None = None


@dataclass(frozen=True, slots=True)
class _Plot:
    """A chart laid out in a frame: where a point and a value fall."""

    chart: LineChart
    frame: Frame
    x: Scale
    y: Scale
    ticks: Sequence[float]
    count: int

    @property
    def floor(self) -> float:
        return self.frame.height - self.frame.bottom

    @property
    def right(self) -> float:
        return self.frame.width - self.frame.right

    def points(self, values: Values) -> list[Point | None]:
        return [None if value is None else (self.x(i), self.y(value)) for i, value in enumerate(values)]

    def known(self, values: Values, start: int = 0) -> list[Point]:
        return [(self.x(i), self.y(value)) for i, value in enumerate(values) if value is not None and i >= start]


def time_series(chart: LineChart, frame: Frame = WIDE, *, small: bool = False) -> Svg:
    """One drawing of `chart`, with its crosshair when it has one. At least one value must be known."""
    plot = _lay_out(chart, frame)
    drawing = image(
        frame.width,
        frame.height,
        chart.label,
        [
            _shade(plot),
            *_grid(plot),
            *_x_labels(plot),
            _band(plot),
            _fill(plot),
            *_target(plot),
            *(_mark(plot, mark) for mark in chart.marks),
            *(_line(plot, series, small) for series in chart.series),
        ],
        kind=classes("c", "c-s" if small else ""),
    )
    return _with_crosshair(plot, drawing)


def responsive(chart: LineChart, *, wide: Frame = WIDE, narrow: Frame = NARROW) -> Svg:
    """Both drawings; the stylesheet shows the one that fits. The narrow one has half the x labels and short marks."""
    marks = [replace(mark, text=mark.short) for mark in chart.marks]
    slim = replace(chart, marks=marks, x_labels=chart.x_labels[::2])
    return both(time_series(chart, wide), time_series(slim, narrow))


def small_multiple(chart: LineChart) -> Svg:
    """The 240 x 104 chart of a KPI: two ticks, small dots."""
    return time_series(replace(chart, ticks=2), SMALL, small=True)


def sparkline(
    values: Sequence[float], label: str, *, tone: Tone = "gold", width: float = 104, height: float = 30
) -> Svg:
    """A line without axes beside a number; at least one value. `label` says what it shows."""
    low, high = min(values), max(values)
    y = Scale(min(low, high * 0.9), high, height - 4, 4)
    x = Scale(0, max(1, len(values) - 1), 2, width - 6)
    points = [(x(i), y(value)) for i, value in enumerate(values)]
    end = points[-1]
    return element(
        "svg",
        element("path", class_="a", d=f"{path(points)}L{short(end[0])} {short(height)}L2 {short(height)}Z"),
        element("path", class_="l", d=path(points)),
        element("circle", class_="d", cx=end[0], cy=end[1], r=2.6),
        class_=f"spark s-{tone}",
        viewBox=f"0 0 {short(width)} {short(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=label,
    )


def _lay_out(chart: LineChart, frame: Frame) -> _Plot:
    values = [value for series in chart.series for value in series.values if value is not None]
    if not values:
        raise ValueError("a line chart needs at least one known value")
    if chart.band:
        values += [value for side in (chart.band.low, chart.band.high) for value in side if value is not None]
    if chart.target:
        values.append(chart.target.value)
    low = min(values) if chart.low is None else chart.low
    high = max(values) if chart.high is None else chart.high
    ticks = nice_ticks(low, high, chart.ticks)
    low = ticks[0] if chart.low is None else low
    high = ticks[-1] if chart.high is None else high
    count = max(len(series.values) for series in chart.series)
    return _Plot(
        chart=chart,
        frame=frame,
        x=Scale(0, max(1, count - 1), frame.left, frame.width - frame.right),
        y=Scale(low, high, frame.height - frame.bottom, frame.top),
        ticks=[tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9],
        count=count,
    )


def _shade(plot: _Plot) -> Svg:
    if plot.chart.shade is None:
        return EMPTY
    first, last = (plot.x(i) for i in plot.chart.shade)
    top = plot.frame.top
    return element("rect", class_="shade", x=first, y=top, width=last - first, height=plot.floor - top)


def _grid(plot: _Plot) -> list[Svg]:
    left = plot.frame.left
    parts: list[Svg] = []
    for tick in plot.ticks:
        y = plot.y(tick)
        parts.append(element("line", class_="grid", x1=left, x2=plot.right, y1=y, y2=y))
        parts.append(element("text", plot.chart.format(tick), class_="yt", x=left - 8, y=y + 4))
    return parts


def _x_labels(plot: _Plot) -> list[Svg]:
    def anchor(i: int) -> Anchor:
        return "start" if i == 0 else "end" if i == plot.count - 1 else "middle"

    return [
        text(words, plot.x(i), plot.frame.height - 6, kind="xt", anchor=anchor(i)) for i, words in plot.chart.x_labels
    ]


def _band(plot: _Plot) -> Svg:
    band = plot.chart.band
    if band is None:
        return EMPTY
    known = [low is not None and high is not None for low, high in zip(band.low, band.high, strict=True)]
    parts = []
    for start, end in _runs(known):
        upper, lower = (
            [value if start <= i < end else None for i, value in enumerate(side)] for side in (band.high, band.low)
        )
        parts.append(area(plot.known(upper), plot.known(lower)))
    return element("path", class_=f"band b-{band.tone}", d="".join(parts))


def _runs(known: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches of known points as (first, one past the last): a band does not span what is not known."""
    edges = [i for i in range(len(known) + 1) if (i < len(known) and known[i]) != (i > 0 and known[i - 1])]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _fill(plot: _Plot) -> Svg:
    fill = plot.chart.fill
    if fill is None:
        return EMPTY
    both = [i for i, (a, b) in enumerate(zip(fill.upper, fill.lower, strict=True)) if a is not None and b is not None]
    kept = set(both)
    upper: Values = [value if i in kept else None for i, value in enumerate(fill.upper)]
    lower: Values = [value if i in kept else None for i, value in enumerate(fill.lower)]
    return element(
        "path", class_=f"fill b-{fill.tone}", d=area(plot.known(upper, fill.start), plot.known(lower, fill.start))
    )


def _target(plot: _Plot) -> list[Svg]:
    target = plot.chart.target
    if target is None:
        return []
    y = plot.y(target.value)
    line = element("line", class_="target", x1=plot.frame.left, x2=plot.right, y1=y, y2=y)
    if not target.text:
        return [line]
    return [line, text(target.text, plot.right, y + (14 if target.below else -5), kind="tt", anchor="end")]


def _mark(plot: _Plot, mark: Mark) -> Svg:
    x = plot.x(mark.at)
    y = plot.frame.top - 4 + mark.row * 17
    parts = [
        element("line", x1=x, x2=x, y1=y + 4, y2=plot.floor),
        element("circle", cx=x, cy=y, r=4),
    ]
    if mark.text:
        late = x > plot.frame.width * 0.68
        parts.append(text(mark.text, x + (-9 if late else 9), y + 4, kind="", anchor="end" if late else "start"))
    return element("g", join(parts), class_=f"mark m-{mark.kind}")


def _line(plot: _Plot, series: Series, small: bool) -> Svg:
    points = plot.points(series.values)
    known = [i for i, point in enumerate(points) if point is not None]
    if not known:
        return EMPTY
    dashed = "dash" if series.dashed else ""
    parts = [element("path", class_=classes("line", f"k-{series.tone}", dashed), d=path(points))]
    end = points[known[-1]]
    if series.dot and end is not None:
        parts.append(element("circle", class_=f"dot k-{series.tone}", cx=end[0], cy=end[1], r=3.2 if small else 4))
    at = points[known[-1] if series.label_at is None else series.label_at]
    if series.label and at is not None:
        x, y = at
        parts.append(text(series.label, x, y + series.label_dy, kind=f"sl k-{series.tone}", anchor=series.label_anchor))
    return join(parts)


def _with_crosshair(plot: _Plot, drawing: Svg) -> Svg:
    crosshair = plot.chart.crosshair
    if crosshair is None:
        return drawing
    frame = plot.frame
    data = {
        "w": frame.width,
        "h": frame.height,
        "l": frame.left,
        "r": frame.right,
        "t": frame.top,
        "b": frame.bottom,
        "n": plot.count,
        "labels": list(crosshair.points),
        "series": [{"name": name, "values": list(texts)} for name, texts in crosshair.rows],
    }
    block = element("script", data_block(data), type="application/json")
    return element(
        "div", drawing, block, class_="hv", data_hover="", tabindex="0", role="group", aria_label=crosshair.label
    )


def data_block(data: object) -> Svg:
    """JSON for a <script type="application/json">: < > & are written as \\u escapes, so no text can close the block."""
    written = json.dumps(data)
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Svg(written)

"""Estimates with their intervals: the forest, one per table row, and what a test can see after so many weeks."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.charts.lines import Frame
from metrics.charts.svg import Format, Scale, Svg, Tone, both, element, image, join, path, short, text


@dataclass(frozen=True, slots=True)
class Interval:
    """One row: its name, the estimate between `low` and `high`, and perhaps where it should be (`goal`)."""

    name: str
    value: float
    low: float
    high: float
    tone: Tone = "mute"
    goal: float | None = None


def forest(
    rows: Sequence[Interval],
    label: str,
    *,
    span: tuple[float, float],
    ticks: Sequence[float],
    format_: Format = short,
    zero: float = 0,
    width: float = 420,
    names: float = 120,
) -> Svg:
    """Intervals under one another on a shared axis; `names` is the room for their names, 0 puts them above the line."""
    top, bottom, row = 6.0, 24.0, (34.0 if names else 44.0)
    height = top + bottom + row * len(rows)
    x = Scale(span[0], span[1], names + 8, width - 10)
    parts: list[Svg] = []
    for tick in ticks:
        kind = "zero" if tick == zero else "grid"
        parts.append(element("line", class_=kind, x1=x(tick), x2=x(tick), y1=top, y2=height - bottom))
        parts.append(text(format_(tick), x(tick), height - 6, kind="xt", anchor="middle"))
    for i, interval in enumerate(rows):
        middle = top + row * i + row / 2
        y = middle if names else middle + 8
        parts.append(element("text", interval.name, class_="rl", x=0, y=middle + 4 if names else middle - 8))
        if interval.goal is not None:
            goal = x.within(interval.goal)
            parts.append(element("line", class_="target", x1=goal, x2=goal, y1=y - 13, y2=y + 13))
        parts.append(_whisker(interval, x, y))
    return image(width, height, label, parts)


def forest_both(
    rows: Sequence[Interval],
    label: str,
    *,
    span: tuple[float, float],
    ticks: Sequence[float],
    format_: Format = short,
    zero: float = 0,
) -> Svg:
    """The forest in its wide and narrow drawing."""
    wide = forest(rows, label, span=span, ticks=ticks, format_=format_, zero=zero, width=760, names=200)
    slim = forest(rows, label, span=span, ticks=ticks, format_=format_, zero=zero, width=340, names=0)
    return both(wide, slim)


def interval_cell(
    interval: Interval | None, label: str, *, span: tuple[float, float], ticks: Sequence[float] = (), width: float = 190
) -> Svg:
    """One interval in a table cell, on the axis that every row shares; None draws the axis alone."""
    height = 26.0
    x = Scale(span[0], span[1], 6, width - 6)
    parts = [
        element("line", class_="grid" if tick else "zero", x1=x(tick), x2=x(tick), y1=0, y2=height) for tick in ticks
    ]
    if interval is not None:
        parts.append(_whisker(interval, x, height / 2))
    return image(width, height, label, parts, kind="c icell")


def interval_axis(
    ticks: Sequence[float], *, span: tuple[float, float], format_: Format = short, width: float = 190
) -> Svg:
    """The numbers above a column of `interval_cell`s."""
    x = Scale(span[0], span[1], 6, width - 6)
    parts = [text(format_(tick), x(tick), 12, kind="xt", anchor="middle") for tick in ticks]
    return image(width, 16, "", parts, kind="c icell")


def _whisker(interval: Interval, x: Scale, y: float) -> Svg:
    line = element("line", class_="w", x1=x.within(interval.low), x2=x.within(interval.high), y1=y, y2=y)
    dot = element("circle", cx=x.within(interval.value), cy=y, r=5)
    return element("g", join([line, dot]), class_=f"ci k-{interval.tone}")


@dataclass(frozen=True, slots=True)
class Curve:
    """What can be seen (y) after so long (x), with the chosen point drawn to both axes.

    `points` are (x, y) from left to right; `need` is the y that is asked for; the ticks carry the axes.
    """

    label: str
    points: Sequence[tuple[float, float]]
    x_ticks: Sequence[float]
    y_ticks: Sequence[float]
    x_label: str
    chosen: tuple[float, float]
    chosen_label: str = ""
    need: float | None = None
    need_label: str = ""
    tone: Tone = "indigo"
    x_format: Format = short
    y_format: Format = short


def curve(spec: Curve, frame: Frame = Frame(520, 260, 18, 18, 40, 46)) -> Svg:  # noqa: B008 (a frozen value)
    """The planning curve of an experiment."""
    floor, right = frame.height - frame.bottom, frame.width - frame.right
    x = Scale(spec.points[0][0], spec.points[-1][0], frame.left, right)
    y = Scale(spec.y_ticks[0], spec.y_ticks[-1], floor, frame.top)
    parts: list[Svg] = []
    for tick in spec.y_ticks:
        parts.append(element("line", class_="grid", x1=frame.left, x2=right, y1=y(tick), y2=y(tick)))
        parts.append(element("text", spec.y_format(tick), class_="yt", x=frame.left - 8, y=y(tick) + 4))
    parts += [text(spec.x_format(tick), x(tick), floor + 18, kind="xt", anchor="middle") for tick in spec.x_ticks]
    parts.append(text(spec.x_label, right, frame.height - 4, kind="xt", anchor="end"))
    if spec.need is not None:
        need = y(spec.need)
        parts.append(element("line", class_="target", x1=frame.left, x2=right, y1=need, y2=need))
        parts.append(text(spec.need_label, right, need - 6, kind="tt", anchor="end"))
    across, up = x(spec.chosen[0]), y.within(spec.chosen[1])
    guides = [
        element("line", x1=frame.left, x2=across, y1=up, y2=up),
        element("line", x1=across, x2=across, y1=up, y2=floor),
    ]
    parts.append(element("g", join(guides), class_="mark"))
    drawn = [(x(at), y.within(seen)) for at, seen in spec.points]
    parts.append(element("path", class_=f"line k-{spec.tone}", d=path(drawn)))
    parts.append(element("circle", class_=f"pick k-{spec.tone}", cx=across, cy=up, r=7))
    parts.append(text(spec.chosen_label, across + 12, up - 9, kind=f"sl k-{spec.tone}"))
    return image(frame.width, frame.height, spec.label, parts)


def dots(supporting: int, contradicting: int, label: str) -> Svg:
    """Tests that support an insight (filled) and that contradict it (hollow)."""
    width = (supporting + contradicting) * 14 + 2
    parts = [element("circle", class_="ds", cx=8 + i * 14, cy=7, r=5) for i in range(supporting)]
    parts += [element("circle", class_="dc", cx=8 + (supporting + i) * 14, cy=7, r=4.1) for i in range(contradicting)]
    box = f"0 0 {width} 14"
    return element("svg", join(parts), class_="dots", viewBox=box, width=width, height=14, role="img", aria_label=label)

"""Bars: a share, a stack, progress, the goal's track, days per stage, the quota per sprint, tests on a calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from metrics.charts.svg import Anchor, Format, Scale, Svg, Tone, element, image, join, short, text

Part = Literal[1, 2, 3, 4, 5]
"""The five fills of a stack: gold, light gold, indigo, light indigo, grey."""


def bar(
    share: float,
    *,
    tone: Tone = "gold",
    label: str = "",
    mark: float | None = None,
    width: float = 120,
    height: float = 8,
) -> Svg:
    """A share of 0 to 1 as a bar from zero; `mark` is a second place, such as a limit. No label: decoration."""
    filled = min(max(share, 0.0), 1.0)
    parts = [
        element("rect", class_="bt", width=width, height=height),
        element("rect", class_=f"bf k-{tone}", width=max(1.5, width * filled) if filled else 0, height=height),
    ]
    if mark is not None:
        place = min(max(mark, 0.0), 1.0)
        parts.append(element("rect", class_="bm", x=width * place - 1, y=0, width=2, height=height))
    return _strip(width, height, label, parts, kind="bar")


def stack(parts: Sequence[tuple[float, Part]], label: str, *, width: float = 300, height: float = 10) -> Svg:
    """Shares of 0 to 1 after one another, such as the parts of a score; what is left stays empty."""
    drawn = [element("rect", class_="bt", width=width, height=height)]
    x = 0.0
    for share, part in parts:
        drawn.append(element("rect", class_=f"bf p-{part}", x=x, width=max(0.0, share * width - 1.5), height=height))
        x += share * width
    return _strip(width, height, label, drawn, kind="bar stack")


def swatch(part: Part) -> Svg:
    """The little square that names a part of a stack in a table."""
    square = element("rect", class_=f"p-{part}", width=10, height=10, rx=2.5)
    return image(10, 10, "", [square], kind="swt")


def progress(done: int, total: int, label: str) -> Svg:
    """How far a job is, as a bar; an unknown total (0) shows an empty one."""
    return bar(done / total if total else 0.0, tone="ink", label=label, width=300)


def capacity(carried: float, planned: float, room: float, label: str) -> Svg:
    """Points of a sprint against the team's capacity: carried over grey, planned indigo. `room` is above 0."""
    full = max(room, carried + planned, 1e-9)
    return stack([(carried / full, 5), (planned / full, 3)], label)


def goal_track(start: float, now: float, goal: float, label: str, *, tone: Tone = "green", width: float = 300) -> Svg:
    """From where we came (grey) to where we are (coloured), and the goal (upright), whichever way is better."""
    ends = (start, now, goal)
    room = (max(ends) - min(ends)) * 0.08 or 1.0
    forward = goal >= start
    low, high = min(ends) - room, max(ends) + room
    x = Scale(low, high, 6, width - 6) if forward else Scale(high, low, 6, width - 6)
    left, right = sorted((x(start), x(now)))
    parts = [
        element("rect", class_="bt", x=0, y=10, width=width, height=6, rx=3),
        element("rect", class_=f"bf k-{tone}", x=left, y=10, width=right - left, height=6, rx=3),
        element("circle", class_="ga", cx=x(start), cy=13, r=4),
        element("line", class_="gg", x1=x(goal), x2=x(goal), y1=3, y2=23),
        element("circle", class_=f"gn k-{tone}", cx=x(now), cy=13, r=7),
    ]
    return image(width, 26, label, parts, kind="gtrack")


@dataclass(frozen=True, slots=True)
class Stage:
    """Days in one stage: median, slowest tenth, the limit that was agreed (if any), and the median in words."""

    name: str
    median: float
    slowest: float
    text: str
    tone: Tone = "indigo"
    limit: float | None = None


def days_per_stage(
    stages: Sequence[Stage], label: str, *, ticks: Sequence[float], format_: Format = short, width: float = 760
) -> Svg:
    """One row per stage: bar = median, thin line = slowest tenth, upright = the agreement. `ticks` start at 0."""
    narrow = width < 480
    left, right, top, bottom, row = (4.0 if narrow else 190.0), 64.0, 6.0, 26.0, (48.0 if narrow else 40.0)
    height = top + bottom + row * len(stages)
    x = Scale(0, max([*ticks, *(stage.slowest for stage in stages)]), left, width - right)
    parts = _ticks(ticks, x, top, height, bottom, format_)
    for i, stage in enumerate(stages):
        middle = top + row * i + row / 2
        y = middle + 7 if narrow else middle
        parts += [
            element("text", stage.name, class_="rl", x=0, y=middle - 9 if narrow else middle + 4),
            element("line", class_="whisk", x1=x(stage.median), x2=x(stage.slowest), y1=y, y2=y),
            element(
                "rect", class_=f"bf k-{stage.tone}", x=x(0), y=y - 6, width=x(stage.median) - x(0), height=12, rx=2
            ),
            text(stage.text, width, y + 4, kind="sl k-ink", anchor="end"),
        ]
        if stage.limit is not None:
            parts.append(element("line", class_="lim", x1=x(stage.limit), x2=x(stage.limit), y1=y - 11, y2=y + 11))
    return image(width, height, label, parts)


def quota(sprints: Sequence[tuple[str, int]], label: str, *, width: float = 560) -> Svg:
    """One column per sprint (name, ideas of customer service picked): a block each, hollow when waived."""
    step = width / max(1, len(sprints))
    parts: list[Svg] = []
    for i, (name, picked) in enumerate(sprints):
        x = i * step + step / 2
        blocks = [
            element("rect", class_="q-on", x=x - 9, y=24 - 20 * level, width=18, height=16, rx=3)
            for level in range(min(picked, 2))
        ]
        hollow = element("rect", class_="q-off", x=x - 8.25, y=24.75, width=16.5, height=14.5, rx=3)
        parts += [*(blocks or [hollow]), text(name, x, 60, kind="xt", anchor="middle")]
    return image(width, 66, label, parts, kind="c quota")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A test on the calendar: from `start` to `end` on the axis, planned, running or done."""

    name: str
    start: float
    end: float
    kind: Literal["plan", "run", "done"] = "plan"


def calendar(
    rows: Sequence[Stretch],
    label: str,
    *,
    ticks: Sequence[tuple[float, str]],
    span: tuple[float, float],
    today: float | None = None,
    width: float = 560,
) -> Svg:
    """Tests under one another on one axis (`span`), today as an upright line."""
    top, bottom, row, left = 4.0, 24.0, 30.0, 150.0
    height = top + bottom + row * len(rows)
    x = Scale(span[0], span[1], left, width - 6)
    parts: list[Svg] = []
    for at, words in ticks:
        anchor: Anchor = "end" if at == span[1] else "middle"
        parts.append(element("line", class_="grid", x1=x(at), x2=x(at), y1=top, y2=height - bottom))
        parts.append(text(words, x(at), height - 6, kind="xt", anchor=anchor))
    for i, stretch in enumerate(rows):
        y = top + row * i + row / 2
        start, end = x.within(stretch.start), x.within(stretch.end)
        parts.append(element("text", stretch.name, class_="rl", x=0, y=y + 4))
        parts.append(
            element("rect", class_=f"cb k-{stretch.kind}", x=start, y=y - 7, width=end - start, height=14, rx=4)
        )
    if today is not None:
        parts.append(element("line", class_="lim", x1=x(today), x2=x(today), y1=top, y2=height - bottom))
    return image(width, height, label, parts)


def _ticks(ticks: Sequence[float], x: Scale, top: float, height: float, bottom: float, format_: Format) -> list[Svg]:
    parts: list[Svg] = []
    for tick in ticks:
        kind = "grid" if tick else "zero"
        parts.append(element("line", class_=kind, x1=x(tick), x2=x(tick), y1=top, y2=height - bottom))
        parts.append(text(format_(tick), x(tick), height - 6, kind="xt", anchor="middle"))
    return parts


def _strip(width: float, height: float, label: str, parts: Sequence[Svg], *, kind: str) -> Svg:
    described = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    box = f"0 0 {short(width)} {short(height)}"
    return element("svg", join(parts), class_=kind, viewBox=box, preserveAspectRatio="none", **described)

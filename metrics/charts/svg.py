"""Drawing with strings, safe by construction: every text and every attribute passes through `escape` here, once.

Charts carry classes and presentation attributes only, never `style=`: the Content-Security-Policy holds. Pure Python.
"""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["gold", "indigo", "green", "red", "ink", "mute"]
"""What a colour means: gold heard, indigo tested, green proven, red needs a person now; ink and mute mean nothing."""
Anchor = Literal["start", "middle", "end"]
Format = Callable[[float], str]
"""Writes a number in the reader's language; the caller brings it."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Svg:
    """Markup in which everything that came from outside has been escaped. Only `element` and `join` make one."""

    markup: str

    def __str__(self) -> str:
        return self.markup


EMPTY = Svg("")


def escape(text: object) -> str:
    """The one place where text becomes markup: & < > and both quotes are written as entities."""
    return html.escape(str(text), quote=True)


def element(name: str, *children: Svg | str, **attributes: object) -> Svg:
    """One element. Strings among `children` are escaped, drawings are kept; `class_` is class, `aria_label` aria-label.

    Numbers are written with one decimal; an attribute that is None is left out. `name` and attribute names come from
    this package, never from data.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child.markup if isinstance(child, Svg) else escape(child) for child in children)
    return Svg(f"<{name}{written}>{inner}</{name}>" if inner or name not in _EMPTY_SHAPES else f"<{name}{written}/>")


_EMPTY_SHAPES = frozenset({"path", "line", "rect", "circle"})


def _value(value: object) -> str:
    return short(value) if isinstance(value, int | float) else escape(value)


def join(parts: Sequence[Svg]) -> Svg:
    """Drawings after one another."""
    return Svg("".join(part.markup for part in parts))


def short(value: float) -> str:
    """A coordinate with at most one decimal: 12.04 is "12"."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def classes(*names: str) -> str:
    """Class names in one attribute, empty ones left out."""
    return " ".join(name for name in names if name)


def path(points: Sequence[Point | None]) -> str:
    """The `d` of a line through `points`; None lifts the pen."""
    commands: list[str] = []
    pen = "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        commands.append(f"{pen}{short(point[0])} {short(point[1])}")
        pen = "L"
    return "".join(commands)


def area(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """The `d` of the surface between two lines, each from left to right; "" when there is none."""
    if not upper or not lower:
        return ""
    return f"{path(upper)}{path(lower[::-1]).replace('M', 'L', 1)}Z"


def text(words: str, x: float, y: float, *, kind: str, anchor: Anchor = "start") -> Svg:
    """A label; `kind` is its class."""
    return element("text", words, class_=classes(kind, f"a-{anchor}"), x=x, y=y)


def both(wide: Svg, narrow: Svg) -> Svg:
    """Two drawings of one chart; the stylesheet shows the one that fits its place (narrow up to 560 px)."""
    return element("div", element("div", wide, class_="c-w"), element("div", narrow, class_="c-n"), class_="chart")


def image(width: float, height: float, label: str, parts: Sequence[Svg], *, kind: str = "c") -> Svg:
    """The <svg> around a drawing. `label` is the finding in words; an empty label marks it as decoration."""
    box = f"0 0 {short(width)} {short(height)}"
    if not label:
        return element("svg", join(parts), class_=kind, viewBox=box, aria_hidden="true")
    return element("svg", join(parts), class_=kind, viewBox=box, role="img", aria_label=label)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a value between `low` and `high` to a place between `start` and `end` (which may run backwards)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)

    def within(self, value: float) -> float:
        """The place of `value`, held inside the axis."""
        return self(min(max(value, self.low), self.high))


def nice_ticks(low: float, high: float, steps: int = 4) -> list[float]:
    """Round numbers from just below `low` to just above `high`, about `steps` of them apart by 1, 2, 2.5 or 5."""
    span = (high - low) or abs(high) or 1.0
    raw = span / max(1, steps)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if raw <= factor * magnitude * (1 + 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]

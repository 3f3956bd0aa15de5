"""One measured ratio beside its target, and all of them as a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


class CannotMeasure(Exception):
    """Something that has to be there for a measurement is not; the text says what."""


@dataclass(frozen=True, slots=True)
class Line:
    """`measured` in `unit`; `target` None where the design sets none, and then it cannot be missed."""

    name: str
    measured: float
    target: float | None
    unit: str
    ok: bool

    def as_json(self) -> dict[str, object]:
        """The row as `--json` prints it."""
        return asdict(self)


def at_most(name: str, measured: float, target: float, unit: str) -> Line:
    """A line that is met by staying at or below its target."""
    return Line(name, _rounded(measured), target, unit, measured <= target)


def at_least(name: str, measured: float, target: float, unit: str) -> Line:
    """A line that is met by reaching its target."""
    return Line(name, _rounded(measured), target, unit, measured >= target)


def without_target(name: str, measured: float, unit: str) -> Line:
    """A line that only informs."""
    return Line(name, _rounded(measured), None, unit, True)


def ratio(part: float, whole: float) -> float:
    """`part / whole`; raises CannotMeasure when the whole was too short for the clock."""
    if whole <= 0:
        raise CannotMeasure("A step was too short for the clock; give more --rows.")
    return part / whole


def table(lines: Sequence[Line]) -> str:
    """The lines as text, one each, columns aligned."""
    cells = [("what", "measured", "target", "", "unit")]
    cells += [
        (
            line.name,
            f"{line.measured:g}",
            "–" if line.target is None else f"{line.target:g}",
            "" if line.target is None else "ok" if line.ok else "missed",
            line.unit,
        )
        for line in lines
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join(_aligned(row, widths) for row in cells)


def _aligned(row: Iterable[str], widths: Sequence[int]) -> str:
    name, measured, target, verdict, unit = row
    return (
        f"{name:<{widths[0]}}  {measured:>{widths[1]}}  {target:>{widths[2]}}  {verdict:<{widths[3]}}  {unit}"
    ).rstrip()


def _rounded(value: float) -> float:
    """Three digits are all that a ratio of two timings can carry."""
    return float(f"{value:.3g}")

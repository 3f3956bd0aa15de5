"""The daily series against the rows it was counted from, computed by other means: a loop and exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from demo.bench.lines import CannotMeasure, Line, at_most
from feedback.models import Contact
from metrics.models import ContactCell

Key = tuple[date, int, int, int]


def measure() -> list[Line]:
    """How many counts differ, and by how much the variances of handling time do."""
    raw = _from_rows()
    stored = {
        (day, market, channel, stage): sums
        for day, market, channel, stage, *sums in ContactCell.objects.filter(theme=0).values_list(
            "day", "market", "channel", "stage", "contacts", "handle_n", "handle_sum", "handle_sumsq"
        )
    }
    if not raw:
        raise CannotMeasure("There are no contacts to count.")
    different = len(raw.keys() ^ stored.keys())
    different += sum(raw[key][:2] != stored[key][:2] for key in raw.keys() & stored.keys())
    expected, found = _variance(raw.values()), _variance(stored.values())
    return [
        at_most("cells whose counts differ from the rows", different, 0, f"of {len(raw)}"),
        at_most("variance from the cells against the rows", float(abs(found / expected - 1)), 1e-12, "relative error"),
    ]


def _from_rows() -> dict[Key, list[float]]:
    sums: dict[Key, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    rows = Contact.objects.values_list(
        "local_day", "market", "channel", "stage", "handle_seconds", "abandoned"
    ).iterator()
    for day, market, channel, stage, seconds, abandoned in rows:
        cell = sums[day, market or 0, channel or 0, stage or 0]
        cell[0] += 1
        if seconds is not None and not abandoned:
            cell[1] += 1
            cell[2] += seconds
            cell[3] += seconds**2
    return sums


def _variance(cells: Iterable[list[float]]) -> Fraction:
    rows = list(cells)
    n, total, squares = (sum((Fraction(row[column]) for row in rows), Fraction()) for column in (1, 2, 3))
    return (squares - total**2 / n) / (n - 1)

"""Where the headings of a table stand: below comments, titles and totals that are no rows. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feedback.parsing.shape import Record, Row

# Comments of Google Analytics: "# -----", "# Start date: 20260301", "#". An order "#1001" is none.
_COMMENT = re.compile(r"#+(?:[\s\-=].*)?", re.S)
_FIGURE = re.compile(r"[-+(]?[€$£]?\s?[0-9][0-9.,:/\-\s%]*\)?(?:T[0-9:.Z+]+)?")
_TOTALS = frozenset(
    {"grand total", "grand totals", "total", "totals", "total general", "total général", "totaal", "totalen",
     "eindtotaal", "gesamt", "gesamtsumme", "gesamtergebnis", "summe"}
)  # fmt: skip
_KEPT_LINES = 20
_KEPT_CHARACTERS = 200
_LATER = 10


@dataclass(frozen=True)
class Layout:
    """The headings, and what stands around them."""

    header: list[str]
    line: int
    preamble: tuple[str, ...]
    # How many lines stand above the headings, blank ones not counted.
    above: int
    commented: bool
    totals: frozenset[int]


def find(records: Sequence[Record]) -> Layout | None:
    """The layout that the first records show; None when there are no headings."""
    filled = [(line, cells) for line, cells, fault in records if not fault and any(cell.strip() for cell in cells)]
    at = _heading(filled)
    if at is None:
        return None
    line, header = filled[at]
    above = filled[:at]
    commented = any(is_comment(cells) for _, cells in above)
    totals = set()
    for later, cells in filled[at + 1 :]:
        if not is_total(cells, len(header), commented):
            break
        totals.add(later)
    return Layout(
        header=header,
        line=line,
        preamble=tuple(_line(cells) for _, cells in above[:_KEPT_LINES]),
        above=len(above),
        commented=commented,
        totals=frozenset(totals),
    )


def is_comment(cells: Sequence[str]) -> bool:
    """Whether a record begins like a comment."""
    return bool(cells) and cells[0].startswith("#") and _COMMENT.fullmatch(cells[0].rstrip()) is not None


def is_total(cells: Sequence[str], width: int, commented: bool) -> bool:
    """Whether a record, right below the headings or at the very end, holds the totals of the others.

    Google Analytics leaves its first cell blank and says "Grand total" in one cell too many.
    """
    if not any(_is_figure(cell) for cell in cells):
        return False
    first, last = _word(cells[0]), _word(cells[-1])
    if first in _TOTALS:
        return True
    if first:
        return len(cells) == width + 1 and last in _TOTALS
    return commented or last in _TOTALS


def without_last_total(rows: Iterator[Row], width: int, commented: bool) -> Iterator[Row]:
    """All rows but the last one, when that holds the totals of the others."""
    held = next(rows, None)
    for row in rows:
        if held:
            yield held
        held = row
    # A ragged row has lost the cell in which its name may have stood.
    if held and held.fault != "ragged" and not is_total(held.cells, width, commented):
        yield held


def usual_width(records: Sequence[Sequence[str]]) -> tuple[int, float]:
    """The number of columns that most records have, blank ones at the end left out, and the share that has it."""
    widths = Counter(_used(cells) for cells in records)
    if not widths:
        return 0, 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return width, count / sum(widths.values())


def _heading(filled: Sequence[tuple[int, list[str]]]) -> int | None:
    """The position of the headings: the first record that fills the width of the body and is not all figures."""
    if filled and is_comment(filled[0][1]) and not any(is_comment(cells) for _, cells in filled[1:2]):
        # One heading may begin like a comment: "# Tickets".
        width, _ = usual_width([cells for _, cells in filled[1:]])
        if len(filled) == 1 or (width > 1 and _used(filled[0][1]) == width):
            return 0
    rest = [at for at, (_, cells) in enumerate(filled) if not is_comment(cells)]
    width, _ = usual_width([filled[at][1] for at in rest])
    wide = [at for at in rest if 2 * _count(filled[at][1]) > width]
    named = [at for at in wide if not all(_is_figure(cell) for cell in filled[at][1] if cell.strip())]
    if not named:
        return None
    first = named[0]
    length = Counter(len(filled[at][1]) for at in rest).most_common(1)[0][0]
    doubtful = (first and any(_is_figure(cell) for cell in filled[first][1])) or len(filled[first][1]) != length
    if doubtful:
        # "Period, 2026-03-01, 2026-03-31" or a sentence with commas is not yet the headings when real ones follow.
        for at in named[1:_LATER]:
            cells = filled[at][1]
            if len(cells) == length and _count(cells) >= width and _is_headings(cells):
                return at
    return first


def _is_headings(cells: Sequence[str]) -> bool:
    """Whether every cell could name a column."""
    return all(cell.strip() and not _is_figure(cell) for cell in cells)


def _used(cells: Sequence[str]) -> int:
    """How many cells there are up to the last one with something in it."""
    for at in range(len(cells), 0, -1):
        if cells[at - 1].strip():
            return at
    return 0


def _count(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _is_figure(cell: str) -> bool:
    """A number, a date or a time."""
    return len(cell) < 40 and _FIGURE.fullmatch(cell.strip()) is not None


def _word(cell: str) -> str:
    return cell.strip().rstrip(":").lower() if len(cell) < 40 else cell


def _line(cells: Sequence[str]) -> str:
    text = ", ".join(cell.strip() for cell in cells if cell.strip())
    return text[:_KEPT_CHARACTERS].replace("\0", "")

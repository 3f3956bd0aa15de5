"""What a whole column says that no row can: day or month first, and ids that a spreadsheet has shortened.

Pure: no Django, no clock, no network. Memory does not grow with the file. Where the first rows settle it (dates in
ISO, no number with an exponent in the file), the rest is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from feedback import parsing
from feedback.normalise.dates import Evidence, Order

_FIRST_ROWS = 5_000
_KEPT = 40


class Question(NamedTuple):
    """What a person has to be asked, or told, before the file can go in."""

    # A kind of `feedback.rejections.FILE_SENTENCES`.
    reason: str
    # The position of the column.
    column: int
    example: str


@dataclass(frozen=True)
class Verdict:
    """Which comes first in the dates of a file, and what stands in the way."""

    order: Order
    question: Question | None = None


def judge(path: Path, shape: parsing.Shape, dates: tuple[int, ...], own_id: int | None) -> Verdict:
    """The verdict on the columns at these positions: those with dates, and the one with the row's own id.

    Raises parsing.Unreadable as `parsing.rows` does.
    """
    if not dates and own_id is None:
        return Verdict("")
    stat = path.stat()
    return _judged(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns), shape, dates, own_id)


def marked(rows: Iterator[parsing.Row], ids: Sequence[int]) -> Iterator[parsing.Row]:
    """The same rows; those that refer to something by a shortened number get that as their fault."""
    for row in rows:
        if not row.fault and any(parsing.is_shortened(row.cells[at]) for at in ids):
            yield parsing.Row(row.line, (), "id_shortened")
        else:
            yield row


def named(rows: Iterator[parsing.Row], at: int, identify: Callable[[Sequence[str]], str]) -> Iterator[parsing.Row]:
    """The same rows; those whose id at this position is blank are known by all their cells."""
    for row in rows:
        if not row.fault and not row.cells[at].strip():
            cells = list(row.cells)
            cells[at] = identify(row.cells)
            yield parsing.Row(row.line, cells)
        else:
            yield row


@lru_cache(maxsize=64)
def _judged(
    path: Path, _stamp: tuple[int, ...], shape: parsing.Shape, dates: tuple[int, ...], own_id: int | None
) -> Verdict:
    """The same bytes are judged once: a page asks again with every choice that a person makes."""
    evidence = [(at, Evidence()) for at in dates]
    rows = (row.cells for row in parsing.rows(path, shape) if not row.fault)
    first = list(islice(rows, _FIRST_ROWS))
    _see(first, evidence)
    if own_id is not None:
        shortened = _shortened(first, own_id)
        if shortened:
            return Verdict("", Question("ids_shortened", own_id, shortened))
    settled = all(not seen.matters and any(cells[at] for cells in first) for at, seen in evidence)
    damaged = own_id if shape.has_exponents else None
    if len(first) == _FIRST_ROWS and not (settled and damaged is None):
        del first
        for cells in rows:
            for at, seen in evidence:
                seen.see(cells[at])
            if damaged is not None and parsing.is_shortened(cells[damaged]):
                return Verdict("", Question("ids_shortened", damaged, cells[damaged][:_KEPT]))
    return _of_dates(evidence)


def _see(rows: Sequence[Sequence[str]], evidence: Sequence[tuple[int, Evidence]]) -> None:
    for at, seen in evidence:
        for cells in rows:
            seen.see(cells[at])


def _shortened(rows: Sequence[Sequence[str]], own_id: int) -> str:
    """An id among these that is shortened or rounded, or ""."""
    example = next((cells[own_id] for cells in rows if parsing.is_shortened(cells[own_id])), "")
    if not example and parsing.are_rounded(cells[own_id] for cells in rows):
        example = next(cells[own_id] for cells in rows if cells[own_id].endswith("0"))
    return example[:_KEPT]


def _of_dates(evidence: Sequence[tuple[int, Evidence]]) -> Verdict:
    """One order for the whole file: what one column shows holds for all."""
    whole = Evidence()
    for _, seen in evidence:
        whole.add(seen)
    if whole.question is None:
        return Verdict(whole.order)
    reason, example = whole.question
    column = next(at for at, seen in evidence if seen.question or seen.matters)
    return Verdict("", Question(reason, column, example))

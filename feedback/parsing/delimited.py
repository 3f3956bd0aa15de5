"""CSV, TSV and their relatives: the delimiter, the headings, and the rows as fast as `csv` gives them. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, islice, repeat
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING

from feedback.parsing import layout, opening
from feedback.parsing.shape import Limits, Record, Row, Shape, Unreadable

if TYPE_CHECKING:
    from _csv import Reader as _CsvReader

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_ROWS = 200
# A longer line is cut into rows that are then ragged: memory stays bounded.
_MAX_LINE = 4 << 20
# The first line of files that are meant for Excel alone.
_SEP_LINE = re.compile(r'"?sep=([^"\s]|\t)"?\s*', re.I)
# Rows that are looked at together: few enough for the caches of a processor.
_PIECE = 250
_first = itemgetter(0)
# One call of C for each row instead of a constructor in Python.
_new: Callable[[tuple[int, Sequence[str], str]], Row] = partial(tuple.__new__, Row)
_NO_DELIMITERS = frozenset('"\r\n\0')
# A last line of our own: a record of its own, unless a quotation mark before it was never closed. Of signs that
# Unicode keeps for such use and no text has.
_END = "\ufdd0\ufdd1\ufdd0"


def sniff(path: Path, encoding: str, delimiter: str, packed: bool, found: opening.Bytes, limits: Limits) -> Shape:
    """The shape of a file of delimited text; what is given is taken as it is."""
    with opening.text(path, encoding, packed, limits) as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    first = sample.split("\n", 1)[0]
    told = _SEP_LINE.fullmatch(first)
    delimiter = delimiter or (told[1] if told else _delimiter(sample, limits))
    if len(delimiter) != 1 or delimiter in _NO_DELIMITERS:
        raise Unreadable("delimiter_bad")
    skip = 1 if told else 0
    records = islice(_records(io.StringIO(sample, newline=""), delimiter, skip + 1, limits), _SAMPLE_ROWS)
    sampled = list(records)
    seen = layout.find(sampled)
    if seen is None:
        raise Unreadable("header_missing")
    with opening.text(path, encoding, packed, limits) as file:
        # The sample may end within a very wide first line.
        header, fault = _heading(file, delimiter, seen.line, limits)
    if fault:
        raise Unreadable(fault)
    limits.check_columns(len(header))
    total_last = _ends_with_total(found.tail, encoding, delimiter, seen)
    skipped = {"preamble": seen.above + skip, "total": len(seen.totals) + total_last}
    return Shape(
        format="csv",
        encoding=encoding,
        delimiter=delimiter,
        header=names(header),
        has_nul=found.has_nul,
        header_line=seen.line,
        packed=packed,
        preamble=((first.strip(),) if told else ()) + seen.preamble,
        skipped=tuple((kind, count) for kind, count in skipped.items() if count),
        commented=seen.commented,
        totals=seen.totals,
        total_last=total_last,
        trailing=_trails([cells for line, cells, _ in sampled if line > seen.line and any(cells)], len(header)),
        has_exponents=found.has_exponents,
        limits=limits,
    )


def _trails(body: list[list[str]], width: int) -> bool:
    """Whether most rows are wider than the headings by blank cells alone."""
    trailing = sum(len(cells) > width and not any(cells[width:]) for cells in body)
    return 2 * trailing > len(body)


def names(header: list[str]) -> tuple[str, ...]:
    """Headings that can be kept: stripped, without zero bytes."""
    return tuple(name.replace("\0", "").strip() for name in header)


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """The rows below the headings; what is no row is passed over."""
    plain = _rows(path, shape)
    return layout.without_last_total(plain, len(shape.header), shape.commented) if shape.total_last else plain


def count(path: Path, shape: Shape) -> int:
    """How many rows `rows` gives, without making them."""
    if shape.total_last or shape.commented:
        return sum(1 for _ in rows(path, shape))
    found = 0
    cells: list[str] = []
    with opening.text(path, shape.encoding, shape.packed, shape.limits) as file:
        reader = _below_headings(file, shape)
        while True:
            try:
                for cells in reader:
                    # All blank is no row; nearly always the first cell settles it.
                    if cells and (cells[0] or any(cells)):
                        found += 1
            except csv.Error:
                found += 1
            else:
                return found - (cells == [_END])


def _rows(path: Path, shape: Shape) -> Iterator[Row]:
    with opening.text(path, shape.encoding, shape.packed, shape.limits) as file:
        reader = _below_headings(file, shape)
        offset = shape.header_line
        # (cells, the line on which they end), without a step of Python for each row.
        ended = zip(reader, map(attrgetter("line_num"), repeat(reader)), strict=False)
        end = reader.line_num
        while True:
            taken: list[tuple[list[str], int]] = []
            broken = False
            try:
                taken.extend(islice(ended, _PIECE))
            except csv.Error:
                # A quote that is never closed, or one enormous field; reading goes on at the next line.
                broken = True
            if taken:
                cells, ends = zip(*taken, strict=True)
                lines = [last + offset for last in (end, *ends[:-1])]
                end = ends[-1]
                whole = len(cells) - _is_end(cells[-1])
                yield from _whole(lines[:whole], cells[:whole], shape)
                if whole < len(cells) and cells[-1] != [_END]:
                    yield Row(lines[-1], (), "quote_open")
            if broken:
                yield Row(end + offset, (), "field_too_long")
                end = reader.line_num
            elif len(taken) < _PIECE:
                return


def _whole(lines: Sequence[int], records: Sequence[list[str]], shape: Shape) -> Iterator[Row]:
    """The rows among these records."""
    width = len(shape.header)
    if not shape.has_nul and set(map(len, records)) == {width} and all(map(_first, records)):
        return map(_new, zip(lines, records, repeat(""), strict=False))
    return _judged(lines, records, shape)


def _judged(lines: Sequence[int], records: Sequence[list[str]], shape: Shape) -> Iterator[Row]:
    width = len(shape.header)
    for line, cells in zip(lines, records, strict=True):
        if len(cells) != width or shape.has_nul:
            row = _odd(line, cells, width, shape)
            if row:
                yield row
        elif cells[0] or any(cells):
            yield _new((line, cells, ""))


def _below_headings(file: IO[str], shape: Shape) -> _CsvReader:
    """A reader of the records below the headings and the totals that stand right under them."""
    reader = _reader(file, shape.delimiter, shape.header_line, shape.limits, [_END])
    last = max(shape.totals, default=shape.header_line)
    while reader.line_num + shape.header_line <= last and next(reader, None) is not None:
        pass
    return reader


def _odd(line: int, cells: list[str], width: int, shape: Shape) -> Row | None:
    """A row that is not as wide as the headings or may hold zero bytes; None when it is no row at all."""
    if not any(cells):
        return None
    if len(cells) != width:
        if shape.commented and layout.is_comment(cells):
            return None
        if len(cells) < width or any(cells[width:]) or not shape.trailing:
            return Row(line, cells[:width], "ragged")
        cells = cells[:width]
    if shape.has_nul and any("\0" in cell for cell in cells):
        return Row(line, [cell.replace("\0", "") for cell in cells], "nul")
    return Row(line, cells)


def _reader(file: IO[str], delimiter: str, from_line: int, limits: Limits, end: Sequence[str] = ()) -> _CsvReader:
    """A reader from this line on, with the line `end` behind the last one."""
    csv.field_size_limit(limits.cell)
    for _ in range(from_line - 1):
        file.readline(_MAX_LINE)
    return csv.reader(chain(iter(partial(file.readline, _MAX_LINE), ""), end), delimiter=delimiter)


def _is_end(cells: list[str]) -> bool:
    """Whether our own last line stands in this record, alone or in a quotation that was never closed."""
    return bool(cells) and cells[-1].endswith(_END)


def _heading(file: IO[str], delimiter: str, line: int, limits: Limits) -> tuple[list[str], str]:
    """The record on this line, and why it cannot be the headings."""
    try:
        header = next(_reader(file, delimiter, line, limits, [_END]))
    except (StopIteration, csv.Error):
        return [], "header_missing"
    return header, "header_open" if _is_end(header) else ""


def _records(file: IO[str], delimiter: str, from_line: int, limits: Limits) -> Iterator[Record]:
    """Every record from this line on, blank ones too."""
    reader = _reader(file, delimiter, from_line, limits)
    while True:
        line = reader.line_num + from_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, [], "field_too_long"
            continue
        yield line, cells, ""


def _delimiter(sample: str, limits: Limits) -> str:
    """The one that gives most rows the same number of columns, more than one; a comma when none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        records = islice(_records(io.StringIO(sample, newline=""), delimiter, 1, limits), _SAMPLE_ROWS)
        cells = [cells for _, cells, fault in records if cells and not fault and not layout.is_comment(cells)]
        # The sample ends in mid-row.
        width, share = layout.usual_width(cells[:-1] or cells)
        if width > 1 and share * width > best_score:
            best, best_score = delimiter, share * width
    return best


def _ends_with_total(tail: bytes, encoding: str, delimiter: str, seen: layout.Layout) -> bool:
    """Whether the last record holds the totals of the others."""
    # The mark at the beginning tells the byte order; the tail of a UTF-16 file has none.
    name = "utf-16-le" if encoding == "utf-16" and b"\0" in tail[1::2] else encoding
    name = "utf-16-be" if encoding == "utf-16" and name == encoding else name
    lines = tail.decode(name, "replace").strip("\r\n\ufeff ").splitlines()
    # One line alone is the headings, or the end of a text with line breaks.
    if len(lines) < 2:
        return False
    try:
        cells = next(csv.reader([lines[-1]], delimiter=delimiter), [])
    except csv.Error:
        return False
    width = len(seen.header)
    return (
        1 < width <= len(cells) <= width + 1 and cells != seen.header and layout.is_total(cells, width, seen.commented)
    )

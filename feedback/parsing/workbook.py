"""Excel workbooks: the sheet with most rows or the one that is named, its cells as unambiguous text. Pure.

What Excel holds is a double and a format. A date becomes ISO without a zone, a whole number has no decimals,
and a number past 2^53 keeps its exponent, so that an id which Excel has shortened can be told.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from feedback.parsing import damage, layout, opening
from feedback.parsing.delimited import names
from feedback.parsing.shape import Limits, Record, Row, Shape, Unreadable
from feedback.parsing.workbook_check import refuse_what_is_dangerous

_SAMPLE_ROWS = 200
_EXACT = 2.0**53


def sniff(path: Path, part: str, packed: bool, limits: Limits) -> Shape:
    """The shape of a workbook."""
    with _opened(path, packed, limits) as book:
        sheet, parts = _chosen(book, part)
        sample = list(islice(_records(sheet), _SAMPLE_ROWS))
        if not sample:
            raise Unreadable("file_empty")
        seen = layout.find(sample)
        if seen is None:
            raise Unreadable("header_missing")
        header = names(seen.header)
        while header and not header[-1]:
            header = header[:-1]
        limits.check_columns(len(header))
        shape = Shape(
            format="xlsx",
            encoding="",
            delimiter="",
            header=header,
            header_line=seen.line,
            packed=packed,
            part=sheet.name,
            parts=parts,
            preamble=seen.preamble,
            commented=seen.commented,
            totals=seen.totals,
            limits=limits,
        )
        return _with_counts(shape, sheet, seen.above)


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """The rows below the headings; what is no row is passed over."""
    with _opened(path, shape.packed, shape.limits) as book:
        sheet, _ = _chosen(book, shape.part)
        yield from _rows(sheet, shape)


def _rows(sheet: CalamineSheet, shape: Shape) -> Iterator[Row]:
    plain = _all_rows(sheet, shape)
    return layout.without_last_total(plain, len(shape.header), shape.commented) if shape.total_last else plain


def _with_counts(shape: Shape, sheet: CalamineSheet, above: int) -> Shape:
    """The shape with what only all rows together tell."""
    count, has_exponents, last = 0, False, None
    for row in _all_rows(sheet, shape):
        count += 1
        has_exponents = has_exponents or ("E+" in "\n".join(row.cells) and any(map(damage.is_shortened, row.cells)))
        last = row
    total_last = last is not None and layout.is_total(last.cells, len(shape.header), shape.commented)
    skipped = {"preamble": above, "total": len(shape.totals) + total_last}
    return Shape(
        **{
            **shape.__dict__,
            "row_count": count - total_last,
            "has_exponents": has_exponents,
            "total_last": total_last,
            "skipped": tuple((kind, amount) for kind, amount in skipped.items() if amount),
        }
    )


def _all_rows(sheet: CalamineSheet, shape: Shape) -> Iterator[Row]:
    width, limit = len(shape.header), shape.limits.cell
    for line, cells, _ in _records(sheet):
        if line <= shape.header_line or line in shape.totals or not any(cells):
            continue
        extra, cells = any(cells[width:]), cells[:width]
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        whole = "\n".join(cells)
        if extra:
            yield Row(line, cells, "ragged")
        elif len(whole) > limit and max(map(len, cells)) > limit:
            yield Row(line, (), "field_too_long")
        elif "\0" in whole:
            yield Row(line, [cell.replace("\0", "") for cell in cells], "nul")
        else:
            yield Row(line, cells)


def _records(sheet: CalamineSheet) -> Iterator[Record]:
    if sheet.start is None:
        return
    for line, values in enumerate(sheet.iter_rows(), start=1):
        yield line, [value if value.__class__ is str else _TEXT[value.__class__](value) for value in values], ""


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value)) if -_EXACT < value < _EXACT else f"{value:.16E}"
    return repr(value)


def _moment(value: datetime) -> str:
    # The double of Excel misses whole seconds by a few milliseconds.
    return str((value + timedelta(milliseconds=500)).replace(microsecond=0))


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: lambda value: _number(float(value)),
    bool: lambda value: "true" if value else "false",
    datetime: _moment,
    date: str,
    time: lambda value: str(value.replace(microsecond=0)),
    timedelta: _duration,
}
"""A cell as text; a date has no zone, for Excel has none."""


def _chosen(book: CalamineWorkbook, part: str) -> tuple[CalamineSheet, tuple[str, ...]]:
    """The sheet that is named, or the visible one with most rows; and the names of all visible ones."""
    known = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if part:
        if part not in book.sheet_names:
            raise Unreadable("sheet_missing", name=part, names=", ".join(known))
        with _sentences():
            return book.get_sheet_by_name(part), tuple(known)
    best: CalamineSheet | None = None
    for name in known or book.sheet_names:
        with _sentences():
            sheet = book.get_sheet_by_name(name)
        if best is None or sheet.height > best.height:
            best = sheet
    if best is None:
        raise Unreadable("file_empty")
    return best, tuple(known)


@contextmanager
def _opened(path: Path, packed: bool, limits: Limits) -> Iterator[CalamineWorkbook]:
    stat = path.stat()
    _refuse_what_is_dangerous(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns), packed, limits)
    with _seekable(path, packed, limits) as file:
        file.seek(0)
        with _sentences():
            book = CalamineWorkbook.from_filelike(file)
    with book:
        yield book


@lru_cache(maxsize=16)
def _refuse_what_is_dangerous(path: Path, _stamp: tuple[int, ...], packed: bool, limits: Limits) -> None:
    """The same bytes are looked through once; an answer is remembered, a refusal is not."""
    with _seekable(path, packed, limits) as file:
        refuse_what_is_dangerous(file, file.seek(0, 2), limits)


@contextmanager
def _seekable(path: Path, packed: bool, limits: Limits) -> Iterator[IO[bytes]]:
    """The workbook itself; one that is packed once more is unpacked into a file without a name."""
    if not packed:
        with path.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as unpacked, opening.opened(path, packed, limits) as source:
        shutil.copyfileobj(source, unpacked, 1 << 20)
        yield unpacked


@contextmanager
def _sentences() -> Iterator[None]:
    """What the reader raises for a broken workbook becomes a refusal; a panic of its Rust code too."""
    try:
        yield
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("archive_broken") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("archive_broken") from error

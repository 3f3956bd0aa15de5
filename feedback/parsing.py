"""From the bytes of a file to rows of text: encoding, delimiter, header, line numbers.

Pure: no Django, no clock, no network. Files are streamed; memory does not grow with their length.
A row that cannot be read becomes a :class:`Row` with a fault and never an exception.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8", "cp1252", "utf-16", "iso-8859-15")
"""What a person may choose where the guess is wrong."""

MAX_COLUMNS = 2_000
_SAMPLE_BYTES = 65_536
_SAMPLE_ROWS = 50
_BLOCK = 1 << 20
# A longer line is cut into rows that are then ragged: memory stays bounded.
_MAX_LINE = 4 << 20
# UTF-16 of western text has a zero in every second byte.
_UTF16_ZEROS = 0.3
# Excel, PDF, pictures, archives: told by their first bytes, whatever the name says.
_NOT_TEXT = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"SQLite")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(Exception):
    """The whole file cannot be read. `reason` is a kind of `feedback.rejections`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Row(NamedTuple):
    """One record. `line` is where it begins in the file, counted from 1; quoted line breaks count."""

    line: int
    cells: Sequence[str]
    # A kind of `feedback.rejections` ("ragged", "nul", "field_too_long", "not_json"), or "".
    fault: str = ""


@dataclass(frozen=True)
class Shape:
    """How a file is to be read."""

    format: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_nul: bool = False


def sniff(path: Path, *, encoding: str = "", delimiter: str = "") -> Shape:
    """Find out how to read the file; what is given is taken as it is.

    Raises Unreadable for an empty file, one that is no text, one without a header or with too many columns.
    """
    with path.open("rb") as raw:
        if raw.read(8).startswith(_NOT_TEXT):
            raise Unreadable("file_not_text")
    found, has_nul = _encoding(path)
    encoding = _checked(encoding) or found
    with _text(path, encoding) as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.strip():
        raise Unreadable("file_empty")
    if sample.lstrip()[:1] == "{":
        return Shape("ndjson", encoding, "", _keys(path, encoding), has_nul)
    delimiter = delimiter or _delimiter(sample)
    with _text(path, encoding) as file:
        header = next((cells for _, cells, fault in _records(file, delimiter) if not fault), None)
    if not header or not any(name.strip() for name in header):
        raise Unreadable("header_missing")
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_many_columns")
    return Shape("csv", encoding, delimiter, tuple(name.strip() for name in header), has_nul)


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """Every record after the header, in order. Blank lines are no records."""
    with _text(path, shape.encoding) as file:
        if shape.format == "ndjson":
            yield from _json_rows(file, shape)
        else:
            yield from _csv_rows(file, shape)


def count_rows(path: Path, shape: Shape) -> int:
    """How many records there are: for the progress bar, at a fraction of the cost of reading them well."""
    with _text(path, shape.encoding) as file:
        if shape.format == "ndjson":
            return sum(1 for line in file if line.strip())
        return max(0, sum(1 for _, cells, fault in _records(file, shape.delimiter) if cells or fault) - 1)


def _text(path: Path, encoding: str) -> IO[str]:
    return path.open(encoding=encoding, errors="replace", newline="")


def _checked(encoding: str) -> str:
    if not encoding:
        return ""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise Unreadable("encoding_unknown") from error
    return "utf-8-sig" if name == "utf-8" else name


def _encoding(path: Path) -> tuple[str, bool]:
    """BOM, else strict UTF-8, else UTF-16 by its zeros, else Windows-1252; and whether there are zero bytes.

    Statistical guessers take Windows-1252 for other code pages, so that one is the rule, not a guess.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_nul = True, False
    with path.open("rb") as file:
        start = file.read(_SAMPLE_BYTES)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name, True
        if start.count(0) > _UTF16_ZEROS * len(start):
            return ("utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"), True
        block = start
        while block:
            has_nul = has_nul or b"\0" in block
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            block = file.read(_BLOCK)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return ("utf-8-sig" if is_utf8 else "cp1252"), has_nul


def _delimiter(sample: str) -> str:
    """The one that gives most rows the same number of columns, more than one; a comma when none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        records = islice(_records(io.StringIO(sample, newline=""), delimiter), _SAMPLE_ROWS)
        widths = [len(cells) for _, cells, fault in records if cells and not fault]
        if not widths or widths[0] < 2:
            continue
        # The sample ends in mid-row.
        judged = widths[:-1] or widths
        score = sum(width == widths[0] for width in judged) / len(judged) * widths[0]
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _records(file: IO[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """(first line, cells, fault) of every record, blank ones too."""
    read: Callable[[], str] = lambda: file.readline(_MAX_LINE)  # noqa: E731 - the shortest form for iter()
    reader = csv.reader(iter(read, ""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # A quote that is never closed, or one enormous field; reading goes on at the next line.
            yield line, [], "field_too_long"
            continue
        yield line, cells, ""


def _csv_rows(file: IO[str], shape: Shape) -> Iterator[Row]:
    width = len(shape.header)
    records = _records(file, shape.delimiter)
    for _, cells, _fault in records:
        if cells:
            break  # The header.
    for line, cells, fault in records:
        if not cells and not fault:
            continue
        if fault:
            yield Row(line, (), fault)
        elif len(cells) != width:
            yield Row(line, cells[:width], "ragged")
        elif shape.has_nul and any("\0" in cell for cell in cells):
            yield Row(line, [cell.replace("\0", "") for cell in cells], "nul")
        else:
            yield Row(line, cells)


def _keys(path: Path, encoding: str) -> tuple[str, ...]:
    """Every key of the objects of an NDJSON file, in order of appearance."""
    found: dict[str, None] = {}
    with _text(path, encoding) as file:
        for line in iter(lambda: file.readline(_MAX_LINE), ""):
            value = _json_object(line)
            if value:
                found.update(dict.fromkeys(str(key) for key in value))
            if len(found) > MAX_COLUMNS:
                raise Unreadable("too_many_columns")
    if not found:
        raise Unreadable("header_missing")
    return tuple(found)


def _json_rows(file: IO[str], shape: Shape) -> Iterator[Row]:
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE), ""), start=1):
        if not line.strip():
            continue
        value = _json_object(line)
        if value is None:
            yield Row(number, (), "not_json")
            continue
        cells = [cell_text(value.get(key)) for key in shape.header]
        yield Row(number, cells, "nul" if any("\0" in cell for cell in cells) else "")


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def cell_text(value: object) -> str:
    """A JSON value as a cell: null is empty, a list is joined by `|`, half a surrogate pair is replaced."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(cell_text(item) for item in value)
    return str(value).encode("utf-8", "replace").decode("utf-8")

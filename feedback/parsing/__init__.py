"""From the bytes of a file to rows of text: packing, encoding, headings, line numbers.

Pure: no Django, no clock, no network. Text files are streamed, so memory does not grow with their length; a
sheet of a workbook is held in memory and bounded. A row that cannot be read becomes a :class:`Row` with a fault
and never an exception; a file that cannot be read becomes :class:`Unreadable`, which names a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path

from feedback.parsing import delimited, jsonlines, opening, workbook
from feedback.parsing.damage import are_rounded, is_shortened
from feedback.parsing.delimited import DELIMITERS
from feedback.parsing.jsonlines import cell_text
from feedback.parsing.shape import Limits, Row, Shape, Unreadable

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "Limits",
    "Row",
    "Shape",
    "Unreadable",
    "are_rounded",
    "cell_text",
    "count_lines",
    "count_rows",
    "is_shortened",
    "rows",
    "sniff",
]

ENCODINGS = ("utf-8", "cp1252", "utf-16", "iso-8859-15")
"""What a person may choose where the guess is wrong."""

_START_CHARACTERS = 65_536
_START_BYTES = 8
_BLOCK = 1 << 20
_JSON_LIST = re.compile(r"\[\s*[{\]]")


def sniff(
    path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "", limits: Limits | None = None
) -> Shape:
    """Find out how to read the file; what is given is taken as it is.

    `sheet` names the sheet of a workbook or the stream of a Singer file. Raises Unreadable for an empty file, one
    that is no text or no workbook, one without headings, and one past the limits.
    """
    stat = path.stat()
    stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return _sniffed(path, stamp, encoding, delimiter, sheet, limits or Limits())


@lru_cache(maxsize=16)
def _sniffed(path: Path, _stamp: tuple[int, ...], encoding: str, delimiter: str, part: str, limits: Limits) -> Shape:
    """The shape of these bytes, found once: a page asks for it again with every choice a person makes."""
    packed = opening.is_packed(path)
    with opening.opened(path, packed, limits) as file:
        start = file.read(_START_BYTES)
    if start.startswith(opening.ZIP):
        return workbook.sniff(path, part, packed, limits)
    opening.refuse_what_is_no_text(start)
    chosen = opening.checked(encoding)
    found = opening.looked_through(path, packed, limits)
    chosen = opening.settled(chosen, found.encoding)
    with opening.text(path, chosen, packed, limits) as text:
        sample = text.read(_START_CHARACTERS).lstrip("\ufeff \t\r\n")
    if not sample.strip("\0"):
        raise Unreadable("file_empty")
    if sample.startswith("{"):
        return jsonlines.sniff(path, chosen, part, packed, found, limits)
    if _JSON_LIST.match(sample):
        raise Unreadable("json_list")
    return delimited.sniff(path, chosen, delimiter, packed, found, limits)


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """Every record below the headings, in order. Blank lines and totals are no records.

    Raises Unreadable past the limits and for an archive that breaks off.
    """
    read = {"csv": delimited.rows, "xlsx": workbook.rows, "ndjson": jsonlines.rows}[shape.format]
    found = read(path, shape)
    return chain(islice(found, shape.limits.rows), _past_the_limit(found, shape.limits))


def count_rows(path: Path, shape: Shape) -> int:
    """How many records there are: for the progress bar, at a fraction of the cost of reading them well.

    Raises Unreadable when there are more than allowed.
    """
    count = delimited.count(path, shape) if shape.row_count is None else shape.row_count
    shape.limits.check_rows(count)
    return count


def count_lines(path: Path, shape: Shape) -> int:
    """How many lines stand below the headings, at next to no cost: there are as many rows, or fewer."""
    for line_break in (b"\n", b"\r"):
        with opening.opened(path, shape.packed, shape.limits) as file:
            count = sum(block.count(line_break) for block in iter(partial(file.read, _BLOCK), b""))
        if count:
            return max(0, count + 1 - shape.header_line)
    return 0


def _past_the_limit(found: Iterator[Row], limits: Limits) -> Iterator[Row]:
    for row in found:
        limits.check_rows(limits.rows + 1)
        yield row

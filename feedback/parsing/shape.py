"""What a file turns out to be, how far reading may go, and why it cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Unreadable(Exception):
    """The whole file cannot be read. `reason` is a kind of `feedback.rejections`, with its parameters."""

    def __init__(self, reason: str, **parameters: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.parameters = parameters


class Row(NamedTuple):
    """One record. `line` is where it begins in the file, counted from 1; quoted line breaks count."""

    line: int
    cells: Sequence[str]
    # A kind of `feedback.rejections` ("ragged", "nul", "field_too_long", "quote_open", "not_json"), or "".
    fault: str = ""


Record = tuple[int, list[str], str]
"""(first line, cells, fault): a row before anybody knows which line has the headings."""


@dataclass(frozen=True)
class Limits:
    """How far reading goes. All of them are enforced while the file streams."""

    rows: int = 5_000_000
    columns: int = 2_000
    # Characters.
    cell: int = 131_072
    # Bytes of an archive once it is unpacked, and how many times its own size that may be.
    expanded: int = 2 << 30
    ratio: int = 200
    # The same for a workbook, whose texts are held in memory.
    workbook: int = 512 << 20
    # Cells of one sheet, blank ones between filled ones included: a sheet is held in memory while it is read.
    sheet_cells: int = 5_000_000

    def check_columns(self, count: int) -> None:
        """Raises Unreadable when a file has more columns than allowed."""
        if count > self.columns:
            raise Unreadable("too_many_columns", limit=f"{self.columns:,}")

    def check_rows(self, count: int) -> None:
        """Raises Unreadable when a file has more rows than allowed."""
        if count > self.rows:
            raise Unreadable("too_many_rows", limit=f"{self.rows:,}")


@dataclass(frozen=True)
class Shape:
    """How a file is to be read, and what was found in it."""

    # "csv" (whatever the delimiter), "xlsx" or "ndjson".
    format: str
    # "" for a workbook.
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_nul: bool = False
    # The line, or the row of the sheet, that has the headings.
    header_line: int = 1
    # Whether it is packed with gzip.
    packed: bool = False
    # The sheet of a workbook or the stream of a Singer file that is read, and all there are.
    part: str = ""
    parts: tuple[str, ...] = ()
    # What stands above the headings, a line each, shortened.
    preamble: tuple[str, ...] = ()
    # (kind of `feedback.rejections.SKIPPED_SENTENCES`, how many), for everything that is neither row nor reject.
    skipped: tuple[tuple[str, int], ...] = ()
    # Whether comment lines may stand between the rows too.
    commented: bool = False
    # Rows of totals: those right below the headings by their line, and whether the last row is one.
    totals: frozenset[int] = frozenset()
    total_last: bool = False
    # Whether rows end with a delimiter that the headings do not have. Where most rows do not, one that does has
    # a delimiter too many in it, and its cells are not in their columns.
    trailing: bool = False
    # Whether a number such as 1.2E+17 stands anywhere: an id may have been shortened by a spreadsheet.
    has_exponents: bool = False
    # How many rows there are, where finding the shape has counted them.
    row_count: int | None = None
    # Singer messages rather than plain objects.
    singer: bool = False
    limits: Limits = Limits()

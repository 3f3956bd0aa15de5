"""Excel workbooks: cells as unambiguous text, the right sheet, and what is refused before it is opened."""

import gzip
import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from feedback import parsing
from feedback.parsing import Limits, Row, Shape, Unreadable
from tests.feedback.workbooks import CLOCK, DATE, HOURS, Cell, archive, styled, workbook

pytestmark = pytest.mark.slow  # the same on every database

HEADINGS = ("id", "date", "text")
ROWS: list[Sequence[Cell]] = [
    HEADINGS,
    ("T1", styled(46082.5833333, DATE), "hello"),
    ("T2", styled(46083, DATE), "two\nlines"),
]


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def _read(folder: Path, data: bytes, **how: str) -> tuple[Shape, list[Row]]:
    path = _write(folder, data)
    shape = parsing.sniff(path, **how)  # type: ignore[arg-type]
    rows = list(parsing.rows(path, shape))
    assert parsing.count_rows(path, shape) == len(rows)
    return shape, rows


def _refusal(folder: Path, data: bytes, limits: Limits | None = None, sheet: str = "") -> Unreadable:
    with pytest.raises(Unreadable) as refusal:
        parsing.sniff(_write(folder, data), limits=limits, sheet=sheet)
    return refusal.value


def test_a_workbook_is_read_like_any_file(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, workbook({"Tickets": ROWS}))
    assert (shape.format, shape.part, shape.parts, shape.header) == ("xlsx", "Tickets", ("Tickets",), HEADINGS)
    assert [(row.line, list(row.cells)) for row in rows] == [
        (2, ["T1", "2026-03-01 14:00:00", "hello"]),
        (3, ["T2", "2026-03-02", "two\nlines"]),
    ]


def test_cells_become_text_that_means_one_thing(tmp_path: Path) -> None:
    cells = [12.0, 4.5, True, styled(0.25, CLOCK), styled(1.5, HOURS), -3.0, 1e15]
    _, rows = _read(tmp_path, workbook({"A": [list("abcdefg"), cells]}))
    assert rows[0].cells == ["12", "4.5", "true", "06:00:00", "36:00:00", "-3", "1000000000000000"]


def test_a_number_past_what_a_double_holds_shows_that_it_is_damaged(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, workbook({"A": [["id"], [123456789012345678.0], [float(2**53 - 1)]]}))
    assert shape.has_exponents
    assert [parsing.is_shortened(row.cells[0]) for row in rows] == [True, False]
    assert rows[1].cells == ["9007199254740991"]
    assert not _read(tmp_path, workbook({"A": [["id"], ["123456789012345678"]]}))[0].has_exponents


def test_the_sheet_with_most_rows_is_taken_unless_one_is_named(tmp_path: Path) -> None:
    data = workbook({"Notes": [["about"], ["this"]], "Tickets": ROWS, "More": [["id"], ["M1"]]})
    shape, _ = _read(tmp_path, data)
    assert (shape.part, shape.parts) == ("Tickets", ("Notes", "Tickets", "More"))
    shape, rows = _read(tmp_path, data, sheet="More")
    assert (shape.part, rows[0].cells) == ("More", ["M1"])
    refusal = _refusal(tmp_path, data, sheet="Less")
    assert (refusal.reason, refusal.parameters["names"]) == ("sheet_missing", "Notes, Tickets, More")


def test_titles_blank_rows_and_totals_are_passed_over(tmp_path: Path) -> None:
    sheet: list[Sequence[Cell]] = [
        ["Tickets per week"],
        [None, None, None],
        ["Period", "2026-03-01", "2026-03-31"],
        ["week", "channel", "tickets", "agents"],
        [9.0, "chat", 12.0, 3.0],
        [None],
        [10.0, "phone", 30.0, 4.0],
        ["Totaal", None, 42.0, None],
    ]
    shape, rows = _read(tmp_path, workbook({"A": sheet}))
    assert shape.header == ("week", "channel", "tickets", "agents")
    assert [(row.line, row.cells[2]) for row in rows] == [(5, "12"), (7, "30")]
    assert shape.preamble == ("Tickets per week", "Period, 2026-03-01, 2026-03-31")
    assert dict(shape.skipped) == {"preamble": 2, "total": 1}


def test_a_cell_beside_the_table_makes_its_row_ragged(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, workbook({"A": [["id", "text"], ["1", "a"], ["2", "b", None, "stray"], ["3"]]}))
    assert [(row.line, row.fault) for row in rows] == [(2, ""), (3, "ragged"), (4, "")]
    assert rows[2].cells == ["3", ""]


def test_a_workbook_packed_once_more_is_read_too(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, gzip.compress(workbook({"A": ROWS})))
    assert (shape.format, shape.packed, len(rows)) == ("xlsx", True, 2)


def test_cells_without_their_place_stand_side_by_side(tmp_path: Path) -> None:
    cell = "<c t='inlineStr'><is><t>{}</t></is></c>"
    xml = "".join(f"<row>{''.join(cell.format(f'{a}{b}') for b in 'xy')}</row>" for a in "abc")
    _, rows = _read(tmp_path, workbook({"A": xml}))
    assert [row.cells for row in rows] == [["bx", "by"], ["cx", "cy"]]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 20 + "</row>",
        "<row r='1'><c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1"><c r="A1"><v>1</v></c><c x=">" r="XFD1048576"><v>1</v></c></row>',
    ],
    ids=["far corner", "without places", "other quotes", "sign in an attribute"],
)
def test_one_cell_in_the_far_corner_takes_no_memory(tmp_path: Path, xml: str) -> None:
    assert _refusal(tmp_path, workbook({"A": xml})).reason == "sheet_too_large"


def test_blank_styled_cells_far_down_do_not_count(tmp_path: Path) -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert _refusal(tmp_path, workbook({"A": xml})).reason == "header_missing", "figures alone are no headings"


def test_a_bomb_of_zeros_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    bomb = workbook({"A": ROWS}, **{"xl/sharedStrings.xml": b"<sst>" + b" " * (40 << 20)})
    assert len(bomb) < 100_000
    assert _refusal(tmp_path, bomb).reason == "archive_ratio"
    assert _refusal(tmp_path, bomb, Limits(workbook=8 << 20)).reason == "archive_too_large"


def test_a_member_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook({"A": ROWS}, **{"xl/sharedStrings.xml": b"<sst>" + b" " * (40 << 20)}))
    size = struct.pack("<L", 5 + (40 << 20))
    assert data.count(size) == 2
    lying = bytes(data).replace(size, struct.pack("<L", 100))
    assert _refusal(tmp_path, lying).reason == "archive_broken"


def test_members_that_lie_on_one_another_are_refused(tmp_path: Path) -> None:
    data = workbook({"A": ROWS}, **{"xl/media/a.bin": bytes(range(256)) * 400})
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = next(member.compress_size for member in packed.infolist() if member.filename.endswith("a.bin"))
    at = data.rindex(b"xl/media/a.bin") - 46
    lying = data[: at + 20] + struct.pack("<L", size + len(data)) + data[at + 24 :]
    assert _refusal(tmp_path, lying).reason == "archive_broken"


def test_a_directory_that_points_in_front_of_the_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook({"A": ROWS}))
    at = data.rindex(b"PK\x05\x06") + 16
    data[at : at + 4] = struct.pack("<L", struct.unpack("<L", data[at : at + 4])[0] + 100)
    assert _refusal(tmp_path, bytes(data)).reason == "archive_broken"


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>',
        b'<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>',
        "<sst><si><t>x</t></si></sst>".encode("utf-16"),
    ],
    ids=["external", "billion laughs", "hidden in UTF-16"],
)
def test_entities_are_refused(tmp_path: Path, doctype: bytes) -> None:
    assert _refusal(tmp_path, workbook({"A": ROWS}, **{"xl/sharedStrings.xml": doctype})).reason == "archive_broken"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive({"tickets.csv": b"id,text\n1,a\n"}), "archive_not_workbook"),
        (archive({"inner.zip": archive({"a": b"a"})}), "archive_not_workbook"),
        (archive({"content.xml": b"<x/>", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
         "archive_not_workbook"),
        (workbook({"A": ROWS})[:-200], "archive_broken"),
        (workbook({"A": ROWS})[:100], "archive_broken"),
        (workbook({"A": "<row"}), "archive_broken"),
        (workbook({"A": []}), "file_empty"),
        (workbook({}), "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "workbook_old"),
        (gzip.compress(gzip.compress(b"id,text\n1,a\n")), "archive_nested"),
    ],
    ids=["a CSV in a ZIP", "a ZIP in a ZIP", "OpenDocument", "cut", "cut early", "broken XML", "no rows", "no sheets",
         "old Excel", "packed twice"],
)  # fmt: skip
def test_archives_that_are_no_workbook_are_refused_with_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    assert _refusal(tmp_path, data).reason == reason


def test_a_password_is_named(tmp_path: Path) -> None:
    data = bytearray(workbook({"A": ROWS}))
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    assert _refusal(tmp_path, bytes(data)).reason == "workbook_locked"


def test_limits_hold_for_sheets(tmp_path: Path) -> None:
    data = workbook({"A": ROWS})
    path = _write(tmp_path, data)
    assert _refusal(tmp_path, data, Limits(columns=2)).reason == "too_many_columns"
    assert _refusal(tmp_path, data, Limits(sheet_cells=8)).reason == "sheet_too_large"
    shape = parsing.sniff(path, limits=Limits(rows=1, cell=8))
    assert next(parsing.rows(path, shape)).fault == "field_too_long"
    with pytest.raises(Unreadable, match="too_many_rows"):
        list(parsing.rows(path, shape))
    with pytest.raises(Unreadable, match="too_many_rows"):
        parsing.count_rows(path, replace(shape, limits=Limits(rows=1)))

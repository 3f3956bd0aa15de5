"""Bytes to rows: encodings, delimiters, line numbers, and files that are no files."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import parsing
from feedback.parsing import Row, Shape, Unreadable

pytestmark = pytest.mark.slow  # the same on every database


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def _read(folder: Path, data: bytes) -> tuple[Shape, list[Row]]:
    path = _write(folder, data)
    shape = parsing.sniff(path)
    return shape, list(parsing.rows(path, shape))


TEXT = "id;text\n1;café, één en €\n2;naïef\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 with mark", "utf-16-le", "utf-16-be", "cp1252"],
)
def test_every_encoding_gives_the_same_text(tmp_path: Path, data: bytes) -> None:
    shape, rows = _read(tmp_path, data)
    assert shape.header == ("id", "text")
    assert [list(row.cells) for row in rows] == [["1", "café, één en €"], ["2", "naïef"]]


def test_utf_8_with_a_part_of_windows_in_it_reads_both(tmp_path: Path) -> None:
    """Two exports in one file, or a cell that somebody cut in the middle of a letter."""
    data = TEXT.encode() + "3;Grüße aus Köln\n".encode() + "4;schön\n".encode("cp1252") + b"5;caf" + b"\xc3\n"
    shape, rows = _read(tmp_path, data)
    assert shape.encoding == "utf-8-sig"
    assert [row.cells[1] for row in rows] == ["café, één en €", "naïef", "Grüße aus Köln", "schön", "cafÃ"]


def test_windows_with_one_letter_of_utf_8_stays_windows(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, "id;text\n1;schön grün\n2;Köln\n".encode("cp1252") + "3;é\n".encode())
    assert shape.encoding == "cp1252"
    assert [row.cells[1] for row in rows][:2] == ["schön grün", "Köln"]


def test_a_replacement_sign_that_was_exported_is_utf_8(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, "id;text\n1;na\N{REPLACEMENT CHARACTER}ef\n".encode())
    assert shape.encoding == "utf-8-sig"
    assert rows[0].cells[1] == "na\N{REPLACEMENT CHARACTER}ef"


def test_a_broken_character_late_in_the_file_decides_for_cp1252(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, b"id,text\n" + b"1,plain\n" * 20_000 + b"2,caf\xe9\n")
    assert shape.encoding == "cp1252"
    assert rows[-1].cells == ["2", "café"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_although_others_stand_in_texts(tmp_path: Path, delimiter: str) -> None:
    lines = [["id", "text", "score"], ["1", "well; a, b, c\tand d", "4"], ["2", "so, so; no", "2"]]
    data = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    shape, rows = _read(tmp_path, data.encode())
    assert shape.delimiter == delimiter
    assert [list(row.cells) for row in rows] == lines[1:]


def test_lines_are_those_of_the_file_although_a_cell_has_line_breaks(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, b'id,text\n\n1,"a\nb\r\nc"\n2,d\n\n\n3,e\n')
    assert [(row.line, row.cells[0]) for row in rows] == [(3, "1"), (6, "2"), (9, "3")]


def test_ragged_rows_and_zero_bytes_are_faults_of_their_row(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, b"id,text\n1\n2,b,c\n3,d\x00e\n4,f\n")
    assert [(row.line, row.fault) for row in rows] == [(2, "ragged"), (3, "ragged"), (4, "nul"), (5, "")]
    assert rows[2].cells == ["3", "de"]


def test_a_quote_that_is_never_closed_costs_rows_and_nothing_else(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, b'id,text\n1,fine\n2,"open\n' + b"3,row\n" * 60_000)
    assert (rows[0].cells, rows[0].fault) == (["1", "fine"], "")
    assert rows[1].fault == "field_too_long"
    assert rows[-1].cells == ["3", "row"]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("rows", [2, 248, 249, 250, 251])
def test_a_quote_that_is_open_at_the_end_swallows_no_row_unsaid(tmp_path: Path, rows: int, ending: bytes) -> None:
    line_end = ending or b"\n"
    above = b"".join(b"%d,fine%s" % (at, line_end) for at in range(rows))
    path = _write(
        tmp_path, b"id,text" + line_end + above + b'x,"open' + line_end + b"y,row" + line_end + b"z,row" + ending
    )
    shape = parsing.sniff(path)
    found = list(parsing.rows(path, shape))
    assert [row.fault for row in found] == [""] * rows + ["quote_open"]
    assert found[-1].line == rows + 2
    assert parsing.count_rows(path, shape) == rows + 1


@pytest.mark.parametrize("rows", [0, 1, 249, 250, 251, 500])
def test_a_quote_that_is_closed_on_the_last_line_is_a_row_like_others(tmp_path: Path, rows: int) -> None:
    path = _write(tmp_path, b"id,text\n" + b"1,fine\n" * rows + b'2,"a\nb"')
    shape = parsing.sniff(path)
    found = list(parsing.rows(path, shape))
    assert [row.fault for row in found] == [""] * (rows + 1)
    assert list(found[-1].cells) == ["2", "a\nb"]
    assert parsing.count_rows(path, shape) == rows + 1


def test_a_quote_that_is_open_in_the_headings_is_said(tmp_path: Path) -> None:
    path = _write(tmp_path, b'id,"text\n1,a\n2,b\n')
    with pytest.raises(Unreadable) as raised:
        parsing.sniff(path)
    assert raised.value.reason == "header_open"


def test_counting_agrees_with_reading(tmp_path: Path) -> None:
    path = _write(tmp_path, b'id,text\n1,"a\nb"\n\n2,c\n3\n')
    shape = parsing.sniff(path)
    assert parsing.count_rows(path, shape) == len(list(parsing.rows(path, shape))) == 3


def test_ndjson_rows_have_the_keys_of_all_rows(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, b'{"id": 1, "ok": true}\n\nnot json\n{"id": null, "tags": ["a", "b"]}\n[1]\n')
    assert shape.header == ("id", "ok", "tags")
    assert [(row.line, list(row.cells), row.fault) for row in rows] == [
        (1, ["1", "true", ""], ""),
        (3, [], "not_json"),
        (4, ["", "", "a|b"], ""),
        (5, [], "not_json"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_empty"),
        (b" \n \n", "file_empty"),
        (b",,\n1,2,3\n", "header_missing"),
        (b"PK\x03\x04 a workbook", "archive_broken"),
        (b"%PDF-1.7", "file_not_text"),
        (bytes(range(1, 256)) * 20, "file_not_text"),
        (b"a," * 1_000_000, "too_many_columns"),
        (b"{}\n", "header_missing"),
    ],
    ids=["empty", "blank", "no names", "workbook", "pdf", "a program", "a million columns", "no keys"],
)
def test_files_that_cannot_be_read_are_refused_as_a_whole(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        parsing.sniff(_write(tmp_path, data))
    assert refusal.value.reason == reason


def test_a_person_may_say_the_encoding_and_the_delimiter(tmp_path: Path) -> None:
    path = _write(tmp_path, "a;b\n€;1\n".encode("iso-8859-15"))
    shape = parsing.sniff(path, encoding="iso-8859-15", delimiter=";")
    assert next(parsing.rows(path, shape)).cells == ["€", "1"]
    with pytest.raises(Unreadable, match="encoding_unknown"):
        parsing.sniff(path, encoding="klingon")


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400) | st.text(alphabet='ab",;\n\r\t\0é{}', max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = _write(tmp_path_factory.mktemp("fuzz"), data)
    try:
        shape = parsing.sniff(path)
    except Unreadable:
        return
    rows = list(parsing.rows(path, shape))
    assert all(row.fault or len(row.cells) == len(shape.header) for row in rows)
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert parsing.count_rows(path, shape) == len(rows)


def test_a_delimiter_at_the_end_of_every_row_is_no_column_and_in_one_row_it_is_one_too_many(tmp_path: Path) -> None:
    every, one = tmp_path / "every.csv", tmp_path / "one.csv"
    every.write_text("id;text;team\n1;a;x;\n2;b;y;\n3;c;z;\n")
    kept = [(row.cells, row.fault) for row in parsing.rows(every, parsing.sniff(every))]
    assert kept == [(["1", "a", "x"], ""), (["2", "b", "y"], ""), (["3", "c", "z"], "")]
    one.write_text("id,text,team\n1,a,x\n2,Fine, thanks,,\n3,c,z\n")
    assert [row.fault for row in parsing.rows(one, parsing.sniff(one))] == ["", "ragged", ""]

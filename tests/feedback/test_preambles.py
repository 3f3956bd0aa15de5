"""What stands around a table: comments, titles, a line for Excel alone, totals; and packed files."""

import gzip
from pathlib import Path

import pytest

from feedback import parsing, rejections
from feedback.parsing import Limits, Row, Shape, Unreadable

pytestmark = pytest.mark.slow  # the same on every database

ANALYTICS = """# ----------------------------------------
# Pages and screens: Page path
# Account: De Linde, shop
# Start date: 20260301
# End date: 20260302
# ----------------------------------------
#

Date,Page path,Sessions,Transactions
,,1500,90,Grand total
20260301,/,1000,50
20260302,"/sale, all",500,40
"""


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def _read(folder: Path, data: str | bytes) -> tuple[Shape, list[Row]]:
    path = _write(folder, data.encode() if isinstance(data, str) else data)
    shape = parsing.sniff(path)
    rows = list(parsing.rows(path, shape))
    assert parsing.count_rows(path, shape) == len(rows)
    return shape, rows


def test_comments_and_totals_of_analytics_are_neither_rows_nor_rejects(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, ANALYTICS)
    assert shape.header == ("Date", "Page path", "Sessions", "Transactions")
    assert [(row.line, row.cells[0], row.fault) for row in rows] == [(11, "20260301", ""), (12, "20260302", "")]
    assert dict(shape.skipped) == {"preamble": 7, "total": 1}
    assert shape.preamble[3] == "# Start date: 20260301"
    said = [rejections.passed_over(kind, count) for kind, count in shape.skipped]
    assert said == ["7 lines above the headings are left out.", "1 row of totals is left out."]


@pytest.mark.parametrize(
    ("total", "rest"),
    [
        (",,1500,90", ""),
        ("Grand total,,1500,90", ""),
        ("Totaal:,,1500,90", ""),
        (",,1500,90,Grand total", "20260303,/,1,1\n"),
        ("Totals,,1500,90", ""),
    ],
)
def test_totals_at_the_end(tmp_path: Path, total: str, rest: str) -> None:
    table = ANALYTICS.replace(",,1500,90,Grand total\n", "") + rest + total + "\n"
    shape, rows = _read(tmp_path, table)
    assert [row.cells[0] for row in rows] == ["20260301", "20260302", *(["20260303"] if rest else [])]
    assert dict(shape.skipped)["total"] == 1
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert len(_read(tmp_path, table.encode(encoding))[1]) == len(rows)


@pytest.mark.parametrize(
    "data",
    [
        "id,text\n1,Total\n2,Grand total\n",
        "id,date,text\n,2026-03-01,no id\nT1,2026-03-01,a\n,2026-03-02,no id\n",
        "reason,text\nTotal loss,a\nTotal,nothing counted\n",
        "text\nfirst\nTotal\n",
    ],
)
def test_rows_that_only_look_like_totals_stay(tmp_path: Path, data: str) -> None:
    shape, rows = _read(tmp_path, data)
    assert len(rows) == data.count("\n") - 1
    assert shape.skipped == ()


def test_a_table_whose_words_only_resemble_a_total_at_its_very_end_keeps_it(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, 'id,text\n1,"ends with\ntotal,5"\n')
    assert [row.cells[0] for row in rows] == ["1"]


def test_the_line_for_excel_names_the_delimiter(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, "sep=;\r\nid;text\r\n1;a, b, c\r\n")
    assert (shape.delimiter, shape.header, rows[0].line) == (";", ("id", "text"), 3)
    assert dict(shape.skipped) == {"preamble": 1}
    shape, _ = _read(tmp_path, '"sep=|"\nid|text\n1|a\n')
    assert (shape.delimiter, shape.header) == ("|", ("id", "text"))


def test_titles_above_the_headings(tmp_path: Path) -> None:
    shape, rows = _read(
        tmp_path, "Ticket report;;;\nPeriod;2026-03-01;2026-03-31;\n\nid;date;text;agent\nT1;2026-03-01;a;x\nT2;;b;\n"
    )
    assert shape.header == ("id", "date", "text", "agent")
    assert [(row.line, row.cells[0]) for row in rows] == [(5, "T1"), (6, "T2")]
    assert shape.preamble == ("Ticket report", "Period, 2026-03-01, 2026-03-31")


def test_a_sentence_above_the_headings_may_have_commas(tmp_path: Path) -> None:
    shape, rows = _read(
        tmp_path, "Tickets of March, made by Sanne, for all, today\nid,date,text\nT1,2026-03-01,a\nT2,,b\n"
    )
    assert (shape.header, len(rows)) == (("id", "date", "text"), 2)


def test_headings_stay_although_every_row_of_words_has_a_delimiter_more(tmp_path: Path) -> None:
    shape, rows = _read(tmp_path, "id,text\nT1,a,\nT2,b,\n")
    assert (shape.header, [row.fault for row in rows]) == (("id", "text"), ["", ""])


@pytest.mark.parametrize(
    "header",
    ["id,text,score", "# Tickets,text,score", ",text,score", "id,2026,2027", "#1,text,score"],
)
def test_the_first_line_is_the_headings_when_nothing_says_otherwise(tmp_path: Path, header: str) -> None:
    shape, rows = _read(tmp_path, f"{header}\na,b,c\nd,,\n#5,e,f\n# note,x,y\n")
    assert shape.header == tuple(header.split(","))
    assert len(rows) == 4, "an order number is no comment"


def test_a_file_of_figures_alone_has_no_headings(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="header_missing"):
        _read(tmp_path, "2026-03-01,12,30\n2026-03-02,13,31\n")


def test_a_delimiter_at_the_end_of_every_row_is_no_column(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, "id,text\n1,a,\n2,b,,\n3,c,d\n")
    assert [(list(row.cells), row.fault) for row in rows] == [
        (["1", "a"], ""),
        (["2", "b"], ""),
        (["3", "c"], "ragged"),
    ]


def test_rows_of_blank_cells_are_no_rows(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, "id;text\n1;a\n;\n;;;\n2;b\n;\n")
    assert [row.line for row in rows] == [2, 5]


# ── Packed with gzip ───────────────────────────────────────────────────────────
def test_a_packed_file_is_read_like_any_other(tmp_path: Path) -> None:
    for data in (ANALYTICS.encode(), b'{"id": 1}\n{"id": 2}\n', ANALYTICS.encode("utf-16")):
        shape, rows = _read(tmp_path, gzip.compress(data))
        assert (shape.packed, len(rows)) == (True, 2)
    # Two archives behind one another are one, as gunzip has it.
    _, rows = _read(tmp_path, gzip.compress(b"id,text\n1,a\n") + gzip.compress(b"2,b\n"))
    assert [row.cells[0] for row in rows] == ["1", "2"]


@pytest.mark.parametrize("cut", [3, 11, 40, -1, -9])
def test_an_archive_that_breaks_off_is_refused_before_anything_is_stored(tmp_path: Path, cut: int) -> None:
    data = gzip.compress(b"id,text\n" + b"1,a\n" * 50_000)
    with pytest.raises(Unreadable, match="archive_broken"):
        parsing.sniff(_write(tmp_path, data[:cut]))


def test_a_packed_bomb_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    bomb = _write(tmp_path, gzip.compress(b"id,text\n" + b"a" * (20 << 20), 9))
    assert bomb.stat().st_size < 50_000
    with pytest.raises(Unreadable, match="archive_ratio") as refusal:
        parsing.sniff(bomb)
    assert "200 times" in rejections.sentence(refusal.value.reason, refusal.value.parameters)
    with pytest.raises(Unreadable, match="archive_too_large"):
        parsing.sniff(bomb, limits=Limits(expanded=1 << 20, ratio=10_000))


def test_every_limit_holds_for_text_too(tmp_path: Path) -> None:
    path = _write(tmp_path, b"id,text\n1,abcdefghijkl\n2,b\n3,c\n")
    shape = parsing.sniff(path, limits=Limits(rows=2, cell=10))
    with pytest.raises(Unreadable, match="too_many_rows") as refusal:
        parsing.count_rows(path, shape)
    assert refusal.value.parameters == {"limit": "2"}
    read = parsing.rows(path, shape)
    assert next(read).fault == "field_too_long"
    assert next(read).cells == ["2", "b"]
    with pytest.raises(Unreadable, match="too_many_rows"):
        next(read)
    with pytest.raises(Unreadable, match="too_many_columns"):
        parsing.sniff(path, limits=Limits(columns=1))


@pytest.mark.parametrize(
    "name", ["rot13", "hex", "zip", "idna", "punycode", "undefined", "unicode_escape", "a\0b", "é" * 99]
)
def test_codecs_that_are_no_encodings_are_not_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match="encoding_unknown"):
        parsing.sniff(_write(tmp_path, b"id,text\n1,a\n"), encoding=name)


@pytest.mark.parametrize("delimiter", ["ab", '"', "\n", "\r", "\0"])
def test_what_cannot_split_columns_is_refused(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(Unreadable, match="delimiter_bad"):
        parsing.sniff(_write(tmp_path, b"id,text\n1,a\n"), delimiter=delimiter)

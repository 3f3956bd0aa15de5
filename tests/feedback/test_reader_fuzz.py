"""Whatever bytes a file has: rows, faults of rows, or one sentence for the whole. Never a traceback."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback import judging, parsing, rejections
from feedback.parsing import Limits, Unreadable
from tests.feedback.workbooks import CLOCK, DATE, HOURS, styled, workbook

pytestmark = pytest.mark.slow  # the same on every database

LIMITS = Limits(rows=1_000, columns=50, cell=2_000, expanded=1 << 20, sheet_cells=10_000)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file"


def _is_read_or_refused(path: Path, data: bytes, **how: str) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    refusal = None
    try:
        shape = parsing.sniff(path, limits=LIMITS, **how)
        rows = list(parsing.rows(path, shape))
        verdict = judging.judge(path, shape, tuple(range(len(shape.header))), 0)
    except Unreadable as raised:
        refusal = raised
    if refusal:
        assert refusal.reason in rejections.FILE_SENTENCES
        assert "%(" not in rejections.sentence(refusal.reason, refusal.parameters)
        return
    assert shape.header
    assert len(shape.header) <= LIMITS.columns
    assert not any("\0" in name for name in shape.header)
    "".join(shape.header).encode()
    for row in rows:
        assert row.fault in {"", *rejections.ROW_SENTENCES}
        assert row.fault not in {"", "nul"} or len(row.cells) == len(shape.header)
        assert "\0" not in "".join(row.cells) or row.fault == "ragged"
        "".join(row.cells).encode()
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert parsing.count_rows(path, shape) == len(rows)
    assert all(rejections.passed_over(kind, count) for kind, count in shape.skipped)
    if verdict.question:
        assert verdict.question.reason in rejections.FILE_SENTENCES


STARTS = st.sampled_from(
    [
        b"",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe\0\0",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0",
        b"%PDF",
    ]
)


@SETTINGS
@given(start=STARTS, data=st.binary(max_size=600))
def test_random_bytes(file: Path, start: bytes, data: bytes) -> None:
    _is_read_or_refused(file, start + data)
    _is_read_or_refused(file, gzip.compress(start + data))


CELLS = st.sampled_from(
    [
        "",
        "a",
        "1",
        "2026-03-01",
        "03-04-2026",
        "13/04/26",
        "# x",
        "Total",
        "Grand total",
        "1.2E+17",
        "é€",
        '"',
        '"open',
        "a\nb",
        "\0",
        "sep=;",
    ]
)
TABLES = st.lists(st.lists(CELLS, max_size=5), max_size=12)


@SETTINGS
@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    chosen=st.sampled_from(["", *parsing.ENCODINGS]),
    quoted=st.booleans(),
)
def test_random_tables(
    file: Path, table: list[list[str]], delimiter: str, ending: str, encoding: str, chosen: str, quoted: bool
) -> None:
    mark = '"' if quoted else ""
    text = ending.join(delimiter.join(f"{mark}{cell}{mark}" for cell in row) for row in table)
    data = text.encode(encoding)
    _is_read_or_refused(file, data)
    _is_read_or_refused(file, data, encoding=chosen, delimiter=delimiter)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["RECORD", "STATE", "SCHEMA", "x"]) | VALUES},
    optional={"stream": st.sampled_from(["a", "b"]) | VALUES, "record": VALUES, "value": VALUES, "schema": VALUES},
)


@SETTINGS
@given(
    lines=st.lists(
        (st.dictionaries(st.text(max_size=4), VALUES, max_size=4) | MESSAGES | VALUES).map(json.dumps)
        | st.text(alphabet='{}[]":,a1\\u\0 ', max_size=20),
        max_size=8,
    ),
    part=st.sampled_from(["", "a", "zz"]),
)
def test_random_json_lines(file: Path, lines: list[str], part: str) -> None:
    data = "\n".join(lines).encode()
    _is_read_or_refused(file, data, sheet=part)
    _is_read_or_refused(file, b'{"id": 1}\n' + data)


BOOK = workbook(
    {
        "A": [["id", "date", "n"], ["a", styled(46082.5, DATE), 1.5], ["b", styled(0.1, CLOCK), styled(2, HOURS)]],
        "B": [["x"], ["y"]],
    }
)
PACKED = gzip.compress(b"id,text\n" + b"1,some text\n" * 50)


@SETTINGS
@given(data=st.data(), whole=st.sampled_from([BOOK, PACKED, gzip.compress(BOOK)]))
def test_archives_cut_off_or_with_other_bytes(file: Path, data: st.DataObject, whole: bytes) -> None:
    _is_read_or_refused(file, whole[: data.draw(st.integers(0, len(whole)))])
    broken = bytearray(whole)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=4)):
        broken[at] = byte
    _is_read_or_refused(file, bytes(broken))


XML = st.lists(
    st.sampled_from(
        ['<row r="1">', "<row>", "</row>", '<c r="A1">', '<c r="B2" t="s">', '<c t="inlineStr">', "</c>", "<v>", "1",
         "x", "-1e999", "</v>", "<is><t>", "a", "</t></is>", '<c r="ZZ99999"/>', '<c r="A0">', '<row r="0">', "nan",
         '<c r="">', "&a;", "<!--", '<c r="A1" s="99">', '<c t="b">', '<c t="d">', '<c t="e">', "<f>", "</f>"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@SETTINGS
@given(xml=XML)
def test_sheets_of_random_xml(file: Path, xml: str) -> None:
    _is_read_or_refused(file, workbook({"A": xml}))
    _is_read_or_refused(file, workbook({"A": f'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>{xml}'}))

"""One JSON object a line: nested ones, the messages of a Singer tap, and lines that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from feedback import parsing, rejections
from feedback.parsing import Limits, Row, Shape, Unreadable

pytestmark = pytest.mark.slow  # the same on every database


def _lines(folder: Path, *objects: Any) -> Path:
    path = folder / "file"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in objects))
    return path


def _read(path: Path, sheet: str = "") -> tuple[Shape, list[dict[str, str]]]:
    shape = parsing.sniff(path, sheet=sheet)
    rows: list[Row] = list(parsing.rows(path, shape))
    assert parsing.count_rows(path, shape) == len(rows)
    return shape, [dict(zip(shape.header, row.cells, strict=False)) for row in rows]


def test_nested_objects_become_headings_with_dots(tmp_path: Path) -> None:
    ticket = {
        "id": 7,
        "via": {"channel": "web", "source": {"from": {}}},
        "tags": ["a", "b"],
        "tagged": [{"name": "x"}, {"name": "y"}],
    }
    shape, rows = _read(_lines(tmp_path, ticket, {"id": 8, "via": None}))
    assert shape.header == ("id", "via.channel", "via.source.from", "tags", "tagged.name", "via")
    assert rows[0] == {
        "id": "7",
        "via.channel": "web",
        "via.source.from": "",
        "tags": "a|b",
        "tagged.name": "x|y",
        "via": "",
    }


def test_the_depth_of_headings_is_bounded(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"a": deep}
    shape, rows = _read(_lines(tmp_path, deep))
    assert shape.header == ("a.a.a.a.a",)
    assert rows[0]["a.a.a.a.a"].startswith('{"a": {"a"')


SINGER: list[Any] = [
    {"type": "SCHEMA", "stream": "tickets", "schema": {"properties": {}}, "key_properties": ["id"]},
    {
        "type": "RECORD",
        "stream": "tickets",
        "record": {"id": 1, "via": {"channel": "web"}},
        "time_extracted": "2026-03-01",
    },
    {"type": "RECORD", "stream": "users", "record": {"id": 9, "name": "x"}},
    {"type": "STATE", "value": {"bookmarks": {}}},
    {"type": "RECORD", "stream": "tickets", "record": {"id": 2}},
    {"type": "ACTIVATE_VERSION", "stream": "tickets", "version": 1},
]


def test_records_of_a_singer_tap_are_unwrapped_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = _lines(tmp_path, *SINGER)
    shape, rows = _read(path)
    assert rows == [{"id": "1", "via.channel": "web"}, {"id": "2", "via.channel": ""}]
    assert (shape.singer, shape.part, shape.parts) == (True, "tickets", ("tickets", "users"))
    assert dict(shape.skipped) == {"message": 3, "stream": 1}
    assert [row.line for row in parsing.rows(path, shape)] == [2, 5]
    said = [rejections.passed_over(kind, count) for kind, count in shape.skipped]
    assert said == ["3 messages without a record are left out.", "1 record of another stream is left out."]


def test_a_stream_may_be_named(tmp_path: Path) -> None:
    path = _lines(tmp_path, *SINGER)
    assert _read(path, "users")[1] == [{"id": "9", "name": "x"}]
    with pytest.raises(Unreadable, match="stream_missing") as refusal:
        _read(path, "orders")
    assert refusal.value.parameters["names"] == "tickets, users"


def test_a_stream_without_records_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not_json_lines"):
        _read(_lines(tmp_path, SINGER[0], SINGER[3]))


def test_objects_that_have_a_type_of_their_own_stay_as_they_are(tmp_path: Path) -> None:
    shape, rows = _read(_lines(tmp_path, {"type": "question", "id": 1}, {"type": "RECORD", "record": "vinyl"}))
    assert shape.singer is False
    assert [row["type"] for row in rows] == ["question", "RECORD"]


def test_a_line_that_is_no_object_is_a_fault_of_its_own(tmp_path: Path) -> None:
    path = _lines(tmp_path, {"id": 1}, "[1]", '{"id": ', '{"id": "a\\u0000b"}', '{"id": "\\ud800"}', "1" * 5000)
    shape = parsing.sniff(path)
    assert [(row.line, row.fault) for row in parsing.rows(path, shape)] == [
        (1, ""), (2, "not_json"), (3, "not_json"), (4, "nul"), (5, ""), (6, "not_json"),
    ]  # fmt: skip


def test_headings_can_be_stored_whatever_the_keys_hold(tmp_path: Path) -> None:
    shape, _ = _read(_lines(tmp_path, '{"a\\u0000b": 1, "\\ud800": {"c": 2}}'))
    assert shape.header == ("ab", "?.c")


def test_a_long_value_is_a_fault_and_a_line_past_all_bounds_does_not_shift_the_numbers(tmp_path: Path) -> None:
    path = _lines(tmp_path, {"id": "x" * 200_000}, {"id": "y" * (5 << 20)}, {"id": "z"})
    shape = parsing.sniff(path)
    found = [(row.line, row.fault) for row in parsing.rows(path, shape)]
    assert found[0] == (1, "field_too_long")
    assert set(found[1:-1]) == {(2, "not_json")}
    assert found[-1] == (3, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"id": 1}, {"id": 2}]', "json_list"),
        ('\n [\n {"id": 1}\n]', "json_list"),
        ('{\n  "id": 1\n}\n', "not_json_lines"),
        ("{}\n{}\n", "header_missing"),
        ("".join(json.dumps({f"key{at}": 1}) + "\n" for at in range(2_001)), "too_many_columns"),
        ("".join(json.dumps({"type": "RECORD", "stream": str(at), "record": {"a": 1}}) + "\n" for at in range(101)),
         "too_many_streams"),
    ],
    ids=["list", "list over lines", "object over lines", "no keys", "too many keys", "too many streams"],
)  # fmt: skip
def test_json_that_cannot_be_read_line_by_line_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        parsing.sniff(_lines(tmp_path, text))
    assert refusal.value.reason == reason
    assert "%(" not in rejections.sentence(reason, refusal.value.parameters)


def test_limits_hold(tmp_path: Path) -> None:
    path = _lines(tmp_path, {"a": 1, "b": 2}, {"a": 1}, {"a": 1})
    with pytest.raises(Unreadable, match="too_many_columns"):
        parsing.sniff(path, limits=Limits(columns=1))
    shape = parsing.sniff(path, limits=Limits(rows=2))
    with pytest.raises(Unreadable, match="too_many_rows"):
        parsing.count_rows(path, shape)
    with pytest.raises(Unreadable, match="too_many_rows"):
        list(parsing.rows(path, shape))

"""One JSON object a line: plain ones, or the messages of a Singer tap; nested objects become `a.b`. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from feedback.parsing import opening
from feedback.parsing.damage import is_shortened
from feedback.parsing.shape import Limits, Row, Shape, Unreadable

_MAX_LINE = 4 << 20
_MAX_DEPTH = 5
_SINGER = frozenset({"RECORD", "SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH"})
_STREAM_NAME = 120
_MAX_STREAMS = 100


def sniff(path: Path, encoding: str, part: str, packed: bool, found: opening.Bytes, limits: Limits) -> Shape:
    """The shape of a file of objects: the headings of all of them, in order of appearance."""
    headings: dict[str, dict[str, None]] = {}
    rows, others, faults, has_exponents = Counter[str](), 0, 0, False
    singer: bool | None = None
    with opening.text(path, encoding, packed, limits) as file:
        for _, line in _lines(file):
            value = _object(line)
            if value is None:
                faults += 1
                continue
            singer = _is_message(value) if singer is None else singer
            stream, record = _unwrapped(value) if singer else ("", value)
            if record is None:
                others += 1
                continue
            rows[stream] += 1
            if len(rows) > _MAX_STREAMS:
                raise Unreadable("too_many_streams", limit=_MAX_STREAMS)
            known, cells = headings.setdefault(stream, {}), flat(record)
            known.update(dict.fromkeys(cells))
            has_exponents = has_exponents or _has_exponent(cells)
            limits.check_columns(len(known))
    if not any(headings.values()):
        raise Unreadable("header_missing" if rows else "not_json_lines")
    if part and singer and part not in rows:
        raise Unreadable("stream_missing", name=part, names=", ".join(rows))
    stream = part if singer and part else max(rows, key=lambda name: rows[name])
    elsewhere = rows.total() - rows[stream]
    skipped = {"message": others, "stream": elsewhere}
    return Shape(
        format="ndjson",
        encoding=encoding,
        delimiter="",
        header=tuple(headings[stream]),
        has_nul=found.has_nul,
        packed=packed,
        part=stream,
        parts=tuple(name for name, _ in rows.most_common()) if singer else (),
        skipped=tuple((kind, count) for kind, count in skipped.items() if count),
        has_exponents=has_exponents,
        row_count=rows[stream] + faults,
        singer=bool(singer),
        limits=limits,
    )


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """Every object as a row with the columns of all of them; a line that is no object is a fault."""
    with opening.text(path, shape.encoding, shape.packed, shape.limits) as file:
        for number, line in _lines(file):
            value = _object(line)
            if value is None:
                yield Row(number, (), "not_json")
                continue
            stream, record = _unwrapped(value) if shape.singer else (shape.part, value)
            if record is None or stream != shape.part:
                continue
            yield _row(number, record, shape)


def _row(number: int, record: dict[str, Any], shape: Shape) -> Row:
    values = flat(record)
    cells = [values.get(name, "") for name in shape.header]
    whole = "\n".join(cells)
    if len(whole) > shape.limits.cell and max(map(len, cells)) > shape.limits.cell:
        return Row(number, (), "field_too_long")
    if "\0" in whole:
        return Row(number, [cell.replace("\0", "") for cell in cells], "nul")
    return Row(number, cells)


def _has_exponent(cells: Mapping[str, str]) -> bool:
    """Whether a number of this object has been shortened before; those of JSON itself are exact."""
    whole = "\n".join(cells.values())
    return ("e+" in whole or "E+" in whole) and any(map(is_shortened, cells.values()))


def _lines(file: IO[str]) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, with its number; one that is too long comes in pieces, which are no objects."""
    number, ended = 0, True
    for piece in iter(lambda: file.readline(_MAX_LINE), ""):
        number += ended
        ended = piece.endswith(("\n", "\r"))
        if piece.strip():
            yield number, piece


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_message(value: dict[str, Any]) -> bool:
    """Whether an object is a message of a Singer tap."""
    kind = value.get("type")
    return isinstance(kind, str) and (
        (kind == "RECORD" and isinstance(value.get("record"), dict))
        or (kind == "SCHEMA" and isinstance(value.get("schema"), dict))
        or (kind == "STATE" and "value" in value)
        or (kind == "ACTIVATE_VERSION" and "stream" in value)
    )


def _unwrapped(value: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """(stream, record) of a Singer message; no record for one that carries none."""
    record = value.get("record")
    stream = cell_text(value.get("stream"))[:_STREAM_NAME].replace("\0", "")
    return stream, record if value.get("type") == "RECORD" and isinstance(record, dict) else None


def flat(record: dict[str, Any]) -> dict[str, str]:
    """The cells of an object by heading: `{"via": {"channel": "web"}}` has `via.channel`.

    Lists are joined by `|`, lists of objects by key (`tags.name`); what lies deeper than five levels stays JSON.
    """
    cells: dict[str, str] = {}
    _flatten(record, "", 1, cells)
    return cells


def _flatten(value: dict[str, Any], prefix: str, depth: int, cells: dict[str, str]) -> None:
    for key, item in value.items():
        name = _heading(prefix, key)
        kind = item.__class__
        if kind is str:
            cells[name] = _clean(item)
        elif kind is dict and item and depth < _MAX_DEPTH:
            _flatten(item, f"{name}.", depth + 1, cells)
        elif kind is list and depth < _MAX_DEPTH and any(isinstance(one, dict) for one in item):
            _flatten_list(item, f"{name}.", depth + 1, cells)
        else:
            cells[name] = cell_text(item)


@lru_cache(maxsize=4_096)
def _heading(prefix: str, key: str) -> str:
    return prefix + _clean(key).replace("\0", "").strip()


def _flatten_list(items: list[Any], prefix: str, depth: int, cells: dict[str, str]) -> None:
    joined: dict[str, list[str]] = {}
    for item in items:
        inner: dict[str, str] = {}
        if isinstance(item, dict):
            _flatten(item, prefix, depth, inner)
        for name, cell in inner.items():
            joined.setdefault(name, []).append(cell)
    cells.update((name, "|".join(parts)) for name, parts in joined.items())


def cell_text(value: object) -> str:
    """A JSON value as a cell: null is empty, a list is joined by `|`, half a surrogate pair is replaced."""
    if isinstance(value, str):
        return _clean(value)
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(cell_text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return str(value)


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

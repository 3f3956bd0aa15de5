"""How the columns of a file become fields: the JSON of `--mapping`, the same that the browser saves.

Pure: no Django, no clock, no network.

    {"columns": {field: heading, [headings] or null}, "constants": {field: value}, "timezone": "…",
     "date_format": "…", "scale": [min, max], "delimiter": "…", "encoding": "…", "decimal": ", or ."}

A field that the mapping does not name is taken from the column of the same name; null leaves it out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

_KEYS = frozenset({"columns", "constants", "timezone", "date_format", "scale", "delimiter", "encoding", "decimal"})
# Headings of systems that people export from, offered as a guess in the browser only.
_SYNONYMS = {
    "id": "external_id",
    "ticket_id": "external_id",
    "case_number": "external_id",
    "conversation_id": "external_id",
    "response_id": "external_id",
    "created_at": "occurred_at",
    "created": "occurred_at",
    "created_date": "occurred_at",
    "datum": "occurred_at",
    "date": "occurred_at",
    "timestamp": "occurred_at",
    "submitted_at": "responded_at",
    "message": "text",
    "description": "text",
    "body": "text",
    "verbatim": "text",
    "toelichting": "text",
    "remark": "comment",
    "feedback": "comment",
    "category": "reason",
    "label": "reason",
    "onderwerp": "reason",
    "tags": "reason",
    "rating": "score",
    "kanaal": "channel",
    "via": "channel",
    "country": "market",
    "land": "market",
    "lang": "language",
    "url": "page",
    "customer_id": "customer",
    "requester_id": "customer",
    "order_id": "order",
    "order_number": "order",
    "visits": "sessions",
    "transactions": "orders",
}
_GUESSED_FOR_SURVEYS = {"occurred_at": "responded_at", "text": "comment", "reason": "department"}


class BadMapping(Exception):
    """The mapping does not fit. `reason` is a kind of `feedback.rejections`, with its parameters."""

    def __init__(self, reason: str, **parameters: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.parameters = parameters


@dataclass(frozen=True)
class FieldMap:
    """A checked mapping."""

    columns: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    timezone: str = ""
    date_format: str = ""
    scale: tuple[float, float] | None = None
    delimiter: str = ""
    encoding: str = ""
    decimal: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape that is stored and sent; without what is empty."""
        values: dict[str, Any] = {
            "columns": {
                name: None if headings is None else headings[0] if len(headings) == 1 else list(headings)
                for name, headings in self.columns.items()
            },
            "constants": self.constants,
            "timezone": self.timezone,
            "date_format": self.date_format,
            "scale": list(self.scale) if self.scale else None,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "decimal": self.decimal,
        }
        return {key: value for key, value in values.items() if value}


def read(data: object, fields: Sequence[str]) -> FieldMap:
    """The mapping that `data` describes for a kind with these fields; raises BadMapping."""
    if not isinstance(data, Mapping):
        raise BadMapping("mapping_not_object")
    for key in data:
        if key not in _KEYS:
            raise BadMapping("mapping_key_unknown", name=str(key))
    return FieldMap(
        columns=_columns(data.get("columns") or {}, fields),
        constants=_constants(data.get("constants") or {}, fields),
        timezone=_zone(data.get("timezone")),
        date_format=_word(data, "date_format"),
        scale=_scale(data.get("scale")),
        delimiter=_delimiter(_word(data, "delimiter")),
        encoding=_word(data, "encoding"),
        decimal=_word(data, "decimal"),
    )


def resolve(mapping: FieldMap, header: Sequence[str], fields: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Which columns (by position) make each field; raises BadMapping for a heading that is not there."""
    positions = {name: index for index, name in reversed(list(enumerate(header)))}
    lowered = {name.lower(): index for name, index in positions.items()}
    found: dict[str, tuple[int, ...]] = {}
    for name, headings in mapping.columns.items():
        if headings is None:
            continue
        try:
            found[name] = tuple(
                positions[heading] if heading in positions else lowered[heading.lower()] for heading in headings
            )
        except KeyError as error:
            raise BadMapping("heading_missing", name=str(error.args[0]), field=name) from error
    taken = {index for indexes in found.values() for index in indexes}
    for name in fields:
        if name in mapping.columns or name in mapping.constants:
            continue
        index = lowered.get(name)
        if index is not None and index not in taken:
            found[name] = (index,)
    return found


Picker = Callable[[Sequence[str]], dict[str, str]]
PATH_MARK = "\x1e"
"""Stands between the cells of a field that is made of several columns."""


def picker(columns: Mapping[str, tuple[int, ...]], constants: Mapping[str, str]) -> Picker:
    """A function from the cells of a row to its fields, stripped; empty ones are left out."""
    single = [(name, indexes[0]) for name, indexes in columns.items() if len(indexes) == 1]
    several = [(name, indexes) for name, indexes in columns.items() if len(indexes) > 1]
    fixed = {name: value for name, value in constants.items() if value}

    def pick(cells: Sequence[str]) -> dict[str, str]:
        values = fixed.copy()
        for name, index in single:
            value = cells[index].strip()
            if value:
                values[name] = value
        for name, indexes in several:
            parts = [part for index in indexes if (part := cells[index].strip())]
            if parts:
                values[name] = PATH_MARK.join(parts)
        return values

    return pick


def guess(header: Sequence[str], kind: str, fields: Sequence[str]) -> dict[str, str]:
    """A proposal for the browser: heading by field, from equal names first and common names next."""
    proposal: dict[str, str] = {}
    for heading in header:
        name = _plain(heading)
        if name in fields:
            proposal.setdefault(name, heading)
    for heading in header:
        name = _SYNONYMS.get(_plain(heading), "")
        if kind == "surveys":
            name = _GUESSED_FOR_SURVEYS.get(name, name)
        elif kind != "contacts" and name == "occurred_at":
            name = "date"
        if name in fields and heading not in proposal.values():
            proposal.setdefault(name, heading)
    return proposal


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.strip().lower()).strip("_")


def _columns(data: object, fields: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
    if not isinstance(data, Mapping):
        raise BadMapping("mapping_not_object")
    columns: dict[str, tuple[str, ...] | None] = {}
    for name, headings in data.items():
        _known(name, fields)
        if headings is None:
            columns[name] = None
        elif isinstance(headings, str):
            columns[name] = (headings,)
        elif isinstance(headings, list) and headings and all(isinstance(item, str) for item in headings):
            if len(headings) > 1 and name != "reason":
                raise BadMapping("only_reason_several", name=name)
            columns[name] = tuple(headings)
        else:
            raise BadMapping("heading_not_text", name=name)
    return columns


def _constants(data: object, fields: Sequence[str]) -> dict[str, str]:
    if not isinstance(data, Mapping):
        raise BadMapping("mapping_not_object")
    for name in data:
        _known(name, fields)
    return {name: str(value).strip() for name, value in data.items() if value is not None}


def _known(name: object, fields: Sequence[str]) -> None:
    if name not in fields:
        raise BadMapping("field_unknown", name=str(name))


def _word(data: Mapping[Any, Any], key: str) -> str:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise BadMapping("mapping_value_not_text", name=key)
    return value or ""


def _delimiter(value: str) -> str:
    value = {"tab": "\t", "\\t": "\t"}.get(value, value)
    if len(value) > 1 or value in {'"', "\n", "\r", "\0"}:
        raise BadMapping("delimiter_bad")
    return value


def _zone(value: object) -> str:
    if not value:
        return ""
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, KeyError) as error:
        raise BadMapping("zone_unknown", name=str(value)) from error
    return str(value)


def _scale(value: object) -> tuple[float, float] | None:
    if not value:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise BadMapping("scale_bad")
    try:
        low, high = float(value[0]), float(value[1])
    except (TypeError, ValueError) as error:
        raise BadMapping("scale_bad") from error
    if not -math.inf < low < high < math.inf:
        raise BadMapping("scale_bad")
    return low, high

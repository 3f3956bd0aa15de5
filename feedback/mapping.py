"""How the columns of a file become fields: the JSON of `--mapping`, the same that the browser saves.

Pure: no Django, no clock, no network. Described with examples in docs/import-mapping.md.

    {"columns": {field: heading, [headings] or null}, "constants": {field: value}, "left_out": [headings],
     "transforms": {field: {"kind": …}}, "timezone": "…", "date_format": "…", "scale": [min, max],
     "delimiter": "…", "encoding": "…", "decimal": ", or .", "sheet": "…"}

A field that the mapping does not name is taken from the column of the same name; null leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedback import transforms
from feedback.picking import Converter

_KEYS = frozenset(
    {
        "columns", "constants", "left_out", "transforms", "timezone", "date_format", "scale", "delimiter",
        "encoding", "decimal", "sheet",
    }
)  # fmt: skip
MOMENTS = ("occurred_at", "responded_at", "invited_at", "resolved_at", "date")
"""Fields that hold a date; the day and its time may stand in two columns."""
_SOME_MOMENT = datetime(2026, 11, 9, 10, 4, 59, tzinfo=UTC)
SEVERAL = frozenset({"reason", "detail"})
"""Fields that may be made of many columns."""
_MIDNIGHT = re.compile(r"(?<=[0-9])[T ]00:00(?::00(?:\.0+)?)?$")
# What spreadsheets call a time of day without a day.
_NO_DAY = re.compile(r"^(?:1899-12-3[01]|1900-01-0[01]|1904-01-01)[T ]")


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
    # Headings of which a person said that nothing is made of them.
    left_out: tuple[str, ...] = ()
    transforms: dict[str, transforms.Transform] = field(default_factory=dict)
    timezone: str = ""
    date_format: str = ""
    delimiter: str = ""
    encoding: str = ""
    decimal: str = ""
    # Of a workbook; of a Singer file, the stream.
    sheet: str = ""

    @property
    def scale(self) -> tuple[float, float] | None:
        """The ends of the scale on which the scores were asked, when it is not the survey's own."""
        asked = self.transforms.get("score")
        return (asked.low, asked.high) if isinstance(asked, transforms.Scale) else None

    @property
    def headings(self) -> set[str]:
        """Every heading that this mapping says something about, in small letters."""
        used = {heading.lower() for several in self.columns.values() for heading in several or ()}
        return used | {heading.lower() for heading in self.left_out}

    def converters(self) -> dict[str, Converter]:
        """What turns a cell of a field into what the field means, for `picking.picker`."""
        found = {
            name: converter
            for name, transform in self.transforms.items()
            if (converter := transform.converter(name, self.decimal))
        }
        for name, headings in self.columns.items():
            if name in MOMENTS and headings and len(headings) > 1:
                found[name] = _day_or_time
        return found

    def as_json(self) -> dict[str, Any]:
        """The shape that is stored and sent; without what is empty."""
        values: dict[str, Any] = {
            "columns": {
                name: None if headings is None else headings[0] if len(headings) == 1 else list(headings)
                for name, headings in self.columns.items()
            },
            "constants": self.constants,
            "left_out": list(self.left_out),
            "transforms": {name: transforms.as_json(transform) for name, transform in self.transforms.items()},
            "timezone": self.timezone,
            "date_format": self.date_format,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "decimal": self.decimal,
            "sheet": self.sheet,
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
        left_out=_left_out(data.get("left_out") or []),
        transforms=_transforms(data, fields),
        timezone=_zone(data.get("timezone")),
        date_format=_date_format(_word(data, "date_format")),
        delimiter=_delimiter(_word(data, "delimiter")),
        encoding=_word(data, "encoding"),
        decimal=_word(data, "decimal"),
        sheet=_word(data, "sheet"),
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
    left_out = {heading.lower() for heading in mapping.left_out}
    for name in fields:
        if name in mapping.columns or name in mapping.constants or name in left_out:
            continue
        index = lowered.get(name)
        if index is not None and index not in taken:
            found[name] = (index,)
    return found


def _day_or_time(cell: str) -> str:
    """A cell of a spreadsheet that holds a day says midnight; one that holds a time says the first day there is."""
    return _NO_DAY.sub("", _MIDNIGHT.sub("", cell)) if len(cell) > len("10:04:00") else cell


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
            if len(headings) > _most_columns(name):
                raise BadMapping("only_reason_several", name=name)
            columns[name] = tuple(headings)
        else:
            raise BadMapping("heading_not_text", name=name)
    return columns


def _most_columns(name: str) -> int:
    """How many columns can make this field: the levels of a reason, a day and its time, what tells rows apart."""
    return 20 if name in SEVERAL else 2 if name in MOMENTS else 1


def _constants(data: object, fields: Sequence[str]) -> dict[str, str]:
    if not isinstance(data, Mapping):
        raise BadMapping("mapping_not_object")
    for name in data:
        _known(name, fields)
    return {name: str(value).strip() for name, value in data.items() if value is not None}


def _left_out(data: object) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(heading, str) for heading in data):
        raise BadMapping("left_out_not_list")
    return tuple(dict.fromkeys(data))


def _transforms(data: Mapping[Any, Any], fields: Sequence[str]) -> dict[str, transforms.Transform]:
    """Of every field; `scale` is the short form of the one of a score."""
    every = data.get("transforms") or {}
    if not isinstance(every, Mapping):
        raise BadMapping("mapping_not_object")
    try:
        found: dict[str, transforms.Transform] = {}
        if data.get("scale"):
            ends = transforms.scale_ends(data["scale"])
            if "score" in fields:
                found["score"] = transforms.Scale(*ends)
        for name, one in every.items():
            _known(name, fields)
            found[name] = transforms.read(name, one)
    except transforms.BadTransform as error:
        raise BadMapping(error.reason, **error.parameters) from error
    return found


def _known(name: object, fields: Sequence[str]) -> None:
    if name not in fields:
        raise BadMapping("field_unknown", name=str(name))


def _word(data: Mapping[Any, Any], key: str) -> str:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise BadMapping("mapping_value_not_text", name=key)
    return value or ""


def _date_format(value: str) -> str:
    """An order of day and month, or a pattern that can read what it writes."""
    if value in {"", "dmy", "mdy"}:
        return value
    try:
        datetime.strptime(_SOME_MOMENT.strftime(value), value)  # noqa: DTZ007 - only whether it can be read
    except (ValueError, re.error) as error:
        raise BadMapping("date_format_bad", name=value) from error
    if "%" not in value:
        raise BadMapping("date_format_bad", name=value)
    return value


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

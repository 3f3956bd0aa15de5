"""Values out of JSON that anybody may have sent. Pure.

What is absent stays absent; what is there and cannot be what it should be is `Unmappable`, never another error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feedback.redaction.markup import has_markup, html_to_text
from feedback.systems.shapes import Payload, Unmappable

MAX_ID = 100
"""Characters of an id; longer than any system makes them, short enough for every column it goes into."""
MAX_WORDS = 100_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SHOWN = 200
_LARGEST_WHOLE = 10**18
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_EPOCH_TEXT = re.compile(r"[0-9]{9,16}(?:\.[0-9]+)?")
_MILLISECONDS, _MICROSECONDS = 1e11, 1e14


def dig(value: Any, *path: str) -> Any:
    """What stands at this path of keys; None when any of them is missing."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def mapping(value: Any) -> Payload:
    """A JSON object as it is; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Payload]:
    """The JSON objects of a list; of anything else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """The texts and numbers of a list; of anything else none."""
    return [word for item in value if (word := text(item))] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text, or a number as one; "" for everything else. Without what no database takes."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode().strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value) if abs(value) < _LARGEST_WHOLE * 100 else ""


def words(value: Any) -> str:
    """What somebody wrote, as text without markup."""
    said = text(value)[:MAX_WORDS]
    return html_to_text(said).strip() if has_markup(said) else said


def identity(column: str, value: Any) -> str:
    """An id as text: 35436 and "35436" are the same. Raises Unmappable without one."""
    found = text(value)
    if not found:
        raise Unmappable("id_missing", column)
    if len(found) > MAX_ID:
        raise Unmappable("too_long", column, found[:_SHOWN], limit=str(MAX_ID))
    return found


def number(value: Any) -> float | None:
    """A number, or a text that is one; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, int):
        return float(value) if abs(value) <= _LARGEST_WHOLE else None
    return value if isinstance(value, float) and math.isfinite(value) else None


def figure(column: str, value: Any, times: float = 1.0) -> str:
    """A number, `times` something, as a cell of a file; "" when there is none. Zero is a number."""
    if value is None or value == "":
        return ""
    found = number(value)
    if found is None:
        raise Unmappable("not_a_number", column, str(text(value))[:_SHOWN])
    return plain(found * times)


def plain(value: float) -> str:
    """A number without an exponent or trailing zeros: 120, 4.5."""
    value = float(value)
    return str(int(value)) if value.is_integer() else f"{value:.6f}".rstrip("0").rstrip(".")


def zone_of(name: str) -> ZoneInfo:
    """The zone with this name; UTC for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(column: str, value: Any, zone: str = "UTC") -> datetime | None:
    """A point in time in UTC from ISO text or seconds, milli- or microseconds since 1970; None when absent or 0.

    A time without an offset is in `zone`. Raises Unmappable for anything else.
    """
    if value is None or isinstance(value, bool) or value in ("", 0, "0"):
        return None
    shown = text(value)[:_SHOWN]
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError) as error:
        raise Unmappable("not_a_date", column, shown) from error
    if not FIRST_YEAR < found.year < LAST_YEAR:
        raise Unmappable("date_outside", column, shown, first=str(FIRST_YEAR), last=str(LAST_YEAR))
    return (found if found.tzinfo else found.replace(tzinfo=zone_of(zone))).astimezone(UTC)


def moment_or_none(value: Any, zone: str = "UTC") -> datetime | None:
    """`moment`, and None for what is none: where it only helps."""
    try:
        return moment("", value, zone)
    except Unmappable:
        return None


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and not _EPOCH_TEXT.fullmatch(value.strip()):
        written = value.strip()
        return datetime.fromisoformat(f"{written[:-4]}Z" if written.endswith(" UTC") else written)
    since = float(value) if isinstance(value, str | int | float) else math.nan
    if not math.isfinite(since):
        raise ValueError(value)
    if since >= _MILLISECONDS:
        since /= 1e6 if since >= _MICROSECONDS else 1e3
    return EPOCH + timedelta(microseconds=round(since * 1e6))


def written(value: datetime | None) -> str:
    """A moment as a cell of a file."""
    return value.astimezone(UTC).isoformat() if value else ""


def version_of(value: Any, zone: str = "UTC") -> str:
    """A time as digits that sort: microseconds since 1970. "" for what is no time."""
    found = moment_or_none(value, zone)
    return f"{(found - EPOCH) // timedelta(microseconds=1):017d}" if found else ""


LAST_VERSION = "9" * 17
"""Of a deletion that says no time: nothing comes after it."""


def between(start: datetime | None, end: datetime | None) -> str:
    """Seconds from one moment to another; "" when one is not known or they are the wrong way round."""
    if start is None or end is None or end < start:
        return ""
    return plain((end - start).total_seconds())

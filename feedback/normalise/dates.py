"""Points in time as systems export them: ISO 8601, epoch seconds, dd-mm-yyyy. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from feedback.normalise.problem import Problem

FIRST_YEAR, LAST_YEAR = 1990, 2100
Order = Literal["", "dmy", "mdy"]

_PARTED = re.compile(
    r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"
    r"(?:[T, ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?(?:\s*(Z|UTC))?"
)
_ISO_LIKE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")
_EPOCH = re.compile(r"([0-9]{10})(?:\.[0-9]+)?|([0-9]{13})")
_COMPACT = re.compile(r"[0-9]{14}")


def order_of(samples: Iterable[str]) -> Order:
    """Day or month first, by the evidence of a whole column: a number above 12 settles it; "" when nothing does."""
    first = second = False
    for sample in samples:
        match = _PARTED.fullmatch(sample.strip())
        if match:
            first = first or int(match[1]) > 12
            second = second or int(match[2]) > 12
    return "" if first == second else "dmy" if first else "mdy"


class Reader:
    """Reads the times of one file. A time without a zone is in the zone that is given with it."""

    def __init__(self, date_format: str = "", order: Order = "") -> None:
        # "dmy" and "mdy" name an order; anything else is a pattern of strptime.
        self._order: Order = date_format if date_format in {"dmy", "mdy"} else order  # type: ignore[assignment]
        self._pattern = date_format if "%" in date_format else ""

    def moment(self, column: str, value: str, zone: ZoneInfo) -> datetime:
        """The moment in UTC; raises Problem for what is no date or lies outside 1990 to 2100."""
        parsed = self._parse(column, value)
        if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
            raise Problem(column, value, "date_outside", first=FIRST_YEAR, last=LAST_YEAR)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=zone)
        return parsed.astimezone(UTC)

    def day(self, column: str, value: str) -> date:
        """A calendar day, as the source counts days."""
        parsed = self._parse(column, value)
        if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
            raise Problem(column, value, "date_outside", first=FIRST_YEAR, last=LAST_YEAR)
        return parsed.date()

    def _parse(self, column: str, value: str) -> datetime:
        try:
            if self._pattern:
                return datetime.strptime(value, self._pattern)  # noqa: DTZ007 - the zone follows
            if value[4:5] == "-":
                # By far the most common; the rest is looked at only for what is not ISO.
                return _iso(value)
            if _EPOCH.fullmatch(value):
                return _epoch(value)
            if _COMPACT.fullmatch(value):
                return datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007
            parted = _PARTED.fullmatch(value)
            if parted:
                return self._parted(column, value, parted)
            return _iso(value)
        except (ValueError, OverflowError) as error:
            raise Problem(column, value, "not_a_date") from error

    def _parted(self, column: str, value: str, match: re.Match[str]) -> datetime:
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        order = self._order or ("dmy" if first > 12 else "mdy" if second > 12 or first == second else "")
        if not order:
            raise Problem(column, value, "date_ambiguous")
        day, month = (first, second) if order == "dmy" else (second, first)
        return datetime(
            year,
            month,
            day,
            int(match[4] or 0),
            int(match[5] or 0),
            int(match[6] or 0),
            tzinfo=UTC if match[7] else None,
        )


def _epoch(value: str) -> datetime:
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if "." not in value and len(value) == 13 else number, UTC)


def _iso(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return _iso_like(value)


def _iso_like(value: str) -> datetime:
    """Year first, with single digits or slashes: 2026/3/1 9:05."""
    match = _ISO_LIKE.fullmatch(value.removesuffix("Z").removesuffix(" UTC"))
    if match is None:
        raise ValueError(value)
    zone = UTC if value.endswith(("Z", "UTC")) else None
    return datetime(*(int(part or 0) for part in match.groups()), tzinfo=zone)  # type: ignore[arg-type,misc]

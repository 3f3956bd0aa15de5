"""Points in time as systems export them: ISO 8601, epochs, dd-mm-yyyy, month names, AM and PM. Pure.

Whether the day or the month comes first is a matter of the whole file, never of a row: `Evidence` judges a
column, `Reader` is told. A time without a zone is in the zone that is given with it. In the night that the clock
goes back, an hour happens twice: such a time is taken as the first of the two. In the night that it goes
forward, an hour is missing: 2:30 is then taken as half an hour after 2:00, which is 3:30.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from feedback.normalise.months import day_and_rest
from feedback.normalise.problem import Problem

FIRST_YEAR, LAST_YEAR = 1990, 2100
Order = Literal["", "dmy", "mdy"]

# Two digits are a year of this century, unless that lies far ahead.
_LAST_SHORT_YEAR = 89
# No date is longer; expressions are not tried on what is.
_LONGEST = 80
_DAYS = r"([0-9]{1,2})[-/.]\s?([0-9]{1,2})[-/.]\s?([0-9]{4}|[0-9]{2})"
_PARTED_DAY = re.compile(rf"{_DAYS}(?![0-9])")
_PARTED = re.compile(rf"{_DAYS}(?:(?:T|,?\s+(?:at |om |um )?)(.*))?")
_ISO_LIKE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ,]+(.*))?")
_EPOCH = re.compile(r"([0-9]{10}|[0-9]{13}|[0-9]{16})(?:\.[0-9]+)?")
_DIGITS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
_CLOCK = re.compile(
    r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*(?:([ap])\.?\s?m\.?|uhr|uur|h)?"
    r"\s*(?:(Z|UTC|GMT)?\s*([+-][0-9]{2}):?([0-9]{2})?|(Z|UTC|GMT))?(?:\s*\(.*\))?",
    re.I,
)


class Evidence:
    """What the dates of a file say about day and month. Feed it every date of the file."""

    def __init__(self) -> None:
        self._day_first = self._month_first = self._either = ""

    def see(self, value: str) -> None:
        """Take one cell; anything but dd-mm-yyyy and mm/dd/yyyy says nothing."""
        if (value[4:5] == "-" and value[:4].isdecimal()) or value.isdecimal():
            # By far the most common, and settled without an expression.
            return
        match = _PARTED_DAY.match(value[:_LONGEST].strip())
        if not match:
            return
        first, second = int(match[1]), int(match[2])
        if first > 12:
            self._day_first = self._day_first or value
        elif second > 12:
            self._month_first = self._month_first or value
        elif first != second:
            self._either = self._either or value

    def add(self, other: Evidence) -> None:
        """Take what another column of the same file says."""
        self._day_first = self._day_first or other._day_first
        self._month_first = self._month_first or other._month_first
        self._either = self._either or other._either

    @property
    def order(self) -> Order:
        """The order, by a number above 12; "" when nothing settles it or the file contradicts itself."""
        if bool(self._day_first) == bool(self._month_first):
            return ""
        return "dmy" if self._day_first else "mdy"

    @property
    def matters(self) -> bool:
        """Whether any date needs the order at all."""
        return bool(self._day_first or self._month_first or self._either)

    @property
    def question(self) -> tuple[str, str] | None:
        """What a person has to be asked: a kind of `feedback.rejections` and an example; None when all is clear."""
        if self._day_first and self._month_first:
            return "dates_mixed", f"{self._day_first[:40].strip()} / {self._month_first[:40].strip()}"
        return ("dates_ambiguous", self._either[:40].strip()) if self._either and not self.order else None


def order_of(samples: Iterable[str]) -> Order:
    """Day or month first, by the evidence of a whole column; "" when nothing settles it."""
    evidence = Evidence()
    for sample in samples:
        evidence.see(sample)
    return evidence.order


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
                try:
                    return datetime.fromisoformat(value)
                except ValueError:
                    # Such as 1-12-2026.
                    return self._other(column, value)
            return self._other(column, value)
        except (ValueError, OverflowError, re.error) as error:
            raise Problem(column, value, "not_a_date") from error

    def _other(self, column: str, value: str) -> datetime:
        if len(value) > _LONGEST:
            raise ValueError(value)
        if _EPOCH.fullmatch(value):
            return _epoch(value)
        if value.isdecimal() and value.isascii() and len(value) in _DIGITS:
            return datetime.strptime(value, _DIGITS[len(value)])  # noqa: DTZ007 - the zone follows
        parted = _PARTED.fullmatch(value)
        if parted:
            return self._parted(column, value, parted)
        named = day_and_rest(value)
        if named:
            day, month, year, clock = named
            return _joined(_year(year), month, day, clock)
        return _iso(value)

    def _parted(self, column: str, value: str, match: re.Match[str]) -> datetime:
        first, second = int(match[1]), int(match[2])
        order = self._order or ("dmy" if first > 12 else "mdy" if second > 12 or first == second else "")
        if not order:
            raise Problem(column, value, "date_ambiguous")
        day, month = (first, second) if order == "dmy" else (second, first)
        return _joined(_year(match[3]), month, day, match[4] or "")


def _year(written: str) -> int:
    year = int(written)
    return year if len(written) > 2 else year + (2000 if year <= _LAST_SHORT_YEAR else 1900)


def _joined(year: int, month: int, day: int, clock: str) -> datetime:
    """The day with the time that is written behind it, "" for midnight; raises ValueError."""
    if not clock.strip():
        return datetime(year, month, day)  # noqa: DTZ001 - the zone follows
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        raise ValueError(clock)
    hour, half = int(match[1]), (match[5] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if half == "p" else 0)
    zone: timezone | None = UTC if match[6] or match[9] else None
    if match[7]:
        offset = timedelta(hours=int(match[7]), minutes=int(match[7][0] + (match[8] or "0")))
        zone = timezone(offset)
    microsecond = int((match[4] or "0")[:6].ljust(6, "0"))
    return datetime(year, month, day, hour, int(match[2]), int(match[3] or 0), microsecond, tzinfo=zone)


def _epoch(value: str) -> datetime:
    """Seconds since 1970; milliseconds and microseconds are told by their number of digits."""
    whole = value.split(".", 1)[0]
    scale = {10: 1.0, 13: 1e3, 16: 1e6}[len(whole)]
    return datetime.fromtimestamp(float(value) / scale, UTC)


def _iso(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return _iso_like(value)


def _iso_like(value: str) -> datetime:
    """Year first, with single digits, slashes, AM and PM or a space before the zone: 2026/3/1 9:05 PM +01:00."""
    match = _ISO_LIKE.fullmatch(value)
    if match is None:
        raise ValueError(value)
    return _joined(int(match[1]), int(match[2]), int(match[3]), match[4] or "")

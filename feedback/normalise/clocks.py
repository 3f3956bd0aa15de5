"""Moments of many rows as texts in UTC, with the local day they belong to. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from feedback.normalise.circumstances import Place, local_day
from feedback.normalise.dates import Reader
from feedback.normalise.problem import Problem

# A day is known by its own text and what follows the seconds: "2026-03-01T" and "+01:00".
_COMMON = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}(?::[0-9]{2}){2}(?: ?(?:Z|UTC)|[+-][0-9]{2}:?[0-9]{2})?")
_INSIDE = frozenset(f":{minute:02d}:{second:02d}" for minute in range(60) for second in range(60))
_HOURS = [f"{hour:02d}" for hour in range(24)]
# Times of a day that tell whether it runs as it is written, from midnight to midnight.
_PROBES = {"00:00:00": 0, "13:17:05": (13 * 60 + 17) * 60 + 5, "23:59:59": 86_399}
_HOUR, _LAST = timedelta(hours=1), timedelta(seconds=3599)
_DAYS = 4_000

Moment = tuple[str, str]
"""UTC as the database stores it ("2026-03-01 09:30:00"), and the day in the market's zone ("2026-03-01")."""


class Clock:
    """Reads the times of the rows of one place.

    `Reader.moment` decides. Where it shows that a day runs evenly, the moments of those of its hours that lie
    in one local day are put together from their text; every other moment is asked for by itself, such as all
    of the days on which clocks are set.
    """

    def __init__(self, reader: Reader, place: Place) -> None:
        self._reader = reader
        self._place = place
        self._days: dict[str, dict[str, Moment]] = {}

    def read(self, column: str, cell: str) -> Moment:
        """The moment that a cell says; raises Problem."""
        hours = self._days.get(cell[:11] + cell[19:])
        if hours is not None:
            hour = hours.get(cell[11:13])
            inside = cell[13:19]
            if hour is not None and inside in _INSIDE:
                return hour[0] + inside, hour[1]
        elif _COMMON.fullmatch(cell):
            if len(self._days) >= _DAYS:
                self._days.clear()
            self._days[cell[:11] + cell[19:]] = self._hours(column, cell[:11], cell[19:])
        moment = self._reader.moment(column, cell, self._place.written)
        return _utc(moment), local_day(moment, self._place.zone).isoformat()

    def _hours(self, column: str, day: str, rest: str) -> dict[str, Moment]:
        """The UTC hour and the local day of every hour that has one day; none of a day on which clocks are set."""
        try:
            start, *others = (self._reader.moment(column, day + probe + rest, self._place.written) for probe in _PROBES)
        except Problem:
            return {}
        seconds = [0.0, *((other - start).total_seconds() for other in others)]
        if seconds != list(_PROBES.values()) or start.minute or start.second or start.microsecond:
            return {}
        hours = [start + timedelta(hours=hour) for hour in range(24)]
        for zone in (self._place.written, self._place.zone):
            if len({moment.astimezone(zone).utcoffset() for moment in [*hours, others[-1]]}) > 1:
                return {}
        found = {}
        shown = start.astimezone(self._place.zone).replace(tzinfo=None)
        for hour, moment in zip(_HOURS, hours, strict=True):
            if shown.date() == (shown + _LAST).date():
                found[hour] = moment.isoformat(" ")[:13], shown.date().isoformat()
            shown += _HOUR
        return found


def utc(text: str) -> datetime:
    """The moment of a text that a clock made."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")

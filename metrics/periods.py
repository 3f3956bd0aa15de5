"""Periods of whole days, and the shape of a question to the daily series. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` up to and including `last`."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The period of the same length that ends the day before this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def weeks(self) -> Iterator[Period]:
        """Whole weeks of seven days, counted back from the last day, oldest first."""
        for back in range(self.days // WEEK_DAYS - 1, -1, -1):
            last = self.last - timedelta(days=WEEK_DAYS * back)
            yield Period(last - timedelta(days=WEEK_DAYS - 1), last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def last_days(today: date, days: int) -> Period:
    """The `days` whole days before today."""
    return Period(today - timedelta(days=days), today - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Slice:
    """Which cells a question covers. Empty means all. Keys are the series' integers."""

    period: Period
    markets: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    stages: tuple[int, ...] = ()

    def during(self, period: Period) -> Slice:
        """The same question about other days."""
        return replace(self, period=period)

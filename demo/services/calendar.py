"""When things happen at De Linde: sprints of two weeks, and events in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

SPRINT_DAYS = 14
WORK_DAYS = 12


@dataclass(frozen=True, slots=True)
class Fortnight:
    """A sprint's frame: Monday to the Friday of its second week."""

    starts_on: date

    @property
    def ends_on(self) -> date:
        """Its last working day."""
        return self.starts_on + timedelta(days=WORK_DAYS - 1)

    def holds(self, day: date) -> bool:
        """Does this day belong to it, weekends included?"""
        return self.starts_on <= day < self.starts_on + timedelta(days=SPRINT_DAYS)


def fortnights(first: date, last: date) -> list[Fortnight]:
    """Fortnights without gaps, the first holding `first`, the last holding `last`."""
    monday = last - timedelta(days=last.weekday())
    starts = [monday]
    while starts[-1] > first:
        starts.append(starts[-1] - timedelta(days=SPRINT_DAYS))
    return [Fortnight(start) for start in reversed(starts)]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of that day, in UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


def workdays_after(day: date, days: int) -> date:
    """That many working days later."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


@dataclass
class Timeline:
    """What happens when. Events of the same moment happen in the order in which they were added."""

    events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)

    def add(self, when: datetime, happens: Callable[[datetime], None]) -> None:
        """Something happens at that moment."""
        self.events.append((when, len(self.events), happens))

    def until(self, end: datetime) -> Iterable[tuple[datetime, Callable[[datetime], None]]]:
        """Everything up to `end`, oldest first."""
        return (
            (when, happens) for when, _order, happens in sorted(self.events, key=lambda event: event[:2]) if when <= end
        )

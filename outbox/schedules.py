"""What is done again and again: when it is due, and the job row for each due time.

Apps register their schedules when they start. The relay asks for due ones; a tick row, unique by
schedule and due time, decides which of several relays makes the job. After a standstill the latest
due time is made up for, and only that one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from outbox import jobs
from outbox.models import ScheduleTick

_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """A job kind and the rule of its due times."""

    kind: str
    latest_due: Callable[[datetime], datetime]


_schedules: dict[str, Schedule] = {}


def every(kind: str, *, minutes: int) -> None:
    """Have this job done every so many minutes, counted from midnight UTC."""
    step = timedelta(minutes=minutes)

    def latest_due(now: datetime) -> datetime:
        return _START + (now - _START) // step * step

    _register(Schedule(kind, latest_due))


def daily(kind: str, *, at: str) -> None:
    """Have this job done every day `at` an hour such as "03:00", UTC."""
    hour = time.fromisoformat(at)

    def latest_due(now: datetime) -> datetime:
        today = now.astimezone(UTC).replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)

    _register(Schedule(kind, latest_due))


def registered() -> dict[str, Schedule]:
    """All schedules by the kind of their job."""
    return dict(_schedules)


def _register(schedule: Schedule) -> None:
    if _schedules.setdefault(schedule.kind, schedule) is not schedule:
        raise ValueError(f"Two schedules for job kind {schedule.kind}.")


def insert_due(*, now: datetime, seen: dict[str, datetime] | None = None) -> int:
    """Make the jobs of all due times that nobody has taken; how many those were.

    `seen` remembers what this process knows to be taken, so that the loop asks the database only when
    something falls due.
    """
    known = {} if seen is None else seen
    made = 0
    for kind, schedule in _schedules.items():
        due_at = schedule.latest_due(now)
        if known.get(kind) == due_at:
            continue
        made += _take(kind, due_at, now)
        known[kind] = due_at
    return made


@transaction.atomic
def _take(kind: str, due_at: datetime, now: datetime) -> bool:
    tick, is_mine = ScheduleTick.objects.get_or_create(schedule=kind, due_at=due_at)
    if is_mine:
        # While no worker runs, due times pass; one job is enough for all of them.
        tick.job = jobs.enqueue_unless_waiting(kind, now=now)
        tick.save(update_fields=["job"])
    return is_mine

"""The clock of a journey: days on which people do something, and the nights between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import time_machine

from outbox import jobs
from outbox.models import Job
from tests.journeys import shop


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    """It is this hour of this day, in the whole process; at its end the night shift does what was asked for."""
    with time_machine.travel(shop.at(day, hour)):
        yield
        night_shift()


def night_shift() -> None:
    """Do all jobs that wait, and those that they ask for."""
    while waiting := Job.objects.filter(state=Job.State.QUEUED).order_by("run_after", "pk").first():
        with time_machine.travel(waiting.run_after + timedelta(seconds=1)):
            done = jobs.perform(waiting.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error

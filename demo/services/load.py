"""The whole demo, once. A start that was interrupted goes on where it stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from accounts.models import Person
from demo.services import company, files, story
from hypotheses.models import Hypothesis


def load(*, folder: Path, last_day: date, password: str, now: datetime) -> dict[str, Person]:
    """Found De Linde, take its files in and tell its story up to `last_day`; people by their login.

    Every step finds what an earlier start has done: people by their address, files by their bytes, and
    the story is one transaction. Raises `company.NotEmpty` in a real installation.
    """
    people = company.found(password=password, now=now)
    if Hypothesis.objects.exists() and not folder.exists():
        return people
    written = files.write(folder, last_day=last_day)
    importer = people["marijke"]
    for kind in ("commerce", "contacts", "surveys"):
        files.take_in(kind, written.files[kind], actor=importer, now=now)
    if not Hypothesis.objects.exists():
        story.tell(people=people, truth=written.truth, results=written.files["results"], now=now)
    files.take_in("results", written.files["results"], actor=importer, now=now)
    # The market's day, which is not always the day in UTC.
    story.measure_all(today=written.truth.last_day + timedelta(days=1), now=now)
    files.clear(folder)
    return people

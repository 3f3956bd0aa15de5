"""De Linde's files through the real import, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import structlog

from accounts.models import Person
from demo import generate
from feedback.mapping import FieldMap
from feedback.models import Import
from feedback.services import imports
from outbox import jobs
from outbox.models import Job

SOURCES = {"commerce": "Shop", "contacts": "Help desk", "surveys": "Surveys", "results": "Test tool"}
log = structlog.stdlib.get_logger("demo")


class ImportFailed(Exception):
    """A file of the demo did not go in; the text is the job's reason."""


def write(folder: Path, *, last_day: date) -> generate.Written:
    """Write the files, or those of an interrupted start again: the same day gives the same bytes."""
    marker = folder / "last_day"
    if marker.exists():
        last_day = date.fromisoformat(marker.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text(last_day.isoformat())
    return generate.write(folder, seed=generate.SEED, last_day=last_day)


def clear(folder: Path) -> None:
    """Delete the files; what was stored from them remains."""
    shutil.rmtree(folder, ignore_errors=True)


def take_in(kind: str, paths: Iterable[Path], *, actor: Person, now: datetime) -> None:
    """Import files of one kind and do what follows from them."""
    source = imports.source_named(name=SOURCES[kind], now=now)
    for path in paths:
        with path.open("rb") as file:
            imported = imports.receive(
                file=file,
                file_name=path.name,
                kind=kind,
                source=source,
                door=Import.Door.COMMAND,
                fields=FieldMap(),
                created_by=actor,
                now=now,
            )
        job = work_off(imported.job_id)
        for follow_up in job.progress.get("follow_ups", []):
            work_off(follow_up)
        log.info("file taken in", file=path.name)


def work_off(job_id: int | None) -> Job:
    """Do a job here and now; raises ImportFailed with its reason."""
    if job_id is None:
        raise ImportFailed("There was no job.")
    job = jobs.perform(job_id) or Job.objects.get(pk=job_id)
    if job.state != Job.State.DONE:
        raise ImportFailed(f"{job.kind}: {job.error or job.state}")
    return job

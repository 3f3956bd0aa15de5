"""Files through the real import, timed; and the same rows loaded with nothing in between."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from demo.bench.clock import Clock
from demo.bench.lines import ratio
from demo.bench.sample import HEADER
from demo.services.files import work_off
from feedback import kinds, upsert
from feedback.mapping import FieldMap
from feedback.models import Import, Source
from feedback.redaction import redact
from feedback.services import imports, reading
from outbox import jobs
from outbox.models import Job

KIND = "contacts"
_TABLE = "bench_raw"
_TEXT_LENGTH = 200
_TEXTS = 20_000


def taken(clock: Clock, work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work."""
    started = clock.seconds()
    work()
    return clock.seconds() - started


def source() -> Source:
    """The source of all files here, so that their rows share one table of ids."""
    return imports.source_named(name="Bench", now=timezone.now())


def receive(path: Path) -> Import:
    """The file with its job, not yet worked off."""
    with path.open("rb") as file:
        return imports.receive(
            file=file,
            file_name=path.name,
            kind=KIND,
            source=source(),
            door=Import.Door.COMMAND,
            fields=FieldMap(),
            now=timezone.now(),
        )


def import_file(clock: Clock, path: Path) -> dict[str, float]:
    """CPU seconds by kind of job: of the import itself (`imports.JOB_KIND`) and of each job that follows from it."""
    job_id = receive(path).job_id
    done: list[Job] = []
    seconds = {imports.JOB_KIND: taken(clock, lambda: done.append(work_off(job_id)))}
    for follow_up in done[0].progress.get("follow_ups", []):
        spent = taken(clock, lambda job_id=follow_up: done.append(work_off(job_id)))  # type: ignore[misc]
        seconds[done[-1].kind] = spent
    return seconds


def bare_load(clock: Clock, path: Path) -> float:
    """CPU seconds of the same file as text into a table without keys: COPY, or executemany on SQLite."""
    columns = ", ".join(f'"{name}" text' for name in HEADER)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{_TABLE}" ({columns})')

    def load() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with path.open("rb") as file:
                    cursor.cursor.copy_expert(f'COPY "{_TABLE}" FROM STDIN WITH (FORMAT csv, HEADER)', file)
                return
            with path.open(encoding="utf-8", newline="") as text:
                lines = csv.reader(text)
                next(lines)
                places = ", ".join(["?"] * len(HEADER))
                cursor.cursor.executemany(f'INSERT INTO "{_TABLE}" VALUES ({places})', lines)  # noqa: S608

    seconds = taken(clock, load)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{_TABLE}"')
    return seconds


def redactions_a_second(clock: Clock, path: Path) -> float:
    """How many texts of 200 characters lose their personal data in a second of one core."""
    texts = _texts(path)
    return ratio(len(texts), taken(clock, lambda: [redact(text) for text in texts]))


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"][:_TEXT_LENGTH] for row in islice(csv.DictReader(file), _TEXTS)]


def pace(clock: Clock, path: Path) -> float:
    """CPU seconds of one and the same work, the middle one of three: how fast the machine is at this moment."""
    texts = _texts(path)
    return statistics.median(taken(clock, lambda: [redact(text) for text in texts]) for _ in range(3))


def redaction(clock: Clock, path: Path) -> float:
    """CPU seconds of taking personal data out of the file's messages, as the import does it."""
    imported = receive(path)
    writer = _kind().writer(imported)
    seconds = sum(
        taken(clock, lambda rows=chunk.rows: writer.prepare(rows))  # type: ignore[misc]
        for chunk in _chunks(imported)
    )
    _forget(imported)
    return seconds


def upsert_over_insert(clock: Clock, path: Path) -> tuple[float, float]:
    """CPU seconds of writing new rows after looking what is there already, and of just inserting them."""
    imported = receive(path)
    writer = _kind().writer(imported)
    with_look = plain = 0.0
    with transaction.atomic():
        for chunk in _chunks(imported):
            writer.prepare(chunk.rows)
            ids = [row.external_id for row in chunk.rows]
            writer.known([])
            with_look += taken(clock, lambda ids=ids: writer.known(ids))  # type: ignore[misc]
            with_look += taken(clock, lambda rows=chunk.rows: upsert.split(rows, {}))  # type: ignore[misc]
            plain += taken(clock, lambda rows=chunk.rows: writer.write(rows, []))  # type: ignore[misc]
        transaction.set_rollback(True)
    _forget(imported)
    return with_look + plain, plain


def _chunks(imported: Import) -> Iterator[reading.Chunk]:
    read = reading.of_import(imported)
    while (chunk := read.take(jobs.chunk_rows())).read:
        yield chunk


def _kind() -> kinds.Kind:
    found = kinds.get(KIND)
    if found is None:
        raise LookupError(KIND)
    return found


def _forget(imported: Import) -> None:
    """The file was only read; without its job nobody will import it."""
    job = imported.job
    imports.discard(imported=imported)
    if job is not None:
        job.delete()

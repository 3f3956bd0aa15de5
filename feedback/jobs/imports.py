"""Reads a file into rows, chunk by chunk. The cursor is the number of rows read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import bulk, kinds, rejections, upsert
from feedback.mapping import BadMapping
from feedback.models import Import
from feedback.parsing import Unreadable
from feedback.services import imports, reading, turns
from feedback.spill import Spill
from outbox import jobs
from outbox.jobs import Run

_SKIPPED_AT_ONCE = 20_000
# A bulk load.
MANY_ROWS = 20_000


@jobs.handles(imports.JOB_KIND, title=_("Import"))
def run_import(run: Run) -> None:
    """Import one file: `{"import_id": …}`."""
    imported = Import.objects.select_related("source__market", "created_by").get(pk=run.arguments["import_id"])
    if imported.state != Import.State.STARTED:
        # The worker died between the last chunk and the end of the job.
        if imported.state == Import.State.FINISHED:
            imports.drop_file(imported=imported)
        return
    earlier = None if run.cursor else imports.same_as_before(imported)
    if earlier:
        _repeat(run, imported, earlier)
        return
    try:
        source = reading.of_import(imported)
        total = 0 if run.cursor else source.expected()
    except (Unreadable, BadMapping) as error:
        imports.fail(imported=imported, error=error, now=timezone.now())
        raise jobs.Refused(rejections.sentence(imported.problem, imported.problem_parameters)) from error
    _read(run, imported, source, total)


def _read(run: Run, imported: Import, source: reading.Reading, total: int) -> None:
    kind = kinds.get(imported.kind)
    if kind is None:
        raise jobs.Refused(f"No kind {imported.kind}.")
    writer = kind.writer(imported)
    # What a dry run would have stored by now: hashes by id.
    imagined = Spill() if imported.dry_run else None
    if run.cursor == 0:
        run.expect(total)
    elif imagined:
        _imagine_again(run, source, imagined)
    else:
        _skip(run, source)
    with _few_collections():
        while _store(run, imported, writer, source, imagined):
            gc.collect(1)
    counts = imports.progress_of(run.progress)
    if counts["new"] >= MANY_ROWS and not imported.dry_run:
        bulk.look_at_sizes()
    with run.chunk(to=run.cursor, total=run.cursor):
        run.progress["settings"] = imports.read_with(imported)
        run.progress["follow_ups"] = imports.finish(imported=imported, counts=counts, now=timezone.now())
    if imported.state == Import.State.FINISHED:
        imports.drop_file(imported=imported)


def _store(run: Run, imported: Import, writer: kinds.Writer, source: reading.Reading, imagined: Spill | None) -> bool:
    """Read and store the next chunk; False when there is none."""
    chunk = source.take(jobs.chunk_rows())
    if not chunk.read:
        return False
    ids = list({row.external_id for row in chunk.rows})
    turn = turns.last(imported.source_id)
    known = writer.known(ids)
    split = upsert.split(chunk.rows, known | imagined.find(ids) if imagined else known)
    redacted = writer.prepare(split.written)
    to = run.cursor + chunk.read
    with run.chunk(to=to, total=max(to, source.expected())):
        if imagined:
            imagined.put((row.external_id, row.row_hash) for row in chunk.rows)
        else:
            if imports.lock_source(imported) != turn:
                # Another import of this source has written since.
                split = upsert.split(chunk.rows, writer.known(ids))
            writer.write(split.new, split.changed)
        imports.keep_rejects(imported=imported, rejects=chunk.rejects)
        _count(run.progress, chunk, split, redacted)
    return True


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows hold no cycles: looking for some, again and again while a chunk grows, takes longer than reading it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _count(progress: dict[str, Any], chunk: reading.Chunk, split: upsert.Split, redacted: int) -> None:
    for name, amount in (
        ("read", chunk.read),
        ("new", split.new_count),
        ("changed", split.changed_count),
        ("unchanged", split.unchanged_count),
        ("rejected", len(chunk.rejects)),
        ("redacted", redacted),
    ):
        progress[name] = progress.get(name, 0) + amount


def _imagine_again(run: Run, source: reading.Reading, imagined: Spill) -> None:
    """A dry run goes on: what it had imagined is worked out once more."""
    rows = run.cursor
    while rows > 0:
        chunk = source.take(min(rows, jobs.chunk_rows()))
        if not chunk.read:
            return
        rows -= chunk.read
        imagined.put((row.external_id, row.row_hash) for row in chunk.rows)
        run.extend()


def _skip(run: Run, source: reading.Reading) -> None:
    """Pass over what is stored. Far into a file that takes longer than a lease."""
    for passed in range(0, run.cursor, _SKIPPED_AT_ONCE):
        source.skip(min(_SKIPPED_AT_ONCE, run.cursor - passed))
        run.extend()


def _repeat(run: Run, imported: Import, earlier: Import) -> None:
    """The same bytes were imported before and nothing came after them: nothing to do."""
    read, rejected = earlier.read_count, earlier.rejected_count
    counts = imports.progress_of({"read": read, "unchanged": read - rejected, "rejected": rejected})
    with run.chunk(to=read, total=read):
        run.progress.update(counts, follow_ups=[], same_as=earlier.pk, settings=imports.read_with(imported))
        imports.copy_rejects(earlier=earlier, imported=imported)
        imports.finish(imported=imported, counts=counts, now=timezone.now())
    if imported.state == Import.State.FINISHED:
        imports.drop_file(imported=imported)

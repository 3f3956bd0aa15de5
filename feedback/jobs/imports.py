"""Reads a file into rows, chunk by chunk. The cursor is the number of rows read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import kinds, rejections, upsert
from feedback.mapping import BadMapping
from feedback.models import Import
from feedback.parsing import Unreadable
from feedback.services import imports, reading
from outbox import jobs
from outbox.jobs import Run


@jobs.handles(imports.JOB_KIND, title=_("Import"))
def run_import(run: Run) -> None:
    """Import one file: `{"import_id": …}`."""
    imported = Import.objects.select_related("source__market", "created_by").get(pk=run.arguments["import_id"])
    if imported.state != Import.State.STARTED:
        # The worker died between the last chunk and the end of the job.
        if imported.state == Import.State.FINISHED:
            imports.drop_file(imported=imported)
        return
    earlier = None if imported.dry_run or run.cursor else imports.same_as_before(imported)
    if earlier:
        _repeat(run, imported, earlier)
        return
    try:
        source = reading.of_import(imported)
    except (Unreadable, BadMapping) as error:
        imports.fail(imported=imported, error=error, now=timezone.now())
        raise jobs.Refused(rejections.sentence(imported.problem, imported.problem_parameters)) from error
    _read(run, imported, source)


def _read(run: Run, imported: Import, source: reading.Reading) -> None:
    kind = kinds.get(imported.kind)
    if kind is None:
        raise jobs.Refused(f"No kind {imported.kind}.")
    writer = kind.writer(imported)
    # What a dry run would have stored by now.
    imagined: dict[str, str] = {}
    if run.cursor == 0:
        run.expect(source.count())
    elif imported.dry_run:
        _imagine_again(run.cursor, source, imagined)
    else:
        source.skip(run.cursor)
    while True:
        chunk = source.take(jobs.chunk_rows())
        if not chunk.read:
            break
        _store(run, imported, writer, chunk, imagined)
    counts = imports.progress_of(run.progress)
    with run.chunk(to=run.cursor, total=run.cursor):
        run.progress["follow_ups"] = imports.finish(imported=imported, counts=counts, now=timezone.now())
    if imported.state == Import.State.FINISHED:
        imports.drop_file(imported=imported)


def _store(run: Run, imported: Import, writer: kinds.Writer, chunk: reading.Chunk, imagined: dict[str, str]) -> None:
    ids = list({row.external_id for row in chunk.rows})
    known = writer.known(ids)
    split = upsert.split(chunk.rows, known | imagined if imagined else known)
    redacted = writer.prepare(split.written)
    with run.chunk(to=run.cursor + chunk.read):
        if imported.dry_run:
            imagined.update((row.external_id, row.row_hash) for row in chunk.rows)
        else:
            imports.lock_source(imported)
            # Asked again: another import of this source may have written since.
            split = upsert.split(chunk.rows, writer.known(ids))
            writer.write(split.new, split.changed)
        imports.keep_rejects(imported=imported, rejects=chunk.rejects)
        _count(run.progress, chunk, split, redacted)


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


def _imagine_again(rows: int, source: reading.Reading, imagined: dict[str, str]) -> None:
    """A dry run goes on: what it had imagined is worked out once more."""
    while rows > 0:
        chunk = source.take(min(rows, jobs.chunk_rows()))
        if not chunk.read:
            return
        rows -= chunk.read
        imagined.update((row.external_id, row.row_hash) for row in chunk.rows)


def _repeat(run: Run, imported: Import, earlier: Import) -> None:
    """The same bytes were imported before and nothing came after them: nothing to do."""
    read, rejected = earlier.read_count, earlier.rejected_count
    counts = imports.progress_of({"read": read, "unchanged": read - rejected, "rejected": rejected})
    with run.chunk(to=read, total=read):
        run.progress.update(counts, follow_ups=[])
        imports.copy_rejects(earlier=earlier, imported=imported)
        imports.finish(imported=imported, counts=counts, now=timezone.now())
    imports.drop_file(imported=imported)

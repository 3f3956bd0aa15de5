"""Feedback in: one verb for an upload, a command and a batch of the API, and what their job does.

    hold → (a person maps the columns) → start      an upload in the browser
    receive = hold + start                          command and API

The job reads the file in chunks (`feedback/jobs/imports.py`); each chunk is one transaction with the
cursor. The file is deleted when its job ends.
"""

from __future__ import annotations

import errno
import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Market, Person
from accounts.services import record
from feedback import kinds, mapping
from feedback.models import Import, ImportReject, RawRecord, Source
from feedback.parsing import Unreadable
from feedback.redaction import redact
from feedback.services import reading, turns
from outbox import jobs
from outbox.models import Job

JOB_KIND = "feedback.import"
_BLOCK = 1 << 20
_COPY_REJECTS = """
INSERT INTO feedback_importreject (imported_id, line, "column", value, reason, parameters)
SELECT %s, line, "column", value, reason, parameters FROM feedback_importreject WHERE imported_id = %s ORDER BY line
ON CONFLICT DO NOTHING"""
_COUNTS = ("read", "new", "changed", "unchanged", "rejected", "redacted")


def source_named(*, name: str, zone: str = "", now: datetime) -> Source:
    """The source of this name; a new one gets the zone given, else that of the first market."""
    found = Source.objects.filter(name=name).first()
    if found:
        return found
    first = Market.objects.first()
    zone = zone or (first.zone if first else "Europe/Amsterdam")
    ZoneInfo(zone)
    return Source.objects.get_or_create(name=name, defaults={"zone": zone, "created_at": now})[0]


def hold(
    *,
    file: BinaryIO,
    file_name: str,
    kind: str,
    source: Source,
    door: str,
    created_by: Person | None = None,
    max_bytes: int | None = None,
    now: datetime,
) -> Import:
    """Keep a file under a random name, not yet read. Raises Unreadable past `max_bytes` and when the disk is full."""
    path, sha256, size = _keep(file, max_bytes)
    return Import.objects.create(
        source=source,
        kind=kind,
        door=door,
        # People call a file after the customer whom it is about; the name stands on pages and in the trail.
        file_name=redact(Path(file_name).name[:200]).text[:200],
        path=path.name,
        sha256=sha256,
        bytes=size,
        created_by=created_by,
        created_at=now,
    )


@transaction.atomic
def start(
    *,
    imported: Import,
    fields: mapping.FieldMap,
    dry_run: bool = False,
    remember: bool = True,
    actor: Person | None = None,
    key: str | None = None,
    now: datetime,
) -> Import:
    """Hand the file to a job. To `remember`, its mapping is kept for the next file of this source and kind.

    A file that was handed over meanwhile (the button pressed twice) stays with the job it has.
    """
    current = Import.objects.select_for_update().get(pk=imported.pk)
    if current.state != Import.State.DRAFT:
        return current
    ImportReject.objects.filter(imported=imported).delete()
    imported.mapping = fields.as_json()
    imported.dry_run = dry_run
    imported.state = Import.State.STARTED
    imported.problem, imported.problem_parameters = "", {}
    imported.finished_at = None
    for count in _COUNTS:
        setattr(imported, f"{count}_count", 0)
    if imported.mapping and remember and not dry_run:
        source = Source.objects.select_for_update().get(pk=imported.source_id)
        source.mappings[imported.kind] = imported.mapping
        source.save(update_fields=["mappings"])
    imported.job = jobs.enqueue(
        JOB_KIND, {"import_id": imported.pk}, key=key, created_by=actor or imported.created_by, now=now
    )
    imported.save()
    record(
        actor=actor or imported.created_by,
        action="import" if not dry_run else "try an import",
        target=imported,
        name=imported.file_name,
        details={"kind": imported.kind, "source": imported.source.name, "bytes": imported.bytes},
        now=now,
    )
    return imported


def receive(
    *,
    file: BinaryIO,
    file_name: str,
    kind: str,
    source: Source,
    door: str,
    fields: mapping.FieldMap,
    dry_run: bool = False,
    created_by: Person | None = None,
    key: str | None = None,
    max_bytes: int | None = None,
    now: datetime,
) -> Import:
    """Take a file or batch in and hand it to a job. With a `key`, the same key again gives the same import."""
    earlier = _by_key(key)
    if earlier:
        return earlier
    held = hold(
        file=file,
        file_name=file_name,
        kind=kind,
        source=source,
        door=door,
        created_by=created_by,
        max_bytes=max_bytes,
        now=now,
    )
    started = start(imported=held, fields=fields, dry_run=dry_run, key=key, now=now)
    earlier = _by_key(key)
    if earlier and earlier != started:
        # Twice at the same moment: the job belongs to the other one.
        discard(imported=started)
        return earlier
    return started


def discard(*, imported: Import) -> None:
    """Forget a file that was never imported."""
    _delete_file(imported)
    imported.delete()


def progress_of(counts: dict[str, Any]) -> dict[str, int]:
    """The counts in a job's progress, zero where nothing is known yet."""
    return {name: int(counts.get(name, 0)) for name in _COUNTS}


def same_as_before(imported: Import) -> Import | None:
    """A finished import of the same bytes with the same mapping, unless something was written or set since."""
    earlier = (
        Import.objects.filter(
            sha256=imported.sha256,
            kind=imported.kind,
            source_id=imported.source_id,
            state=Import.State.FINISHED,
            dry_run=False,
        )
        .exclude(pk=imported.pk)
        .select_related("job")
        .order_by("-finished_at", "-id")
        .first()
    )
    if earlier is None or earlier.mapping != imported.mapping:
        return None
    if earlier.job is None or earlier.job.progress.get("settings") != read_with(imported):
        # Its times may be of another zone by now.
        return None
    others = Import.objects.filter(kind=imported.kind, source_id=imported.source_id, dry_run=False)
    if others.filter(Q(state=Import.State.UNDOING) | Q(undone_at__gte=earlier.created_at)).exists():
        # What it brought may have been taken out again.
        return None
    if RawRecord.objects.filter(source=imported.source_id, mapped_at__gte=earlier.created_at).exists():
        # Its system has spoken since.
        return None
    # An import that failed half-way wrote something too.
    since = others.exclude(pk__in=[imported.pk, earlier.pk]).filter(created_at__gte=earlier.created_at)
    idle = Q(state=Import.State.DRAFT) | Q(state=Import.State.FINISHED, new_count=0, changed_count=0)
    if since.exclude(idle).exists():
        return None
    return earlier


def read_with(imported: Import) -> str:
    """What a file is read with besides its mapping, as a digest: the zone and market of its source, and the markets.

    Of markets that imports have found by themselves nothing is said that a file could be read otherwise by.
    """
    markets = Market.objects.filter(is_found=False).order_by("code")
    source = imported.source
    said = [source.zone, source.market_id, *markets.values_list("code", "name", "zone", "mapped_to__code")]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def lock_source(imported: Import) -> int:
    """One writer per source at a time, so that "new" is still new when it is written; see `turns.take`."""
    return turns.take(imported.source_id)


def keep_rejects(*, imported: Import, rejects: list[reading.Reject]) -> None:
    """Store why rows were rejected; a repeated chunk stores them once."""
    ImportReject.objects.bulk_create(
        [
            ImportReject(
                imported=imported,
                line=reject.line,
                column=reject.column,
                value=reject.value,
                reason=reject.reason,
                parameters=reject.parameters,
            )
            for reject in rejects
        ],
        ignore_conflicts=True,
    )


def copy_rejects(*, earlier: Import, imported: Import) -> None:
    """The same file again has the same rejects: within the database, however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_COPY_REJECTS, [imported.pk, earlier.pk])


def finish(*, imported: Import, counts: dict[str, int], now: datetime) -> list[int]:
    """The file is in: keep its counts and enqueue what follows. Called in the last chunk's transaction.

    Returns the ids of the jobs that follow. A dry run of an upload goes back to being mapped.
    """
    for name in _COUNTS:
        setattr(imported, f"{name}_count", counts[name])
    again = imported.dry_run and imported.door == Import.Door.UPLOAD
    imported.state = Import.State.DRAFT if again else Import.State.FINISHED
    imported.finished_at = now
    # Nothing else: an erasure may have taken a customer out of the file's name since this was read.
    imported.save(update_fields=[*(f"{name}_count" for name in _COUNTS), "state", "finished_at"])
    if imported.dry_run:
        return []
    imported.refresh_from_db(fields=["file_name"])
    record(
        actor=imported.created_by,
        action="finish an import",
        target=imported,
        name=imported.file_name,
        details=counts,
        now=now,
    )
    if not counts["new"] and not counts["changed"]:
        return []
    return [job.pk for job in _follow_ups(imported, now)]


def fail(*, imported: Import, error: Unreadable | mapping.BadMapping, now: datetime) -> None:
    """The whole file does not fit. A mapping can be mended, so an upload keeps its file for that."""
    imported.problem = error.reason
    imported.problem_parameters = dict(error.parameters)
    mend = imported.door == Import.Door.UPLOAD and isinstance(error, mapping.BadMapping)
    imported.state = Import.State.DRAFT if mend else Import.State.FAILED
    imported.finished_at = now
    imported.save(update_fields=["problem", "problem_parameters", "state", "finished_at"])
    if not mend:
        drop_file(imported=imported)


def drop_file(*, imported: Import) -> None:
    """Delete the uploaded file; only what was stored from it remains."""
    _delete_file(imported)
    Import.objects.filter(pk=imported.pk).update(path="")


def _follow_ups(imported: Import, now: datetime) -> list[Job]:
    kind = kinds.get(imported.kind)
    return [
        jobs.enqueue(name, {"import_id": imported.pk, "kind": imported.kind}, now=now)
        for name in (kind.afterwards if kind else ())
        if jobs.is_handled(name)
    ]


def _by_key(key: str | None) -> Import | None:
    if key is None:
        return None
    job = Job.objects.filter(key=key).first()
    return Import.objects.filter(pk=job.arguments.get("import_id")).first() if job else None


def _keep(file: BinaryIO, max_bytes: int | None) -> tuple[Path, str, int]:
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as target:
            path.chmod(0o600)
            while block := file.read(_BLOCK):
                size += len(block)
                if max_bytes is not None and size > max_bytes:
                    raise Unreadable("file_too_large", limit=max_bytes >> 20)
                digest.update(block)
                target.write(block)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise Unreadable("disk_full") from error
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def _delete_file(imported: Import) -> None:
    if imported.path:
        reading.upload_path(imported).unlink(missing_ok=True)

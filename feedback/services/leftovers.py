"""Uploaded files that still lie there: whose customer they may hold, and when they have lain long enough.

A file is deleted when its import ends or is undone. Three kinds are left: of an upload whose columns were never
mapped, of a job that failed or was stopped (it can be started again for a day), and of a process that died in between.
Reports of rejected rows, which a command writes, last as long as words do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

import outbox.services
from accounts.services import record
from feedback.models import Import
from feedback.services import imports, reading
from outbox.models import Job

_BLOCK = 1 << 20
_ON_ITS_WAY = timedelta(days=1)
_ENDED = Q(state=Import.State.STARTED, job__state__in=(Job.State.FAILED, Job.State.CANCELLED))
# Nobody reads its file any more: whoever ended the import died before deleting it.
_OVER = ~Q(state__in=(Import.State.DRAFT, Import.State.STARTED))
# Of a workbook, an archive: what is in it cannot be searched as it lies there.
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_ENCODINGS = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")


def drafts_that_may_hold(written: Sequence[str]) -> list[Import]:
    """Waiting uploads in which one of these values stands, in any case, and those that cannot be searched."""
    needles = _needles(written)
    return [imported for imported in _waiting() if _may_hold(reading.upload_path(imported), needles)]


def drafts_of(ids: Sequence[int]) -> list[Import]:
    """Of these uploads, those that still wait."""
    return list(_waiting().filter(pk__in=ids))


def drop_drafts(drafts: Iterable[Import]) -> None:
    """Delete these uploads, and what is known of those that were never imported."""
    for imported in drafts:
        if imported.state == Import.State.DRAFT:
            imports.discard(imported=imported)
        else:
            give_up(imported=imported)


def give_up(*, imported: Import) -> None:
    """Delete the file of an import that is over; one whose job failed or was stopped cannot be started again."""
    imports.drop_file(imported=imported)
    Import.objects.filter(pk=imported.pk, state=Import.State.STARTED).update(
        state=Import.State.FAILED, problem="file_gone"
    )


def long_ended(*, now: datetime) -> list[Import]:
    """Imports that are over, or whose job failed or was stopped more than a day ago, with their file still there."""
    stopped = _ENDED & Q(job__finished_at__lt=now - _ON_ITS_WAY)
    return list(Import.objects.filter(stopped | _OVER).exclude(path="").order_by("pk"))


def old_drafts(*, days: int, now: datetime) -> list[Import]:
    """Uploads that were held longer ago than this and never imported."""
    held = Import.objects.filter(state=Import.State.DRAFT, created_at__lt=now - timedelta(days=days))
    return list(held.exclude(path="").select_related("source", "created_by").order_by("pk"))


def sweep(*, imported: Import, now: datetime) -> None:
    """Delete an upload that waited too long, and tell whoever sent it. One that was imported meanwhile stays."""
    current = Import.objects.select_for_update().filter(pk=imported.pk, state=Import.State.DRAFT).first()
    if current is None:
        return
    if imported.created_by:
        outbox.services.tell(
            recipient=imported.created_by,
            kind="draft_deleted",
            parameters={
                "file": imported.file_name,
                "source": imported.source.name,
                "held": imported.created_at.isoformat(),
            },
            now=now,
        )
    record(
        actor=None, action="sweep drafts", target=imported, name=imported.file_name,
        details={"kind": imported.kind, "source": imported.source.name, "bytes": imported.bytes}, now=now,
    )  # fmt: skip
    imports.discard(imported=imported)


def delete_strays(*, now: datetime) -> int:
    """Delete files of the upload folder that no import knows: a process died between writing and recording.

    A file of the last day may still be on its way in. How many were deleted.
    """
    before = (now - _ON_ITS_WAY).timestamp()
    strays = [path for path in _strays() if path.stat().st_mtime < before]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def drop_strays(written: Sequence[str]) -> None:
    """Delete files that no import knows, and in which one of these values stands, however short they lie there."""
    needles = _needles(written)
    for path in _strays():
        if _may_hold(path, needles):
            path.unlink(missing_ok=True)


def report_path(imported: Import) -> Path:
    """Where a command writes the rows that it rejected."""
    return _reports() / f"import-{imported.pk}.csv"


def reports_that_may_hold(written: Sequence[str]) -> list[Path]:
    """Reports of rejected rows in which one of these values stands, in any case."""
    needles = _needles(written)
    return [path for path in _files(_reports()) if _may_hold(path, needles)]


def reports_of(names: Iterable[str]) -> list[Path]:
    """The reports with these names."""
    return [_reports() / name for name in names]


def drop_reports(paths: Iterable[Path]) -> None:
    """Delete these reports; the page of an import shows its rejected rows as well."""
    for path in paths:
        path.unlink(missing_ok=True)


def delete_old_reports(*, before: date) -> None:
    """Delete reports of rejected rows that were written before this day."""
    zone = timezone.get_current_timezone()
    drop_reports(
        path for path in _files(_reports()) if datetime.fromtimestamp(path.stat().st_mtime, zone).date() < before
    )


def _waiting() -> QuerySet[Import]:
    return Import.objects.filter(Q(state=Import.State.DRAFT) | _ENDED | _OVER).exclude(path="").order_by("pk")


def _strays() -> list[Path]:
    # What lies there is asked for first: a file that is recorded in between is then known.
    files = _files(Path(settings.UPLOAD_DIR))
    known = set(Import.objects.exclude(path="").values_list("path", flat=True))
    return [path for path in files if path.name not in known]


def _reports() -> Path:
    return Path(settings.DATA_DIR) / "rejects"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _needles(written: Sequence[str]) -> set[bytes]:
    return {
        value.strip().lower().encode(encoding, "ignore")
        for value in written
        if value.strip()
        for encoding in _ENCODINGS
    } - {b""}


def _may_hold(path: Path, needles: set[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            if file.read(4).startswith(_PACKED):
                return True
            file.seek(0)
            longest = max(map(len, needles), default=1)
            tail = b""
            while block := file.read(_BLOCK):
                seen = (tail + block).lower()
                if any(needle in seen for needle in needles):
                    return True
                tail = seen[-longest:]
    except FileNotFoundError:
        return False
    return False

"""Undoing an import: the rows that nothing else wrote since go, or say again what they said before.

    begin → the job's steps, chunk by chunk:  restore → remove → note → finish

Rows that a later import or a live update wrote stay as they are. The layer of this import is taken out from
under theirs, so that undoing several imports gives the same in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import YES, Verdict
from accounts.services import record
from feedback import bulk, permissions
from feedback.models import FormerRow, Import, Source
from feedback.services import forgetting, former, putting_back, search, series, stretch
from feedback.services.former import STAYS, TABLES
from feedback.services.imports import drop_file, lock_source
from outbox import jobs
from outbox.models import Job

JOB_KIND = "feedback.undo_import"
_SORT_AGAIN = "feedback.discover_themes"


@dataclass(frozen=True)
class Outcome:
    """How many rows go, come back as they were, and stay as something later left them."""

    removed: int
    restored: int
    kept: int

    @property
    def total(self) -> int:
        """All rows that the import wrote and that are still there."""
        return self.removed + self.restored + self.kept


def may_undo(imported: Import, person: Person, *, now: datetime) -> Verdict:
    """Whether this person may undo this import now, and why not."""
    offered = is_offered(imported, person, now=now)
    others = Import.objects.filter(source=imported.source_id, kind=imported.kind, state=Import.State.UNDOING)
    if offered and others.exists():
        return Verdict(False, _("Another import of this source is being undone at this moment."))
    return offered


def is_offered(imported: Import, person: Person, *, now: datetime) -> Verdict:
    """`may_undo` for a list: by what the import itself says, its job loaded with it."""
    allowed = permissions.may_undo(person)
    if not allowed:
        return allowed
    if imported.kind not in TABLES:
        return Verdict(False, _("The results of a test are not undone: import the right file, it replaces them."))
    if imported.state in {Import.State.UNDOING, Import.State.UNDONE}:
        return Verdict(False, _("This import is undone already."))
    if imported.dry_run or not _is_over(imported):
        return Verdict(False, _("Only an import that is over can be undone."))
    if imported.state == Import.State.FINISHED and not imported.new_count and not imported.changed_count:
        return Verdict(False, _("This import wrote nothing: there is nothing to undo."))
    if imported.swept_at or imported.created_at < now - timedelta(days=settings.IMPORT_UNDO_DAYS):
        return Verdict(
            False,
            _("An import can be undone for %(days)s days; what its rows said before is thrown away by now.")
            % {"days": settings.IMPORT_UNDO_DAYS},
        )
    return YES


def _is_over(imported: Import) -> bool:
    """Finished, or stopped half-way for good."""
    if imported.state == Import.State.STARTED:
        return imported.job is not None and imported.job.state in {Job.State.FAILED, Job.State.CANCELLED}
    return imported.state == Import.State.FINISHED


def outcome(imported: Import) -> Outcome:
    """What undoing it would do now."""
    own = TABLES[imported.kind].model._default_manager.filter(imported=imported, pk__range=stretch.of(imported)).count()
    restored = _layers(imported).filter(Exists(_own_row(imported))).exclude(values__has_key="made").count()
    return Outcome(own - restored, restored, stays(imported).count())


def stays(imported: Import) -> QuerySet[FormerRow, Any]:
    """`row_id` of rows that it wrote and that something else wrote since."""
    buried = _layers(imported).filter(~Exists(_own_row(imported)))
    below = FormerRow.objects.filter(former_import=imported, kind=imported.kind).filter(~Exists(_own_row(imported)))
    return buried.values("row_id").union(below.values("row_id"))


def _layers(imported: Import) -> QuerySet[FormerRow]:
    return FormerRow.objects.filter(imported=imported, kind=imported.kind)


def _own_row(imported: Import) -> QuerySet[Any]:
    return TABLES[imported.kind].model._default_manager.filter(pk=OuterRef("row_id"), imported=imported)


@transaction.atomic
def begin(*, imported: Import, actor: Person, now: datetime) -> Import:
    """Hand it to a job. Raises PermissionDenied with the reason when it may not be undone."""
    # One undo of a source at a time: two would give rows back to each other.
    Source.objects.select_for_update().get(pk=imported.source_id)
    current = Import.objects.select_for_update(of=("self",)).select_related("job").get(pk=imported.pk)
    may_undo(current, actor, now=now).demand()
    current.state = Import.State.UNDOING
    current.undone_by = actor
    current.undo_job = jobs.enqueue(JOB_KIND, {"import_id": current.pk}, created_by=actor, now=now)
    current.save(update_fields=["state", "undone_by", "undo_job"])
    # One that stopped half-way kept its file to be started again, which it cannot be from now on.
    transaction.on_commit(partial(drop_file, imported=current))
    record(actor=actor, action="undo an import", target=current, name=current.file_name, now=now)
    return current


# ── The job's steps; each one that writes is called inside a chunk ─────────────
def changed(imported: Import, *, after: int, count: int) -> list[int]:
    """The next rows that it changed, in the order of their ids."""
    rows = _layers(imported).filter(Exists(_own_row(imported)), row_id__gt=after).exclude(values__has_key="made")
    return list(rows.order_by("row_id").values_list("row_id", flat=True)[:count])


def written(imported: Import, *, after: int, last: int, count: int) -> list[int]:
    """The next rows that are its own, in the order of their ids."""
    rows = TABLES[imported.kind].model._default_manager.filter(imported=imported, pk__gt=after, pk__lte=last)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:count])


def below_others(imported: Import, *, after: int, count: int) -> list[int]:
    """The next rows of `stays`, in the order of their ids; those that are noted already among them."""
    later = FormerRow.objects.filter(former_import=imported, kind=imported.kind, row_id__gt=after)
    own = _layers(imported).filter(row_id__gt=after)
    ids = later.values_list("row_id").union(own.values_list("row_id")).order_by("row_id")
    return [row[0] for row in ids[:count]]


def restore(imported: Import, ids: Sequence[int], *, now: datetime) -> int:
    """Rows that it changed say again what they said before; how many those are."""
    lock_source(imported)
    restored = 0
    for some in bulk.batches(_still_own(imported, ids)):
        layers = list(_layers(imported).filter(row_id__in=some))
        putting_back.restore(imported.kind, layers, source_id=imported.source_id, now=now)
        _layers(imported).filter(row_id__in=some).delete()
        restored += len(layers)
    return restored


def remove(imported: Import, ids: Sequence[int]) -> tuple[int, set[int]]:
    """Rows that it made go; how many, and the imports of responses that have to be sorted again."""
    lock_source(imported)
    own = _still_own(imported, ids)
    orphaned: set[int] = set()
    for some in bulk.batches(own):
        orphaned |= putting_back.remove(imported.kind, some)
        _layers(imported).filter(row_id__in=some).delete()
    return len(own), orphaned - {imported.pk}


def note(imported: Import, ids: Sequence[int], *, now: datetime) -> None:
    """Rows that stay: note which, and what has them; and free the rows above from this import."""
    lock_source(imported)
    table = TABLES[imported.kind]
    for some in bulk.batches(ids):
        later = dict(
            FormerRow.objects.filter(former_import=imported, kind=imported.kind, row_id__in=some)
            .order_by("-pk")
            .values_list("row_id", "imported_id")
        )
        noted = set(_layers(imported).filter(row_id__in=some, values__has_key=STAYS).values_list("row_id", flat=True))
        names = dict(table.model._default_manager.filter(pk__in=some).values_list("pk", "external_id"))
        fresh = [row for row in some if row not in noted]
        former.bury(imported.kind, fresh, import_id=imported.pk)
        FormerRow.objects.bulk_create(
            [
                FormerRow(
                    imported=imported,
                    kind=imported.kind,
                    row_id=row,
                    values={STAYS: later.get(row), "external_id": names[row]},
                    kept_at=now,
                )
                for row in fresh
                if row in names
            ]
        )


def finish(*, imported: Import, removed: int, restored: int, sort_again: Sequence[int], now: datetime) -> None:
    """It is undone: keep the counts and enqueue what follows. Called in the last chunk."""
    imported.state = Import.State.UNDONE
    imported.removed_count, imported.restored_count = removed, restored
    imported.kept_count = _layers(imported).count()
    imported.undone_at = now
    imported.save(update_fields=["state", "removed_count", "restored_count", "kept_count", "undone_at"])
    record(
        actor=imported.undone_by,
        action="finish undoing an import",
        target=imported,
        name=imported.file_name,
        details={"removed": removed, "restored": restored, "kept": imported.kept_count},
        now=now,
    )
    series.request_recount(now=now)
    if removed or restored:
        forgetting.request(now=now)
    if imported.kind == Import.Kind.CONTACTS and restored:
        jobs.enqueue_unless_waiting(search.JOB_KIND, now=now)
    for import_id in sort_again:
        jobs.enqueue_unless_waiting(_SORT_AGAIN, {"import_id": import_id, "kind": imported.kind}, now=now)


def _still_own(imported: Import, ids: Sequence[int]) -> list[int]:
    """Of these rows, those that nobody wrote since; asked under the lock."""
    rows = TABLES[imported.kind].model._default_manager
    return [
        key
        for some in bulk.batches(ids)
        for key in rows.filter(pk__in=some, imported=imported).order_by("pk").values_list("pk", flat=True)
    ]

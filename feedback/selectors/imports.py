"""The imports pages: the history, one import with its rejects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import Verdict
from feedback import rejections
from feedback.models import Import, ImportReject, Source
from feedback.services import undo
from feedback.services.imports import progress_of
from feedback.services.undo import Outcome
from outbox import selectors as outbox_selectors
from outbox.models import Job
from outbox.selectors import JobCard

PAGE_ROWS = 25
SAMPLE_REJECTS = 5


@dataclass(frozen=True)
class ImportCard:
    """One import as a row of the history or the head of its page."""

    id: int
    file_name: str
    kind: str
    kind_label: str
    source: str
    door_label: str
    by: str
    created_at: datetime
    finished_at: datetime | None
    # "draft", "running", "failed", "done", "undoing", "undone"
    state: str
    dry_run: bool
    counts: dict[str, int]
    message: str
    job: JobCard | None
    has_file: bool
    # Whether it may be undone now, and if not, why; without the question, no.
    undo: Verdict
    undone: Outcome | None
    undone_at: datetime | None
    undone_by: str
    undo_job: JobCard | None

    @property
    def taken(self) -> int:
        """Rows that are in, whether they were before or not."""
        return self.counts["new"] + self.counts["changed"] + self.counts["unchanged"]

    @property
    def rejected_percent(self) -> float | None:
        """Rejected of all read, 0 to 100."""
        return 100 * self.counts["rejected"] / self.counts["read"] if self.counts["read"] else None

    @property
    def seconds(self) -> float | None:
        """From the start of the job to its end."""
        return self.job.seconds if self.job else None


@dataclass(frozen=True)
class ImportPage:
    """One page of the history, newest first."""

    imports: list[ImportCard]
    older: str
    total: int
    running: int
    waiting: int
    sources: list[str]


@dataclass(frozen=True)
class RejectGroup:
    """Rejected rows with the same reason and column, and the first of them."""

    reason: str
    column: str
    count: int
    sentence: str
    first: list[ImportReject] = field(default_factory=list)


def import_page(
    person: Person, *, now: datetime, after: str = "", q: str = "", kind: str = "", source: str = "", state: str = ""
) -> ImportPage:
    """Imports that match, newest first."""
    every = Import.objects.all()
    rows = with_everything(every)
    if q:
        rows = rows.filter(Q(file_name__icontains=q) | Q(source__name__icontains=q))
    if kind in Import.Kind.values:
        rows = rows.filter(kind=kind)
    if source:
        rows = rows.filter(source__name=source)
    if state in Import.State.values:
        rows = rows.filter(state=state)
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE_ROWS + 1])
    counts = every.aggregate(
        total=Count("pk"),
        running=Count("pk", filter=Q(state__in=[Import.State.STARTED, Import.State.UNDOING])),
        waiting=Count("pk", filter=Q(state=Import.State.DRAFT)),
    )
    return ImportPage(
        imports=[import_card(row, person, now=now) for row in found[:PAGE_ROWS]],
        older=str(found[PAGE_ROWS - 1].pk) if len(found) > PAGE_ROWS else "",
        sources=list(Source.objects.values_list("name", flat=True)),
        **counts,
    )


def with_everything(rows: QuerySet[Import]) -> QuerySet[Import]:
    """Imports with all that their cards show."""
    return rows.select_related("source", "job__created_by", "created_by", "undone_by", "undo_job__created_by")


def import_card(row: Import, person: Person, *, now: datetime | None = None) -> ImportCard:
    """One import; while its job runs, with the counts so far. With `now`, whether it may be undone."""
    job = row.job
    running = row.state == Import.State.STARTED and job is not None
    broken = running and job is not None and job.state in {Job.State.FAILED, Job.State.CANCELLED}
    counts = progress_of(job.progress) if running and job else _stored_counts(row)
    message = ""
    if row.problem:
        message = rejections.sentence(row.problem, row.problem_parameters)
    elif broken and job:
        message = job.error or _("The import was stopped.")
    return ImportCard(
        id=row.pk,
        file_name=row.file_name,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        source=row.source.name,
        door_label=row.get_door_display(),
        by=row.created_by.name if row.created_by else "",
        created_at=row.created_at,
        finished_at=row.finished_at,
        state="failed" if broken else _STATES[row.state],
        dry_run=row.dry_run,
        counts=counts,
        message=message,
        job=outbox_selectors.job_card(job, person) if job else None,
        has_file=bool(row.path),
        undo=undo.is_offered(row, person, now=now) if now else Verdict(False),
        undone=Outcome(row.removed_count, row.restored_count, row.kept_count) if row.undone_at else None,
        undone_at=row.undone_at,
        undone_by=row.undone_by.name if row.undone_by else "",
        undo_job=outbox_selectors.job_card(row.undo_job, person) if row.undo_job else None,
    )


_STATES: dict[str, str] = {
    Import.State.DRAFT: "draft",
    Import.State.STARTED: "running",
    Import.State.FINISHED: "done",
    Import.State.FAILED: "failed",
    Import.State.UNDOING: "undoing",
    Import.State.UNDONE: "undone",
}


def _stored_counts(row: Import) -> dict[str, int]:
    return {
        "read": row.read_count,
        "new": row.new_count,
        "changed": row.changed_count,
        "unchanged": row.unchanged_count,
        "rejected": row.rejected_count,
        "redacted": row.redacted_count,
    }


def reject_groups(imported: Import) -> list[RejectGroup]:
    """Rejects by cause, the most frequent first, each with its first rows."""
    rejects = ImportReject.objects.filter(imported=imported)
    causes = list(
        rejects.values("reason", "column").annotate(count=Count("pk"), line=Min("line")).order_by("-count", "line")
    )
    groups = []
    for cause in causes[:10]:
        first = list(rejects.filter(reason=cause["reason"], column=cause["column"]).order_by("line")[:SAMPLE_REJECTS])
        groups.append(
            RejectGroup(
                reason=cause["reason"],
                column=cause["column"],
                count=cause["count"],
                sentence=rejections.sentence(cause["reason"], first[0].parameters),
                first=first,
            )
        )
    return groups


def reject_rows(imported: Import, *, reason: str = "", column: str | None = None) -> Iterator[tuple[Any, ...]]:
    """Line, column, value and sentence of each rejected row under a heading, for a spreadsheet."""
    rejects = ImportReject.objects.filter(imported=imported)
    if reason:
        rejects = rejects.filter(reason=reason)
    if column is not None:
        rejects = rejects.filter(column=column)
    yield (_("line"), _("column"), _("value"), _("reason"))
    for row in rejects.order_by("line").iterator():
        sentence = rejections.sentence(row.reason, row.parameters)
        yield (row.line, rejections.defused(row.column), rejections.defused(row.value), sentence)

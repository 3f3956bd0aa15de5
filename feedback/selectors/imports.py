"""The imports pages: the history, one import with its rejects, the preview of a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Person
from feedback import rejections
from feedback.models import Import, ImportReject, Source
from feedback.services import reading
from feedback.services.imports import progress_of
from outbox import selectors as outbox_selectors
from outbox.models import Job
from outbox.selectors import JobCard

PAGE_ROWS = 25
SAMPLE_REJECTS = 5
PREVIEW_ROWS = 5
PREVIEW_REJECTS = 5
_PREVIEW_READ = 1000
_EXAMPLES = 3
_EXAMPLE_LENGTH = 40


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
    # "draft", "running", "failed", "done"
    state: str
    dry_run: bool
    counts: dict[str, int]
    message: str
    job: JobCard | None
    has_file: bool

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
    person: Person, *, after: str = "", q: str = "", kind: str = "", source: str = "", state: str = ""
) -> ImportPage:
    """Imports that match, newest first."""
    every = Import.objects.all()
    rows = every.select_related("source", "job__created_by", "created_by")
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
        running=Count("pk", filter=Q(state=Import.State.STARTED)),
        waiting=Count("pk", filter=Q(state=Import.State.DRAFT)),
    )
    return ImportPage(
        imports=[import_card(row, person) for row in found[:PAGE_ROWS]],
        older=str(found[PAGE_ROWS - 1].pk) if len(found) > PAGE_ROWS else "",
        sources=list(Source.objects.values_list("name", flat=True)),
        **counts,
    )


def import_card(row: Import, person: Person) -> ImportCard:
    """One import; while its job runs, with the counts so far."""
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
    )


_STATES: dict[str, str] = {
    Import.State.DRAFT: "draft",
    Import.State.STARTED: "running",
    Import.State.FINISHED: "done",
    Import.State.FAILED: "failed",
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


@dataclass(frozen=True)
class PreviewRow:
    """A row as it would be stored."""

    line: int
    when: datetime | None
    text: str
    reasons: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class PreviewReject:
    """A row that would be rejected."""

    line: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Preview:
    """The first rows of a file under a mapping."""

    rows: list[PreviewRow]
    rejects: list[PreviewReject]
    # Of the rows looked at.
    read: int
    rejected: int
    # Whether the file goes on after them.
    more: bool


def examples(header: tuple[str, ...], rows: list[list[str]]) -> list[list[str]]:
    """A few different values of each column, without personal data."""
    from feedback.redaction import redact

    found: list[list[str]] = []
    for position in range(len(header)):
        values: dict[str, None] = {}
        for row in rows:
            value = row[position].strip() if position < len(row) else ""
            if value:
                shown = redact(value[:200]).text
                values[shown if len(shown) <= _EXAMPLE_LENGTH else f"{shown[:_EXAMPLE_LENGTH]}…"] = None
            if len(values) == _EXAMPLES:
                break
        found.append(list(values))
    return found


def preview(source: reading.Reading) -> Preview:
    """What the first thousand rows would become."""
    chunk = source.take(_PREVIEW_READ)
    return Preview(
        rows=[_preview_row(line, row) for line, row in zip(chunk.lines, chunk.rows[:PREVIEW_ROWS], strict=False)],
        rejects=[
            PreviewReject(
                reject.line, reject.column, reject.value, rejections.sentence(reject.reason, reject.parameters)
            )
            for reject in chunk.rejects[:PREVIEW_REJECTS]
        ],
        read=chunk.read,
        rejected=len(chunk.rejects),
        more=chunk.read == _PREVIEW_READ,
    )


def _preview_row(line: int, row: Any) -> PreviewRow:
    from feedback.redaction import redact

    known = getattr(row, "known", ())
    score = getattr(row, "score", None)
    facts = [
        getattr(row, name, "") for name in ("channel", "stage", "location", "page", "market", "language", "device")
    ]
    if (visits := getattr(row, "sessions", None)) is not None:
        facts.append(_("%(count)s visits") % {"count": formats.decimal(visits)})
    if (orders := getattr(row, "orders", None)) is not None:
        facts.append(_("%(count)s orders") % {"count": formats.decimal(orders)})
    if score is not None:
        places = len(f"{score:g}".partition(".")[2])
        facts.insert(0, f"{row.instrument.upper()} {formats.decimal(score, places)}")
    return PreviewRow(
        line=line,
        when=getattr(row, "occurred_at", None) or getattr(row, "responded_at", None) or getattr(row, "local_day", None),
        text=redact(getattr(row, "text", "")[:300], known).text,
        reasons=tuple(" › ".join(path) for path in getattr(row, "reasons", ())),
        facts=tuple(str(fact) for fact in facts if fact),
    )

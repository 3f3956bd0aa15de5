"""Questions about background work and messages, answered ready for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from outbox import jobs, messages, permissions
from outbox.models import Job, Message

PAGE_ROWS = 25
# What handlers count under these names of their progress, as people call it.
COUNTED = {
    "read": gettext_lazy("Read"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "rejected": gettext_lazy("Rejected"),
    "redacted": gettext_lazy("Personal data removed"),
}
_TAGS = {Job.State.DONE: "e", Job.State.FAILED: "r", Job.State.RUNNING: "n"}


@dataclass(frozen=True)
class JobCard:
    """A job as people see it."""

    id: int
    kind: str
    title: str
    state: str
    state_label: str
    tag: str
    done: int
    total: int | None
    counts: dict[str, int]
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    created_by: str
    attempts: int
    may_retry: bool
    may_stop: bool

    @property
    def named_counts(self) -> list[tuple[str, int]]:
        """The counts with the words that people use for them."""
        return [(str(COUNTED[name]), value) for name, value in self.counts.items()]

    @property
    def live(self) -> bool:
        """Whether it may still change by itself."""
        return self.state in {Job.State.QUEUED, Job.State.RUNNING}

    @property
    def waiting(self) -> bool:
        """Whether no worker has it yet, or it waits for its next attempt."""
        return self.state == Job.State.QUEUED

    @property
    def percent(self) -> int | None:
        """How far it is, 0 to 100; None while nobody knows how much there is."""
        if self.state == Job.State.DONE:
            return 100
        return None if not self.total else min(100, 100 * self.done // self.total)

    @property
    def seconds(self) -> float | None:
        """How long it took from its first start."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


def job_card(job: Job, person: Person) -> JobCard:
    """One job for this person; `created_by` has to be loaded with it."""
    return JobCard(
        id=job.pk,
        kind=job.kind,
        title=jobs.title(job.kind),
        state=job.state,
        state_label=str(Job.State(job.state).label),
        tag=_TAGS.get(Job.State(job.state), ""),
        done=job.cursor,
        total=job.total,
        counts=counts(job),
        error=_(job.error) if job.error else "",
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        created_by=job.created_by.name if job.created_by else "",
        attempts=job.attempts,
        may_retry=bool(permissions.may_retry(person, job)),
        may_stop=bool(permissions.may_stop(person, job)),
    )


def counts(job: Job) -> dict[str, int]:
    """What the handler counted so far; it also keeps its place in `progress`, which is nobody's business."""
    return {name: int(job.progress[name]) for name in COUNTED if isinstance(job.progress.get(name), int)}


def visible_jobs(person: Person) -> QuerySet[Job]:
    """The jobs this person may see."""
    every = Job.objects.select_related("created_by")
    return every if permissions.may_see_all_jobs(person) else every.filter(created_by=person)


@dataclass(frozen=True)
class JobPage:
    """One page of jobs, newest first, and how many of all wait, run and failed."""

    jobs: list[JobCard]
    older: str
    live: int
    failed: int


def job_page(person: Person, *, after: str = "", state: str = "") -> JobPage:
    """A page of jobs after this marker ("" is the first), of one state or of all."""
    visible = visible_jobs(person)
    found = visible.filter(state=state) if state in Job.State.values else visible
    rows, older = _page(found, "created_at", after)
    return JobPage(
        jobs=[job_card(job, person) for job in rows],
        older=older,
        live=visible.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).count(),
        failed=visible.filter(state=Job.State.FAILED).count(),
    )


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it."""

    id: int
    words: messages.Rendered
    sender: Person | None
    delivered_at: datetime
    unread: bool


@dataclass(frozen=True)
class Inbox:
    """One page of messages, newest first, how many there are and how many are unread."""

    letters: list[Letter]
    older: str
    total: int
    unread: int

    @property
    def good_news(self) -> int:
        """Unread letters of this page that bring good news."""
        return sum(letter.unread and letter.words.tone == "good" for letter in self.letters)


def delivered(person: Person, now: datetime) -> QuerySet[Message]:
    """Messages that reached this person: out of the undo window and not taken back."""
    return Message.objects.filter(recipient=person, deliver_after__lte=now, cancelled_at__isnull=True).select_related(
        "sender__team"
    )


def unread_count(person: Person, now: datetime) -> int:
    """How many messages this person has not read."""
    return delivered(person, now).filter(read_at__isnull=True).count()


def inbox(person: Person, now: datetime, *, after: str = "", only_unread: bool = False) -> Inbox:
    """A page of this person's messages, in the active language."""
    all_of_them = delivered(person, now)
    unread = all_of_them.filter(read_at__isnull=True)
    rows, older = _page(unread if only_unread else all_of_them, "deliver_after", after)
    return Inbox([letter(row) for row in rows], older, all_of_them.count(), unread.count())


def letter(message: Message) -> Letter:
    """One message in the active language."""
    return Letter(
        id=message.pk,
        words=messages.write_out(message.kind, message.parameters),
        sender=message.sender,
        delivered_at=message.deliver_after,
        unread=message.read_at is None,
    )


def _page(rows: QuerySet[Any], moment: str, after: str) -> tuple[list[Any], str]:
    """A keyset page, newest first, and the marker of the next one ("" at the end)."""
    place = _place(after)
    if place:
        at, pk = place
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": pk}))
    found = list(rows.order_by(f"-{moment}", "-pk")[: PAGE_ROWS + 1])
    if len(found) <= PAGE_ROWS:
        return found, ""
    last = found[PAGE_ROWS - 1]
    return found[:PAGE_ROWS], f"{getattr(last, moment).timestamp():.6f}-{last.pk}"


def _place(after: str) -> tuple[datetime, int] | None:
    """What a marker stands for; a damaged one is the first page."""
    at, _dash, pk = after.partition("-")
    try:
        return datetime.fromtimestamp(float(at), UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None

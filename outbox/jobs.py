"""Durable work: how a job is recorded, claimed, done in chunks and ended.

A handler is registered by kind and gets a `Run`. It reads its place from `run.cursor`, and writes each
chunk inside `with run.chunk(to=…)`: the rows, the new cursor and the lease in one transaction, guarded by
owner and cursor. A worker that lost its lease writes nothing. A handler may be called again after its
last chunk (the worker died before the job was marked done), so from there it must have nothing to do.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from traceback import format_tb
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from accounts.models import Person
from outbox.models import Job
from outbox.pace import breathe, chunk_rows

__all__ = [
    "Interrupted", "LostLease", "Refused", "Run", "breathe", "chunk_rows", "claim", "clean_reasons", "due", "enqueue",
    "enqueue_unless_waiting", "handles", "is_handled", "perform", "title",
]  # fmt: skip

Handler = Callable[["Run"], None]
_handlers: dict[str, Handler] = {}
_titles: dict[str, str | Promise] = {}
_cleaners: list[Callable[[str], str]] = [str]
log = structlog.stdlib.get_logger("outbox.jobs")


class Flag(Protocol):
    """A threading.Event, or one of multiprocessing where the worker forks."""

    def set(self) -> None: ...
    def is_set(self) -> bool: ...


# Set when this process is stopping: its jobs go back to the queue at their next chunk.
stopping: Flag = threading.Event()

# Shown in the reader's language: what is stored is the English sentence.
CUT_OFF = gettext_noop("The work was cut off every time at the same place; the worker may be short of memory.")
LONGEST_PAUSE_SECONDS = 600


class LostLease(Exception):
    """Another worker has this job now, or it was stopped; whatever this one was about to write is undone."""


class Interrupted(Exception):
    """This worker is stopping, or the job's turn is over; the job goes on later from its cursor."""


class Refused(Exception):
    """The job cannot succeed, and trying again would not help. The text is shown to people."""


def handles(kind: str, *, title: str | Promise = "") -> Callable[[Handler], Handler]:
    """Register the handler of a job kind and what people call the work; apps do it when they start."""

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(kind, handler) is not handler:
            raise ValueError(f"Two handlers for job kind {kind}.")
        _titles[kind] = title
        return handler

    return register


def title(kind: str) -> str:
    """What people call this work, in the reader's language; the kind itself where nobody said it."""
    return str(_titles.get(kind) or kind)


def is_handled(kind: str) -> bool:
    """Whether an app registered a handler for this kind."""
    return kind in _handlers


def enqueue(
    kind: str,
    arguments: dict[str, Any] | None = None,
    *,
    now: datetime,
    key: str | None = None,
    run_after: datetime | None = None,
    created_by: Person | None = None,
    total: int | None = None,
) -> Job:
    """Record a job in the caller's transaction; the relay sees it after the commit.

    With a `key`, the same key again gives the job that is already there, also when it is done.
    """
    values = {
        "kind": kind,
        "arguments": arguments or {},
        "run_after": run_after or now,
        "created_by": created_by,
        "created_at": now,
        "total": total,
    }
    if key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(key=key, defaults=values)[0]


def enqueue_unless_waiting(kind: str, arguments: dict[str, Any] | None = None, *, now: datetime) -> Job:
    """The job of this kind and arguments that nobody has begun yet, or a new one.

    For work like a recount, where one run does what ten requests asked for. Two callers at once may
    each make one, which costs time and nothing else.
    """
    waiting = Job.objects.filter(kind=kind, state=Job.State.QUEUED, cursor=0, arguments=arguments or {})
    return waiting.order_by("id").first() or enqueue(kind, arguments, now=now)


def owner_name() -> str:
    """A name for this worker thread that no other has, now or after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}:{uuid.uuid4().hex[:8]}"


def due(now: datetime) -> Q:
    """Rows that may be claimed: queued and due, or running with a lapsed lease."""
    return Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)


class Run:
    """One worker's hold on one job."""

    def __init__(self, job: Job, owner: str, turn_seconds: float | None = None) -> None:
        self.job = job
        self.owner = owner
        self.arguments: dict[str, Any] = job.arguments
        self.cursor: int = job.cursor
        self.progress: dict[str, Any] = dict(job.progress)
        self.attempts: int = job.attempts
        self._turn_ends = None if turn_seconds is None else time.monotonic() + turn_seconds
        self._wrote = False

    @contextmanager
    def chunk(self, *, to: int, total: int | None = None) -> Iterator[None]:
        """Write one chunk; then the cursor moves `to` there, with `self.progress`, or nothing is written.

        Raises LostLease when the job is another worker's by now, and Interrupted between two chunks when
        this worker has to give it back. On SQLite it first lets the web's writers through.
        """
        self._check_turn()
        breathe()
        with transaction.atomic(durable=True):
            _limit_hang()
            # A job that gets on has all its attempts again: they count against one place only.
            self._hold(cursor=to, total=total, attempts=1, cut_offs=0)
            yield
            self._own().update(progress=self.progress)
        self.cursor = to
        self.attempts = 1
        self._wrote = True

    def extend(self) -> None:
        """Keep the lease during long arithmetic that writes nothing."""
        self._hold(cursor=self.cursor)

    def expect(self, total: int) -> None:
        """Say how much there is to do, for the progress bar."""
        self._hold(cursor=self.cursor, total=total)

    def _check_turn(self) -> None:
        late = self._turn_ends is not None and time.monotonic() > self._turn_ends
        # At least one chunk a turn, so that a slow start cannot keep a job where it is.
        if stopping.is_set() or (late and self._wrote):
            raise Interrupted

    def _own(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, owner=self.owner, state=Job.State.RUNNING)

    def _hold(self, *, cursor: int, total: int | None = None, **changes: Any) -> None:
        # First in its transaction, so that on PostgreSQL the row is locked while the chunk writes.
        changes |= {"cursor": cursor, "lease_until": _lease_from(timezone.now())}
        if total is not None:
            changes["total"] = total
        if not self._own().filter(cursor=self.cursor).update(**changes):
            raise LostLease(f"Job {self.job.pk} is not this worker's any more.")

    def end(self, state: str, error: str = "") -> None:
        """The job is over, unless it is another worker's by now."""
        self._own().update(state=state, error=error, finished_at=timezone.now(), lease_until=None)

    def put_back(self, *, pause_seconds: float = 0, error: str = "", attempts: int | None = None) -> None:
        """Back to the queue; the next worker goes on from the cursor."""
        self._own().update(
            state=Job.State.QUEUED,
            error=error,
            attempts=self.attempts if attempts is None else attempts,
            owner="",
            sent_at=None,
            lease_until=None,
            run_after=timezone.now() + timedelta(seconds=pause_seconds),
        )


def claim(job_id: int, *, now: datetime, turn_seconds: float | None = None) -> Run | None:
    """Take the job with one guarded UPDATE, or None when another worker was first."""
    owner = owner_name()
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            # A worker that hangs inside a chunk holds the row's lock; do not hang with it.
            locking = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id)
            if not locking.values_list("pk", flat=True).first():
                return None
        # Whoever takes it from a dead worker goes on with the same attempt.
        died = Q(state=Job.State.RUNNING)
        taken = Job.objects.filter(due(now), pk=job_id).update(
            state=Job.State.RUNNING,
            owner=owner,
            attempts=F("attempts") + Case(When(died, then=Value(0)), default=Value(1)),
            cut_offs=F("cut_offs") + Case(When(died, then=Value(1)), default=Value(0)),
            lease_until=_lease_from(now),
        )
        if not taken:
            return None
        Job.objects.filter(pk=job_id, started_at__isnull=True).update(started_at=now)
        return Run(Job.objects.get(pk=job_id), owner, turn_seconds)


def perform(job_id: int, *, turn_seconds: float | None = None) -> Job | None:
    """Claim the job and run its handler; the job as it then stands, or None if it was taken.

    After `turn_seconds` the job goes back to the queue at its next chunk, so that others get a turn.
    """
    run = claim(job_id, now=timezone.now(), turn_seconds=turn_seconds)
    if run is None:
        return None
    logger = log.bind(job=job_id, kind=run.job.kind, attempt=run.attempts)
    if run.job.cut_offs >= settings.JOB_MAX_CUT_OFFS:
        run.end(Job.State.FAILED, error=CUT_OFF)
        logger.error("job failed", reason=CUT_OFF)
        return Job.objects.get(pk=job_id)
    logger.info("job started", cursor=run.cursor)
    _carry_out(run, logger)
    return Job.objects.filter(pk=job_id).first()


def _carry_out(run: Run, logger: structlog.stdlib.BoundLogger) -> None:
    try:
        if run.job.kind not in _handlers:
            # Tried again: while versions change, another worker may be the one that knows.
            raise LookupError(f"Nothing here knows how to do “{run.job.kind}”.")
        with translation.override(_language(run.job)):
            _handlers[run.job.kind](run)
    except LostLease:
        logger.warning("job lost", cursor=run.cursor)
    except Interrupted:
        run.put_back(attempts=max(0, run.attempts - 1))
        logger.info("job put back", cursor=run.cursor)
    except Refused as refusal:
        run.end(Job.State.FAILED, error=str(refusal))
        logger.warning("job refused", reason=str(refusal))
    except Exception as error:
        # Whatever a handler raises must end on screen.
        _stumble(run, error, logger)
    else:
        run.end(Job.State.DONE)
        logger.info("job done", cursor=run.cursor)


def _language(job: Job) -> str:
    """Of whoever asked for the work, who reads how it ended."""
    return job.created_by.language if job.created_by else settings.LANGUAGE_CODE


def _stumble(run: Run, error: Exception, logger: structlog.stdlib.BoundLogger) -> None:
    """Try again later, each time a good deal later; after the last attempt the job is failed."""
    reason = reason_of(error)
    final = run.attempts >= settings.JOB_MAX_ATTEMPTS
    # A whole traceback ends with all that was said, rows included; where it happened is harmless.
    where = format_tb(error.__traceback__)
    logger.error("job failed" if final else "job stumbled", reason=reason, cursor=run.cursor, where=where)
    if not connection.in_atomic_block:
        # The database may be what failed; the next lines then try a new connection.
        connection.close_if_unusable_or_obsolete()
    if final:
        run.end(Job.State.FAILED, error=reason)
    else:
        run.put_back(pause_seconds=pause_after(run.attempts), error=reason)


def reason_of(error: BaseException) -> str:
    """What went wrong, for the screen and the log; of a database its first line, as the next ones hold rows."""
    said = str(error)
    if isinstance(error, DatabaseError):
        said = said.partition("\n")[0].strip()
    return f"{type(error).__name__}: {_cleaners[-1](said)}"


def clean_reasons(cleaner: Callable[[str], str]) -> None:
    """Pass what errors say through `cleaner`: it may repeat a value of a customer. The app that knows how does it."""
    _cleaners[:] = [cleaner]


def pause_after(attempts: int) -> int:
    """Seconds to wait after so many failed attempts: 2, 8, 32, 128, …, at most ten minutes."""
    pause: int = 2 * 4 ** max(0, attempts - 1)
    return min(LONGEST_PAUSE_SECONDS, pause)


def _lease_from(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _limit_hang() -> None:
    """On PostgreSQL, end this transaction if its worker hangs for longer than the lease."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            milliseconds = int(settings.JOB_LEASE_SECONDS * 1000)
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [str(milliseconds)])

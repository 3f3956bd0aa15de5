"""Durable work: how a job is recorded, claimed, done in chunks and ended.

A handler is registered by kind and gets a `Run`. It reads its place from `run.cursor`, and writes each
chunk inside `with run.chunk(to=…)`: the rows, the new cursor and the lease in one transaction, guarded by
owner and cursor. A worker that lost its lease writes nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Person
from outbox.models import Job

Handler = Callable[["Run"], None]
_handlers: dict[str, Handler] = {}


class LostLease(Exception):
    """Another worker has this job now; whatever this one was about to write is undone."""


class Refused(Exception):
    """The job cannot succeed, and trying again would not help. The text is shown to people."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a job kind; apps do it when they start."""

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(kind, handler) is not handler:
            raise ValueError(f"Two handlers for job kind {kind}.")
        return handler

    return register


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

    With a `key`, the same key again gives the job that is already there.
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


def owner_name() -> str:
    """A name for this worker thread that no other has, now or after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}:{uuid.uuid4().hex[:8]}"


def due(now: datetime) -> Q:
    """Rows that may be claimed: queued and due, or running with a lapsed lease."""
    return Q(state=Job.State.QUEUED, run_after__lte=now) | Q(
        state=Job.State.RUNNING, lease_until__lt=now
    )


class Run:
    """One worker's hold on one job."""

    def __init__(self, job: Job, owner: str) -> None:
        self.job = job
        self.owner = owner
        self.arguments: dict[str, Any] = job.arguments
        self.cursor: int = job.cursor
        self.progress: dict[str, Any] = dict(job.progress)

    @contextmanager
    def chunk(self, *, to: int, total: int | None = None) -> Iterator[None]:
        """Write one chunk; then the cursor moves `to` there, with `self.progress`, or nothing is written."""
        with transaction.atomic():
            self._hold(cursor=to, total=total)
            yield
            self._save_progress()
        self.cursor = to

    def extend(self) -> None:
        """Keep the lease during long arithmetic that writes nothing."""
        self._hold(cursor=self.cursor, total=None)

    def expect(self, total: int) -> None:
        """Say how much there is to do, for the progress bar."""
        self._hold(cursor=self.cursor, total=total)

    def _hold(self, *, cursor: int, total: int | None) -> None:
        # First, so that on PostgreSQL the row lock is held while the chunk writes.
        changes: dict[str, Any] = {
            "cursor": cursor,
            "lease_until": timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        }
        if total is not None:
            changes["total"] = total
        held = Job.objects.filter(
            pk=self.job.pk, owner=self.owner, cursor=self.cursor, state=Job.State.RUNNING
        ).update(**changes)
        if not held:
            raise LostLease(f"Job {self.job.pk} belongs to another worker.")

    def _save_progress(self) -> None:
        Job.objects.filter(pk=self.job.pk, owner=self.owner).update(progress=self.progress)


def claim(job_id: int, *, now: datetime) -> Run | None:
    """Take the job with one UPDATE, or None when another worker was first."""
    owner = owner_name()
    taken = (
        Job.objects.filter(due(now), pk=job_id)
        .update(
            state=Job.State.RUNNING,
            owner=owner,
            attempts=F("attempts") + 1,
            lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        )
    )
    if not taken:
        return None
    Job.objects.filter(pk=job_id, started_at__isnull=True).update(started_at=now)
    return Run(Job.objects.get(pk=job_id), owner)


def perform(job_id: int) -> Job | None:
    """Claim the job and run its handler to the end; the job as it then stands, or None if it was taken."""
    run = claim(job_id, now=timezone.now())
    if run is None:
        return None
    try:
        _handlers[run.job.kind](run)
    except LostLease:
        pass
    except Refused as refusal:
        _end(run, Job.State.FAILED, error=str(refusal))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises must end on screen
        _stumble(run, error)
    else:
        _end(run, Job.State.DONE)
    return Job.objects.get(pk=job_id)


def _end(run: Run, state: str, error: str = "") -> None:
    Job.objects.filter(pk=run.job.pk, owner=run.owner, state=Job.State.RUNNING).update(
        state=state, error=error, finished_at=timezone.now(), lease_until=None
    )


def _stumble(run: Run, error: Exception) -> None:
    """Try again later, each time a little later; after the last attempt the job is failed."""
    reason = f"{type(error).__name__}: {error}"
    if run.job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _end(run, Job.State.FAILED, error=reason)
        return
    pause = timedelta(seconds=2 ** run.job.attempts)
    Job.objects.filter(pk=run.job.pk, owner=run.owner, state=Job.State.RUNNING).update(
        state=Job.State.QUEUED,
        error=reason,
        sent_at=None,
        lease_until=None,
        run_after=timezone.now() + pause,
    )

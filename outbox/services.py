"""Writes of this floor: what to tell people, and a hand on the jobs."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Person
from accounts.services import record
from outbox import permissions
from outbox.models import Job, Message


def tell(
    *,
    recipient: Person,
    kind: str,
    parameters: dict[str, Any],
    now: datetime,
    sender: Person | None = None,
    about: tuple[str, int] | None = None,
    undoable: bool = False,
) -> Message:
    """Tell a person something, in the caller's transaction; after the undo window if `undoable`.

    `kind` names a sentence registered in `outbox.messages`; it is written out in the reader's language.
    """
    wait = timedelta(seconds=settings.UNDO_SECONDS if undoable else 0)
    return Message.objects.create(
        recipient=recipient,
        sender=sender,
        kind=kind,
        parameters=parameters,
        about_kind=about[0] if about else "",
        about_id=about[1] if about else None,
        created_at=now,
        deliver_after=now + wait,
    )


def take_back(*, about: tuple[str, int], since: datetime, now: datetime, kind: str = "") -> int:
    """Cancel what was told about this thing from `since` on and not delivered yet; how many messages that were.

    Of one `kind`, or of any. What was told before stays: it is still true.
    """
    waiting = Message.objects.filter(
        about_kind=about[0],
        about_id=about[1],
        created_at__gte=since,
        cancelled_at__isnull=True,
        deliver_after__gt=now,
    )
    return (waiting.filter(kind=kind) if kind else waiting).update(cancelled_at=now)


def mark_read(*, person: Person, message_ids: list[int] | None = None, now: datetime) -> int:
    """Mark delivered messages of this person as read, all or these; how many were unread.

    Not in the audit trail: it changes nothing for anybody else.
    """
    unread = Message.objects.filter(
        recipient=person, read_at__isnull=True, cancelled_at__isnull=True, deliver_after__lte=now
    )
    if message_ids is not None:
        unread = unread.filter(pk__in=message_ids)
    return unread.update(read_at=now)


@transaction.atomic
def retry(*, job: Job, actor: Person, now: datetime) -> None:
    """Queue a failed or stopped job again; it goes on from its cursor. Raises PermissionDenied."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    permissions.may_retry(actor, locked).demand()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.QUEUED,
        attempts=0,
        cut_offs=0,
        error="",
        owner="",
        sent_at=None,
        lease_until=None,
        run_after=now,
        finished_at=None,
    )
    record(actor=actor, action="retry", target=job, details={"cursor": locked.cursor}, now=now)


@transaction.atomic
def stop(*, job: Job, actor: Person, now: datetime) -> None:
    """Stop a job: what it has written stays, its worker finds out at the next chunk. Raises PermissionDenied."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    permissions.may_stop(actor, locked).demand()
    Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED, owner="", lease_until=None, finished_at=now)
    record(actor=actor, action="stop", target=job, details={"cursor": locked.cursor}, now=now)

"""Writes of this floor: what to tell people."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import Person
from outbox.models import Message


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


def take_back(*, about: tuple[str, int], now: datetime) -> int:
    """Cancel what was not delivered yet about this thing; how many messages that were."""
    return Message.objects.filter(
        about_kind=about[0], about_id=about[1], cancelled_at__isnull=True, deliver_after__gt=now
    ).update(cancelled_at=now)

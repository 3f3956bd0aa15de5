"""The audit trail: one entry per service write, of every floor."""

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEntry, Person


def record(
    *,
    actor: Person | None,
    action: str,
    target: models.Model | None = None,
    kind: str = "",
    name: str = "",
    details: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Sign one write in the audit trail, in the caller's transaction.

    `action` is a verb ("accept"); `details` holds counts and short facts, never a customer's words.
    Without an actor the system itself did it.
    """
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        actor_name=actor.name if actor else "Hearback",
        action=action,
        object_kind=kind or (target._meta.model_name or "" if target else ""),
        object_id=str(target.pk) if target else "",
        object_name=(name or (str(target) if target else ""))[:200],
        details=details or {},
    )

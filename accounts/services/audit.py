"""The audit trail: one entry per service write, of every floor."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from accounts.models import AuditEntry, Person

_AT_ONCE = 200


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


def take_out(forget: Callable[[Any], tuple[Any, int]]) -> int:
    """Take an erased customer out of the entries, the one change that the trail allows; how many pieces.

    `forget` gives a text or a JSON value back without the customer, and how often it was in there. What was
    done, when and by whom stays. The trail is read before anything is written. It cannot be opened behind other
    writes of the same transaction: call it outside one, or first.
    """
    said = AuditEntry.objects.order_by("pk").values_list("pk", "object_name", "details").iterator(chunk_size=2000)
    holding = [key for key, *texts in said if forget(texts)[1]]
    pieces = 0
    for start in range(0, len(holding), _AT_ONCE):
        with transaction.atomic(), _writable():
            pieces += _take_out_of(holding[start : start + _AT_ONCE], forget)
    return pieces


def _take_out_of(keys: Sequence[int], forget: Callable[[Any], tuple[Any, int]]) -> int:
    entries = list(AuditEntry.objects.filter(pk__in=keys))
    pieces = 0
    for entry in entries:
        entry.object_name, in_name = forget(entry.object_name)
        entry.details, in_details = forget(entry.details)
        pieces += in_name + in_details
    AuditEntry.objects.bulk_update(entries, ["object_name", "details"])
    return pieces


@contextmanager
def _writable() -> Iterator[None]:
    """Lift the database's own refusal (migration 0002) until the block ends; if it fails, nothing happened."""
    table = AuditEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with open checks of this transaction cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            name = f"{table}_no_update"
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
            refusal = cursor.fetchone()[0]
            cursor.execute(f"DROP TRIGGER {name}")
            yield
            cursor.execute(refusal)

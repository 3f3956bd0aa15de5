"""A source is disconnected: at once for whoever sends, piece by piece for what it sent.

    disconnect → the job's steps: deliveries and raw records go, a chunk at a time → finish

From the first transaction on no call is proven, nothing is pulled and nothing is mapped. What was on its way in is
either kept before it, and goes with the rest, or finds that nobody is there. Rows stay and count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

import outbox.services
from accounts.models import Person
from accounts.services import record
from feedback.models import CommerceDay, Contact, Delivery, Import, RawRecord, Source, SurveyResponse
from feedback.services import turns
from outbox import jobs
from outbox.models import Job

JOB_KIND = "feedback.delete_sent"
FILES = "files"
SENT: dict[str, type[models.Model]] = {"deliveries": Delivery, "records": RawRecord}
_ROWS = (Contact, SurveyResponse, CommerceDay, Import)


def disconnect(*, source: Source, actor: Person, now: datetime) -> Job | None:
    """Forget its address, secrets, credentials and streams; a job deletes what it sent. None when that was done."""
    counts = {name: model._default_manager.filter(source=source).count() for name, model in SENT.items()}
    with transaction.atomic():
        # Whoever makes rows of its records ends first.
        turns.take(source.pk)
        # No key: whoever keeps a page or an import of it at this moment refers to it.
        held = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        if held.system == FILES:
            return None
        held.streams.all().delete()
        job = jobs.enqueue(
            JOB_KIND,
            {"source_id": held.pk, "up_to": {name: _last(model, held) for name, model in SENT.items()}},
            total=sum(counts.values()),
            created_by=actor,
            now=now,
        )
        record(actor=actor, action="disconnect", target=held, details={**counts, "system": held.system}, now=now)
        held.system, held.slug, held.config, held.secrets, held.credentials = FILES, "", {}, [], ""
        held.paused_at = None
        held.save()
    return job


def is_connected(source: Source) -> bool:
    """Whether it still is what it was when it was read. `disconnect` waits for the transaction that asks."""
    lock = " FOR SHARE" if connection.vendor == "postgresql" else ""
    statement = f"SELECT 1 FROM feedback_source WHERE id = %s AND system = %s AND slug = %s{lock}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [source.pk, source.system, source.slug])
        return cursor.fetchone() is not None


def is_under_way(source: Source) -> bool:
    """Whether something of what it sent before is still there."""
    return _unfinished(source).exists()


def go_on(*, source: Source, actor: Person, now: datetime) -> None:
    """Start the deletion of what it sent before again, where it failed or was stopped."""
    for job in _unfinished(source).filter(state__in=(Job.State.FAILED, Job.State.CANCELLED)):
        outbox.services.retry(job=job, actor=actor, now=now)


def some(arguments: dict[str, Any], name: str, count: int) -> list[int]:
    """The next ids to delete, of what was there when it was disconnected."""
    model = SENT[name]
    rows = model._default_manager.filter(source=arguments["source_id"], pk__lte=arguments["up_to"][name])
    return list(rows.order_by("pk").values_list("pk", flat=True)[:count])


def delete(name: str, ids: Sequence[int]) -> None:
    """Delete these deliveries or records, in the caller's transaction."""
    SENT[name]._default_manager.filter(pk__in=ids).delete()


def finish(source_id: int) -> None:
    """A source without rows goes as a whole, unless it is another one's by now."""
    held = Source.objects.select_for_update().filter(pk=source_id, system=FILES).first()
    if held and not any(model._default_manager.filter(source=held).exists() for model in _ROWS):
        held.delete()


def _unfinished(source: Source) -> models.QuerySet[Job]:
    return Job.objects.filter(kind=JOB_KIND, arguments__source_id=source.pk).exclude(state=Job.State.DONE)


def _last(model: type[models.Model], source: Source) -> int:
    found = model._default_manager.filter(source=source).order_by("-pk").values_list("pk", flat=True)
    return found.first() or 0

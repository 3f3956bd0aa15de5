"""What is pulled is kept: one page and its cursor in one transaction; and what is done when it does not work.

keep_page    records of a page and where to go on, both or neither
pause        the system asked for it: the stream goes on later by itself
fail         the cursor stays; tried again later and later; the linking pin hears of it once
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

import outbox.services
from accounts.models import Person, Role
from feedback import connectors
from feedback.connectors import Connector
from feedback.connectors.shapes import Page, Payload, StreamPlan
from feedback.models import Delivery, RawRecord, Source, Stream
from feedback.services.receiving import heard_again, insert_records, redact_records, request_mapping
from feedback.services.system_settings import settings_of, system_of
from feedback.systems import System, Unknown, Unmappable
from outbox import jobs
from outbox.answers import Lasting, SlowDown, Trouble
from outbox.models import Job

JOB_KIND = "feedback.pull"
# Minutes until the next attempt after the first, second … failure in a row that may pass by itself.
_AGAIN_MINUTES = (2, 10, 30)
_LONGEST_MINUTES = 360
# So often in a row before somebody is told; what only a person can mend is told at once.
TELL_AFTER = 3
_KEPT_DAYS = 7
log = structlog.stdlib.get_logger("feedback.pulling")


class Overtaken(Exception):
    """Another worker took this page in already, or its source was disconnected meanwhile."""


def plan_of(stream: Stream) -> tuple[Connector, StreamPlan, System] | None:
    """How this stream is pulled; None where its system knows no such stream (any more)."""
    connector, system = connectors.get(stream.source.system), system_of(stream.source)
    plan = connector.streams.get(stream.name) if connector else None
    return (connector, plan, system) if connector and plan and system else None


def due(now: datetime) -> list[Stream]:
    """Streams whose time has come, of sources that are signed in and not paused."""
    waits = Q(paused_until__isnull=False) & Q(paused_until__gt=now)
    found = Stream.objects.filter(is_active=True, next_run_at__lte=now, source__paused_at__isnull=True).exclude(waits)
    return list(found.exclude(source__credentials="").select_related("source").order_by("next_run_at", "pk"))


@transaction.atomic
def enqueue_due(*, now: datetime) -> int:
    """A job for every stream that is due and has none yet; how many streams. Old finished ones are forgotten."""
    Job.objects.filter(
        kind=JOB_KIND, state=Job.State.DONE, created_by__isnull=True, finished_at__lt=now - timedelta(days=_KEPT_DAYS)
    ).delete()
    found = due(now)
    for stream in found:
        jobs.enqueue_unless_waiting(JOB_KIND, {"stream_id": stream.pk}, now=now)
    return len(found)


class Refusal:
    """An object that no record can be made of: shown among the deliveries of the source, without its words."""

    def __init__(self, item: Payload, reason: str, parameters: dict[str, str]) -> None:
        self.raw = json.dumps(item, sort_keys=True, default=str).encode()
        self.reason = reason
        self.parameters = parameters


@dataclass(frozen=True)
class Read:
    """The objects of a page, as they will be kept."""

    records: list[RawRecord] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def read_page(*, stream: Stream, plan: StreamPlan, system: System, objects: Sequence[Payload], now: datetime) -> Read:
    """Objects → redacted records. The slow half, so it stands outside the transaction; nothing is written."""
    read = system.pulled[plan.pulled or stream.name]
    settings = settings_of(stream.source)

    def kept(items: Sequence[Payload]) -> list[RawRecord]:
        records = [record for item in items for record in read(item, settings)]
        return redact_records(source=stream.source, system=system, records=records, now=now)

    try:
        return Read(kept(objects))
    except Exception:
        # Which of them it was is seen one by one.
        found = Read()
    for item in objects:
        try:
            found.records.extend(kept([item]))
        except Unknown:
            continue
        except Unmappable as fault:
            found.refusals.append(Refusal(item, fault.reason, dict(fault.parameters)))
        except Exception:
            # One object that nobody thought of must not hold up all that come after it.
            log.exception("object could not be read", source=stream.source_id, stream=stream.name)
            found.refusals.append(Refusal(item, "stumbled", {}))
    return found


def keep_page(
    *,
    stream: Stream,
    read: Read,
    page: Page,
    counted: int,
    over: bool,
    now: datetime,
) -> int:
    """Store a page and move the cursor, in the caller's transaction; how many versions were new.

    `counted` is how many objects this run has brought so far, and `over` whether it ends here. Raises Overtaken
    when the stream does not stand any more where this page was asked for.
    """
    held = Stream.objects.select_for_update().filter(pk=stream.pk).first()
    if held is None or held.cursor != stream.cursor:
        raise Overtaken
    _keep_refusals(stream, read.refusals, now)
    new = heard_again(read.records) + insert_records(read.records)
    held.cursor, held.last_run_at, held.last_count = page.cursor, now, counted
    held.last_problem, held.problem_parameters, held.paused_until, held.failures = "", {}, None, 0
    if over:
        held.last_success_at, held.next_run_at = now, now + timedelta(minutes=held.every_minutes)
    held.save()
    stream.cursor = page.cursor
    if new:
        request_mapping(source=stream.source, now=now)
    return new


def _keep_refusals(stream: Stream, refusals: Sequence[Refusal], now: datetime) -> None:
    for refusal in refusals:
        sha256 = hashlib.sha256(refusal.raw).hexdigest()
        _kept, is_new = Delivery.objects.get_or_create(
            source=stream.source,
            key=sha256,
            defaults={
                "event": stream.name,
                "state": Delivery.State.REFUSED,
                "problem": refusal.reason,
                "problem_parameters": refusal.parameters,
                "sha256": sha256,
                "bytes": len(refusal.raw),
                "received_at": now,
            },
        )
        if not is_new:
            Delivery.objects.filter(source=stream.source, key=sha256).update(repeats=F("repeats") + 1)


@transaction.atomic
def pause(*, stream: Stream, slow: SlowDown, now: datetime) -> None:
    """Go on when the system allows it, from the cursor; this is no failure."""
    until = now + timedelta(seconds=max(1.0, slow.seconds))
    is_there = Stream.objects.filter(pk=stream.pk).update(
        paused_until=until, last_run_at=now, last_problem=slow.kind, problem_parameters=_parameters(stream, slow)
    )
    if is_there:
        jobs.enqueue(JOB_KIND, {"stream_id": stream.pk}, now=now, run_after=until)


@transaction.atomic
def fail(*, stream: Stream, trouble: Trouble, now: datetime) -> bool:
    """Note what went wrong and when it is tried again; whether somebody has to do something by now."""
    held = Stream.objects.select_for_update(of=("self",)).select_related("source").filter(pk=stream.pk).first()
    if held is None:
        return False
    held.failures += 1
    lasting = isinstance(trouble, Lasting)
    # What only a person can mend may come after what passes by itself, however often that was tried.
    is_new = held.last_problem != trouble.kind
    held.last_run_at, held.paused_until = now, None
    held.last_problem, held.problem_parameters = trouble.kind, _parameters(stream, trouble)
    held.next_run_at = now + timedelta(minutes=_minutes_until_again(held, lasting))
    held.save()
    if (lasting and is_new) or (not lasting and held.failures == TELL_AFTER):
        _tell(held)
    if not lasting and held.failures <= len(_AGAIN_MINUTES):
        jobs.enqueue(JOB_KIND, {"stream_id": stream.pk}, now=now, run_after=held.next_run_at)
    return lasting or held.failures >= TELL_AFTER


def _minutes_until_again(stream: Stream, lasting: bool) -> int:
    if not lasting and stream.failures <= len(_AGAIN_MINUTES):
        return _AGAIN_MINUTES[stream.failures - 1]
    return min(_LONGEST_MINUTES, max(60, stream.every_minutes))


def _parameters(stream: Stream, trouble: Trouble) -> dict[str, str]:
    """Those of the trouble; the system goes by its name rather than by its host."""
    system = system_of(stream.source)
    return {**trouble.parameters, "host": system.label if system else trouble.parameters.get("host", "")}


def _tell(stream: Stream) -> None:
    source: Source = stream.source
    told = {
        "source_id": source.pk,
        "source": source.name,
        "problem": stream.last_problem,
        "parameters": stream.problem_parameters,
    }
    for person in Person.objects.filter(role=Role.LINKING_PIN, is_active=True):
        outbox.services.tell(
            recipient=person,
            kind="pull_failed",
            parameters=told,
            about=("source", source.pk),
            now=stream.last_run_at or stream.next_run_at,
        )

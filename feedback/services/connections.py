"""How a source is pulled: signed in, its streams switched and timed, fetched at once or from an earlier day.

Nothing here tells what was entered: not the audit trail, not an answer, not an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from django.db import transaction

from accounts import vault
from accounts.models import Person
from accounts.services import record
from feedback import connectors
from feedback.connectors import Connector
from feedback.models import Source, Stream
from feedback.services import conversing
from feedback.services.pulling import JOB_KIND
from outbox import jobs

EVERY_MINUTES = (5, 15, 30, 60, 360, 1440)


def try_out(*, source: Source, values: Mapping[str, str] | None = None) -> None:
    """Ask one cheap question, signed in with `values` or with what is kept. Raises Trouble when it fails."""
    connector = _connector(source)
    given = conversing.credentials_of(source) if values is None else values
    with conversing.with_system(connector, given, key=f"try:{source.pk}", limits=conversing.TRYING) as ask:
        connector.check(ask)


@transaction.atomic
def enter(*, source: Source, values: Mapping[str, str], since: date, actor: Person, now: datetime) -> Source:
    """Keep what to sign in with, in place of what was kept, and fetch: new streams from the day `since` on."""
    connector = _connector(source)
    held = _locked(source)
    was_there = bool(held.credentials)
    kept = {name: values.get(name, "") for name in connector.fields}
    held.credentials = vault.seal(json.dumps({"values": kept, "at": now.isoformat(), "by": actor.name}))
    held.save(update_fields=["credentials"])
    for name, plan in connector.streams.items():
        Stream.objects.get_or_create(
            source=held,
            name=name,
            defaults={
                "cursor": cursor_from(since),
                "is_active": plan.is_wanted,
                "every_minutes": plan.every_minutes,
                "next_run_at": now,
            },
        )
    # What stood in the way was the old key.
    held.streams.update(failures=0, last_problem="", problem_parameters={}, paused_until=None, next_run_at=now)
    record(
        actor=actor, action="replace credentials" if was_there else "enter credentials", target=held,
        details={"system": held.system}, now=now,
    )  # fmt: skip
    _request(held, actor, now)
    return held


@transaction.atomic
def remove(*, source: Source, actor: Person, now: datetime) -> Source:
    """Forget what to sign in with; nothing is pulled any more, what came stays, and so does where each stream stood."""
    held = _locked(source)
    if held.credentials:
        held.credentials = ""
        held.save(update_fields=["credentials"])
        record(actor=actor, action="remove credentials", target=held, now=now)
    return held


@transaction.atomic
def change_stream(*, stream: Stream, is_active: bool, every_minutes: int, actor: Person, now: datetime) -> Stream:
    """Switch a stream on or off, and say how often it is fetched. Raises ValueError for another pause than offered."""
    if every_minutes not in EVERY_MINUTES:
        raise ValueError(every_minutes)
    held = Stream.objects.select_for_update().get(pk=stream.pk)
    if (held.is_active, held.every_minutes) == (is_active, every_minutes):
        return held
    held.is_active, held.every_minutes = is_active, every_minutes
    # It counts from now: nobody waits for the end of the former pause.
    held.next_run_at = now
    held.save(update_fields=["is_active", "every_minutes", "next_run_at"])
    details = {"stream": held.name, "is_active": is_active, "every_minutes": every_minutes}
    record(actor=actor, action="change stream", target=stream.source, details=details, now=now)
    return held


@transaction.atomic
def fetch_now(*, source: Source, actor: Person, now: datetime) -> int:
    """Fetch all its streams as soon as a worker is free; how many. One that was told to wait does wait."""
    count = _request(source, actor, now)
    if count:
        record(actor=actor, action="fetch", target=source, now=now)
    return count


@transaction.atomic
def fetch_from(*, source: Source, since: date, actor: Person, now: datetime) -> int:
    """Fetch everything once more from a day on: what is here already stays once. How many streams."""
    held = _locked(source)
    held.streams.update(cursor=cursor_from(since), next_run_at=now)
    record(actor=actor, action="fetch", target=held, details={"on": since.isoformat()}, now=now)
    return _request(held, actor, now)


def cursor_from(since: date) -> dict[str, str]:
    """Where a stream stands that begins at this day."""
    return {"since": datetime.combine(since, time.min, UTC).isoformat().replace("+00:00", "Z")}


def _request(source: Source, actor: Person, now: datetime) -> int:
    if not source.credentials or source.paused_at:
        return 0
    wanted = list(source.streams.filter(is_active=True))
    for stream in wanted:
        job = jobs.enqueue_unless_waiting(JOB_KIND, {"stream_id": stream.pk}, now=now)
        if job.run_after > now and (stream.paused_until is None or stream.paused_until <= now):
            # It was going to be tried again later; somebody wants it now.
            job.run_after = now
            job.save(update_fields=["run_after"])
    return len(wanted)


def _connector(source: Source) -> Connector:
    connector = connectors.get(source.system)
    if connector is None:
        raise ValueError(f"{source.system} is not pulled from.")
    return connector


def _locked(source: Source) -> Source:
    return Source.objects.select_for_update().get(pk=source.pk)

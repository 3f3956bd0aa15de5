"""How a source is pulled, ready for its page; never what it signs in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feedback import connectors
from feedback.connectors.walking import day, moment
from feedback.forms.connections import WORDINGS
from feedback.models import Source, Stream
from feedback.services import conversing
from feedback.services.connections import EVERY_MINUTES
from feedback.services.pulling import JOB_KIND
from feedback.systems import registry
from outbox import troubles
from outbox.answers import Trouble
from outbox.models import Job


@dataclass(frozen=True)
class StreamLine:
    """One stream: how often, how far, and what is the matter."""

    id: int
    name: str
    is_active: bool
    every_minutes: int
    last_run_at: datetime | None
    last_success_at: datetime | None
    count: int
    problem: str
    """Its sentence; empty when there is none."""
    is_failing: bool
    """Somebody has to do something, or will soon; else it is only waiting."""
    paused_until: datetime | None
    """The system asked us to wait until then."""
    is_running: bool
    begins_on: date | None


@dataclass(frozen=True)
class ConnectionCard:
    """How a source is pulled."""

    source_id: int
    label: str
    is_connected: bool
    shown: list[tuple[str, str]]
    """What was entered and is no secret: label, value."""
    entered_at: datetime | None
    entered_by: str
    trouble: str
    """Why nothing can be pulled at all, such as another vault key."""
    streams: list[StreamLine]
    pauses: tuple[int, ...] = EVERY_MINUTES


def connection_card(source: Source, *, now: datetime) -> ConnectionCard | None:
    """How this source is pulled; None where its system cannot be."""
    connector, system = connectors.get(source.system), registry.get(source.system)
    if connector is None or system is None:
        return None
    kept, trouble = None, ""
    if source.credentials:
        try:
            kept = conversing.entered(source)
        except Trouble as error:
            trouble = troubles.sentence(error.kind, error.parameters)
    shown = []
    if kept:
        names = [name for name in connector.fields if name not in connector.secrets and kept.values.get(name)]
        shown = [(str(WORDINGS[connector.name][name].label), kept.values[name]) for name in names]
    return ConnectionCard(
        source_id=source.pk,
        label=system.label,
        is_connected=bool(source.credentials),
        shown=shown,
        entered_at=kept.at if kept else None,
        entered_by=kept.by if kept else "",
        trouble=trouble,
        streams=_streams(source, now) if source.credentials else [],
    )


def _streams(source: Source, now: datetime) -> list[StreamLine]:
    running = {
        arguments.get("stream_id")
        for arguments in Job.objects.filter(kind=JOB_KIND, state=Job.State.RUNNING).values_list("arguments", flat=True)
    }
    return [_line(stream, now, running) for stream in source.streams.order_by("pk")]


def _line(stream: Stream, now: datetime, running: set[object]) -> StreamLine:
    waits = stream.paused_until and stream.paused_until > now and stream.last_problem == "slow_down"
    return StreamLine(
        id=stream.pk,
        name=stream.name,
        is_active=stream.is_active,
        every_minutes=stream.every_minutes,
        last_run_at=stream.last_run_at,
        last_success_at=stream.last_success_at,
        count=stream.last_count,
        problem=stream.problem,
        is_failing=bool(stream.failures),
        paused_until=stream.paused_until if waits else None,
        is_running=stream.pk in running,
        begins_on=_begins_on(stream),
    )


def _begins_on(stream: Stream) -> date | None:
    """The first day that is wanted, while the first run has not come to its end."""
    since = stream.cursor.get("since")
    if stream.last_success_at or not since:
        return None
    try:
        moment(since)
    except Trouble:
        return None
    return day(since)

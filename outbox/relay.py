"""The relay: the only part that talks to Celery, and the scheduler.

It goes round all the time: due times become job rows, due rows are sent to the workers, and a sign of
life is left. A lost message costs seconds, because a row that nobody claimed is sent again. Any number
of relays may run; a row sent twice is claimed once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from outbox import jobs, schedules, tasks
from outbox.models import Job, Pulse

PULSE = "relay"
PULSE_SECONDS = 5
# A message is taken for lost after this long, and its row is sent again.
RESEND_SECONDS = 15
# So many messages may wait at the broker; the rest waits in the table.
IN_FLIGHT = 50
BROKER_PAUSE_SECONDS = 2.0
log = structlog.stdlib.get_logger("outbox.relay")

Send = Callable[[int], None]


def send(job_id: int) -> None:
    """Wake a worker for this job; raises kombu's OperationalError when the broker is away."""
    tasks.perform.apply_async(args=(job_id,), retry=False, ignore_result=True)


class Relay:
    """One relay: what it remembers between two rounds."""

    def __init__(self, send: Send = send) -> None:
        self._send = send
        self._seen: dict[str, datetime] = {}
        self._pulse_at: datetime | None = None
        self._broker_away = False

    def go_round(self, *, now: datetime) -> int:
        """Insert what fell due, send what waits, leave a sign of life; how many rows were sent."""
        schedules.insert_due(now=now, seen=self._seen)
        sent = self._send_due(now)
        if self._pulse_at is None or now - self._pulse_at >= timedelta(seconds=PULSE_SECONDS):
            Pulse.objects.update_or_create(name=PULSE, defaults={"at": now})
            self._pulse_at = now
        return sent

    def _send_due(self, now: datetime) -> int:
        waiting = list(sendable(now)[:IN_FLIGHT])
        room = IN_FLIGHT - in_flight(now) if waiting else 0
        sent = 0
        for job_id in waiting[: max(0, room)]:
            # Marked before it is sent: the other way round, a second relay would send it as well.
            if not sendable(now).filter(pk=job_id).update(sent_at=now):
                continue
            try:
                self._send(job_id)
            except (OperationalError, OSError) as error:
                Job.objects.filter(pk=job_id, sent_at=now).update(sent_at=None)
                self._note_broker(away=True, reason=str(error))
                return sent
            sent += 1
            self._note_broker(away=False)
        return sent

    def _note_broker(self, *, away: bool, reason: str = "") -> None:
        if away != self._broker_away:
            log.warning("broker away" if away else "broker is back", reason=reason)
        self._broker_away = away

    def run(self, stop: threading.Event) -> None:
        """Go round until told to stop; trouble with database or broker is waited out."""
        log.info("relay started")
        while not stop.is_set():
            pause = settings.RELAY_SECONDS
            try:
                self.go_round(now=timezone.now())
                if self._broker_away:
                    pause = BROKER_PAUSE_SECONDS
            except (DatabaseError, InterfaceError) as error:
                log.warning("database away", reason=str(error).strip())
                pause = BROKER_PAUSE_SECONDS
            finally:
                close_old_connections()
            stop.wait(pause)
        log.info("relay stopped")


def _unsent(now: datetime) -> Q:
    """Rows whose message is not under way: never sent, used up before the lease lapsed, or taken for lost."""
    used_up = Q(state=Job.State.RUNNING, sent_at__lt=F("lease_until"))
    return Q(sent_at__isnull=True) | used_up | Q(sent_at__lt=now - timedelta(seconds=RESEND_SECONDS))


def sendable(now: datetime) -> QuerySet[Job, int]:
    """Ids of rows that may be claimed and have no message under way, longest waiting first."""
    return Job.objects.filter(jobs.due(now) & _unsent(now)).order_by("run_after", "id").values_list("pk", flat=True)


def in_flight(now: datetime) -> int:
    """How many messages are under way to a worker."""
    return Job.objects.filter(jobs.due(now)).exclude(_unsent(now)).count()

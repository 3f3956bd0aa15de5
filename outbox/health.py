"""Is this installation fit for work? What /readyz answers and /metrics counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from outbox import jobs
from outbox.models import Job, Message, Pulse
from outbox.relay import PULSE, PULSE_SECONDS

# A relay that goes round leaves a sign of life every few seconds; after so many missed ones it is dead.
RELAY_DEAD_SECONDS = PULSE_SECONDS * 6
# Migrations only ever become applied while this process runs, so a yes is remembered.
_migrated = False


@dataclass(frozen=True)
class Readiness:
    """What /readyz says: "ok" or the trouble, part by part; ages in seconds, None where there is nothing."""

    database: str
    migrations: str
    relay: str
    relay_seconds: float | None
    oldest_job_seconds: float | None

    @property
    def ready(self) -> bool:
        """Whether everything is there that the installation needs."""
        return {self.database, self.migrations, self.relay} == {"ok"}

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        return {"ready": self.ready, **asdict(self)}


def readiness(*, now: datetime) -> Readiness:
    """Database, migrations, relay, and the age of the oldest job that should have begun."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _all_migrated():
            return Readiness("ok", "not applied", "unknown", None, None)
        beat = relay_age_seconds(now)
        alive = beat is not None and beat <= RELAY_DEAD_SECONDS
        return Readiness("ok", "ok", "ok" if alive else "silent", beat, oldest_due_seconds(now))
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        # The kind of error only: addresses and names of people are nobody's business here.
        return Readiness(type(error).__name__, "unknown", "unknown", None, None)


def _all_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def relay_age_seconds(now: datetime) -> float | None:
    """Seconds since any relay went round; None when none ever did."""
    at = Pulse.objects.filter(name=PULSE).values_list("at", flat=True).first()
    return None if at is None else max(0.0, (now - at).total_seconds())


def oldest_due_seconds(now: datetime) -> float | None:
    """How long the job waits that has waited longest for a worker; None when none waits."""
    since = Job.objects.filter(jobs.due(now)).aggregate(at=Min("run_after"))["at"]
    return None if since is None else max(0.0, (now - since) / timedelta(seconds=1))


class TableGauges(Collector):
    """Prometheus gauges, counted in the tables when they are asked for."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        by_state = GaugeMetricFamily("hearback_jobs", "Jobs by kind and state.", labels=["kind", "state"])
        counted = Job.objects.values_list("kind", "state").annotate(n=Count("pk")).order_by("kind", "state")
        for kind, state, n in counted:
            by_state.add_metric([kind, state], n)
        yield by_state
        lapsed = Q(state=Job.State.RUNNING, lease_until__lt=self._now)
        yield GaugeMetricFamily(
            "hearback_jobs_lapsed", "Jobs whose worker has gone silent.", value=Job.objects.filter(lapsed).count()
        )
        yield GaugeMetricFamily(
            "hearback_oldest_job_seconds",
            "How long the longest waiting job has waited for a worker.",
            value=oldest_due_seconds(self._now) or 0,
        )
        age = relay_age_seconds(self._now)
        yield GaugeMetricFamily(
            "hearback_relay_age_seconds",
            "Seconds since the relay last went round; -1 when it never did.",
            value=-1 if age is None else age,
        )
        unread = Message.objects.filter(read_at__isnull=True, cancelled_at__isnull=True, deliver_after__lte=self._now)
        yield GaugeMetricFamily("hearback_messages_unread", "Delivered messages nobody read yet.", value=unread.count())

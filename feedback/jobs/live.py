"""Records that came in live become rows. The cursor counts the records that were mapped."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import Delivery, RawRecord, Source
from feedback.services import linking, series, sources
from feedback.services.mapping_records import Mapper
from feedback.services.receiving import MAP_JOB
from feedback.services.record_versions import waiting
from feedback.services.system_settings import system_of
from outbox import jobs, schedules
from outbox.models import Job

RECORDS_AT_ONCE = 500
"""Of one chunk; their entities may bring more. A transaction of this size takes well under a second."""
SWEEP_JOB = "feedback.map_waiting"
# A system that sends all day makes as many of these; who wants to know looks at the deliveries.
_FORGOTTEN = (MAP_JOB, linking.DISCOVER_JOB, series.JOB_KIND)
_KEPT = timedelta(days=7)
# Longer than any system tries again, and than anybody looks back; a record is known by its contents for good.
_DELIVERIES_KEPT = timedelta(days=100)
_FORGOTTEN_AT_ONCE = 5_000


@jobs.handles(MAP_JOB, title=_("Map what came in"))
def map_records(run: jobs.Run) -> None:
    """Map the waiting records of a source: `{"source_id": …}`."""
    mapper = _mapper(run)
    if mapper is None or mapper.source.paused_at is not None:
        return
    run.expect(run.cursor + RawRecord.objects.filter(source=mapper.source, mapped_at__isnull=True).count())
    while ids := waiting(mapper.source, min(jobs.chunk_rows(), RECORDS_AT_ONCE)):
        with run.chunk(to=run.cursor + len(ids)):
            _count(run, mapper.map(ids, now=timezone.now()), read=len(ids))
            series.request_recount(now=timezone.now())


@jobs.handles(sources.REMAP_JOB, title=_("Map everything again"))
def map_again(run: jobs.Run) -> None:
    """Map all records of a source once more, oldest first: `{"source_id": …}`. The ids passed are in the progress."""
    mapper = _mapper(run)
    if mapper is None:
        return
    records = RawRecord.objects.filter(source=mapper.source).order_by("id")
    run.expect(run.cursor + records.filter(id__gt=run.progress.get("after", 0)).count())
    while True:
        some = records.filter(id__gt=run.progress.get("after", 0))[: min(jobs.chunk_rows(), RECORDS_AT_ONCE)]
        ids = list(some.values_list("id", flat=True))
        if not ids:
            return
        with run.chunk(to=run.cursor + len(ids)):
            _count(run, mapper.map_again(ids, now=timezone.now()), read=len(ids))
            run.progress["after"] = ids[-1]
            series.request_recount(now=timezone.now())


@jobs.handles(SWEEP_JOB, title=_("Look for records that wait"))
def map_waiting(run: jobs.Run) -> None:
    """Records whose job began just before they came, and those of a source that goes on after a pause."""
    waiting_in = RawRecord.objects.filter(mapped_at__isnull=True).values("source")
    with run.chunk(to=run.cursor):
        for source in Source.objects.filter(paused_at__isnull=True, pk__in=waiting_in):
            jobs.enqueue_unless_waiting(MAP_JOB, {"source_id": source.pk}, now=timezone.now())
        done = Job.objects.filter(kind__in=_FORGOTTEN, state=Job.State.DONE, created_by__isnull=True)
        done.filter(finished_at__lt=timezone.now() - _KEPT).delete()
        # All sources are named, so that their index serves.
        old = Delivery.objects.filter(
            source__in=Source.objects.values("pk"), received_at__lt=timezone.now() - _DELIVERIES_KEPT
        ).values("pk")
        Delivery.objects.filter(pk__in=old[:_FORGOTTEN_AT_ONCE]).delete()


def _mapper(run: jobs.Run) -> Mapper | None:
    """Of the source that the job is about; None when it is gone, or when only files come from it."""
    source = Source.objects.select_related("market").filter(pk=run.arguments["source_id"]).first()
    system = system_of(source) if source else None
    return Mapper(source, system) if source and system else None


def _count(run: jobs.Run, counts: Counter[str], *, read: int) -> None:
    for name, amount in (Counter(read=read) + counts).items():
        run.progress[name] = run.progress.get(name, 0) + amount


# For what fell between two jobs.
schedules.every(SWEEP_JOB, minutes=5)

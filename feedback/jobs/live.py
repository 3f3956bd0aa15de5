"""Records that came in live become rows, and go when their source is disconnected. The cursor counts records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import Delivery, RawRecord, Source
from feedback.services import disconnecting, linking, pacing, series, sources
from feedback.services.mapping_records import SETTLED_AT_ONCE, Disconnected, Mapper
from feedback.services.receiving import MAP_JOB, request_mapping
from feedback.services.record_versions import fitting, last_waiting, waiting
from feedback.services.system_settings import system_of
from outbox import jobs, schedules
from outbox.models import Job

RECORDS_AT_ONCE = 500
"""Of one chunk; their entities may bring more. A transaction of this size takes well under a second."""
VERSIONS_AT_ONCE = 20_000
"""Of days of orders that are held in memory together; a longer day stands alone."""
DELETED_AT_ONCE = 2_000
"""With what all indexes know of them: well under a tenth of a second."""
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
    _map_waiting(run, mapper)


def _map_waiting(run: jobs.Run, mapper: Mapper) -> None:
    run.expect(run.cursor + RawRecord.objects.filter(source=mapper.source, mapped_at__isnull=True).count())
    # What comes while days are counted is counted next time: a busy shop would never come to an end.
    last = last_waiting(mapper.source) if mapper.system.counts_days else None
    with suppress(Disconnected):
        while ids := waiting(mapper.source, _at_once(), up_to=last):
            _map(run, mapper, ids)


def _map(run: jobs.Run, mapper: Mapper, ids: Sequence[int]) -> None:
    if not mapper.system.counts_days:
        with run.chunk(to=run.cursor + len(ids)):
            _count(run, mapper.map(ids, now=timezone.now()), read=len(ids))
            series.request_recount(now=timezone.now())
        return
    ids = fitting(mapper.source, ids, VERSIONS_AT_ONCE)
    looked = mapper.look(ids)
    with run.chunk(to=run.cursor + len(ids)):
        _count(run, mapper.map(ids, now=timezone.now(), looked=looked), read=len(ids))
        run.progress[pacing.LOOKED_AT] = run.progress.get(pacing.LOOKED_AT, 0) + looked.versions
        series.request_recount(now=timezone.now())
    for piece in range(1, ceil(len(looked.waiting) / SETTLED_AT_ONCE)):
        with run.chunk(to=run.cursor):
            mapper.settle(looked, piece, now=timezone.now())


@jobs.handles(sources.REMAP_JOB, title=_("Map everything again"))
def map_again(run: jobs.Run) -> None:
    """Map all records of a source once more: `{"source_id": …}`. Up to the id in the progress they wait for it."""
    mapper = _mapper(run)
    if mapper is None:
        return
    records = RawRecord.objects.filter(source=mapper.source).order_by("id").values_list("id", flat=True)
    run.expect(run.cursor + 2 * records.filter(id__gt=run.progress.get("after", 0)).count())
    with suppress(Disconnected):
        while ids := list(records.filter(id__gt=run.progress.get("after", 0))[: _at_once()]):
            with run.chunk(to=run.cursor + len(ids)):
                mapper.let_wait(ids, now=timezone.now())
                run.progress["after"] = ids[-1]
    # All of them first: a day that was mapped with the first of its records would be mapped with each.
    _map_waiting(run, mapper)


def _at_once() -> int:
    return min(jobs.chunk_rows(), RECORDS_AT_ONCE)


@jobs.handles(SWEEP_JOB, title=_("Look for records that wait"))
def map_waiting(run: jobs.Run) -> None:
    """Records whose job began just before they came, and those of a source that goes on after a pause."""
    waiting_in = RawRecord.objects.filter(mapped_at__isnull=True).values("source")
    with run.chunk(to=run.cursor):
        for source in Source.objects.filter(paused_at__isnull=True, pk__in=waiting_in):
            request_mapping(source=source, now=timezone.now())
        done = Job.objects.filter(kind__in=_FORGOTTEN, state=Job.State.DONE, created_by__isnull=True)
        done.filter(finished_at__lt=timezone.now() - _KEPT).delete()
        # All sources are named, so that their index serves.
        old = Delivery.objects.filter(
            source__in=Source.objects.values("pk"), received_at__lt=timezone.now() - _DELIVERIES_KEPT
        ).values("pk")
        Delivery.objects.filter(pk__in=old[:_FORGOTTEN_AT_ONCE]).delete()


@jobs.handles(disconnecting.JOB_KIND, title=_("Delete what a source sent"))
def delete_sent(run: jobs.Run) -> None:
    """Of a source that was disconnected: `{"source_id": …, "up_to": {"deliveries": id, "records": id}}`."""
    for name in disconnecting.SENT:
        while ids := disconnecting.some(run.arguments, name, min(jobs.chunk_rows(), DELETED_AT_ONCE)):
            with run.chunk(to=run.cursor + len(ids)):
                disconnecting.delete(name, ids)
    with run.chunk(to=run.cursor, total=run.cursor):
        disconnecting.finish(run.arguments["source_id"])


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

"""Forgets what the scheduler left behind: ticks of past days and the finished jobs they made."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outbox import jobs, schedules
from outbox.models import Job, ScheduleTick

KEPT_DAYS = 30
CHUNK = 1000


@jobs.handles("outbox.tidy", title=_("Tidy up"))
def tidy(run: jobs.Run) -> None:
    """Delete what is older than `KEPT_DAYS`, a chunk at a time; jobs that people asked for stay."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    while ticks := _old_ticks(before):
        made = [tick.job_id for tick in ticks if tick.job_id]
        with run.chunk(to=run.cursor + len(ticks)):
            ScheduleTick.objects.filter(pk__in=[tick.pk for tick in ticks]).delete()
            Job.objects.filter(pk__in=made, state=Job.State.DONE, created_by__isnull=True).delete()


def _old_ticks(before: datetime) -> list[ScheduleTick]:
    # The last tick of a schedule says that its due time was taken, however long ago that is.
    last = ScheduleTick.objects.values("schedule").annotate(at=Max("due_at")).values("at")
    return list(ScheduleTick.objects.filter(due_at__lt=before).exclude(due_at__in=last).order_by("pk")[:CHUNK])


schedules.daily("outbox.tidy", at="02:30")

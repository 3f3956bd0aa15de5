"""How often the days of a shop are counted again.

One more order means that its day is counted anew from all of them. Done at once for each, a day of N orders would
cost N × N. Orders wait for each other instead: after a count comes a pause that is as long as the count was large.
A day of fewer than two hundred orders has none, one of 1,000 one of five seconds, one of 50,000 one of four minutes;
and whatever a shop sells, counting reads no more than `VERSIONS_A_SECOND`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.models import Source
from feedback.services.system_settings import system_of
from outbox.models import Job

VERSIONS_A_SECOND = 200
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(minutes=10)
LOOKED_AT = "looked_at"
"""In the progress of a job: how many versions of objects it has read."""
# The newest jobs of a source: one may be at work, and one may have found nothing to do.
_JOBS = 3
_LONG_AGO = timedelta(days=1)


def not_before(source: Source, *, kind: str, now: datetime) -> datetime:
    """When a job of this kind, whose only argument is its source, may run: now, or after the pause."""
    system = system_of(source)
    if system is None or not system.counts_days:
        return now
    runs = Job.objects.filter(kind=kind, arguments={"source_id": source.pk}, created_at__gt=now - _LONG_AGO)
    last = list(runs.order_by("-created_at", "-id").values_list("progress", "finished_at")[:_JOBS])
    looked_at = next((progress[LOOKED_AT] for progress, _finished in last if progress.get(LOOKED_AT)), 0)
    pause = min(timedelta(seconds=looked_at / VERSIONS_A_SECOND), LONGEST)
    # One that is still at work has its pause before it.
    ended = [finished or now for _progress, finished in last]
    return max(now, max(ended, default=now) + pause) if pause >= SHORTEST else now

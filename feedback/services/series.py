"""Recounting the days whose rows changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import metrics.selectors
import metrics.services
from feedback import counting
from metrics.models import Kind
from outbox import jobs
from outbox.models import Job

DAYS_AT_ONCE = 28
JOB_KIND = "feedback.recount"


def marked(kind: Kind) -> tuple[list[int], list[date]]:
    """The oldest days to count again, with the ids of their marks; both empty when all is counted."""
    return metrics.selectors.dirty_days(kind, DAYS_AT_ONCE)


def recount(kind: Kind, marks: Sequence[int], days: Sequence[date]) -> None:
    """Count these days again from the rows as they are now."""
    metrics.services.recount(kind, marks, days, counting.STATEMENTS[kind])


def request_recount(*, now: datetime) -> None:
    """Have marked days counted soon: by the recount that waits already, or by a new one."""
    if not Job.objects.filter(kind=JOB_KIND, state=Job.State.QUEUED, cursor=0).exists():
        jobs.enqueue(JOB_KIND, now=now)

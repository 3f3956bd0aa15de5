"""What an erasure still has to do once its rows are gone, and what it needs for that: kept until it is done.

Copies are found by the words and the id, which are nowhere any more by then. So they wait in a job, sealed
(`accounts.vault`), and written in the transaction that takes them from the rows. Whoever comes to its end throws the
job away; where nobody does, a worker does it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from accounts import vault
from outbox import jobs
from outbox.models import Job

JOB_KIND = "feedback.finish_erasing"
_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Rest:
    """How the shop writes the customer, the texts that were stored, and the files that may hold them."""

    written: list[str]
    words: list[str]
    drafts: list[int]
    reports: list[str]


def keep(rest: Rest, *, now: datetime) -> Job:
    """Have this done in a while by a worker, in the caller's transaction, unless it is thrown away before."""
    sealed = vault.seal(json.dumps(asdict(rest)))
    return jobs.enqueue(JOB_KIND, {"sealed": sealed}, run_after=now + _PATIENCE, now=now)


def rest_of(job: Job) -> Rest:
    """What was kept; raises CannotUnseal."""
    return Rest(**json.loads(vault.unseal(job.arguments["sealed"])))


def waiting() -> list[Job]:
    """Those that nobody came to the end of, stopped and failed ones among them."""
    return list(Job.objects.filter(kind=JOB_KIND).exclude(state=Job.State.DONE).order_by("pk"))

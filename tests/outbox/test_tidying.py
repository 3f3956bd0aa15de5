"""What the scheduler leaves behind is forgotten; what people asked for is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Person
from outbox import jobs, schedules
from outbox.models import Job, ScheduleTick

pytestmark = pytest.mark.django_db


def test_old_ticks_and_their_finished_jobs_go_and_everything_else_stays(agent: Person) -> None:
    now = timezone.now()
    for days, state in ((50, "done"), (49, "failed"), (2, "done")):
        at = now - timedelta(days=days)
        job = Job.objects.create(kind=f"recount.{days}", state=state, run_after=at, created_at=at)
        ScheduleTick.objects.create(schedule="recount", due_at=at, job=job)
    last_of_its_kind = ScheduleTick.objects.create(schedule="yearly", due_at=now - timedelta(days=200))
    Job.objects.create(kind="asked", state="done", run_after=now, created_at=now, created_by=agent)
    tidied = jobs.perform(jobs.enqueue("outbox.tidy", now=now).pk)
    assert tidied is not None
    assert tidied.state == Job.State.DONE
    assert set(Job.objects.values_list("kind", flat=True)) == {"recount.49", "recount.2", "asked", "outbox.tidy"}
    assert ScheduleTick.objects.count() == 2
    assert ScheduleTick.objects.filter(pk=last_of_its_kind.pk).exists()


def test_tidying_is_on_the_schedule() -> None:
    assert "outbox.tidy" in schedules.registered()

"""A source is disconnected on a database with real connections: while it sends, and by workers that are killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from feedback.models import Delivery, RawRecord, Source
from feedback.services import disconnecting
from outbox.models import Job
from tests.feedback import hanging_up
from tests.outbox.installation import Installation, at_work_beyond, installed, taken_over_from
from tests.servers import a_database

pytestmark = [pytest.mark.fault]
RECORDS = 4_000


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with a_database() as url, django_db_blocker.unblock(), installed(tmp_path, url, "own_end") as own:
        yield own


def test_nothing_is_kept_of_what_comes_in_at_the_same_moment(installation: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.feedback.hanging_up"],
        cwd=settings.BASE_DIR,
        env=installation.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["errors"] == []
    assert told["failed"] == []
    assert len(told["statuses"]) == hanging_up.SENDERS * hanging_up.CALLS
    assert set(told["statuses"]) <= {200, 401}
    assert told["last"] == 401
    assert told["left"] == 0


def test_workers_that_are_killed_leave_nothing_of_it_and_everything_of_others(installation: Installation) -> None:
    alias, now = installation.alias, timezone.now()
    sources = Source.objects.using(alias)
    gone = sources.create(name="Gone", created_at=now)
    other = sources.create(name="Other", system="zendesk", slug="other", created_at=now)
    for source in (gone, other):
        RawRecord.objects.using(alias).bulk_create(
            RawRecord(
                source=source, stream="tickets", external_id=str(number), entity=f"ticket:{number}", payload={},
                payload_sha256=f"{number:064}", received_at=now,
            )
            for number in range(RECORDS)
        )  # fmt: skip
        Delivery.objects.using(alias).create(source=source, key="d", sha256="s", received_at=now)
    up_to = {
        name: model._default_manager.using(alias).filter(source=gone).latest("pk").pk
        for name, model in disconnecting.SENT.items()
    }
    # Small chunks, as beside people.
    (installation.folder / "web-in-use").touch()
    job = Job.objects.using(alias).create(
        kind=disconnecting.JOB_KIND, arguments={"source_id": gone.pk, "up_to": up_to}, run_after=now, created_at=now
    )
    for _number in range(3):
        installation.start(["manage.py", "serve", "worker"])
    for _kill in range(2):
        installation.wait_for(job, at_work_beyond(job.cursor + 1))
        assert job.cursor < RECORDS, "killed in the middle"
        killed = job.owner
        os.kill(installation.owner_pid(job), signal.SIGKILL)
        (installation.folder / "web-in-use").touch()
        installation.wait_for(job, taken_over_from(killed))
    installation.wait_for_done(job)
    assert job.cursor == RECORDS + 1, "each row went once"
    assert list(sources.values_list("name", flat=True)) == ["Other"]
    assert RawRecord.objects.using(alias).filter(source=other).count() == RawRecord.objects.using(alias).count()
    assert RawRecord.objects.using(alias).count() == RECORDS
    assert Delivery.objects.using(alias).count() == 1

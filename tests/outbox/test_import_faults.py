"""The issue's promise on the product's own job: a worker killed in mid-import costs time and no rows."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from feedback.models import Contact, Import
from outbox.models import Job
from tests.outbox.installation import Installation, at_work_beyond, installed, taken_over_from
from tests.servers import a_database

pytestmark = [pytest.mark.fault]
ROWS = 24_000
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with a_database() as url, django_db_blocker.unblock(), installed(tmp_path, url, "own_import") as own:
        yield own


def _contacts(path: Path) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["external_id", "occurred_at", "channel", "reason", "text"])
        for number in range(ROWS):
            at = START + timedelta(minutes=number)
            table.writerow(
                [f"T-{number}", at.isoformat(), "chat", "Returns > Label", f"Where is my label, try {number}?"]
            )
    return path


def _ask(installation: Installation, path: Path) -> Job:
    asked = subprocess.run(
        [sys.executable, "-m", "tests.outbox.asking", str(path)],
        cwd=settings.BASE_DIR,
        env=installation.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    return Job.objects.using(installation.alias).get(pk=int(asked.stdout))


def test_an_import_whose_worker_is_killed_twice_holds_every_contact_once(installation: Installation) -> None:
    job = _ask(installation, _contacts(installation.folder / "contacts.csv"))
    for _number in range(3):
        installation.start(["manage.py", "serve", "worker"])
    for _kill in range(2):
        installation.wait_for(job, at_work_beyond(job.cursor + 1))
        assert job.cursor < ROWS, "killed in the middle"
        killed = job.owner
        os.kill(installation.owner_pid(job), signal.SIGKILL)
        installation.wait_for(job, taken_over_from(killed))
    installation.wait_for_done(job)
    contacts = Contact.objects.using(installation.alias)
    assert contacts.count() == ROWS
    assert contacts.values("external_id").distinct().count() == ROWS
    imported = Import.objects.using(installation.alias).get()
    assert (imported.read_count, imported.new_count, imported.rejected_count) == (ROWS, ROWS, 0)
    assert (imported.changed_count, imported.unchanged_count) == (0, 0)

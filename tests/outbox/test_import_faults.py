"""The issue's promise on the product's own job: a worker killed in mid-import costs time and no rows."""

import csv
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from feedback.models import Contact, ContactText, Import, ReasonTag
from launcher.servers import TemporaryPostgres
from outbox.models import Job
from tests.outbox.installation import LEASE_SECONDS, Installation, at_work_beyond, installed, taken_over_from
from tests.servers import a_database

pytestmark = [pytest.mark.fault]
ROWS = 24_000
# Long enough for a chunk on a machine that is busy with other tests.
PATIENT_LEASE_SECONDS = 4
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with a_database() as url, django_db_blocker.unblock(), installed(tmp_path, url, "own_import") as own:
        yield own


def _contacts(path: Path, *, rows: int = ROWS, text: str = "Where is my label, try {}?", step: int = 1) -> Path:
    """A file of `rows` contacts; with a step, their numbers come in another order."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["external_id", "occurred_at", "channel", "reason", "text"])
        for place in range(rows):
            number = place * step % rows
            at = START + timedelta(minutes=number)
            table.writerow([f"T-{number}", at.isoformat(), "chat", "Returns > Label", text.format(number)])
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
    _everything_is_there_once(installation, ROWS)


def _everything_is_there_once(installation: Installation, rows: int) -> None:
    contacts = Contact.objects.using(installation.alias)
    assert contacts.count() == rows
    assert contacts.values("external_id").distinct().count() == rows
    assert ContactText.objects.using(installation.alias).count() == rows
    assert ReasonTag.objects.using(installation.alias).count() == rows
    imported = Import.objects.using(installation.alias).get()
    assert (imported.read_count, imported.new_count, imported.rejected_count) == (rows, rows, 0)
    assert (imported.changed_count, imported.unchanged_count) == (0, 0)


def test_ten_kills_at_random_moments_cost_no_row(installation: Installation) -> None:
    seed = int(os.environ.get("HEARBACK_TEST_SEED") or secrets.randbelow(10**6))
    print(f"HEARBACK_TEST_SEED={seed}")  # noqa: T201 - shown when it fails, to do it again
    chance = random.Random(seed)
    rows = 70_000
    job = _ask(installation, _contacts(installation.folder / "contacts.csv", rows=rows))
    for _number in range(3):
        installation.start(["manage.py", "serve", "worker"], HEARBACK_JOB_LEASE_SECONDS=str(PATIENT_LEASE_SECONDS))
    for place in sorted(chance.uniform(0, 0.75 * rows) for _kill in range(10)):
        _kill_at_work(installation, job, int(place), pause=chance.uniform(0, 0.3))
    installation.wait_for_done(job, 180)
    _everything_is_there_once(installation, rows)


@pytest.mark.slow
def test_ten_kills_at_one_place_cost_no_row(installation: Installation) -> None:
    """As an orchestrator does it that restarts a host again and again; chance does so, too, now and then."""
    job = _ask(installation, _contacts(installation.folder / "contacts.csv"))
    for _number in range(3):
        installation.start(["manage.py", "serve", "worker"])
    for _kill in range(10):
        _kill_at_work(installation, job, 1, pause=0, lease=LEASE_SECONDS)
    installation.wait_for_done(job, 180)
    _everything_is_there_once(installation, ROWS)


def _kill_at_work(
    installation: Installation, job: Job, place: int, *, pause: float, lease: int = PATIENT_LEASE_SECONDS
) -> None:
    """Kill the worker once it is past this row; another process starts and the job is taken over."""
    installation.wait_for(job, at_work_beyond(place), 90)
    # Anywhere: before the first row, inside a chunk, between two.
    time.sleep(pause)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING, "killed in the middle"
    process, killed = installation.owner_pid(job), job.owner
    os.kill(process, signal.SIGKILL)
    installation.start(["manage.py", "serve", "worker"], HEARBACK_JOB_LEASE_SECONDS=str(lease))
    installation.wait_for(job, taken_over_from(killed), 90)


@pytest.mark.slow
def test_an_import_outlives_a_crash_of_postgresql(
    tmp_path: Path, own_postgres: TemporaryPostgres, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), installed(tmp_path, own_postgres.url(), "crashing") as own:
        job = _ask(own, _contacts(own.folder / "contacts.csv"))
        own.start(["manage.py", "serve", "worker"])
        own.wait_for(job, at_work_beyond(1), 90)
        assert job.cursor < ROWS, "crashed in the middle"
        own_postgres.crash()
        time.sleep(1)
        own_postgres.start()
        own.wait_for_done(job, 120)
        _everything_is_there_once(own, ROWS)


def test_nothing_is_lost_or_doubled_when_a_webhook_writes_beside_an_import(installation: Installation) -> None:
    rows = 3_000
    said = _contacts(installation.folder / "live.csv", rows=rows, text="Said it live, {}", step=7)
    job = _ask(installation, _contacts(installation.folder / "contacts.csv", rows=rows))
    told = installation.folder / "counts.json"
    # From the first row on: small chunks, as beside people.
    (installation.folder / "web-in-use").touch()
    speaker = installation.start(["-m", "tests.outbox.speaking", str(said), str(told)])
    installation.start(["manage.py", "serve", "worker"])
    installation.wait_for_done(job, 120)
    assert speaker.wait(120) == 0, installation.log()[-3000:]
    live = json.loads(told.read_text())
    imported = Import.objects.using(installation.alias).get()
    contacts = Contact.objects.using(installation.alias)
    assert contacts.count() == rows == contacts.values("external_id").distinct().count()
    assert imported.read_count == rows
    assert imported.new_count + live["new"] == rows, "each row was new to one of them"
    assert sum(live.values()) == rows
    # A row belongs to the import when the import wrote it last, and then says what the file says.
    from_file = contacts.filter(words__text__startswith="Where")
    assert from_file.count() == contacts.filter(imported=imported.pk).count()
    assert contacts.filter(words__text__startswith="Said", imported=None).count() == rows - from_file.count()
    assert "database is locked" not in installation.log()

"""Real processes, really killed: whatever happens to a worker, every row is written exactly once."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from launcher.servers import TemporaryPostgres, TemporaryRedis
from outbox import pace
from outbox.models import Job, Pulse
from tests.outbox.installation import (
    LEASE_SECONDS,
    WORKER,
    Installation,
    at_work_beyond,
    installed,
    taken_over_from,
)
from tests.servers import a_database

pytestmark = [pytest.mark.fault]
ROWS = 2000


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """One installation for this file: preparing a database takes longer than most of its tests."""
    folder = tmp_path_factory.mktemp("installation")
    with a_database() as url, django_db_blocker.unblock(), installed(folder, url, "own") as own:
        yield own


@pytest.fixture
def installation(shared: Installation) -> Iterator[Installation]:
    yield shared
    shared.end_processes()


def test_every_row_is_written_once_though_the_worker_is_killed_twice(installation: Installation) -> None:
    for _number in range(3):
        installation.start(WORKER)
    job = installation.copy(ROWS)
    for rows in (ROWS // 4, ROWS // 2):
        installation.wait_for(job, at_work_beyond(rows))
        killed = job.owner
        os.kill(installation.owner_pid(job), signal.SIGKILL)
        installation.wait_for(job, taken_over_from(killed))
        assert rows <= job.cursor < ROWS, "killed in the middle, taken up where it stood"
    installation.wait_for_done(job)
    assert installation.numbers() == list(range(ROWS))


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing(installation: Installation) -> None:
    for _number in range(2):
        installation.start(WORKER)
    job = installation.copy(ROWS)
    installation.wait_for(job, lambda row: row.state == Job.State.RUNNING and row.cursor >= ROWS // 4)
    sleeper, first_owner = installation.owner_pid(job), job.owner
    _put_to_sleep(installation, sleeper)
    time.sleep(LEASE_SECONDS)
    installation.wait_for(job, lambda row: row.owner != first_owner)
    os.kill(sleeper, signal.SIGCONT)
    installation.wait_for_done(job)
    installation.wait_for(job, lambda row: "job lost" in installation.log())
    assert installation.numbers() == list(range(ROWS))


def _put_to_sleep(installation: Installation, pid: int) -> None:
    """Stop it between two chunks: inside one it would hold SQLite's only write lock for as long as it sleeps."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        if not installation.is_locked():
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.02)


def test_a_job_outlives_redis_being_away_when_it_is_asked_for_and_in_the_middle(
    installation: Installation, own_redis: TemporaryRedis
) -> None:
    own_redis.stop()
    installation.start(WORKER, REDIS_URL=own_redis.url, RELAY="1")
    first = installation.copy(ROWS, pause=0.02)
    time.sleep(1)
    first.refresh_from_db()
    assert first.state == Job.State.QUEUED
    own_redis.start()
    installation.wait_for(first, lambda row: row.cursor >= ROWS // 4)
    own_redis.stop()
    second = Job.objects.using(installation.alias).create(
        kind="test.copy",
        arguments={**first.arguments, "rows": 10},
        run_after=first.run_after,
        created_at=first.created_at,
    )
    installation.wait_for_done(first)
    assert installation.numbers() == list(range(ROWS))
    second.refresh_from_db()
    assert second.state == Job.State.QUEUED
    # It comes back empty: what was in it is gone, as after a flush.
    own_redis.start()
    installation.wait_for_done(second)
    assert len(installation.numbers()) == ROWS + 10


@pytest.mark.slow
def test_a_job_outlives_a_crash_of_postgresql(
    tmp_path: Path, own_postgres: TemporaryPostgres, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), installed(tmp_path, own_postgres.url(), "own_postgres") as own:
        own.start(WORKER)
        job = own.copy(ROWS)
        own.wait_for(job, lambda row: row.cursor >= ROWS // 4)
        own_postgres.crash()
        own_postgres.start()
        own.wait_for_done(job)
        assert own.numbers() == list(range(ROWS))


@pytest.mark.slow
def test_people_save_without_waiting_beside_a_bulk_writer(installation: Installation, settings: Any) -> None:
    settings.DATA_DIR = installation.folder
    installation.start(WORKER)
    pace.note_use()
    # A step of 0: as many rows as the product thinks right at that moment.
    job = installation.copy(1_000_000, step=0, pause=0)
    person = installation.person()
    installation.wait_for(job, lambda row: row.state == Job.State.RUNNING)
    waits: list[float] = []

    def save_for_a_while() -> None:
        try:
            for _number in range(40):
                pace.note_use()
                began = time.monotonic()
                Pulse.objects.using(installation.alias).update_or_create(
                    name=person.email, defaults={"at": person.created_at}
                )
                waits.append(time.monotonic() - began)
                time.sleep(0.03)
        finally:
            connections[installation.alias].close()

    people = [threading.Thread(target=save_for_a_while) for _number in range(4)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert len(waits) == 4 * 40, "somebody met an error"
    assert sorted(waits)[int(len(waits) * 0.95)] < 0.25, f"slowest: {max(waits):.2f} s"
    job.refresh_from_db()
    assert job.cursor > 0, "and the job got on meanwhile"

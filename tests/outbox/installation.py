"""A real installation beside the tests: its own database and worker processes that may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connections, transaction
from django.utils import timezone

from accounts.models import Person
from outbox.models import Job, Message

LEASE_SECONDS = 2
WORKER = ["-m", "tests.outbox.copying"]


def wait_until(question: Callable[[], Any], seconds: float = 40) -> None:
    """Ask until the answer is yes; an AssertionError when it never is."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def at_work_beyond(rows: int) -> Callable[[Job], bool]:
    """Is the job at work, past this many rows?"""
    return lambda job: job.state == Job.State.RUNNING and job.cursor >= rows


def taken_over_from(owner: str) -> Callable[[Job], bool]:
    """Has another worker the job by now?"""
    return lambda job: job.owner not in {owner, ""}


@dataclass
class Installation:
    """Data folder, database, and the processes that were started on them."""

    folder: Path
    url: str
    # Its name among this process's databases: `Job.objects.using(own.alias)`.
    alias: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environ(self, **more: str) -> dict[str, str]:
        """What its processes find set: nothing of the tests' own databases."""
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "HEARBACK_REDIS_PREFIX"}}
        own = {
            "HEARBACK_DATA": str(self.folder),
            "HEARBACK_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "HEARBACK_LOG_LEVEL": "INFO",
            "OMP_NUM_THREADS": "1",
        }
        return kept | own | ({"DATABASE_URL": self.url} if self.url else {}) | more

    def start(self, arguments: list[str], **environ: str) -> subprocess.Popen[bytes]:
        """Start a Python process of this installation; what it says goes to `log`."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env=self.environ(**environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def log(self) -> str:
        """What its processes have said so far."""
        return (self.folder / "log").read_text(errors="replace")

    def end_processes(self) -> None:
        """Kill what is still there, stopped ones included."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def person(self) -> Person:
        """Somebody to write rows for."""
        made, _new = Person.objects.using(self.alias).get_or_create(
            email="a@testers.example", defaults={"name": "A", "created_at": timezone.now()}
        )
        return made

    def copy(self, rows: int, step: int = 50, pause: float = 0.05) -> Job:
        """Ask for the tiny job of `tests.outbox.copying`."""
        now = timezone.now()
        Message.objects.using(self.alias).all().delete()
        arguments = {"rows": rows, "step": step, "pause": pause, "recipient": self.person().pk}
        return Job.objects.using(self.alias).create(
            kind="test.copy", arguments=arguments, run_after=now, created_at=now
        )

    def numbers(self) -> list[int | None]:
        """What the tiny job has written, in order, doubles included."""
        written = Message.objects.using(self.alias).filter(about_kind="row").order_by("about_id")
        return list(written.values_list("about_id", flat=True))

    def owner_pid(self, job: Job) -> int:
        """The process id of the worker that has the job."""
        job.refresh_from_db()
        return int(job.owner.split(":")[1])

    def wait_for(self, job: Job, what: Callable[[Job], bool], seconds: float = 40) -> None:
        """Look at the row until it is so."""

        def holds() -> bool:
            try:
                job.refresh_from_db()
            except (OperationalError, InterfaceError):
                # The database is what this test takes away; the next look opens a new connection.
                connections[self.alias].close()
                return False
            return what(job)

        try:
            wait_until(holds, seconds)
        except AssertionError:
            raise AssertionError(f"{job.state} at {job.cursor} ({job.error})\n{self.log()[-30_000:]}") from None

    def wait_for_done(self, job: Job, seconds: float = 40) -> None:
        """Wait for its good end; a failure is told at once."""
        self.wait_for(job, lambda row: row.state in {Job.State.DONE, Job.State.FAILED}, seconds)
        assert job.state == Job.State.DONE, f"{job.error}\n{self.log()[-30_000:]}"

    def is_locked(self) -> bool:
        """Whether somebody is inside a write transaction (SQLite; PostgreSQL has no such lock)."""
        connection = connections[self.alias]
        if connection.vendor != "sqlite":
            return False
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
            try:
                with transaction.atomic(using=self.alias):
                    return False
            except OperationalError:
                return True
            finally:
                cursor.execute("PRAGMA busy_timeout = 30000")


@contextlib.contextmanager
def installed(folder: Path, url: str, alias: str) -> Iterator[Installation]:
    """An installation whose database this process can read as `using(alias)`."""
    if url:
        changes: dict[str, Any] = {"OPTIONS": {}, **dj_database_url.parse(url)}
    else:
        changes = {"NAME": str(folder / "hearback.sqlite3")}
    connections.settings[alias] = {**connections.settings["default"], **changes}
    own = Installation(folder, url, alias)
    try:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        yield own
    finally:
        own.end_processes()
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]

"""Pages while a big file comes in: the embedded form on SQLite, asked over HTTP by four people at once.

They look at pages and now and then save a draft, which waits for SQLite's one writer.
"""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Person, Role
from demo.bench import sample, taking_in
from demo.bench.lines import CannotMeasure, Line, at_most, without_target
from demo.services import company
from outbox.models import Job

PEOPLE = 4
PATHS = ("/", "/themes/", "/contacts/", "/imports/", "/kpis/", "/sprints/")
# One request in so many saves something.
SAVES = 5
THINKING_SECONDS = 0.25
BEFORE_SECONDS = 20
MOST_SECONDS = 3_600
TARGET_MS = 250
_READY_SECONDS = 60
_TOKEN = "b" * 32


@dataclass
class Visits:
    """What people met: milliseconds of each answer, and whatever was no answer."""

    pages: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def measure(folder: Path, rows: int) -> list[Line]:
    """The time of pages and of saving while `rows` contacts come in; SQLite only."""
    if connection.vendor != "sqlite":
        raise CannotMeasure("Pages beside an import are measured on SQLite, where there is one writer.")
    now = timezone.now()
    company.found(password="linden and oaks", now=now)  # noqa: S106 - gone with the database
    path = sample.write(folder / "beside.csv", rows=rows, name="beside", last_day=now.date() - timedelta(days=1))
    # Who brings data in sees every page.
    pins = list(Person.objects.filter(role=Role.LINKING_PIN).order_by("pk"))
    cookies = [_session(pins[place % len(pins)]) for place in range(PEOPLE)]
    with _served(folder) as port:
        before = _visit_while(_seconds_pass(), port, cookies)
        job = taking_in.receive(path).job
        if job is None:
            raise CannotMeasure("The import got no job.")
        began = time.monotonic()
        visits = _visit_while(_goes_on(job), port, cookies)
        seconds = time.monotonic() - began
    log = (folder / "served.log").read_text(errors="replace")
    locked = log.count("database is locked") + sum("locked" in trouble for trouble in visits.troubles)
    if not visits.pages or not visits.saves or not before.pages:
        raise CannotMeasure(f"Nobody got an answer: {visits.troubles[:3]}")
    if job.state == Job.State.FAILED:
        raise CannotMeasure(f"The import failed: {job.error}")
    done = job.cursor / seconds if seconds else 0
    return [
        at_most(f"pages while {job.cursor} rows come in on SQLite, p95", _p95(visits.pages), TARGET_MS, "ms"),
        at_most("saving a draft meanwhile, p95", _p95(visits.saves), TARGET_MS, "ms"),
        at_most("lock errors meanwhile", locked, 0, ""),
        at_most(
            "requests without an answer meanwhile", len(visits.troubles), 0, f"of {len(visits.pages + visits.saves)}"
        ),
        without_target("the same pages before it, p95", _p95(before.pages), "ms"),
        without_target("rows a second meanwhile", done, ""),
    ]


def _seconds_pass() -> Callable[[], bool]:
    until = time.monotonic() + BEFORE_SECONDS
    return lambda: time.monotonic() < until


def _goes_on(job: Job) -> Callable[[], bool]:
    deadline = time.monotonic() + MOST_SECONDS

    def goes_on() -> bool:
        job.refresh_from_db()
        return job.state in {Job.State.QUEUED, Job.State.RUNNING} and time.monotonic() < deadline

    return goes_on


def _visit_while(goes_on: Callable[[], bool], port: int, cookies: list[str]) -> Visits:
    visits, over = Visits(), threading.Event()
    threads = [threading.Thread(target=_visit, args=(visits, over, port, cookie)) for cookie in cookies]
    for thread in threads:
        thread.start()
    try:
        while goes_on():
            time.sleep(1)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return visits


def _visit(visits: Visits, over: threading.Event, port: int, cookie: str) -> None:
    for number in count(1):
        if over.wait(THINKING_SECONDS):
            return
        saving = number % SAVES == 0
        path = "/ideas/draft/" if saving else PATHS[number % len(PATHS)]
        began = time.perf_counter()
        try:
            status = _ask(port, path, cookie, {"problem": f"Nobody finds the label {number}"} if saving else None)
        except (OSError, http.client.HTTPException) as error:
            visits.troubles.append(f"{path}: {error!r}")
            continue
        (visits.saves if saving else visits.pages).append(1_000 * (time.perf_counter() - began))
        if status >= http.client.BAD_REQUEST:
            visits.troubles.append(f"{path}: {status}")


def _ask(port: int, path: str, cookie: str, form: dict[str, str] | None) -> int:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"}
    body = None
    if form is not None:
        headers |= {"X-CSRFToken": _TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form)
    try:
        asked.request("GET" if form is None else "POST", path, body, headers)
        answer = asked.getresponse()
        answer.read()
        return answer.status
    finally:
        asked.close()


def _session(person: Person) -> str:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """This installation with its web and its worker, until it is left; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "serve", "--port", str(port)]
    with (folder / "served.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_until_it_answers(process, port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_READY_SECONDS)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotMeasure("The installation did not start.")
        try:
            if _ask(port, "/healthz", "", None) == http.client.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise CannotMeasure("The installation did not answer in time.")


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]

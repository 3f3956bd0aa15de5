"""The parent of the embedded form: it starts, restarts, asks and clears up."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from outbox import supervisor
from outbox.supervisor import CannotServe, Child, Family
from tests.outbox.installation import wait_until

EVERYWHERE = "0.0.0.0"  # noqa: S104 - never bound
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)",
]


@pytest.fixture
def readyz() -> Iterator[HTTPServer]:
    """A little server that says whatever its `status` is."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(self.server.status)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.status = 200  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/readyz"


def test_a_child_that_dies_young_is_started_again_each_time_a_little_later() -> None:
    child = Child("brief", [sys.executable, "-c", "pass"])
    pauses = []
    for _death in range(3):
        child.look_after(child.start_again_at)
        assert child.process is not None
        child.process.wait()
        now = time.monotonic()
        child.look_after(now)
        assert child.is_over()
        pauses.append(child.start_again_at - now)
        child.look_after(now)
        assert child.process is None, "not before its pause is over"
    assert pauses == [1.0, 2.0, 4.0]


def test_ready_is_asked_once_and_ends_the_run_when_it_says_so(readyz: HTTPServer) -> None:
    family, called = Family([Child("sleeper", SLEEP)]), []

    def ready() -> bool:
        called.append(True)
        return False

    assert supervisor._serve(family, _url(readyz), ready) == 0
    assert called == [True]
    assert not family.children[0].is_over()
    family.stop()
    assert family.children[0].is_over()


def test_who_is_never_ready_is_given_up(readyz: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    readyz.status = 503  # type: ignore[attr-defined]
    monkeypatch.setattr(supervisor, "READY_WITHIN_SECONDS", 0.3)
    assert supervisor._serve(Family([]), _url(readyz), lambda: True) == 1


def test_a_signal_stops_all_children_and_kills_the_stubborn_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.5)
    family = Family([Child("sleeper", SLEEP), Child("stubborn", STUBBORN)])
    for child in family.children:
        child.start()
    time.sleep(0.5)
    with supervisor._signals_to(family):
        os.kill(os.getpid(), signal.SIGTERM)
        assert supervisor._serve(family, "http://127.0.0.1:1/readyz", None) == 0
    family.stop()
    codes = [child.process.returncode for child in family.children if child.process]
    assert codes == [-signal.SIGTERM, -signal.SIGKILL]


if sys.platform == "linux":
    # Elsewhere no kernel tells a child that its parent is gone.

    def test_children_end_when_their_parent_is_killed(tmp_path: Any) -> None:
        parent = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import subprocess, sys, time, django; django.setup()\n"
                "from outbox.supervisor import Child\n"
                "child = Child('sleeper', [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
                "child.start(); print(child.process.pid, flush=True); time.sleep(60)",
            ],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "HEARBACK_DATA": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        parent.stdout.close()
        wait_until(lambda: _is_gone(child), 5)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Somebody else's to reap by now; a zombie is gone as well.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip().startswith("Z") or not state.stdout.strip()


def test_a_debugging_server_in_public_and_a_taken_port_are_refused(readyz: HTTPServer, settings: Any) -> None:
    with pytest.raises(CannotServe, match="cannot be used"):
        supervisor.check_address("127.0.0.1", readyz.server_port)
    settings.DEBUG = True
    with pytest.raises(CannotServe, match="HEARBACK_DEBUG"):
        supervisor.check_address(EVERYWHERE, 0)
    supervisor.check_address("127.0.0.1", 0)
    with pytest.raises(CommandError, match="HEARBACK_DEBUG"):
        call_command("serve", "web", host=EVERYWHERE, port=0)


def test_beat_alone_needs_a_broker_that_others_can_reach(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "memory://localhost/"
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("serve", "beat")


@pytest.mark.parametrize(
    ("host", "dialled"),
    [(EVERYWHERE, "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.2", "10.0.0.2")],
)
def test_the_parent_asks_at_an_address_that_answers(host: str, dialled: str) -> None:
    assert supervisor._dialled(host) == dialled

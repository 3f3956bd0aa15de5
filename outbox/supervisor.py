"""The embedded form: one parent that keeps two children alive, the web and a worker with its relay.

The children have a session of their own, so an interrupt at the keyboard reaches the parent alone; it
tells them to stop, waits, and leaves nothing behind. A child that dies is started again, later each
time it dies young. When the parent itself is killed, the children are told by the kernel (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog
from django.conf import settings

LOCAL = {"127.0.0.1", "localhost", "::1"}
# A web process answers so many requests at once; the arithmetic of a page holds the interpreter anyway.
WEB_THREADS = 4
GRACE_SECONDS = 20.0
YOUNG_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 30.0
READY_WITHIN_SECONDS = 120.0
_PR_SET_PDEATHSIG = 1
log = structlog.stdlib.get_logger("outbox.supervisor")

# Called once when the installation answers; False means: that was all, stop.
Ready = Callable[[], bool]


class CannotServe(Exception):
    """Why this installation cannot be served like this."""


def check_address(host: str, port: int) -> None:
    """Raise CannotServe for a debugging server in public, or a port that is taken."""
    if settings.DEBUG and host not in LOCAL:
        raise CannotServe("HEARBACK_DEBUG shows everybody the inside of this server; it may only serve 127.0.0.1.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(f"Port {port} at {host} cannot be used: {error.strerror}. Try --port.") from None


def web_command(host: str, port: int) -> list[str]:
    """The web server's command line."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", where,
        "--worker-class", "gthread", "--workers", str(settings.WEB_PROCESSES), "--threads", str(WEB_THREADS),
        # Loaded once and shared by the processes that are forked from it.
        "--preload", "--no-control-socket",
        "--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5",
        "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The command line of a worker that also relays."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "worker", "--relay"]


def die_with_parent() -> None:
    """In a child, before it becomes its program: ask the kernel for SIGTERM when the parent dies."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process that has to be there."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_again_at: float = 0.0
    early_deaths: int = 0

    def start(self) -> None:
        """Start it, in a session of its own."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )

    def look_after(self, now: float) -> None:
        """Start it again when it is dead and its pause is over."""
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
            return
        exit_code = self.process.poll()
        if exit_code is None:
            return
        self.early_deaths = self.early_deaths + 1 if now - self.started < YOUNG_SECONDS else 0
        pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**self.early_deaths)
        log.error("child died", child=self.name, exit_code=exit_code, pause_seconds=pause)
        self.process, self.start_again_at = None, now + pause

    def signal(self, number: int) -> None:
        """Send it a signal, if it is there."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def is_over(self) -> bool:
        """Whether it has ended (and is reaped)."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End it and its own children at once."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Family:
    """The children, and whether it is time to go."""

    children: list[Child]
    stopping: bool = field(default=False)

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """What SIGTERM and SIGINT do."""
        self.stopping = True

    def stop(self) -> None:
        """Tell all to end and wait for it; those that do not are killed."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and not all(child.is_over() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.kill()


def run(*, host: str = "127.0.0.1", port: int = 8000, ready: Ready | None = None) -> int:
    """Serve until a signal says stop, or until `ready` says that was all; the exit code.

    `ready` is called once, in this process, as soon as /readyz says yes; 1 when that takes too long.
    Raises CannotServe.
    """
    check_address(host, port)
    family = Family([Child("web", web_command(host, port)), Child("worker", worker_command())])
    with _signals_to(family):
        try:
            return _serve(family, f"http://{_dialled(host)}:{port}/readyz", ready)
        finally:
            family.stop()


def _serve(family: Family, readyz: str, ready: Ready | None) -> int:
    waiting_for = ready
    give_up_at = time.monotonic() + READY_WITHIN_SECONDS
    while not family.stopping:
        now = time.monotonic()
        for child in family.children:
            child.look_after(now)
        if waiting_for is not None and answers_ready(readyz):
            if not waiting_for():
                return 0
            waiting_for = None
        elif waiting_for is not None and now > give_up_at:
            log.error("not ready", url=readyz, seconds=READY_WITHIN_SECONDS)
            return 1
        time.sleep(0.2)
    return 0


def answers_ready(url: str) -> bool:
    """Whether /readyz says yes."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _dialled(host: str) -> str:
    """The address at which this machine reaches a server bound to `host`."""
    if host in {"0.0.0.0", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


@contextlib.contextmanager
def _signals_to(family: Family) -> Iterator[None]:
    kept = {number: signal.signal(number, family.ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)

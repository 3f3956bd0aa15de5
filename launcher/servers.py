"""Servers of the suite's own: a throw-away PostgreSQL and Redis, each on a free port.

They are stopped by their own process id. Nothing here touches a server that was already running.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from launcher.trouble import Trouble

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REDIS_NAMES = ("redis-server", "valkey-server")
# Where distributions put PostgreSQL's server programs, which are often not on the PATH.
POSTGRES_FOLDERS = ("/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt")
START_SECONDS = 30


def chromium() -> str | None:
    """The browser's program; HEARBACK_CHROMIUM names another one."""
    named = os.environ.get("HEARBACK_CHROMIUM")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def redis_program() -> str | None:
    """The program that starts Redis or Valkey."""
    return next((path for name in REDIS_NAMES if (path := shutil.which(name))), None)


def postgres_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = [path.parent for folder in POSTGRES_FOLDERS for path in Path(folder).glob("*/bin/initdb")]
    return max(found, key=_version, default=None)


def _version(folder: Path) -> int:
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return int(digits or 0)


def free_port() -> int:
    """A port of this machine that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether something accepts connections at this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class TemporaryServer:
    """A server process of our own with a folder of its own; stops and starts again on the same data."""

    name = "server"
    stop_signal: signal.Signals = signal.SIGTERM

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"hearback-{self.name}-"))
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command line that starts the server in the foreground."""
        raise NotImplementedError

    def account(self) -> str | None:
        """The account that it must run as, where that is not our own."""
        return None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            # A group of its own: an interrupt at the keyboard reaches the tests first, and they stop the server.
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, user=self.account(), start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Trouble(f"a temporary {self.name} server did not start: {self._last_words()}")
            time.sleep(0.05)

    def ready(self) -> bool:
        """Whether it takes commands."""
        return answers(self.port)

    def stop(self, with_signal: signal.Signals | None = None) -> None:
        """Stop and wait for the end; killed where it does not end by itself."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(with_signal or self.stop_signal)
            try:
                self._process.wait(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def remove(self) -> None:
        """Stop, and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _last_words(self) -> str:
        lines = (self.folder / "log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class TemporaryRedis(TemporaryServer):
    """Redis or Valkey that keeps nothing on disk."""

    name = "redis"

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        arguments = f"--port {self.port} --bind 127.0.0.1 --appendonly no --dir {self.folder}"
        return [self._program, *arguments.split(), "--save", ""]


class TemporaryPostgres(TemporaryServer):
    """A PostgreSQL cluster with one superuser, `postgres`, who needs no password from this machine."""

    name = "postgres"
    # The "fast" shutdown; on SIGTERM it would wait for its clients to leave.
    stop_signal = signal.SIGINT

    def __init__(self, programs: Path) -> None:
        super().__init__()
        self._programs = programs
        account = self.account()
        if account:
            shutil.chown(self.folder, account)
        arguments = "-D data -U postgres -A trust -E UTF8 --no-locale --no-sync"
        made = subprocess.run(
            [programs / "initdb", *arguments.split()],
            cwd=self.folder, user=account, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            self.remove()
            words = (made.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise Trouble(f"initdb could not make a temporary cluster: {words}")

    def account(self) -> str | None:
        """PostgreSQL refuses to run as root, so root lends it another account."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"

    def command(self) -> list[str]:
        # The sockets' folder is our own; durability against a power cut is nothing a test could see.
        arguments = f"-D data -p {self.port} -h 127.0.0.1 -k {self.folder} -F -c max_connections=200"
        return [str(self._programs / "postgres"), *arguments.split()]

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def ready(self) -> bool:
        # The port opens before start-up is over; this line is written when it is.
        return (self.folder / "data" / "postmaster.pid").exists() and self._says_ready()

    def _says_ready(self) -> bool:
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def crash(self) -> None:
        """Stop at once, as `pg_ctl stop -m immediate` does: open transactions are lost, recovery follows."""
        self.stop(signal.SIGQUIT)

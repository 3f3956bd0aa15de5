"""The virtual environment beside the script: made once, synced with a hashed lock, stamped.

The stamp is the lock's kind and sha256, so a second start costs one read of two files. uv does the
work because it takes seconds where pip takes minutes; pip is the fallback, because it knows mirrors
that are set up for pip alone.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from launcher.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / ".hearback-lock"
UV_LOCK = ROOT / "requirements-uv.lock"
LOCKS = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}


def stamp_of(kind: str, lock: Path) -> str:
    """What the stamp says once this lock is installed, such as `runtime 9f2c…`."""
    return f"{kind} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def lock_to_install(installed: str, *, runtime: str, dev: str, for_tests: bool) -> str | None:
    """The lock that still has to be installed (`runtime` or `dev`), or None when the stamp is enough.

    A developer's environment holds everything that a start needs, so it is never cut down to the
    runtime packages: when it is out of date, it is brought up to date as what it is.
    """
    if installed == dev or (installed == runtime and not for_tests):
        return None
    return "dev" if for_tests or installed.startswith("dev ") else "runtime"


def ensure(*, for_tests: bool) -> Path:
    """The environment's Python, with the packages in place; installs what is missing."""
    if _missing(for_tests=for_tests) is not None:
        with _alone():
            # Another start may have done it while this one waited.
            kind = _missing(for_tests=for_tests)
            if kind is not None:
                _install(kind)
    return PYTHON


def _missing(*, for_tests: bool) -> str | None:
    installed = STAMP.read_text().strip() if STAMP.exists() and PYTHON.exists() else ""
    stamps = {kind: stamp_of(kind, lock) for kind, lock in LOCKS.items()}
    return lock_to_install(installed, runtime=stamps["runtime"], dev=stamps["dev"], for_tests=for_tests)


def _install(kind: str) -> None:
    print("Installing the packages of Hearback into .venv; this happens once.", file=sys.stderr)
    _make_venv()
    STAMP.unlink(missing_ok=True)
    lock = LOCKS[kind]
    if not (_install_with_uv(lock) or _quietly(*_pip("install", "--require-hashes", "-r", lock))):
        _complain(lock)
    STAMP.write_text(stamp_of(kind, lock) + "\n")


def _make_venv() -> None:
    if _quietly(PYTHON, "-m", "pip", "--version"):
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Trouble(
            "Python could not make a virtual environment. On Debian and Ubuntu the package python3-venv brings what"
            f" is missing. Python said: {_last_line(made.stdout + made.stderr)}"
        )


def _install_with_uv(lock: Path) -> bool:
    if not _quietly(*_pip("install", "--require-hashes", "--no-deps", "-r", UV_LOCK)):
        return False
    return _quietly(UV, "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", lock)


def _pip(*arguments: object) -> list[object]:
    return [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]


def _quietly(*command: object) -> bool:
    """Whether the command can be run and succeeds; what it prints is of no interest."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _complain(lock: Path) -> None:
    """Ask pip once more, for its words, and raise them as a sentence."""
    again = [str(part) for part in _pip("install", "--retries", "0", "--require-hashes", "-r", lock)]
    said = subprocess.run(again, capture_output=True, text=True, check=False)
    if said.returncode:
        raise Trouble(
            "The packages could not be installed. Is this machine connected to its package index?"
            f" pip said: {_last_line(said.stdout + said.stderr)}"
        )


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["nothing"])[-1].strip()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One start at a time installs; the others wait. The system lets go of the lock when a start dies."""
    with (ROOT / ".hearback.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another start is installing; waiting for it.", file=sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def for_installed(environ: dict[str, str]) -> dict[str, str]:
    """A copy for the installed Python, which finds Hearback's own modules from any working folder."""
    path = os.pathsep.join(part for part in (str(ROOT), environ.get("PYTHONPATH", "")) if part)
    kept = {name: value for name, value in environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    return kept | {"PYTHONPATH": path}

"""`./hearback test`: the same suite on every database that can be found, one pytest process each.

First SQLite, then PostgreSQL with Redis. The last line of the whole is a summary line of pytest: the
last pass's, or that of the pass that went worse.
"""

import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import servers
from launcher.environment import ROOT, for_installed
from launcher.services import Finder, Service

FAILED, NO_TESTS = 1, 5
REQUIRABLE = ("postgres", "redis", "chromium")


@dataclass(frozen=True)
class Pass:
    """One run of pytest: what is printed above it, its place among the passes, what it finds set."""

    title: str
    place: str
    addresses: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a pass ended: pytest's exit code, and its counts as pytest writes them in its last line."""

    exit_code: int
    summary: str

    @property
    def badness(self) -> int:
        """0 fine, 1 found no tests, 2 failed: the larger one speaks for the whole."""
        return {0: 0, NO_TESTS: 1}.get(self.exit_code, 2)


def passes(postgres: Service, redis: Service) -> list[Pass]:
    """SQLite always and first; Redis comes with the last pass, on whatever database that is."""
    queue = {"REDIS_URL": redis.url} if redis.url else {}
    beside = " and Redis" if redis.url else ""
    if not postgres.url:
        return [Pass(f"SQLite{beside}", "only", queue)]
    return [
        Pass("SQLite", "first", {}),
        Pass(f"PostgreSQL{beside}", "last", {"DATABASE_URL": postgres.url} | queue),
    ]


def missing(required: str, statuses: Mapping[str, str]) -> list[str]:
    """A sentence for each service that HEARBACK_REQUIRE names and that is not there."""
    names = [name.strip() for name in required.split(",") if name.strip()]
    unknown = [f"HEARBACK_REQUIRE knows {', '.join(REQUIRABLE)}, not {n!r}." for n in names if n not in REQUIRABLE]
    absent = [
        f"HEARBACK_REQUIRE asks for {name}: {statuses[name]}."
        for name in names
        if name in REQUIRABLE and statuses[name] != "ran"
    ]
    return unknown + absent


def verdict(outcomes: Sequence[Outcome]) -> tuple[int, str | None]:
    """The exit code of the whole, and the line to repeat at the end when the last pass's is not it.

    A pass without tests is fine as long as another one had some (`-k` may name tests of one pass).
    """
    worst = max(outcomes, key=lambda outcome: outcome.badness)
    if worst.badness == 1:
        speaker = min(reversed(outcomes), key=lambda outcome: outcome.badness)
    else:
        speaker = max(reversed(outcomes), key=lambda outcome: outcome.badness)
    repeat = None if speaker is outcomes[-1] else speaker.summary
    return speaker.exit_code, repeat


def run(python: Path, arguments: Sequence[str]) -> int:
    """Find the servers, run the passes, give the servers back; the exit code of the worst pass."""
    with contextlib.ExitStack() as undo:
        scratch = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="hearback-test-")))
        finder = Finder(python, os.environ, undo)
        postgres, redis = finder.postgres(), finder.redis()
        browser = "ran" if servers.chromium() else "NOT RUN (no Chromium or Chrome found)"
        statuses = {"sqlite": "ran", "postgres": postgres.status, "redis": redis.status, "chromium": browser}
        complaints = missing(os.environ.get("HEARBACK_REQUIRE", ""), statuses)
        if complaints:
            print("\n".join(complaints), file=sys.stderr)
            return FAILED
        environ = _environ(statuses, finder.name, scratch)
        outcomes = [_run_pass(python, each, environ, arguments) for each in passes(postgres, redis)]
    exit_code, repeat = verdict(outcomes)
    if repeat:
        print(f"The pass before, which speaks for the whole:\n{repeat}")
    return exit_code


def _environ(statuses: Mapping[str, str], name: str, scratch: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    # The passes use every core by themselves; arithmetic libraries that do so too only get in the way.
    kept.setdefault("OMP_NUM_THREADS", "1")
    return for_installed(kept) | {
        "HEARBACK_DATA": str(scratch / "data"),
        "HEARBACK_REDIS_PREFIX": name,
        "HEARBACK_TEST_STATUSES": json.dumps(statuses),
        "HEARBACK_TEST_SUMMARY": str(scratch / "summary"),
    }


def _run_pass(python: Path, each: Pass, environ: Mapping[str, str], arguments: Sequence[str]) -> Outcome:
    summary = Path(environ["HEARBACK_TEST_SUMMARY"])
    summary.unlink(missing_ok=True)
    workers = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    command = [str(python), "-m", "pytest", "-n", workers, "--dist", "loadgroup", *arguments]
    began = time.monotonic()
    print(f"\n── {each.title}: pytest {shlex.join(arguments)}".rstrip(), flush=True)
    done = subprocess.run(
        command, cwd=ROOT, env={**environ, **each.addresses, "HEARBACK_TEST_PASS": each.place}, check=False
    )
    words = summary.read_text() if summary.exists() else "no summary; pytest stopped early"
    return Outcome(done.returncode, f" {words} in {time.monotonic() - began:.2f}s ".center(80, "="))

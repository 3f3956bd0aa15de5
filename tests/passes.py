"""Which tests run in this pass, why the others do not, and what the run says of it at its end.

A test that needs a service which is not here is deselected with a printed reason; it is never
skipped. `./hearback test` sets HEARBACK_TEST_PASS (first, last or only); plain pytest is an `only`.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings

from launcher import servers

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Public data sets that stand beside the checkout where they may be used; the repository carries none of them."""

_DESELECTED = pytest.StashKey[Counter[str]]()


def obstacle(marks: set[str], fixtures: Iterable[str]) -> str | None:
    """Why a test with these marks and fixtures does not run here; None when it does."""
    place = os.environ.get("HEARBACK_TEST_PASS", "only")
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    obstacles = {
        "postgres tests run on PostgreSQL; this pass is on SQLite": "postgres" in marks and not on_postgres,
        "redis tests need REDIS_URL": "redis" in marks and not settings.REDIS_URL,
        "slow tests do not depend on the database and ran in the first pass": "slow" in marks and place == "last",
        "tests of public data sets need ../shared": "shared_data" in marks and not SHARED.is_dir(),
        "browser tests run in the last pass": "browser" in marks and place == "first",
        "browser tests need Chromium": "browser" in marks and not servers.chromium(),
        "tests with a PostgreSQL of their own need its server programs": "own_postgres" in fixtures
        and not servers.postgres_programs(),
        "tests with a Redis of their own need its server program": "own_redis" in fixtures
        and not servers.redis_program(),
    }
    return next((reason for reason, stands in obstacles.items() if stands), None)


def statuses() -> dict[str, str]:
    """What the DATABASES line says: the launcher's findings, or what plain pytest can see."""
    given = os.environ.get("HEARBACK_TEST_STATUSES")
    if given:
        found: dict[str, str] = json.loads(given)
        return found
    on_postgres = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    return {
        "sqlite": "NOT RUN (DATABASE_URL names another database)" if on_postgres else "ran",
        "postgres": "ran" if on_postgres else "NOT RUN (DATABASE_URL is not set)",
        "redis": "ran" if settings.REDIS_URL else "NOT RUN (REDIS_URL is not set)",
        "chromium": "ran" if servers.chromium() else "NOT RUN (no Chromium or Chrome found)",
    }


def _deselected(config: pytest.Config) -> Counter[str]:
    return config.stash[_DESELECTED] if _DESELECTED in config.stash else Counter()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after a payload's argument, not its bytes: a packed payload holds the time it was
    packed at, and xdist refuses to run when its workers name one test differently."""
    return argname if isinstance(val, bytes) and len(val) > 32 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    counts: Counter[str] = Counter()
    kept, dropped = [], []
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker("browser")
        marks = {mark.name for mark in item.iter_markers()}
        reason = obstacle(marks, fixtures)
        if reason:
            counts[reason] += 1
            dropped.append(item)
            continue
        kept.append(item)
        _put_in_group(item, marks)
    items[:] = kept
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    config.stash[_DESELECTED] = counts


def _put_in_group(item: pytest.Item, marks: set[str]) -> None:
    """Tests that starve or kill processes run one after the other; a browser file keeps its browser."""
    if "fault" in marks:
        item.add_marker(pytest.mark.xdist_group("fault"))
    elif "browser" in marks:
        item.add_marker(pytest.mark.xdist_group(f"browser-{item.path.stem}"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    # In a worker of xdist the counts travel to the process that prints.
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["deselected"] = dict(_deselected(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    # Every worker collects everything, so their counts are the same.
    counts: dict[str, int] = getattr(node, "workeroutput", {}).get("deselected", {})
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[_DESELECTED] = Counter(counts) | _deselected(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, count in sorted(_deselected(config).items()):
        terminalreporter.write_line(f"DESELECTED: {count} ({reason})")
    if os.environ.get("HEARBACK_TEST_PASS", "only") != "first":
        line = " ".join(f"{name}={status}" for name, status in statuses().items())
        terminalreporter.write_line(f"DATABASES: {line}")
    keep = os.environ.get("HEARBACK_TEST_SUMMARY")
    if keep:
        parts, _colour = terminalreporter.build_summary_stats_line()
        Path(keep).write_text(", ".join(text for text, _markup in parts))

"""Beside people, a bulk writer takes small steps; alone, it runs."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from outbox import jobs, pace
from outbox.jobs import chunk_rows


@pytest.fixture
def on_sqlite_file(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if the database were a SQLite file; the mark lies in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(pace, "matters", lambda: True)
    return tmp_path / "web-in-use"


def test_steps_are_small_while_the_web_is_in_use(on_sqlite_file: Path) -> None:
    assert (pace.web_in_use(), chunk_rows()) == (False, pace.FULL_ROWS)
    pace.note_use()
    assert pace.web_in_use()
    assert 200 <= chunk_rows() <= 500
    long_ago = time.time() - pace.IN_USE_SECONDS - 1
    os.utime(on_sqlite_file, (long_ago, long_ago))
    assert chunk_rows() == pace.FULL_ROWS


def test_a_chunk_waits_for_the_web_and_for_nobody_else(on_sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    jobs.breathe()
    assert slept == []
    pace.note_use()
    jobs.breathe()
    assert slept == [pace.PAUSE_SECONDS]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "counts"),
    [("/sign-in/", True), ("/healthz", False), ("/readyz", False), ("/metrics", False), ("/jobs/1/progress/", False)],
)
def test_only_requests_of_people_count_as_use(on_sqlite_file: Path, address: str, counts: bool) -> None:
    Client().get(address)
    assert on_sqlite_file.exists() is counts


def test_only_a_sqlite_file_has_one_writer_for_several_processes() -> None:
    assert pace.matters() is (connection.vendor == "sqlite" and "memory" not in str(connection.settings_dict["NAME"]))
    assert chunk_rows() == pace.FULL_ROWS

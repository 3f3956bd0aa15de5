"""Deleted words leave SQLite's file: the segments of its search index, its free pages and its log."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.jobs.retention import WORDS_KIND
from feedback.models import Import
from feedback.services import erasure, forgetting, search, undo
from outbox import jobs
from outbox.models import Job
from tests.feedback import forgetting as program
from tests.feedback.rows import NOW, bring_in
from tests.outbox.installation import Installation

ON_SQLITE = connection.vendor == "sqlite"
WORD = program.WORD


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with time_machine.travel(NOW, tick=True):
        yield


def store(number: int, text: str) -> Import:
    """A contact of an import of its own, indexed at once: a segment of its own."""
    heading = "external_id,occurred_at,channel,text,market,customer\n"
    imported = bring_in(f"{heading}T{number},2026-03-01T10:00:00Z,chat,{text},NL,K{number}00\n")
    while size := search.next_size(1_000):
        search.index(size)
    return imported


@pytest.fixture
def said(company: Company) -> Import:
    """Six contacts; one of them says the word."""
    imports = [store(number, f"Waar is mijn {WORD if number == 3 else 'stoel'} {number}") for number in range(6)]
    return imports[3]


def asked() -> list[Job]:
    """The jobs that wait; none where the database needs none."""
    return list(Job.objects.filter(kind=forgetting.JOB_KIND, state=Job.State.QUEUED))


def work(kind: str, *, after: timedelta = forgetting.PATIENCE) -> Job | None:
    found = None
    with time_machine.travel(NOW + after + timedelta(seconds=1)):
        for job in Job.objects.filter(kind=kind, state=Job.State.QUEUED):
            found = jobs.perform(job.pk)
            assert found
            assert found.state == Job.State.DONE, found.error
    return found


def in_index() -> bool:
    """Whether the index has the word in what it stores, whole or behind letters that it shares with another."""
    with connection.cursor() as cursor:
        if not ON_SQLITE:
            cursor.execute("SELECT words FROM feedback_contactsearch")
            return any(WORD in row[0] for row in cursor.fetchall())
        cursor.execute("SELECT block FROM feedback_contactsearch_data")
        return any(WORD[3:].encode() in row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_an_erased_customers_words_leave_the_segments_of_the_index(said: Import, linking_pin: Person) -> None:
    assert in_index()
    for _twice in range(2):
        erasure.erase(actor=linking_pin, written=["K300"], now=NOW)
    assert len(asked()) == ON_SQLITE, "one job for several, and only where it takes one"
    work(forgetting.JOB_KIND)
    assert not in_index()


@pytest.mark.django_db
def test_words_past_their_time_leave_the_segments_of_the_index(said: Import, company: Company) -> None:
    company.retention_months = 1
    company.save()
    jobs.enqueue(WORDS_KIND, now=NOW)
    work(WORDS_KIND, after=timedelta(days=60))
    work(forgetting.JOB_KIND, after=timedelta(days=61))
    assert not in_index()


@pytest.mark.django_db
def test_words_of_an_import_that_was_undone_leave_the_segments_of_the_index(said: Import, admin: Person) -> None:
    undo.begin(imported=said, actor=admin, now=NOW)
    work(undo.JOB_KIND)
    work(forgetting.JOB_KIND, after=3 * forgetting.PATIENCE)
    assert not in_index()


@pytest.mark.django_db
def test_nobody_asks_when_nothing_is_deleted(said: Import, company: Company) -> None:
    company.retention_months = 12
    company.save()
    jobs.enqueue(WORDS_KIND, now=NOW)
    work(WORDS_KIND)
    assert not asked()


@pytest.mark.django_db
def test_the_writer_is_held_for_a_few_pages_at_a_time(
    said: Import, linking_pin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_PAGES", 1)
    erasure.erase(actor=linking_pin, written=["K300"], now=NOW)
    done = work(forgetting.JOB_KIND)
    # One step for each round that finds nothing more to do.
    assert (done.cursor if done else forgetting.ROUNDS + 1) > forgetting.ROUNDS
    assert not in_index()


@pytest.mark.fault
def test_an_erased_customers_words_are_nowhere_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.feedback.forgetting"],
        cwd=configured.BASE_DIR,
        # On SQLite in each pass.
        env=Installation(tmp_path, "", "").environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["before"] > 0
    assert told["erased"] > 0, "this is what the job is for"
    assert told["states"] == [Job.State.QUEUED, Job.State.DONE]
    assert told["error"].startswith("LogInUse")
    assert told["after"] == 0

"""Deleted words leave SQLite's file: the segments of its search index, its free pages and its log."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection, transaction
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.jobs.retention import WORDS_KIND
from feedback.models import Import
from feedback.services import erasure, forgetting, search, taking_back, undo
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
@pytest.mark.parametrize("kind", ["contacts", "surveys"])
def test_words_that_a_new_version_of_their_row_replaces_leave_the_file(said: Import, kind: str) -> None:
    file = {
        "contacts": "external_id,occurred_at,channel,text\nT3,2026-03-01T10:00:00Z,chat,Niets meer\n",
        "surveys": "external_id,responded_at,instrument,score,comment\nS1,2026-03-01T12:00:00Z,csat,2,Nooit meer\n",
    }[kind]
    if kind == "surveys":
        bring_in(file.replace("Nooit", WORD), kind)
        assert not asked(), "new words replace none"
    bring_in(file, kind)
    assert len(asked()) == ON_SQLITE
    work(forgetting.JOB_KIND)
    assert in_index() is (kind == "surveys"), "those of the contact that says it stay"


@pytest.mark.django_db
def test_words_of_a_ticket_that_its_system_takes_back_leave_the_segments_of_the_index(said: Import) -> None:
    silent = bring_in("external_id,occurred_at,channel\nT9,2026-03-01T10:00:00Z,chat\n")
    assert taking_back.take_back("contacts", silent.source, ["T9"]) == 1
    assert not asked(), "it had no words"
    assert taking_back.take_back("contacts", said.source, ["T3"]) == 1
    assert len(asked()) == ON_SQLITE
    work(forgetting.JOB_KIND)
    assert not in_index()


def steps(pages: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many steps merging the index takes, which is then as it was before."""
    monkeypatch.setattr(forgetting, "_PAGES", pages)
    with transaction.atomic():
        count = 1
        while forgetting.merge(begin=count == 1):
            count += 1
        transaction.set_rollback(True)
    return count


@pytest.mark.django_db
def test_the_writer_is_held_for_a_few_pages_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    if not ON_SQLITE:
        assert not asked(), "nothing is merged there"
        return
    chance = random.Random(7)
    with connection.cursor() as cursor:
        for segment in range(8):
            words = (" ".join(f"{chance.getrandbits(64):x}" for _word in range(100)) for _text in range(100))
            cursor.execute(
                "INSERT INTO feedback_contactsearch (rowid, subject, body) "  # noqa: S608 - only marks are joined
                f"VALUES {', '.join(['(%s, %s, %s)'] * 100)}",
                [cell for row, body in enumerate(words) for cell in (segment * 100 + row + 1, "", body)],
            )
    assert forgetting._PAGES <= 500, "as measured: 0.2 seconds"
    whole = steps(10**6, monkeypatch)
    assert whole <= 2
    assert steps(100, monkeypatch) > 3 * whole
    assert steps(20, monkeypatch) > 10 * whole


@pytest.mark.django_db
def test_a_log_that_stays_in_use_is_tried_again_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use() -> None:
        raise forgetting.LogInUse(forgetting.IN_USE)

    monkeypatch.setattr(forgetting, "merge", lambda *, begin: False)
    monkeypatch.setattr(forgetting, "empty_log", in_use)
    job = jobs.enqueue(forgetting.JOB_KIND, now=NOW)
    seen = []
    for _attempt in range(configured.JOB_MAX_ATTEMPTS):
        Job.objects.update(run_after=NOW)
        done = jobs.perform(job.pk)
        assert done
        assert done.error == forgetting.IN_USE, "a sentence that the page can translate, and no name of an error"
        assert done.state == Job.State.FAILED or done.run_after > NOW
        seen.append(done.state)
    assert seen == [*[Job.State.QUEUED] * (configured.JOB_MAX_ATTEMPTS - 1), Job.State.FAILED]


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
    assert told["error"] == forgetting.IN_USE
    assert told["after"] == 0

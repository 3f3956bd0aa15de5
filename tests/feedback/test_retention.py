"""What is not kept for ever: words past their time, uploads that nobody imported, files of ended jobs."""

import io
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Company, Person
from feedback import rejections
from feedback.jobs.retention import DRAFTS_KIND, WORDS_KIND
from feedback.models import (
    Contact,
    ContactText,
    FormerRow,
    Import,
    RawRecord,
    Source,
    SurveyResponse,
    SurveyText,
)
from feedback.services import imports, retention
from metrics.models import ContactCell
from outbox import jobs
from outbox.jobs import Run
from outbox.models import Job, Message
from outbox.schedules import registered
from tests.cast import ClientFor
from tests.feedback.rows import NOW, bring_in, queue

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 3, 20, 12, tzinfo=NOW.tzinfo)
CONTACTS = """external_id,occurred_at,channel,reason,text,market,customer
OLD1,2025-01-10T10:00:00Z,chat,Delivery,Where is my old parcel,NL,K1
OLD2,2025-09-19T10:00:00Z,chat,Delivery,Where is my second parcel,NL,K2
NEW1,2025-09-21T10:00:00Z,chat,Delivery,Where is my new parcel,NL,K3
"""
SURVEYS = """external_id,responded_at,instrument,score,comment,contact
S1,2025-01-10T12:00:00Z,csat,2,Old words of a survey,OLD1
S2,2026-03-01T12:00:00Z,csat,5,New words of a survey,
"""


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with time_machine.travel(TODAY, tick=True):
        yield settings.UPLOAD_DIR


@pytest.fixture
def stored(company: Company) -> Company:
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    bring_in(CONTACTS.replace(",chat,", ",phone,"))
    source = Source.objects.create(name="zen", system="zendesk", created_at=NOW)
    for number, moment in ((1, "2025-01-10T10:00:00Z"), (2, "2026-03-01T10:00:00Z")):
        RawRecord.objects.create(
            source=source, stream="tickets", external_id=str(number), entity=f"ticket:{number}",
            payload={"id": number, "created_at": moment, "status": "open", "description": f"Words {number}"},
            payload_sha256=str(number) * 64, occurred_at=datetime.fromisoformat(moment), received_at=NOW,
        )  # fmt: skip
    return company


def work(kind: str) -> Job:
    done = jobs.perform(jobs.enqueue(kind, now=timezone.now()).pk)
    assert done
    assert done.state == Job.State.DONE, done.error
    return done


def keep(company: Company, months: int | None) -> None:
    company.retention_months = months
    company.save()


def test_both_are_done_every_night() -> None:
    assert {WORDS_KIND, DRAFTS_KIND} <= set(registered())


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [
        (6, date(2026, 3, 20), date(2025, 9, 20)),
        (1, date(2026, 3, 31), date(2026, 2, 28)),
        (12, date(2026, 1, 5), date(2025, 1, 5)),
        (3, date(2026, 3, 29), date(2025, 12, 28)),
    ],
)
def test_the_first_day_that_is_kept(months: int, today: date, first: date) -> None:
    assert retention.cutoff(months, today) == first
    assert retention.cutoff(None, today) is None


def test_without_the_setting_everything_stays(stored: Company) -> None:
    keep(stored, None)
    work(WORDS_KIND)
    assert ContactText.objects.count() == 3
    assert not AuditEntry.objects.filter(action="delete old words").exists()


def test_old_words_go_everywhere_and_the_rows_count_on(stored: Company) -> None:
    keep(stored, 6)
    assert retention.due(date(2025, 9, 20)) == {
        "contacts": 2, "responses": 1, "raw_records": 1, "former_rows": 2, "rejects": 0,
    }  # fmt: skip
    before = (Contact.objects.count(), SurveyResponse.objects.count(), FormerRow.objects.count())

    work(WORDS_KIND)

    assert list(ContactText.objects.values_list("contact__external_id", flat=True)) == ["NEW1"]
    assert list(SurveyText.objects.values_list("response__external_id", flat=True)) == ["S2"]
    assert [raw.payload.get("description") for raw in RawRecord.objects.order_by("pk")] == ["", "Words 2"]
    assert RawRecord.objects.earliest("pk").payload["id"] == 1
    assert FormerRow.objects.filter(values__has_key="texts").count() == 1
    assert (Contact.objects.count(), SurveyResponse.objects.count(), FormerRow.objects.count()) == before
    assert not ContactCell.objects.filter(contacts__lt=0).exists()
    entry = AuditEntry.objects.get(action="delete old words")
    assert entry.details == {
        "contacts": 2, "responses": 1, "raw_records": 1, "former_rows": 2, "before": "2025-09-20",
    }  # fmt: skip


def test_the_next_night_finds_nothing_more(stored: Company) -> None:
    keep(stored, 6)
    work(WORDS_KIND)
    assert sum(retention.due(date(2025, 9, 20)).values()) == 0
    work(WORDS_KIND)
    assert AuditEntry.objects.filter(action="delete old words").count() == 1


def test_a_run_that_was_cut_off_goes_on_where_it_was(stored: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(stored, 6)
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 1)
    chunk, left = Run.chunk, [3]

    def failing(self: Run, **kwargs: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise RuntimeError("the machine stopped")
        return chunk(self, **kwargs)

    job = jobs.enqueue(WORDS_KIND, now=timezone.now())
    monkeypatch.setattr(Run, "chunk", failing)
    jobs.perform(job.pk)
    assert ContactText.objects.count() == 1
    monkeypatch.setattr(Run, "chunk", chunk)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    jobs.perform(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert AuditEntry.objects.get(action="delete old words").details["contacts"] == 2
    assert job.cursor == 6


def hold(name: str, person: Person | None, *, days: int) -> Import:
    desk = imports.source_named(name="desk", now=NOW)
    return imports.hold(
        file=io.BytesIO(b"a,b\n1,2\n"),
        file_name=name,
        kind="contacts",
        source=desk,
        door="upload",
        created_by=person,
        now=timezone.now() - timedelta(days=days),
    )


def test_an_upload_that_nobody_imported_goes_with_a_message(linking_pin: Person, uploads: Path) -> None:
    hold("old.csv", linking_pin, days=8)
    new = hold("new.csv", linking_pin, days=6)

    work(DRAFTS_KIND)

    assert list(Import.objects.all()) == [new]
    assert [path.name for path in uploads.iterdir()] == [new.path]
    told = Message.objects.get(kind="draft_deleted")
    assert (told.recipient, told.parameters["file"]) == (linking_pin, "old.csv")
    assert AuditEntry.objects.get(action="sweep drafts").object_name == "old.csv"


def test_the_message_is_a_sentence(client_for: ClientFor, linking_pin: Person) -> None:
    hold("old.csv", linking_pin, days=8)
    work(DRAFTS_KIND)
    assert "old.csv was deleted, it was never imported" in client_for(linking_pin).get("/inbox/").text


@pytest.mark.usefixtures("company")
def test_files_that_no_import_knows_go_after_a_day(uploads: Path) -> None:
    uploads.mkdir()
    stray, fresh = uploads / "stray", uploads / "fresh"
    for path, age in ((stray, 25), (fresh, 1)):
        path.write_text("x")
        moment = (timezone.now() - timedelta(hours=age)).timestamp()
        os.utime(path, (moment, moment))
    work(DRAFTS_KIND)
    assert list(uploads.iterdir()) == [fresh]


@pytest.mark.usefixtures("company")
def test_the_file_of_a_refused_import_is_deleted(uploads: Path) -> None:
    imported = bring_in(b"\x00\x01\x02 nothing readable")
    assert imported.state == Import.State.FAILED
    assert list(uploads.iterdir()) == []


def test_rows_with_all_they_hold_are_taken_in_small_steps(stored: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(CONTACTS)
    monkeypatch.setattr(retention, "_WHOLE", 1)
    at_once = {words.name: len(words.ids(date(2026, 3, 19), 0, 5_000)) for words in retention.TABLES}
    assert at_once == {"contacts": 3, "responses": 2, "raw_records": 1, "former_rows": 1, "rejects": 0}


@pytest.mark.parametrize("ended", [Job.State.FAILED, Job.State.CANCELLED])
@pytest.mark.usefixtures("company")
def test_the_file_of_a_job_that_failed_or_was_stopped_waits_a_day_for_another_try(ended: str, uploads: Path) -> None:
    imported = queue(CONTACTS)
    assert imported.job_id
    Job.objects.filter(pk=imported.job_id).update(state=ended, finished_at=timezone.now() - timedelta(hours=20))
    work(DRAFTS_KIND)
    assert len(list(uploads.iterdir())) == 1

    Job.objects.filter(pk=imported.job_id).update(finished_at=timezone.now() - timedelta(hours=25))
    work(DRAFTS_KIND)
    assert list(uploads.iterdir()) == []
    imported.refresh_from_db()
    assert (imported.path, imported.state, imported.problem) == ("", Import.State.FAILED, "file_gone")
    assert "upload it again" in rejections.sentence(imported.problem, {}).lower()


@pytest.mark.parametrize(
    "state", [Import.State.FAILED, Import.State.FINISHED, Import.State.UNDOING, Import.State.UNDONE]
)
@pytest.mark.usefixtures("company")
def test_the_file_of_an_import_that_is_over_goes_however_it_was_left(state: str, uploads: Path) -> None:
    imported = queue(CONTACTS)
    Import.objects.filter(pk=imported.pk).update(state=state)
    work(DRAFTS_KIND)
    assert list(uploads.iterdir()) == []
    imported.refresh_from_db()
    assert (imported.path, imported.state) == ("", state)


@pytest.mark.usefixtures("company")
def test_a_job_at_work_keeps_its_file(uploads: Path) -> None:
    imported = queue(CONTACTS)
    assert imported.job_id
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.RUNNING, finished_at=None)
    with time_machine.travel(TODAY + timedelta(days=30)):
        work(DRAFTS_KIND)
    assert len(list(uploads.iterdir())) == 1


@pytest.mark.usefixtures("company")
def test_the_file_of_an_import_that_came_in_is_deleted(uploads: Path) -> None:
    bring_in(CONTACTS)
    bring_in(CONTACTS)
    bring_in(CONTACTS, dry_run=True)
    assert list(uploads.iterdir()) == []


def test_the_page_says_what_would_go_and_keeps_the_setting(
    client_for: ClientFor, linking_pin: Person, stored: Company
) -> None:
    client: Client = client_for(linking_pin)
    assert "tonight and" not in client.get("/data/privacy/").text
    saved = client.post("/data/privacy/", {"retention_months": "6", "order_patterns": " LN[0-9]{8} \n\n"})
    assert saved.status_code == 302
    stored.refresh_from_db()
    assert (stored.retention_months, stored.order_patterns) == (6, "LN[0-9]{8}")
    page = client.get("/data/privacy/").text
    assert "contacts 2, survey responses 1, raw records 1, former values 2." in page
    assert AuditEntry.objects.get(action="change company").details["retention_months"] == [None, 6]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"order_patterns": "(a+)+"}, "cannot be used"),
        ({"order_patterns": "[0-9]*[0-9]*[0-9]*x"}, "too many ways"),
        ({"order_patterns": "x?"}, "matches nothing"),
        ({"order_patterns": "1" * 200}, "longer than"),
        ({"order_patterns": "LN1\n" * 20}, "At most"),
        ({"retention_months": "0"}, "greater than or equal to 1"),
        ({"retention_months": "x"}, "whole number"),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence(
    client_for: ClientFor, admin: Person, typed: dict[str, str], says: str
) -> None:
    answer = client_for(admin).post("/data/privacy/", typed)
    assert answer.status_code == 422
    assert says in answer.text


def test_others_do_not_come_in(client_for: ClientFor, agent: Person) -> None:
    assert client_for(agent).get("/data/privacy/").status_code == 403
    assert client_for(agent).post("/data/privacy/erase/", {"customer": "K1"}).status_code == 403

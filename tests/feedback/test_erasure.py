"""One customer is erased everywhere, and everything that is counted stays as it was."""

import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import AuditEntry, Person
from accounts.services import record
from feedback import erasing
from feedback.models import Contact, ContactTheme, FormerRow, Import, RawRecord, Source, SurveyResponse
from feedback.redaction.payloads import without_people
from feedback.services import erasure, imports, leftovers, turns
from hypotheses.models import Evidence, Hypothesis
from metrics.models import ContactCell, SurveyCell
from outbox.models import Job
from tests.cast import ClientFor
from tests.feedback.erased import ANSWERED, CONTACTS, SAID, WHO, by_page, count_all, dump, everywhere
from tests.feedback.rows import NOW, bring_in, queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def counted() -> list[object]:
    return [
        Contact.objects.count(),
        SurveyResponse.objects.count(),
        RawRecord.objects.count(),
        ContactTheme.objects.count(),
        FormerRow.objects.count(),
        AuditEntry.objects.exclude(action="erase a customer").count(),
        sorted(ContactCell.objects.values_list("day", "contacts")),
        sorted(SurveyCell.objects.values_list("day", "n", "total")),
        sorted(Contact.objects.values_list("external_id", "local_day", "channel", "row_hash")),
    ]


@pytest.mark.usefixtures("everything")
def test_nothing_of_the_customer_is_left_and_everything_still_counts(linking_pin: Person, hashed: str) -> None:
    before = counted()
    assert list(everywhere(dump(), WHO, SAID, ANSWERED, hashed)) == [WHO, SAID, ANSWERED, hashed]

    erased = erasure.erase(actor=linking_pin, written=[WHO.upper()], now=NOW)

    assert list(everywhere(dump(), WHO, SAID, ANSWERED, hashed, "LN-777000")) == []
    count_all("contacts")
    count_all("surveys")
    assert counted() == before
    assert (erased.contacts, erased.responses, erased.raw_records) == (3, 1, 2)
    assert not Contact.objects.filter(external_id__startswith="Q").exclude(customer_ref="", order_ref="")


@pytest.mark.usefixtures("everything")
def test_others_keep_everything(linking_pin: Person) -> None:
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    other = Contact.objects.select_related("words").get(external_id="K1")
    assert other.customer_ref
    assert other.order_ref
    assert other.words.text == "Waar blijft mijn stoel dan toch"
    assert SurveyResponse.objects.select_related("words").get(external_id="S2").words.text


@pytest.mark.usefixtures("everything")
def test_the_quote_says_that_it_was_erased_and_the_trail_names_nobody(linking_pin: Person) -> None:
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)

    assert Evidence.objects.get().facts == {"text": erasing.ERASED, "channel": "Chat"}
    assert Hypothesis.objects.get().problem == f"They write “{erasing.ERASED}”"
    entry = AuditEntry.objects.get(action="erase a customer")
    assert (entry.actor, entry.object_name, entry.object_id) == (linking_pin, "", "")
    assert entry.details == {"contacts": 3, "responses": 1, "raw_records": 2, "drafts": 0}
    old = AuditEntry.objects.get(action="import", object_kind="")
    assert (old.object_name, old.details) == (f"{erasing.ERASED}.csv", {"file": erasing.ERASED, "n": 3})


@pytest.mark.usefixtures("everything")
def test_the_trail_is_shut_again_afterwards(linking_pin: Person) -> None:
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    with pytest.raises(Exception, match="append-only"):
        AuditEntry.objects.update(action="nothing")


@pytest.mark.usefixtures("everything")
def test_the_same_export_read_again_brings_nothing_back(linking_pin: Person, hashed: str) -> None:
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    changed = CONTACTS.replace("2026-03-01T10:00:00Z,chat", "2026-03-01T10:00:00Z,phone")
    again = bring_in(changed + "N9,2026-03-09T10:00:00Z,chat,,Iets anders,NL,K9,\n")
    assert (again.new_count, again.changed_count) == (1, 0)
    assert list(everywhere(dump(), SAID, hashed)) == []


def _object(source: Source, stream: str, external: str, entity: str, reference: str = "") -> RawRecord:
    return RawRecord.objects.create(
        source=source, stream=stream, external_id=external, entity=entity, payload={"id": external, "body": "Words"},
        payload_sha256=f"{stream}{external}", customer_ref=reference, received_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("other", ["f" * 32, ""])
def test_another_object_with_the_same_number_is_somebody_elses(hashed: str, other: str) -> None:
    source = Source.objects.create(name="zen", system="zendesk", created_at=NOW)
    mine = _object(source, "tickets", "123", "ticket:123", hashed)
    comment = _object(source, "comments", "1", "ticket:123")
    _object(source, "tickets", "999", "ticket:999", other)
    _object(source, "ratings", "123", "ticket:999")
    _object(source, "comments", "2", "ticket:999")
    Contact.objects.create(
        source=source, external_id="123", occurred_at=NOW, local_day=NOW.date(), customer_ref=hashed, row_hash="x" * 32
    )
    assert erasure.find([WHO]).raw_records == {mine.pk, comment.pk}


@pytest.mark.parametrize("other", ["f" * 32, ""])
def test_a_rating_does_not_lead_to_the_ticket_with_its_number(hashed: str, other: str) -> None:
    source = Source.objects.create(name="zen", system="zendesk", created_at=NOW)
    _object(source, "tickets", "123", "ticket:123", other)
    mine = _object(source, "ratings", "123", "ticket:999")
    SurveyResponse.objects.create(
        source=source, external_id="123", responded_at=NOW, local_day=NOW.date(), customer_ref=hashed,
        row_hash="x" * 32, instrument="csat", score=5, scale_min=1, scale_max=5,
    )  # fmt: skip
    assert erasure.find([WHO]).raw_records == {mine.pk}


def test_a_response_that_is_an_object_of_its_own_is_found(hashed: str) -> None:
    source = Source.objects.create(name="form", system="typeform", created_at=NOW)
    mine = _object(source, "responses", "abc", "abc")
    SurveyResponse.objects.create(
        source=source, external_id="abc", responded_at=NOW, local_day=NOW.date(), customer_ref=hashed,
        row_hash="x" * 32, instrument="csat", score=5, scale_min=1, scale_max=5,
    )  # fmt: skip
    assert erasure.find([WHO]).raw_records == {mine.pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("company")
def test_an_erasure_that_fails_leaves_the_uploads(linking_pin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = imports.source_named(name="desk", now=NOW)
    held = imports.hold(
        file=io.BytesIO(CONTACTS.encode()), file_name="a.csv", kind="contacts", source=desk, door="upload", now=NOW
    )

    def broken(**_given: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "record", broken)
        with pytest.raises(RuntimeError):
            erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert Import.objects.get() == held
    assert not AuditEntry.objects.filter(action="erase a customer").exists()
    assert len(list(Path(settings.UPLOAD_DIR).iterdir())) == 1

    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert not Import.objects.exists()
    assert list(Path(settings.UPLOAD_DIR).iterdir()) == []


@pytest.mark.usefixtures("everything")
def test_what_comes_in_while_copies_are_looked_for_goes_too(
    linking_pin: Person, hashed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, more = erasure._out_of_copies, "Mijn tweede parasol is ook al zoek geraakt"

    def look_and_go_on(copies: erasing.Copies) -> int:
        found = look(copies)
        if not Contact.objects.filter(external_id="Q7").exists():
            bring_in(CONTACTS + f"Q7,2026-03-09T10:00:00Z,chat,,{more},NL,{WHO},LN-7\n")
            Job.objects.create(kind="tests", progress={"said": SAID}, run_after=NOW, created_at=NOW)
            record(actor=linking_pin, action="import", name=f"{WHO}.csv", now=NOW)
        return found

    monkeypatch.setattr(erasure, "_out_of_copies", look_and_go_on)
    erased = erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert erased.contacts == 4
    assert list(everywhere(dump(), WHO, SAID, more, hashed)) == []


@pytest.mark.usefixtures("everything")
def test_whoever_made_rows_ready_before_has_to_look_again(linking_pin: Person) -> None:
    before = {source.pk: turns.last(source.pk) for source in Source.objects.all()}
    assert len(before) > 1
    erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert {source: number - 1 for source, number in turns.numbers().items()} == before


# Tables that may be long, none of whose rows is found by a key.
LONG = ("accounts_auditentry", "feedback_importreject", "feedback_delivery", "outbox_job", "outbox_message")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything")
def test_whole_tables_are_read_before_the_writer_is_held(linking_pin: Person, hashed: str) -> None:
    inside: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.in_atomic_block and sql.startswith("SELECT"):
            inside.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
    assert inside
    whole = [sql for sql in inside if any(f'FROM "{table}"' in sql for table in LONG) and "IN (" not in sql]
    assert whole == []
    assert not [sql for sql in inside if 'FROM "feedback_contact" WHERE "feedback_contact"."customer_ref"' in sql]
    assert list(everywhere(dump(), WHO, SAID, ANSWERED, hashed)) == []


def test_many_records_of_others_are_not_looked_through(hashed: str) -> None:
    """As many questions, each answered by a key: SQLite uses a key only when the question names all that it needs."""
    source = Source.objects.create(name="zen", system="zendesk", created_at=NOW)
    _object(source, "tickets", "123", "ticket:123", hashed)
    Contact.objects.create(
        source=source, external_id="123", occurred_at=NOW, local_day=NOW.date(), customer_ref=hashed, row_hash="x" * 32
    )
    with CaptureQueriesContext(connection) as asked:
        erasure.find([WHO])
    if connection.vendor != "sqlite":
        return
    of_records = [one["sql"] for one in asked if 'FROM "feedback_rawrecord"' in one["sql"]]
    assert of_records
    for sql in of_records:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "SCAN" not in plan, sql
        assert "raw_record_received" not in plan, "all records of a source"


@pytest.mark.usefixtures("company")
def test_uploads_that_may_hold_the_customer_are_deleted_others_wait_on(
    linking_pin: Person, django_capture_on_commit_callbacks: Any
) -> None:
    desk = imports.source_named(name="desk", now=NOW)

    def hold(name: str, content: bytes) -> Import:
        return imports.hold(
            file=io.BytesIO(content), file_name=name, kind="contacts", source=desk, door="upload", now=NOW
        )

    hold("plain.csv", b"x" * 1_048_570 + CONTACTS.encode())
    hold("wide.csv", CONTACTS.encode("utf-16"))
    hold("packed.csv.gz", gzip.compress(b"anything"))
    stopped = queue(CONTACTS.encode("cp1252"))
    assert stopped.job_id
    Job.objects.filter(pk=stopped.job_id).update(state=Job.State.CANCELLED)
    other = hold("other.csv", CONTACTS.replace(WHO, "K2").replace(WHO.lower(), "K2").encode())

    with django_capture_on_commit_callbacks(execute=True):
        erased = erasure.erase(actor=linking_pin, written=[WHO], now=NOW)

    assert set(erased.drafts) == {"plain.csv", "wide.csv", "packed.csv.gz", "contacts.csv"}
    assert list(Import.objects.filter(state=Import.State.DRAFT)) == [other]
    assert len(list(Path(settings.UPLOAD_DIR).iterdir())) == 1


def test_copies_are_found_in_any_case_and_short_ids_nowhere() -> None:
    copies = erasing.Copies(["17", "Cust-100"], ["too short", "a sentence that is long enough"])
    assert copies.out_of({"a": ["17 and CUST-100, cust-1000", 17], "b": "so: a sentence that is long enough!"}) == (
        {"a": ["17 and [erased], cust-1000", 17], "b": "so: [erased]!"},
        2,
    )
    assert erasing.Copies([], []).out_of("x") == ("x", 0)


def test_a_payload_without_its_people_keeps_its_numbers() -> None:
    payload = {"id": 7, "requester_id": 99, "customer": {"id": 3}, "tags": ["99", 5], "total": 12.5, "open": True}
    assert without_people(payload, frozenset({"99"})) == {
        "id": 7, "requester_id": None, "customer": {"id": None}, "tags": [None, 5], "total": 12.5, "open": True,
    }  # fmt: skip


@pytest.mark.usefixtures("everything")
def test_the_command_reads_who_from_its_input_and_never_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WHO}\n\n"))
    call_command("erase_customer", "--yes", "--json", stdout=out)
    assert json.loads(out.getvalue())["contacts"] == 3
    assert WHO.lower() not in out.getvalue().lower()
    assert not Contact.objects.exclude(customer_ref="").filter(external_id__startswith="Q").exists()


@pytest.mark.usefixtures("company")
def test_the_command_says_when_there_is_no_row_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    Job.objects.create(kind="tests", error="no nobody@example.nl", run_after=NOW, created_at=NOW)
    out, error = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO("nobody@example.nl\n"))
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_customer", stdout=out, stderr=error)
    monkeypatch.setattr("sys.stdin", io.StringIO("nobody@example.nl\n"))
    call_command("erase_customer", "--yes", stdout=out, stderr=error)
    assert "No row was found" in error.getvalue()
    assert "Erased: 0 contacts" in out.getvalue()
    assert "is taken in again: erase them there" in out.getvalue()
    assert Job.objects.get(kind="tests").error == f"no {erasing.ERASED}"
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(CommandError, match="id or e-mail"):
        call_command("erase_customer", "--yes")


@pytest.mark.usefixtures("everything")
def test_the_page_asks_twice_and_then_erases(client_for: ClientFor, linking_pin: Person) -> None:
    client: Client = client_for(linking_pin)
    asked = client.post("/data/privacy/erase/", {"customer": WHO})
    assert asked.status_code == 200
    assert "contacts (3), survey responses (1) and raw records (2)" in asked.text
    assert Contact.objects.exclude(customer_ref="").filter(external_id="Q1").exists()

    sure = re.search('name="sure" value="([0-9a-f]{32})"', asked.text)
    assert sure
    assert WHO.lower() not in asked.text.lower()
    other = client.post("/data/privacy/erase/", {"customer": "K1", "sure": sure[1]})
    assert other.status_code == 422
    assert Contact.objects.exclude(customer_ref="").filter(external_id="K1").exists()

    done = client.post("/data/privacy/erase/", {"customer": WHO, "sure": sure[1]})
    assert done.status_code == 302
    assert WHO not in done.headers["Location"]
    page = client.get(done.headers["Location"])
    assert "is erased" in page.text
    assert WHO.lower() not in page.text.lower()
    assert not Contact.objects.exclude(customer_ref="").filter(external_id="Q1").exists()


@pytest.mark.usefixtures("company")
def test_the_page_says_when_no_row_is_found_and_goes_on(client_for: ClientFor, admin: Person) -> None:
    client = client_for(admin)
    assert client.post("/data/privacy/erase/", {"customer": ""}).status_code == 422
    pages = by_page(client, "nobody@example.nl")
    assert "No row was found by this reference" in pages
    assert "0 contacts keep counting" in pages
    assert "Copies taken out elsewhere" not in pages


@pytest.mark.usefixtures("company")
def test_a_customer_who_is_only_in_copies_and_in_a_report_goes_by_the_page(
    client_for: ClientFor, linking_pin: Person, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    report = leftovers.report_path(Import(pk=1))
    report.parent.mkdir()
    report.write_text(f"2,occurred_at,{WHO},This is not a date.")
    Job.objects.create(kind="tests", error=f"no {WHO}", run_after=NOW, created_at=NOW)
    pages = by_page(client_for(linking_pin), WHO)
    assert "No row was found by this reference" in pages
    assert "may hold the customer, and are deleted too: 1." in pages
    assert "Copies taken out elsewhere: 2." in pages
    assert not report.exists()
    assert list(everywhere(dump(), WHO)) == []


@pytest.mark.usefixtures("company")
def test_the_page_goes_on_when_only_an_upload_may_hold_the_customer(client_for: ClientFor, linking_pin: Person) -> None:
    desk = imports.source_named(name="desk", now=NOW)
    imports.hold(
        file=io.BytesIO(CONTACTS.encode()), file_name="a.csv", kind="contacts", source=desk, door="upload", now=NOW
    )
    asked = client_for(linking_pin).post("/data/privacy/erase/", {"customer": WHO})
    assert asked.status_code == 200
    assert "a.csv" in asked.text

"""A file from its bytes to rows in the database: exact counts, once each, without personal data."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from pytest_django import Settings

from accounts.models import AuditEntry, Company, Market
from feedback import rejections
from feedback.jobs import imports as import_jobs
from feedback.mapping import FieldMap
from feedback.models import (
    CommerceDay,
    Contact,
    ContactReason,
    ContactText,
    Import,
    ImportReject,
    ReasonTag,
    Source,
    SurveyResponse,
)
from feedback.parsing import Unreadable
from feedback.services import imports, reading
from metrics.models import DirtyDay, Kind
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import COMMERCE, CONTACTS, NOW, SURVEYS, bring_in, counts, queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 2)


def _marks(kind: Kind) -> list[date]:
    return sorted(set(DirtyDay.objects.filter(kind=kind).values_list("day", flat=True)))


def test_contacts_arrive_with_everything_around_them(company: Company) -> None:
    assert counts(bring_in(CONTACTS)) == (3, 3, 0, 0, 0)
    first, second, third = Contact.objects.order_by("external_id")
    assert (first.local_day, first.channel and first.channel.label, first.market and first.market.code) == (
        date(2026, 3, 1),
        "Chat",
        "NL",
    )
    assert first.customer_ref == third.customer_ref != second.customer_ref
    assert (second.is_complaint, third.is_complaint) == (True, False)
    assert ContactReason.objects.get(path="Returns > Label").parent == ContactReason.objects.get(path="Returns")
    tags = ReasonTag.objects.filter(contact=second).values_list("reason__path", flat=True)
    assert sorted(tags) == ["Delivery", "Returns > Label"]
    assert not ContactText.objects.filter(contact=second).exists(), "no words, no row"
    assert _marks(Kind.CONTACTS) == [date(2026, 3, 1), date(2026, 3, 2)]


def test_personal_data_never_reaches_the_database(company: Company) -> None:
    imported = bring_in(CONTACTS)
    words = ContactText.objects.get(contact__external_id="T3")
    assert (words.text, words.redactions) == ("Mail me: [email], please", 1)
    assert imported.redacted_count == 1
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert "jan.jansen" not in repr(cursor.fetchall()), table


def test_the_same_file_again_changes_nothing_and_says_so(company: Company) -> None:
    bring_in(CONTACTS + "T4,never,,,,,,\n")
    before = DirtyDay.objects.count()
    again = bring_in(CONTACTS + "T4,never,,,,,,\n")
    assert counts(again) == (4, 0, 0, 3, 1)
    assert ImportReject.objects.filter(imported=again).count() == 1
    assert DirtyDay.objects.count() == before
    assert again.job
    assert again.job.progress["follow_ups"] == []


def test_the_same_rows_in_another_file_change_nothing_either(company: Company) -> None:
    bring_in(CONTACTS)
    header, *rows = CONTACTS.splitlines()
    assert counts(bring_in("\n".join([header, *reversed(rows)]))) == (3, 0, 0, 3, 0)
    assert Contact.objects.count() == 3


def test_a_changed_row_is_written_anew_and_marks_its_old_and_new_day(company: Company) -> None:
    bring_in(CONTACTS)
    DirtyDay.objects.all().delete()
    moved = CONTACTS.replace(
        "2026-03-01T10:00:00Z,chat,Returns::Label,Where is my label?", "2026-03-05T10:00:00Z,mail,Delivery,Found it"
    )
    assert counts(bring_in(moved)) == (3, 0, 1, 2, 0)
    contact = Contact.objects.select_related("channel", "words").get(external_id="T1")
    assert (contact.local_day, contact.words.text) == (date(2026, 3, 5), "Found it")
    assert list(contact.reason_tags.values_list("reason__path", flat=True)) == ["Delivery"]
    assert _marks(Kind.CONTACTS) == [date(2026, 3, 1), date(2026, 3, 5)]


def test_an_older_file_again_sets_back_what_came_after_it(company: Company) -> None:
    bring_in(CONTACTS)
    bring_in(CONTACTS.replace("Where is my label?", "Found it"))
    assert counts(bring_in(CONTACTS)) == (3, 0, 1, 2, 0)


def test_an_id_that_occurs_twice_counts_twice_and_is_stored_as_it_was_last(company: Company) -> None:
    header, first, *rest = CONTACTS.splitlines()
    changed = first.replace("Where is my label?", "Still waiting")
    assert counts(bring_in("\n".join([header, first, first, changed, *rest]))) == (5, 3, 1, 1, 0)
    assert ContactText.objects.get(contact__external_id="T1").text == "Still waiting"


def test_there_and_back_again_in_one_file_writes_nothing(company: Company) -> None:
    bring_in(CONTACTS)
    DirtyDay.objects.all().delete()
    header, first, *_ = CONTACTS.splitlines()
    changed = first.replace("Where is my label?", "Still waiting")
    assert counts(bring_in("\n".join([header, changed, first]))) == (2, 0, 2, 0, 0)
    assert ContactText.objects.get(contact__external_id="T1").text == "Where is my label?"
    assert not DirtyDay.objects.exists()


NO_IDS = "text,label,category\nhello,create,ACCOUNT\nhello,create,ACCOUNT\nbye,edit,ACCOUNT\nhello,create,ACCOUNT\n"
NO_IDS_MAPPING = {"columns": {"reason": ["category", "label"]}, "constants": {"occurred_at": "2026-03-01"}}


@pytest.mark.usefixtures("small_chunks")
def test_a_file_without_ids_stays_the_same_rows(company: Company) -> None:
    assert counts(bring_in(NO_IDS, fields=NO_IDS_MAPPING)) == (4, 4, 0, 0, 0)
    longer = NO_IDS + "hello,create,ACCOUNT\n"
    assert counts(bring_in(longer, fields=NO_IDS_MAPPING)) == (5, 1, 0, 4, 0)
    assert set(ReasonTag.objects.values_list("reason__path", flat=True)) == {"ACCOUNT > create", "ACCOUNT > edit"}
    assert set(Contact.objects.values_list("local_day", flat=True)) == {date(2026, 3, 1)}


class Killed(BaseException):
    """As SIGKILL does it: nothing of this process runs any more."""


def _killed_after(chunks: int, imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the import until this many chunks are stored, then let its worker die with the lease lapsed."""
    assert imported.job_id
    stored: list[int] = []
    real = import_jobs._store

    def store(*arguments: Any) -> bool:
        if len(stored) == chunks:
            raise Killed
        stored.append(1)
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(import_jobs, "_store", store)
        with pytest.raises(Killed):
            jobs.perform(imported.job_id)
    Job.objects.filter(pk=imported.job_id).update(lease_until=imported.created_at)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("chunks", [0, 1, 2])
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_worker_that_dies_is_followed_exactly(
    company: Company, monkeypatch: pytest.MonkeyPatch, chunks: int, dry_run: bool
) -> None:
    file = NO_IDS + "hello,create,ACCOUNT\nhello\nnew,edit,ACCOUNT\n"
    imported = queue(file, fields=NO_IDS_MAPPING, dry_run=dry_run)
    _killed_after(chunks, imported, monkeypatch)
    assert Contact.objects.count() == (0 if dry_run else 2 * chunks)
    assert imported.job_id
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    assert counts(imported) == (7, 6, 0, 0, 1)
    assert Contact.objects.count() == (0 if dry_run else 6)
    assert list(imported.rejects.values_list("line", "reason")) == [(7, "ragged")]


def test_a_worker_that_dies_after_the_last_chunk_leaves_nothing_to_do(company: Company) -> None:
    imported = bring_in(CONTACTS)
    assert imported.job_id
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.RUNNING, lease_until=imported.created_at)
    job = jobs.perform(imported.job_id)
    assert job
    assert job.state == Job.State.DONE
    imported.refresh_from_db()
    assert counts(imported) == (3, 3, 0, 0, 0)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("kind", ["contacts", "surveys"])
def test_a_dry_run_says_exactly_what_the_import_then_does(company: Company, kind: str) -> None:
    file = {"contacts": CONTACTS, "surveys": SURVEYS}[kind]
    bring_in(file, kind)
    header, first, *rest = file.splitlines()
    mixed = "\n".join(
        [header, first, "X1" + first[2:], "X1" + first[2:], *rest, "X1" + first[2:].replace("Z,", "+00:00,")]
    )
    before = (Contact.objects.count(), SurveyResponse.objects.count(), DirtyDay.objects.count())
    tried = bring_in(mixed + "\nbroken", kind, dry_run=True)
    assert (Contact.objects.count(), SurveyResponse.objects.count(), DirtyDay.objects.count()) == before
    done = bring_in(mixed + "\nbroken", kind)
    assert counts(tried) == counts(done)
    assert counts(done)[1] == 1
    assert done.rejected_count == 1


def test_rejects_say_line_column_value_and_reason_in_the_readers_language(company: Company) -> None:
    file = CONTACTS + 'T4,"call\nme on +31 6 12345678",,,,,,\nT5,2026-03-01T10:00:00Z,chat,,,,,=cmd()\nT6\n'
    imported = bring_in(file)
    assert counts(imported) == (6, 3, 0, 0, 3)
    rows = list(imported.rejects.order_by("line").values_list("line", "column", "reason"))
    assert rows == [(5, "occurred_at", "not_a_date"), (7, "is_complaint", "not_yes_no"), (8, "", "ragged")]
    assert "12345678" not in imported.rejects.get(line=5).value
    with translation.override("en"):
        assert rejections.sentence("not_a_date", {}) == "This is not a date."
    assert rejections.defused("=cmd()") == "'=cmd()"


def test_the_heading_of_the_file_is_named_and_not_our_field(company: Company) -> None:
    imported = bring_in("id,Datum\nT1,never\n", fields={"columns": {"external_id": "id", "occurred_at": "Datum"}})
    assert imported.rejects.get().column == "Datum"


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("ends", ["finish", "fail"])
def test_the_end_of_an_import_leaves_what_an_erasure_cleaned(
    company: Company, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    imported = queue(CONTACTS)
    Import.objects.filter(pk=imported.pk).update(file_name="jan.jansen@example.com.csv")
    read = reading.of_import

    def read_while_somebody_is_erased(of: Import) -> reading.Reading:
        assert of.file_name == "jan.jansen@example.com.csv"
        Import.objects.filter(pk=of.pk).update(file_name="[erased].csv", problem_parameters={"x": "[erased]"})
        if ends == "fail":
            raise Unreadable("file_gone")
        return read(of)

    monkeypatch.setattr(reading, "of_import", read_while_somebody_is_erased)
    assert imported.job_id
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    assert imported.file_name == "[erased].csv"
    assert imported.state == (Import.State.FINISHED if ends == "finish" else Import.State.FAILED)
    assert imported.problem_parameters == ({"x": "[erased]"} if ends == "finish" else {})
    if ends == "finish":
        assert AuditEntry.objects.get(action="finish an import").object_name == "[erased].csv"
        rows = Contact.objects.order_by("pk").values_list("pk", flat=True)
        assert (imported.first_row_id, imported.last_row_id) == (rows[0], rows[2])


def test_surveys_find_their_contact_whichever_comes_first(company: Company) -> None:
    bring_in(SURVEYS, "surveys", source="survey tool")
    assert not SurveyResponse.objects.filter(contact__isnull=False).exists()
    DirtyDay.objects.all().delete()
    bring_in(CONTACTS)
    linked = SurveyResponse.objects.filter(contact__isnull=False).values_list("external_id", "contact__external_id")
    assert sorted(linked) == [("S1", "T1"), ("S2", "T3")]
    assert _marks(Kind.SURVEYS) == [date(2026, 3, 1), date(2026, 3, 2)], "their themes may be known now"
    later = SURVEYS.replace("S1,", "S9,").replace("S2,", "S8,").replace("S3,", "S7,")
    bring_in(later, "surveys", source="survey tool")
    assert SurveyResponse.objects.get(external_id="S9").contact == Contact.objects.get(external_id="T1")


def test_a_contact_id_of_two_sources_belongs_to_neither(company: Company) -> None:
    bring_in(CONTACTS, source="one desk")
    bring_in(CONTACTS, source="other desk")
    bring_in(SURVEYS, "surveys", source="survey tool")
    assert not SurveyResponse.objects.filter(contact__isnull=False).exists()
    bring_in(SURVEYS, "surveys", source="one desk")
    own = SurveyResponse.objects.get(source__name="one desk", external_id="S1")
    assert own.contact
    assert own.contact.source.name == "one desk"


def test_scores_on_another_scale_and_dirty_ones(company: Company) -> None:
    scores = ["3", "-5", "0", "-o", "cc", "-6", "", "SS"]
    file = "text,score\n" + "".join(f"words {at},{score}\n" for at, score in enumerate(scores))
    fields = {
        "columns": {"comment": "text"},
        "constants": {"instrument": "csat", "responded_at": "2026-03-01"},
        "scale": [-5, 5],
    }
    imported = bring_in(file, "surveys", fields=fields)
    assert counts(imported) == (8, 3, 0, 0, 5)
    assert sorted(SurveyResponse.objects.values_list("score", "standard_score")) == [(-5, 1), (0, 3), (3, 4.2)]
    reasons = imported.rejects.order_by("line").values_list("reason", flat=True)
    assert list(reasons) == ["not_a_number", "not_a_number", "score_outside", "score_missing", "not_a_number"]
    assert counts(bring_in(file, "surveys", fields=fields)) == (8, 0, 0, 3, 5)


def test_commerce_replaces_a_day_that_is_counted_again(company: Company) -> None:
    assert counts(bring_in(COMMERCE, "commerce")) == (2, 2, 0, 0, 0)
    assert counts(bring_in(COMMERCE.replace("50,2500.00", "51,2550.00"), "commerce")) == (2, 0, 1, 1, 0)
    day = CommerceDay.objects.get(day=date(2026, 3, 1))
    assert (day.orders, day.revenue_cents) == (51, 255_000)
    assert _marks(Kind.COMMERCE) == [date(2026, 3, 1), date(2026, 3, 2)]


def test_an_installation_nobody_set_up_takes_a_file_and_makes_the_market(db: None) -> None:
    assert counts(bring_in(CONTACTS.replace(",NL,", ",US,"))) == (3, 3, 0, 0, 0)
    made = Market.objects.get(code="US")
    assert made.zone == Source.objects.get().zone


@pytest.mark.parametrize(
    ("file", "fields", "reason"),
    [
        ("", {}, "file_empty"),
        ("id,text\n1,a\n", {}, "field_unmapped"),
        (CONTACTS, {"columns": {"text": "no such heading"}}, "heading_missing"),
    ],
)
def test_a_file_that_does_not_fit_as_a_whole_fails_with_a_sentence(
    company: Company, file: str, fields: dict[str, Any], reason: str
) -> None:
    imported = bring_in(file, fields=fields)
    assert (imported.state, imported.problem) == (Import.State.FAILED, reason)
    assert imported.job
    assert imported.job.state == Job.State.FAILED
    assert imported.job.error == rejections.sentence(reason, imported.problem_parameters)
    assert not reading.upload_path(imported).exists()


def test_the_file_is_gone_when_its_job_ends_and_was_ours_alone_before(company: Company, settings: Settings) -> None:
    imported = queue(CONTACTS)
    path = reading.upload_path(imported)
    assert path.stat().st_mode & 0o077 == 0
    assert "contacts" not in path.name
    assert imported.job_id
    jobs.perform(imported.job_id)
    assert list(Path(settings.UPLOAD_DIR).iterdir()) == []


def test_the_same_key_gives_the_same_import(company: Company) -> None:
    arguments: dict[str, Any] = {
        "file_name": "a.csv",
        "kind": "contacts",
        "source": imports.source_named(name="desk", now=company.set_up_at),
        "door": Import.Door.API,
        "fields": FieldMap(),
        "key": "once",
        "now": company.set_up_at,
    }
    first = imports.receive(file=io.BytesIO(CONTACTS.encode()), **arguments)
    assert imports.receive(file=io.BytesIO(b"anything else"), **arguments) == first
    assert Import.objects.count() == 1


def test_a_button_pressed_twice_starts_one_job(company: Company) -> None:
    held = imports.hold(
        file=io.BytesIO(CONTACTS.encode()), file_name="a.csv", kind="contacts", door=Import.Door.UPLOAD,
        source=imports.source_named(name="desk", now=NOW), now=NOW,
    )  # fmt: skip
    twice = Import.objects.get(pk=held.pk)
    first = imports.start(imported=held, fields=FieldMap(), now=NOW)
    second = imports.start(imported=twice, fields=FieldMap(), now=NOW)
    assert first.job_id == second.job_id == Job.objects.get().pk


def test_an_import_is_signed_in_the_audit_trail_with_counts_and_no_words(company: Company) -> None:
    bring_in(CONTACTS)
    entries = AuditEntry.objects.filter(object_kind="import").order_by("id")
    assert [entry.action for entry in entries] == ["import", "finish an import"]
    assert entries[1].details["new"] == 3
    assert "label" not in repr([entry.details for entry in entries])


def test_the_number_of_queries_does_not_grow_with_rows(company: Company, django_assert_max_num_queries: Any) -> None:
    header, *rows = CONTACTS.splitlines()
    bring_in(CONTACTS)
    many = [f"M{at}-{row}" for at in range(150) for row in rows]
    imported = queue("\n".join([header, *many]))
    assert imported.job_id
    with django_assert_max_num_queries(60):
        jobs.perform(imported.job_id)
    imported.refresh_from_db()
    assert imported.new_count == 450


REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
BITEXT = {"columns": {"reason": ["category", "label"]}, "constants": {"occurred_at": "2026-03-01", "channel": "chat"}}
AIRLINE = {"columns": {"occurred_at": "date", "reason": "label"}, "constants": {"market": "US"}}
NHS = {
    "columns": {"comment": "text", "department": "organization"},
    "constants": {"instrument": "csat", "responded_at": "2026-03-01"},
    "scale": [-5, 5],
}


@pytest.mark.shared_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind", "fields", "expected"),
    [
        ("bitext_20k.csv", "contacts", BITEXT, (21_534, 21_534, 0, 0, 0)),
        ("airline_tweets_16-20feb.csv", "contacts", AIRLINE, (5_632, 5_632, 0, 0, 0)),
        ("nhs_phase1.csv", "surveys", NHS, (10_302, 10_266, 0, 0, 36)),
    ],
)
def test_real_files_go_in_once(
    company: Company, name: str, kind: str, fields: dict[str, Any], expected: tuple[int, ...]
) -> None:
    data = (REAL / name).read_bytes()
    assert counts(bring_in(data, kind, fields=fields)) == expected
    # One more line makes other bytes, so that every row is looked at again.
    second = bring_in(data.rstrip(b"\r\n") + b"\n\n", kind, fields=fields)
    assert counts(second) == (expected[0], 0, 0, expected[1], expected[4])

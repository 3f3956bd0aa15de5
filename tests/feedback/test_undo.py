"""An import that is undone leaves what was there before it, and what came after it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Company, Person, Role
from feedback import filters
from feedback.models import (
    CommerceDay,
    Contact,
    ContactText,
    ContactTheme,
    DimensionValue,
    FormerRow,
    Import,
    ImportReject,
    SurveyResponse,
    SurveyText,
    Theme,
)
from feedback.services import themes, undo
from metrics.models import ContactCell, DirtyDay, Kind
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import COMMERCE, CONTACTS, NOW, SURVEYS, bring_in, bring_in_live, counts, queue

pytestmark = pytest.mark.django_db
CHANGED = CONTACTS.replace(
    "2026-03-01T10:00:00Z,chat,Returns::Label,Where is my label?", "2026-03-05T10:00:00Z,mail,Delivery,Found it"
)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def person(company: Company) -> Person:
    return Person.objects.create(email="pin@delinde.example", name="Pin", role=Role.LINKING_PIN, created_at=NOW)


def take_out(imported: Import, person: Person) -> Import:
    """Undo it, its job included."""
    begun = undo.begin(imported=imported, actor=person, now=NOW)
    assert begun.undo_job_id
    jobs.perform(begun.undo_job_id)
    imported.refresh_from_db()
    assert imported.state == Import.State.UNDONE, Job.objects.get(pk=begun.undo_job_id).error
    return imported


def outcome(imported: Import) -> tuple[int, int, int]:
    return imported.removed_count, imported.restored_count, imported.kept_count


def everything() -> dict[str, Any]:
    """All rows as they are, without their keys."""
    return {
        "contacts": sorted(
            Contact.objects.values_list("external_id", "local_day", "channel__label", "row_hash", "customer_ref")
        ),
        "words": sorted(ContactText.objects.values_list("contact__external_id", "text", "redactions")),
        "reasons": sorted(Contact.objects.values_list("external_id", "reason_tags__reason__path")),
        "themes": sorted(
            ContactTheme.objects.values_list("contact__external_id", "theme__name", "origin", "confidence")
        ),
        "surveys": sorted(
            SurveyResponse.objects.values_list("external_id", "score", "row_hash", "contact__external_id")
        ),
        "comments": sorted(SurveyText.objects.values_list("response__external_id", "text")),
        "shop": sorted(CommerceDay.objects.values_list("external_id", "orders", "row_hash")),
    }


def work_off() -> None:
    """All jobs that may run now."""
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)


def marks(kind: Kind = Kind.CONTACTS) -> set[date]:
    return set(DirtyDay.objects.filter(kind=kind).values_list("day", flat=True))


def test_what_it_made_is_gone(person: Person) -> None:
    imported = bring_in(CONTACTS)
    work_off()
    take_out(imported, person)
    assert outcome(imported) == (3, 0, 0)
    assert not any(everything().values())
    assert marks() == {date(2026, 3, 1), date(2026, 3, 2)}
    work_off()
    assert not ContactCell.objects.exists()
    assert not FormerRow.objects.exists()


def test_what_it_changed_says_what_it_said_before(person: Person) -> None:
    bring_in(CONTACTS)
    work_off()
    before = everything()
    imported = bring_in(CHANGED + "T4,2026-03-09T10:00:00Z,chat,,New,,,\n")
    work_off()
    assert everything() != before
    take_out(imported, person)
    assert outcome(imported) == (1, 1, 0)
    assert everything() == before
    assert {date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9)} <= marks(), "old and new days"
    work_off()
    assert set(ContactCell.objects.filter(theme=0).values_list("day", flat=True)) == {
        date(2026, 3, 1),
        date(2026, 3, 2),
    }


def test_surveys_and_days_of_the_shop_come_back_too(person: Person) -> None:
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    bring_in(COMMERCE, "commerce", source="shop")
    work_off()
    before = everything()
    answers = bring_in(SURVEYS.replace("csat,2,Still no label,T1", "csat,5,Came today,T2"), "surveys")
    days = bring_in(COMMERCE.replace(",50,", ",51,"), "commerce", source="shop")
    work_off()
    assert outcome(take_out(answers, person)) == (0, 1, 0)
    assert outcome(take_out(days, person)) == (0, 1, 0)
    assert everything() == before
    assert marks(Kind.COMMERCE) == {date(2026, 3, 1)}


def test_rows_that_something_wrote_later_stay(person: Person) -> None:
    imported = bring_in(CONTACTS)
    later = bring_in(CHANGED)
    bring_in_live("external_id,occurred_at,channel,text\nT2,2026-03-01T10:00:00Z,chat,Said it live\n")
    assert undo.outcome(imported) == undo.Outcome(1, 0, 2)
    take_out(imported, person)
    assert outcome(imported) == (1, 0, 2)
    assert list(Contact.objects.order_by("external_id").values_list("external_id", flat=True)) == ["T1", "T2"]
    assert set(ContactText.objects.values_list("text", flat=True)) == {"Found it", "Said it live"}
    noted = {row.values["external_id"]: row.values["stays"] for row in FormerRow.objects.filter(imported=imported)}
    assert noted == {"T1": later.pk, "T2": None}


@pytest.mark.parametrize("newest_first", [True, False])
def test_two_layers_undone_leave_nothing(person: Person, newest_first: bool) -> None:
    first, second = bring_in(CONTACTS), bring_in(CHANGED)
    for imported in (second, first) if newest_first else (first, second):
        take_out(imported, person)
    assert not Contact.objects.exists()
    assert outcome(first) == ((3, 0, 0) if newest_first else (2, 0, 1))


def test_the_layer_below_comes_up_when_the_one_between_was_undone_first(person: Person) -> None:
    bring_in(CONTACTS)
    work_off()
    before = everything()
    second, third = bring_in(CHANGED), bring_in(CONTACTS.replace("Where is my label?", "Lost again"))
    take_out(second, person)
    assert outcome(second) == (0, 0, 1)
    take_out(third, person)
    assert everything() == before


def test_the_same_file_may_come_again_and_all_is_there(person: Person) -> None:
    imported = bring_in(CONTACTS)
    work_off()
    before = everything()
    take_out(imported, person)
    assert counts(bring_in(CONTACTS)) == (3, 3, 0, 0, 0)
    work_off()
    assert everything() == before


def test_an_unchanged_copy_of_an_undone_file_is_read_again(person: Person) -> None:
    imported = bring_in(CONTACTS)
    assert counts(bring_in(CONTACTS)) == (3, 0, 0, 3, 0)
    take_out(imported, person)
    assert counts(bring_in(CONTACTS)) == (3, 3, 0, 0, 0), "the copy says nothing about what is stored now"


def test_rejected_rows_stay_in_the_history(person: Person) -> None:
    imported = take_out(bring_in(CONTACTS + "T4,never,,,,,,\n"), person)
    assert ImportReject.objects.filter(imported=imported).count() == 1
    assert counts(imported) == (4, 3, 0, 0, 1)


def test_answers_wait_for_their_contact_again(person: Person) -> None:
    contacts = bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    work_off()
    before = everything()
    DirtyDay.objects.all().delete()
    take_out(contacts, person)
    first = SurveyResponse.objects.get(external_id="S1")
    assert (first.contact, first.contact_external_id) == (None, "T1")
    assert not first.theme_links.filter(confidence=None).exists()
    assert date(2026, 3, 1) in marks(Kind.SURVEYS)
    bring_in(CONTACTS)
    work_off()
    assert everything()["surveys"] == before["surveys"]


def test_themes_that_words_gave_come_back_and_follow_a_merge(person: Person) -> None:
    bring_in(CONTACTS)
    row = Contact.objects.get(external_id="T3")
    old = Theme.objects.create(name="Mail", origin=Theme.Origin.TEXT, created_at=NOW)
    into = Theme.objects.create(name="Letters", origin=Theme.Origin.TEXT, created_at=NOW)
    ContactTheme.objects.create(contact=row, theme=old, origin=ContactTheme.Origin.TEXT, confidence=0.75)
    imported = bring_in(CONTACTS.replace("chat,,", "chat,Delivery,"))
    assert not ContactTheme.objects.filter(contact=row, theme=old).exists()
    themes.merge(theme=old, into=into, actor=person, now=NOW)
    take_out(imported, person)
    link = ContactTheme.objects.get(contact=row)
    assert (link.theme, link.origin, link.confidence) == (into, ContactTheme.Origin.TEXT, 0.75)


def _found(text: str) -> list[str]:
    rows = filters.contacts(filters.read(QueryDict(f"q={text}")))
    return list(rows.values_list("external_id", flat=True))


def test_words_that_come_back_are_found_again(person: Person) -> None:
    bring_in(CONTACTS)
    imported = bring_in(CHANGED)
    work_off()
    take_out(imported, person)
    work_off()
    found = {text: sorted(_found(text)) for text in ("label", "Found")}
    assert found == {"label": ["T1"], "Found": []}


def test_a_value_that_means_another_by_now_comes_back_as_that(person: Person) -> None:
    bring_in(CONTACTS)
    row = Contact.objects.select_related("channel").get(external_id="T1")
    imported = bring_in(CHANGED)
    assert row.channel
    mail = Contact.objects.get(external_id="T1").channel
    DimensionValue.objects.filter(pk=row.channel.pk).update(mapped_to=mail)
    take_out(imported, person)
    assert Contact.objects.get(external_id="T1").channel == mail


class Killed(BaseException):
    """As SIGKILL does it."""


def test_a_killed_undo_goes_on_where_it_was(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 1)
    bring_in(CONTACTS)
    work_off()
    before = everything()
    more = "".join(f"N{number},2026-03-01T10:00:00Z,chat,,,,,\n" for number in range(4))
    imported = bring_in(CHANGED + more)
    begun = undo.begin(imported=imported, actor=person, now=NOW)
    assert begun.undo_job_id
    kills = 0
    while not _perform_and_kill(begun.undo_job_id, monkeypatch):
        kills += 1
        Job.objects.filter(pk=begun.undo_job_id).update(lease_until=NOW - timedelta(days=1))
    assert kills > 5
    imported.refresh_from_db()
    assert outcome(imported) == (4, 1, 0)
    assert everything() == before


def _perform_and_kill(job_id: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the job got to its end before it was killed inside its second chunk."""
    real, written = jobs.Run.chunk, [0]
    from contextlib import contextmanager

    @contextmanager
    def chunk(run: jobs.Run, *, to: int, total: int | None = None) -> Iterator[None]:
        with real(run, to=to, total=total):
            yield
            written[0] += 1
            if written[0] == 2:
                raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs.Run, "chunk", chunk)
        try:
            jobs.perform(job_id)
        except Killed:
            return False
    return True


def test_who_may_undo_what_and_why_not(person: Person, settings: Settings) -> None:
    imported = bring_in(CONTACTS)
    agent = Person(email="a@delinde.example", name="A", role=Role.AGENT, created_at=NOW)
    assert "linking pin" in undo.may_undo(imported, agent, now=NOW).why_not
    assert undo.may_undo(imported, person, now=NOW)
    assert undo.may_undo(imported, person, now=NOW + timedelta(days=89))
    assert "90 days" in undo.may_undo(imported, person, now=NOW + timedelta(days=91)).why_not
    assert "nothing" in undo.may_undo(bring_in(CONTACTS), person, now=NOW).why_not
    assert "over" in undo.may_undo(bring_in(CONTACTS, dry_run=True), person, now=NOW).why_not
    assert "replaces" in undo.may_undo(Import(kind="results"), person, now=NOW).why_not
    take_out(imported, person)
    with pytest.raises(PermissionDenied, match="already"):
        undo.begin(imported=imported, actor=person, now=NOW)


def test_one_undo_of_a_source_at_a_time(person: Person) -> None:
    first, second = bring_in(CONTACTS), bring_in(CHANGED)
    undo.begin(imported=second, actor=person, now=NOW)
    with pytest.raises(PermissionDenied, match="at this moment"):
        undo.begin(imported=first, actor=person, now=NOW)


def test_a_stopped_import_can_be_undone(person: Person) -> None:
    imported = bring_in(CONTACTS)
    Import.objects.filter(pk=imported.pk).update(state=Import.State.STARTED, new_count=0, finished_at=None)
    assert imported.job
    Job.objects.filter(pk=imported.job.pk).update(state=Job.State.CANCELLED)
    take_out(imported, person)
    assert outcome(imported) == (3, 0, 0)


def test_the_trail_says_who_undid_it_and_with_what_effect(person: Person) -> None:
    imported = take_out(bring_in(CONTACTS), person)
    asked, done = AuditEntry.objects.filter(object_kind="import", action__contains="undo").order_by("pk")
    assert (asked.action, asked.actor, done.actor) == ("undo an import", person, person)
    assert done.details == {"removed": 3, "restored": 0, "kept": 0}
    assert done.object_id == str(imported.pk)


def test_former_values_are_thrown_away_after_their_time_and_that_is_remembered(
    person: Person, settings: Settings
) -> None:
    first, second = bring_in(CONTACTS), bring_in(CHANGED)
    settings.IMPORT_UNDO_DAYS = 30
    Import.objects.filter(pk=second.pk).update(created_at=NOW - timedelta(days=400))
    job = jobs.enqueue("feedback.sweep_former", now=NOW)
    jobs.perform(job.pk)
    assert not FormerRow.objects.filter(imported=second).exists()
    settings.IMPORT_UNDO_DAYS = 1000
    second.refresh_from_db()
    assert not undo.may_undo(second, person, now=NOW), "its changed rows look as if it had made them"
    assert first.pk


def test_one_that_stopped_half_way_loses_its_file(
    person: Person, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    imported = queue(CONTACTS)
    assert imported.job_id
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.CANCELLED)
    folder = Path(settings.UPLOAD_DIR)
    with django_capture_on_commit_callbacks(execute=True):
        undo.begin(imported=imported, actor=person, now=NOW)
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []
    imported.refresh_from_db()
    assert (imported.path, imported.state) == ("", Import.State.UNDOING)

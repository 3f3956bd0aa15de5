"""What the database no longer checks row by row: the writer leaves no reference dangling, and no sign is lost."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from pytest_django import Settings

from accounts.models import Company
from feedback import bulk
from feedback.models import Contact, ContactText, DimensionValue, ReasonTag, Source
from feedback.services import former, stretch, turns
from feedback.services.lookups import Lookups
from feedback.services.search import waiting
from outbox import jobs
from tests.feedback.rows import COMMERCE, CONTACTS, NOW, SURVEYS, bring_in, counts

pytestmark = pytest.mark.django_db
UNCHECKED = {Contact, ContactText, ReasonTag}
ODD = 'tab\t, "quote", back\\slash, \\N, line\nbreak, {brace}, 🦊'


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _unchecked() -> set[tuple[type[models.Model], str]]:
    return {
        (model, field.name)
        for model in apps.get_app_config("feedback").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.db_constraint  # type: ignore[attr-defined]
    }


def test_no_reference_dangles(company: Company) -> None:
    bring_in(CONTACTS)
    changed = CONTACTS.replace("Returns::Label", "Refund").replace("chat", "whatsapp")
    assert counts(bring_in(changed + "T4,2026-03-03T10:00:00Z,mail,New > Deep,hello,PT,K9,\n"))[1:3] == (1, 2)
    assert {model for model, _ in _unchecked()} == UNCHECKED
    for model, name in _unchecked():
        field = model._meta.get_field(name)
        assert isinstance(field.related_model, type)
        there = field.related_model._default_manager.values("pk")
        dangling = model._default_manager.filter(**{f"{name}__isnull": False}).exclude(**{f"{name}__in": there})
        assert not dangling.exists(), (model, name)
    assert ContactText.objects.exists()
    assert ReasonTag.objects.exists()


def test_what_rows_name_must_still_be_there(company: Company) -> None:
    bring_in(CONTACTS)
    lookups = Lookups(Source.objects.get())
    with transaction.atomic():
        assert lookups.of_names({("channel", "fax"), ("market", "")})["market", ""] is None
    DimensionValue.objects.filter(code="fax").delete()
    with transaction.atomic(), pytest.raises(LookupError):
        lookups.of_names({("channel", "fax")})


def test_every_sign_of_a_text_and_an_id_arrives(company: Company) -> None:
    quoted = ODD.replace('"', '""')
    file = (
        f'external_id,occurred_at,channel,text,experiment\n"{quoted}",2026-03-01T10:00:00Z,chat,"{quoted}","a\tb\\"\n'
    )
    assert counts(bring_in(file)) == (1, 1, 0, 0, 0)
    contact = Contact.objects.get()
    assert (contact.external_id, contact.words.text, contact.experiment) == (ODD, ODD, "a\tb\\")
    changed = file.replace(",chat,", ",mail,")
    assert counts(bring_in(changed)) == (1, 0, 1, 0, 0)
    contact = Contact.objects.get()
    assert (contact.external_id, contact.words.text, contact.experiment) == (ODD, ODD, "a\tb\\")


def test_ids_are_found_among_any_others(company: Company) -> None:
    bring_in(CONTACTS)
    bring_in(CONTACTS, source="another")
    source = Source.objects.get(name="desk")
    ids = ["T1", "NULL", '"', "\\", "a,b", "{}", "", "T3", "t1"]
    found = bulk.find(Contact, source.pk, ids, ("row_hash",))
    assert sorted(row[0] for row in found) == ["T1", "T3"]
    assert bulk.find(Contact, source.pk, [], ("row_hash",)) == []


@pytest.mark.parametrize("kind", ["contacts", "surveys", "commerce"])
def test_an_import_knows_where_its_rows_are(company: Company, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 2)
    file = {"contacts": CONTACTS, "surveys": SURVEYS, "commerce": COMMERCE}[kind]
    model = former.TABLES[kind].model
    bring_in(file, kind=kind, source="earlier")
    imported = bring_in(file, kind=kind)
    imported.refresh_from_db()
    ids = sorted(model._default_manager.filter(imported=imported).values_list("pk", flat=True))
    assert ids
    assert stretch.of(imported) == (ids[0], ids[-1])
    same = bring_in(file + " ", kind=kind) if kind == "contacts" else None
    assert same is None or stretch.of(same) == (0, -1), "nothing new, nowhere"


@pytest.mark.postgres
@pytest.mark.django_db
def test_ids_that_others_took_in_between_are_not_given_twice(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('feedback_contact', 'id')")
        (sequence,) = cursor.fetchone()
        # As if somebody else took every second one.
        cursor.execute(f"ALTER SEQUENCE {sequence} INCREMENT BY 2")
    taken = bulk.new_ids(Contact, 3)
    assert [key - taken[0] for key in taken] == [0, 2, 4]
    assert counts(bring_in(CONTACTS)) == (3, 3, 0, 0, 0)
    keys = sorted(Contact.objects.values_list("pk", flat=True))
    assert [key - keys[0] for key in keys] == [0, 2, 4]
    assert set(ContactText.objects.values_list("pk", flat=True)) <= set(keys)
    assert waiting() == 3, "each of them is read for the search index"


def test_a_turn_counts_whoever_wrote(company: Company) -> None:
    source = Source.objects.create(name="s", created_at=NOW)
    assert turns.last(source.pk) == 0
    with transaction.atomic():
        assert turns.take(source.pk) == 0
        assert turns.take(source.pk) == 1
    assert turns.last(source.pk) == 2


def test_a_chunk_looks_again_when_somebody_else_wrote_meanwhile(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A live row arrives between the look and the turn: it is neither doubled nor taken for new."""
    from feedback.services import imports
    from tests.feedback.rows import bring_in_live

    real = imports.lock_source

    def late(imported: object) -> int:
        monkeypatch.setattr(imports, "lock_source", real)
        bring_in_live(CONTACTS)
        return real(imported)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "lock_source", late)
    assert counts(bring_in(CONTACTS + "T4,2026-03-03T10:00:00Z,mail,,hello,PT,K9,\n")) == (4, 1, 0, 3, 0)
    assert Contact.objects.count() == 4


def test_the_progress_of_a_file_is_told_from_its_lines(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 10)
    header = "external_id,occurred_at,text\n"
    long = "".join(f'T{at},2026-03-01T10:00:00Z,"one\ntwo\nthree"\n' for at in range(40))
    totals: list[int] = []
    real = jobs.Run._hold

    def hold(run: jobs.Run, *, cursor: int, total: int | None = None, **changes: int) -> None:
        totals.append(total or 0)
        real(run, cursor=cursor, total=total, **changes)

    monkeypatch.setattr(jobs.Run, "_hold", hold)
    assert counts(bring_in(header + long))[0] == 40
    assert totals[0] > 40, "before anything was read, lines are all that is known"
    assert totals[-1] == 40
    assert all(38 <= total <= 46 for total in totals[1:])


@pytest.mark.postgres
@pytest.mark.django_db
def test_after_a_bulk_load_the_database_knows_how_large_its_tables_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.jobs.imports.MANY_ROWS", 3)
    bring_in(CONTACTS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'feedback_contact'")
        assert cursor.fetchone() == (3,)

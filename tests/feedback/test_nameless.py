"""Personal data where nobody looks for it: in the ids of rows, in the names of files, in a column of first names."""

import io
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts.models import AuditEntry, Company, Person
from feedback import mapping, services
from feedback.models import Contact, ContactText, Import, SurveyResponse, SurveyText
from feedback.normalise import contacts
from feedback.references import References
from feedback.services import erasure
from outbox import jobs
from tests.feedback.erased import dump, everywhere
from tests.feedback.rows import NOW, bring_in, counts

WHO = "Wilhelmina.Quist@example.nl"
CONTACTS = f"""external_id,occurred_at,channel,text
{WHO},2026-03-01T10:00:00Z,chat,Waar blijft mijn paarse parasol
+31 6 48773129,2026-03-01T10:00:00Z,chat,Waar blijft mijn stoel dan toch
A+1@desk,2026-03-01T10:00:00Z,chat,Waar blijft mijn tafel dan toch
"""
SURVEYS = f"""external_id,responded_at,instrument,score,comment
{WHO},2026-03-01T12:00:00Z,csat,2,De paraplubak kwam nooit aan
"""


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.mark.django_db
class TestIds:
    def test_an_address_or_a_number_as_id_is_kept_as_its_hash(self, company: Company) -> None:
        hashed = References(django_settings.CUSTOMER_KEY).customer
        bring_in(CONTACTS)
        bring_in(SURVEYS, "surveys")
        ids = set(Contact.objects.values_list("external_id", flat=True))
        assert ids == {hashed(WHO), hashed("+31 6 48773129"), "A+1@desk"}
        assert SurveyResponse.objects.get().external_id == hashed(WHO)
        assert list(everywhere(dump(), WHO, "48773129")) == []

    def test_and_is_recognised_when_it_comes_again(self, company: Company) -> None:
        bring_in(CONTACTS)
        assert counts(bring_in(f"{CONTACTS}\n")) == (3, 0, 0, 3, 0)

    def test_whoever_is_known_by_nothing_else_is_erased_by_it(self, company: Company, linking_pin: Person) -> None:
        bring_in(CONTACTS)
        bring_in(SURVEYS, "surveys")
        done = erasure.erase(actor=linking_pin, written=[WHO], now=NOW)
        assert (done.contacts, done.responses) == (1, 1)
        assert not SurveyText.objects.exists()
        assert ContactText.objects.count() == 2
        assert Contact.objects.count() == 3


@pytest.mark.django_db
def test_the_name_of_a_file_is_kept_without_whom_it_is_about(company: Company, linking_pin: Person) -> None:
    imported = services.receive(
        file=io.BytesIO(CONTACTS.encode()),
        file_name="12-03-2026 klacht van wilhelmina.quist@example.nl, 06 48773129.csv",
        kind="contacts",
        source=services.source_named(name="desk", now=NOW),
        door=Import.Door.COMMAND,
        fields=mapping.read({}, contacts.COLUMNS),
        created_by=linking_pin,
        now=NOW,
    )
    assert imported.job_id
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    assert imported.state == Import.State.FINISHED
    assert imported.file_name == "12-03-2026 klacht van [email], [phone].csv"
    assert {entry.object_name for entry in AuditEntry.objects.filter(object_kind="import")} == {imported.file_name}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("Roos", "Hier Roos weer, over de stoel", "Hier [name] weer, over de stoel"),
        ("Klant", "De klant is koning, Klant 5", "De klant is koning, Klant 5"),
        ("K2000", "bestelling van K2000", "bestelling van K2000"),
    ],
)
def test_a_name_of_one_word_is_known_where_the_column_is_one_of_names(
    company: Company, name: str, said: str, kept: str
) -> None:
    head = "external_id,occurred_at,channel,customer_name,text\n"
    bring_in(f'{head}N1,2026-03-01T10:00:00Z,chat,{name},"{said}"\n')
    head = "external_id,responded_at,instrument,score,customer_name,comment\n"
    bring_in(f'{head}N1,2026-03-01T10:00:00Z,csat,2,{name},"{said}"\n', "surveys")
    assert ContactText.objects.get().text == SurveyText.objects.get().text == kept

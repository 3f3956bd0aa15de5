"""Order numbers in words become references: the words lose the number, the contact knows the order."""

from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from accounts.models import Company
from feedback.models import Contact, SurveyText
from feedback.redaction.orders import compiled
from feedback.redaction.payloads import redact_payload
from feedback.references import References
from feedback.services import order_numbers
from tests.feedback.rows import bring_in

pytestmark = pytest.mark.django_db
CONTACTS = """external_id,occurred_at,subject,text,order
C1,2026-03-01T10:00:00Z,,Waar blijft LN48213771 toch,
C2,2026-03-01T10:00:00Z,Over LN48213772,en ook ln-1,
C3,2026-03-01T10:00:00Z,,Waar blijft LN48213771 toch,LN11111111
C4,2026-03-01T10:00:00Z,,Waar blijft het toch,
"""


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def shop(company: Company) -> Company:
    company.order_patterns = "LN[0-9]{8}"
    company.save()
    return company


def hashed(number: str) -> str:
    return References(settings.CUSTOMER_KEY).order(number)


@pytest.mark.usefixtures("shop")
def test_a_contact_without_an_order_is_about_the_one_in_its_words() -> None:
    imported = bring_in(CONTACTS)
    found = {row.external_id: row for row in Contact.objects.select_related("words")}
    assert found["C1"].words.text == "Waar blijft [order] toch"
    assert found["C2"].words.subject == "Over [order]"
    assert [found[key].order_ref for key in ("C1", "C2", "C3", "C4")] == [
        hashed("LN48213771"), hashed("ln48213772"), hashed("LN11111111"), "",
    ]  # fmt: skip
    assert imported.redacted_count == 3


@pytest.mark.usefixtures("shop")
def test_the_same_rows_again_are_unchanged() -> None:
    bring_in(CONTACTS)
    again = bring_in(CONTACTS + "C5,2026-03-01T10:00:00Z,,x,\n")
    assert (again.new_count, again.changed_count) == (1, 0)


@pytest.mark.usefixtures("company")
def test_without_patterns_nothing_but_an_announced_number_goes() -> None:
    bring_in(CONTACTS)
    assert Contact.objects.select_related("words").get(external_id="C1").words.text == "Waar blijft LN48213771 toch"
    assert Contact.objects.get(external_id="C1").order_ref == ""


@pytest.mark.usefixtures("shop")
def test_comments_of_surveys_lose_the_number_too() -> None:
    bring_in(
        "external_id,responded_at,instrument,score,comment\nS1,2026-03-01,csat,2,LN48213771 kwam nooit\n", "surveys"
    )
    assert SurveyText.objects.get().text == "[order] kwam nooit"


def test_payloads_hand_the_numbers_back() -> None:
    numbers: list[str] = []
    payload, count = redact_payload(
        {"body": "LN48213771 kwam nooit", "order_number": "LN48213771"}, orders=compiled("LN[0-9]{8}"), found=numbers
    )
    assert payload == {"body": "[order] kwam nooit", "order_number": "LN48213771"}
    assert (numbers, count) == (["LN48213771"], 1)


def test_a_pattern_that_is_no_longer_taken_is_left_out(company: Company) -> None:
    company.order_patterns = "(a+)+"
    company.save()
    assert not order_numbers.shop_patterns()

"""Which contact a response means, whatever arrived first."""

from itertools import permutations
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.models import Company
from feedback.models import Contact, SurveyResponse
from feedback.services import putting_back
from metrics.models import DirtyDay, Kind
from tests.feedback.rows import bring_in

pytestmark = pytest.mark.django_db
CONTACT = "external_id,occurred_at,channel\n12345,2026-03-01T10:00:00Z,chat\n"
SURVEY = "external_id,responded_at,instrument,score,contact\nS1,2026-03-01T12:00:00Z,csat,2,12345\n"
FILES = {"a": (CONTACT, "contacts", "a"), "b": (CONTACT, "contacts", "b"), "survey": (SURVEY, "surveys", "b")}


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _bring(*names: str, survey_of: str = "b") -> str | None:
    for name in names:
        text, kind, source = FILES[name]
        bring_in(text, kind, source=survey_of if kind == "surveys" else source)
    contact = SurveyResponse.objects.get().contact
    return contact.source.name if contact else None


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
def test_the_contact_of_its_own_source_is_meant(company: Company, order: tuple[str, ...]) -> None:
    assert _bring(*order) == "b"


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
def test_none_is_meant_where_two_other_sources_have_one(company: Company, order: tuple[str, ...]) -> None:
    assert _bring(*order, survey_of="c") is None


@pytest.mark.parametrize("order", list(permutations(("a", "survey"))), ids="-".join)
def test_the_only_one_is_meant_whosever_it_is(company: Company, order: tuple[str, ...]) -> None:
    assert _bring(*order, survey_of="c") == "a"


def test_the_days_of_what_moves_are_counted_again(company: Company) -> None:
    _bring("a", "survey")
    DirtyDay.objects.all().delete()
    assert _bring("b") == "b"
    assert DirtyDay.objects.filter(kind=Kind.SURVEYS).exists()


def test_when_one_of_two_goes_the_other_is_meant(company: Company) -> None:
    assert _bring("a", "b", "survey", survey_of="c") is None
    with transaction.atomic():
        putting_back.remove("contacts", [Contact.objects.get(source__name="b").pk])
    assert _bring() == "a"

"""What a changed row said before is kept once, whole, and only where it can be of use."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Company
from feedback.models import CommerceDay, Contact, ContactReason, FormerRow, Import, SurveyResponse
from feedback.services import former
from tests.feedback.rows import COMMERCE, CONTACTS, SURVEYS, bring_in, bring_in_live

pytestmark = pytest.mark.django_db
LIVE = "external_id,occurred_at,channel,text\nT1,2026-03-01T10:00:00Z,chat,Said it live\n"


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _kept(imported: Import) -> dict[int, dict[str, Any]]:
    return {row.row_id: row.values for row in FormerRow.objects.filter(imported=imported)}


def test_new_and_unchanged_rows_keep_nothing(company: Company) -> None:
    bring_in(CONTACTS)
    bring_in(CONTACTS + "T4,2026-03-01T10:00:00Z,chat,,,,,\n")
    assert not FormerRow.objects.exists()


def test_a_changed_contact_keeps_its_facts_words_and_reasons(company: Company) -> None:
    first = bring_in(CONTACTS)
    stored = Contact.objects.get(external_id="T1")
    reason = ContactReason.objects.get(path="Returns > Label")
    second = bring_in(CONTACTS.replace("chat,Returns::Label,Where is my label?", "mail,Delivery,Found it"))
    (kept,) = FormerRow.objects.all()
    assert (kept.imported, kept.former_import, kept.row_id) == (second, first, stored.pk)
    assert kept.customer_ref == stored.customer_ref, "so that erasing the customer finds it"
    assert kept.values["row"]["row_hash"] == stored.row_hash
    assert datetime.fromisoformat(kept.values["row"]["occurred_at"]) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert date.fromisoformat(kept.values["row"]["local_day"]) == stored.local_day
    assert kept.values["row"]["channel"] == stored.channel_id
    assert kept.values["texts"]["text"] == "Where is my label?"
    assert kept.values["reasons"] == [reason.pk]


def test_a_row_that_changes_twice_in_one_import_keeps_what_was_before_the_import(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.jobs.chunk_rows", lambda: 1)
    bring_in(CONTACTS)
    header, first, *_rest = CONTACTS.splitlines()
    twice = [first.replace("Where is my label?", text) for text in ("Once", "Twice")]
    imported = bring_in("\n".join([header, *twice]))
    (values,) = _kept(imported).values()
    assert values["texts"]["text"] == "Where is my label?"


def test_survey_responses_and_days_of_the_shop_keep_theirs(company: Company) -> None:
    bring_in(SURVEYS, "surveys")
    bring_in(COMMERCE, "commerce", source="shop")
    (survey,) = _kept(bring_in(SURVEYS.replace("csat,2,Still no label", "csat,5,Came today"), "surveys")).values()
    assert (survey["row"]["score"], survey["texts"]["text"]) == (2.0, "Still no label")
    assert survey["row"]["contact_external_id"] == "T1"
    (day,) = _kept(bring_in(COMMERCE.replace(",50,", ",51,"), "commerce", source="shop")).values()
    assert (day["row"]["orders"], day["row"]["revenue_cents"]) == (50, 250000)
    assert SurveyResponse.objects.get(external_id="S1").score == 5
    assert CommerceDay.objects.order_by("day")[0].orders == 51


def test_a_row_that_comes_in_live_belongs_to_no_import_any_more(company: Company) -> None:
    imported = bring_in(CONTACTS)
    bring_in_live(LIVE)
    row = Contact.objects.get(external_id="T1")
    assert row.imported_id is None
    assert _kept(imported) == {row.pk: former.MADE}
    bring_in_live(LIVE.replace("chat", "mail"))
    assert FormerRow.objects.count() == 1

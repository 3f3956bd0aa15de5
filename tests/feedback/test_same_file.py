"""The same bytes once more: nothing to do, unless something is set otherwise since."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Company, Market
from feedback.models import Contact, Source
from feedback.services import imports
from tests.feedback.rows import CONTACTS, bring_in, counts


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def test_the_rejects_of_the_same_file_are_copied_within_the_database(
    company: Company, django_assert_num_queries: Any
) -> None:
    file = CONTACTS + "T9,never,,,,,,\n" * 30
    first, again = bring_in(file), bring_in(file)
    assert counts(again) == (33, 0, 0, 3, 30)
    fields = ("line", "column", "value", "reason", "parameters")
    assert list(again.rejects.order_by("line").values_list(*fields)) == list(
        first.rejects.order_by("line").values_list(*fields)
    )
    # Millions of them are no list in memory, and a chunk that is repeated stores them once.
    with django_assert_num_queries(1):
        imports.copy_rejects(earlier=first, imported=again)
    assert again.rejects.count() == 30


def test_the_same_file_is_read_again_when_its_source_is_set_otherwise(company: Company) -> None:
    file = "external_id,occurred_at,market\nA,2026-03-01 10:00,\nB,2026-03-01 10:00,BE\n"
    bring_in(file)
    again = bring_in(file)
    assert counts(again) == (2, 0, 0, 2, 0)
    assert again.job
    assert "same_as" in again.job.progress
    Source.objects.update(zone="America/New_York")
    assert counts(bring_in(file)) == (2, 0, 1, 1, 0)
    assert Contact.objects.get(external_id="A").occurred_at.hour == 15
    Source.objects.update(market=Market.objects.get(code="NL"))
    assert counts(bring_in(file)) == (2, 0, 1, 1, 0)
    Market.objects.filter(code="BE").update(zone="Europe/Lisbon")
    assert counts(bring_in(file)) == (2, 0, 1, 1, 0)
    assert counts(bring_in(file)) == (2, 0, 0, 2, 0)

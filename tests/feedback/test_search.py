"""Finding contacts by their words: the index, what it has not read yet, and what must not be found any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from feedback import filters, wording
from feedback.models import Contact, ContactText, SearchMark
from feedback.services import search
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import NOW, bring_in

HEADER = "external_id,occurred_at,subject,text\n"
ROWS = HEADER + (
    "A1,2026-03-01T10:00:00Z,Where is it,The parcel was left at the neighbours\n"
    "A2,2026-03-01T10:00:00Z,,Het pakket is beschadigd: één hoek is kapot\n"
    "A3,2026-03-02T10:00:00Z,RETURN-LABEL 4X,Kadokaart geeft geen café-korting\n"
    "A4,2026-03-02T10:00:00Z,,\n"
)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def index() -> None:
    jobs.perform(jobs.enqueue(search.JOB_KIND, now=NOW).pk)
    assert Job.objects.filter(kind=search.JOB_KIND).latest("pk").state == Job.State.DONE


def found(typed: str) -> list[str]:
    rows = filters.contacts(filters.read(QueryDict(f"q={typed}")))
    return sorted(rows.values_list("external_id", flat=True))


EXPECTED = {
    "parcel": ["A1"],
    "PARCEL": ["A1"],
    "neighb": ["A1"],
    "parcel neighbours": ["A1"],
    "parcel pakket": [],
    "een hoek": ["A2"],
    "één": ["A2"],
    "cafe": ["A3"],
    "return-label": ["A3"],
    "4x": ["A3"],
    "where": ["A1"],
    "nothing of the kind": [],
}


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize(("typed", "ids"), EXPECTED.items())
    def test_words_are_found_by_their_beginning_in_any_order(self, typed: str, ids: list[str]) -> None:
        bring_in(ROWS)
        index()
        assert not SearchMark.objects.exists()
        assert found(typed) == ids

    @pytest.mark.parametrize("typed", ["parcel", "neighb", "Het pakket", "nothing of the kind"])
    def test_what_is_not_indexed_yet_is_found_too(self, typed: str) -> None:
        bring_in(ROWS)
        before = found(typed)
        index()
        assert found(typed) == before

    def test_a_changed_text_is_found_by_its_new_words_only(self) -> None:
        bring_in(ROWS)
        index()
        bring_in(ROWS.replace("parcel", "package"))
        assert (found("parcel"), found("package")) == ([], ["A1"])
        index()
        assert (found("parcel"), found("package")) == ([], ["A1"])

    def test_words_that_are_erased_are_gone_at_once(self) -> None:
        bring_in(ROWS)
        index()
        ContactText.objects.filter(contact__external_id="A1").delete()
        assert found("parcel") == []
        ContactText.objects.filter(contact__external_id="A2").update(text="[erased]")
        assert found("pakket") == []
        Contact.objects.filter(external_id="A3").delete()
        assert found("kadokaart") == []
        index()
        assert found("erased") == ["A2"]

    def test_signs_alone_are_looked_for_as_they_are(self) -> None:
        bring_in(ROWS)
        index()
        assert found(":") == ["A2"]

    @pytest.mark.parametrize("typed", ['"', "'", "NEAR(a b)", "a OR", "*", "parcel*", "-x", "a:b", "&|!()", "\\", "\0"])
    def test_no_sign_is_an_order_to_the_database(self, typed: str) -> None:
        bring_in(ROWS)
        index()
        rows = filters.contacts(filters.Filters(q=typed.replace("\0", "")))
        assert rows.count() >= 0

    def test_a_step_reads_no_more_than_it_may(self) -> None:
        bring_in(ROWS)
        assert search.next_size(2) == 2
        search.index(2)
        assert search.waiting() == 2
        search.index(2)
        assert search.next_size(2) == 0


@given(st.text(max_size=60))
@example("\U0001d468")
@example("\u0130")
def test_any_text_becomes_plain_words(typed: str) -> None:
    found_words = wording.words(typed)
    assert len(found_words) <= wording.MOST_WORDS
    assert all(word and word == word.lower() and word.isalnum() for word in found_words)


@pytest.mark.django_db
def test_neighbours_make_one_mark() -> None:
    search.mark([1, 2, 3, 7, 9, 8])
    assert list(SearchMark.objects.order_by("pk").values_list("first_id", "last_id")) == [(1, 3), (7, 9)]

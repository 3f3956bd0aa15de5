"""Undoing in the browser: the question says what will happen, and the page says what did."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from feedback.models import Contact, Import
from outbox import jobs
from tests.cast import ClientFor
from tests.feedback.rows import CONTACTS, bring_in, bring_in_live

LATER = CONTACTS.replace("Where is my label?", "Found it")
LIVE = "external_id,occurred_at,channel,text\nT2,2026-03-01T10:00:00Z,chat,Said it live\n"


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    # The files of these tests are dated in a spring that is over.
    settings.IMPORT_UNDO_DAYS = 10_000


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor) -> Client:
    return client_for(linking_pin)


def _page(browser: Client, imported: Import, more: str = "") -> str:
    return browser.get(f"/imports/{imported.pk}/{more}").content.decode()


def _table(browser: Client, imported: Import) -> dict[str, str]:
    answer = browser.get(f"/imports/{imported.pk}/stays/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    _heading, *rows = csv.reader(io.StringIO(text))
    return dict(rows)


def test_the_question_counts_what_goes_and_what_stays_before_anything_happens(browser: Client) -> None:
    imported, _later = bring_in(CONTACTS), bring_in(LATER)
    bring_in_live(LIVE)
    assert f'href="/imports/{imported.pk}/undo/"' in _page(browser, imported)
    question = _page(browser, imported, "undo/")
    assert '<dialog id="undo"' in question
    assert [part.split("</b>")[0] for part in question.split('<b class="num">')[1:4]] == ["1", "0", "2"]
    assert Contact.objects.count() == 3
    assert _table(browser, imported) == {"T1": "contacts.csv, 20 Mar 2026", "T2": "came in by itself"}


def test_after_the_yes_a_job_does_it_and_the_page_and_the_history_say_so(browser: Client, linking_pin: Person) -> None:
    imported, _later = bring_in(CONTACTS), bring_in(LATER)
    assert browser.post(f"/imports/{imported.pk}/undo/").status_code == 302
    imported.refresh_from_db()
    assert (imported.state, imported.undone_by) == (Import.State.UNDOING, linking_pin)
    assert "is being undone" in _page(browser, imported)
    assert "Being undone" in browser.get("/imports/").content.decode()
    assert imported.undo_job_id
    jobs.perform(imported.undo_job_id)
    page = _page(browser, imported)
    assert "2 rows are undone, 1 row stays" in page
    assert "Undone by" in page
    assert "Undone, 1 stay" in browser.get("/imports/?state=undone").content.decode()
    assert _table(browser, imported) == {"T1": "contacts.csv, 20 Mar 2026"}
    assert f"/imports/{imported.pk}/undo/" not in page, "once"


def test_a_question_that_came_too_late_says_why_not(browser: Client) -> None:
    imported = bring_in(CONTACTS)
    browser.post(f"/imports/{imported.pk}/undo/")
    for ask in (browser.get, browser.post):
        assert ask(f"/imports/{imported.pk}/undo/").status_code == 302
        assert "undone already" in _page(browser, imported)


def test_the_page_says_why_an_old_import_stays(browser: Client, settings: Settings) -> None:
    imported = bring_in(CONTACTS)
    settings.IMPORT_UNDO_DAYS = 90
    Import.objects.update(created_at=imported.created_at - timedelta(days=400))
    page = _page(browser, imported)
    assert "can be undone for 90 days" in page
    assert f"/imports/{imported.pk}/undo/" not in page


def test_results_of_tests_are_replaced_and_the_page_says_so(browser: Client) -> None:
    imported = bring_in(CONTACTS)
    Import.objects.filter(pk=imported.pk).update(kind=Import.Kind.RESULTS)
    assert "import the right file, it replaces them" in _page(browser, imported)


def test_the_history_tells_the_file_and_how_it_was_read(browser: Client) -> None:
    mapping = {"columns": {"text": "text", "reason": ["reason"]}, "constants": {"channel": "mail"}, "encoding": "utf-8"}
    imported = bring_in(CONTACTS.replace(",channel", ",kanaal"), fields=mapping)
    page = _page(browser, imported)
    assert imported.sha256 in page
    assert f"{imported.sha256[:12]}…" in page
    for said in ("bytes", "utf-8", "Europe/Amsterdam", "always “mail”", "Customer’s words"):
        assert said in page, said


def test_the_same_bytes_again_name_the_import_that_had_them(browser: Client) -> None:
    first, again = bring_in(CONTACTS), bring_in(CONTACTS)
    page = _page(browser, again)
    assert "Exactly this file came in before" in page
    assert f'href="/imports/{first.pk}/"' in page
    assert "Exactly this file" not in _page(browser, first)

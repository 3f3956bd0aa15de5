"""The contacts page: filters in the address, pages by key, one contact beside the list."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.models import Contact, ContactTheme, Theme
from metrics.models import ContactCell
from tests.feedback.rows import CONTACTS, NOW, SURVEYS, bring_in

ClientFor = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def browser(agent: Person, client_for: ClientFor) -> Client:
    return client_for(agent)


def _get(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _finding(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


def test_without_contacts_the_page_says_what_to_do(browser: Client) -> None:
    page = _get(browser, "/contacts/")
    assert "No contacts yet" in page
    assert 'href="/imports/"' in page


def test_the_title_is_what_was_found(browser: Client) -> None:
    bring_in(CONTACTS)
    assert _finding(_get(browser, "/contacts/")) == "3 contacts came in"
    assert _finding(_get(browser, "/contacts/?q=label")) == "1 contact mentions “label”"
    assert _finding(_get(browser, "/contacts/?reason=none")) == "1 contact has no reason"
    assert _finding(_get(browser, "/contacts/?channel=fax")) == "No contact matches"


def test_the_period_ends_with_the_newest_contact_unless_the_address_says(browser: Client) -> None:
    bring_in(CONTACTS + "OLD,2025-03-01T10:00:00Z,chat,,old words,NL,,\n")
    page = _get(browser, "/contacts/")
    assert "the last 28 days that have contacts" in page
    assert "old words" not in page
    assert "old words" in _get(browser, "/contacts/?from=2025-01-01&to=2025-12-31")


def test_filters_are_chips_that_can_be_taken_off_one_by_one(browser: Client) -> None:
    bring_in(CONTACTS)
    page = _get(browser, "/contacts/?channel=chat&channel=phone&q=label&market=NL")
    assert 'href="/contacts/?channel=phone&amp;q=label&amp;market=NL" aria-label="Remove Chat"' in page
    assert 'href="/contacts/?channel=chat&amp;channel=phone&amp;market=NL" aria-label="Remove “label”"' in page
    assert 'aria-label="Remove Netherlands"' in page


def test_what_customers_wrote_is_text_and_never_markup(browser: Client) -> None:
    bring_in(CONTACTS.replace("Where is my label?", "<script>alert(1)</script>"))
    contact = Contact.objects.get(external_id="T1")
    for address in ("/contacts/", f"/contacts/{contact.pk}/", "/contacts/?q=%3Cscript%3E"):
        page = _get(browser, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_one_contact_opens_beside_the_list_and_alone_for_htmx(browser: Client) -> None:
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    theme = Theme.objects.create(name="Label missing", created_at=NOW)
    contact = Contact.objects.get(external_id="T1")
    ContactTheme.objects.create(contact=contact, theme=theme)
    whole = _get(browser, f"/contacts/{contact.pk}/?channel=chat")
    assert 'aria-current="true"' in whole
    assert "Label missing" in whole
    answer = browser.get(f"/contacts/{contact.pk}/", headers={"HX-Request": "true", "HX-Target": "contact"})
    alone = answer.content.decode()
    assert alone.lstrip().startswith('<aside class="side" id="contact"')
    assert "<b>2</b> of 5" in alone
    assert "Returns › Label" in alone
    assert browser.get("/contacts/987654321/").status_code == 404
    last = Contact.objects.get(external_id="T3")
    assert "One earlier contact of the same customer" in _get(browser, f"/contacts/{last.pk}/")
    assert "1 piece of personal data removed" in _get(browser, f"/contacts/{last.pk}/")


def test_pages_go_there_and_back_without_losing_a_contact(browser: Client) -> None:
    header, *rows = CONTACTS.splitlines()
    bring_in("\n".join([header, *(f"M{at}-{row}" for at in range(25) for row in rows)]))
    pages, address = [], "/contacts/?market=NL"
    while address:
        page = _get(browser, address)
        pages.append(re.findall(r'hx-get="/contacts/(\d+)/', page))
        older = re.search(r'href="(/contacts/\?[^"]*)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    seen = [key for page_keys in pages for key in page_keys]
    assert [len(page_keys) for page_keys in pages] == [25, 25]
    assert len(set(seen)) == 50
    newer = re.search(r'href="(/contacts/\?[^"]*)" rel="prev"', page)
    assert newer
    back = _get(browser, newer[1].replace("&amp;", "&"))
    assert re.findall(r'hx-get="/contacts/(\d+)/', back) == pages[0]


def test_coverage_comes_from_the_series(browser: Client) -> None:
    bring_in(CONTACTS)
    ContactCell.objects.all().delete()
    assert "with a reason" not in _get(browser, "/contacts/")
    ContactCell.objects.create(day="2026-03-01", contacts=40, with_reason=30)
    page = _get(browser, "/contacts/")
    assert "<b>75%</b> with a reason" in page
    assert "10 without" in page


def test_the_export_holds_what_the_page_shows_and_no_formula(browser: Client) -> None:
    bring_in(CONTACTS.replace("Where is my label?", "+31 refunds"))
    text = browser.get("/contacts/export/?channel=chat").getvalue().decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header.startswith("external_id,occurred_at,channel")
    assert len(rows) == 2
    assert ",'+31 refunds" in text


def test_no_address_breaks_the_page(browser: Client) -> None:
    bring_in(CONTACTS)
    for query in ("after=x", "after=2026-99-99.1", "before=2026-03-01.999999999999999999999", "theme=99999999999999",
                  "from=2026-13-01", "q=%00", "channel=%00", "market=%00", "reason=%00", "q=" + "a" * 500):  # fmt: skip
        assert browser.get(f"/contacts/?{query}").status_code == 200, query


def test_the_number_of_queries_does_not_grow_with_contacts(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    bring_in(CONTACTS)
    header, *rows = CONTACTS.splitlines()
    bring_in("\n".join([header, *(f"M{at}-{row}" for at in range(20) for row in rows)]))
    browser.get("/contacts/")
    with django_assert_max_num_queries(24):
        browser.get("/contacts/")

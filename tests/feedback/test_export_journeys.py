"""From the export of another system to the pages, clicking nothing but what is offered."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Company, Market, Person
from feedback.models import CommerceDay, Contact, ContactText, Import, SurveyResponse
from outbox import jobs
from outbox.models import Job
from tests.feedback import exports

ClientFor = Callable[[Person], Client]
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> Any:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor, company: Company) -> Client:
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands", "zone": "Europe/Amsterdam"})
    return client_for(linking_pin)


def uploaded(browser: Client, name: str, data: bytes, kind: str) -> str:
    """The address of the mapping page of a file that was just dropped."""
    file = SimpleUploadedFile(name, data)
    answer = browser.post("/imports/", {"kind": kind, "source": name.partition(".")[0], "file": file})
    return str(answer.headers["Location"])


def controls(page: str) -> dict[str, str]:
    """What a browser would send of the mapping page as it stands."""
    form = page.partition('<form id="mapping"')[2].partition("</form>")[0]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = {key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" in said and (said.get("type") != "radio" or re.search(r"\schecked\b", tag)):
            sent[said["name"]] = said.get("value", "")
    for name, options in re.findall(r'<select[^>]*\sname="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        first = re.search(r'<option value="([^"]*)"', options)
        chosen = re.search(r'<option value="([^"]*)" selected', options) or first
        assert chosen, name
        sent[name] = unescape(chosen[1])
    return sent


def imported_as_offered(browser: Client, address: str) -> Import:
    """The import after its page was sent as it was shown, with the button that imports."""
    page = browser.get(address).content.decode()
    answer = browser.post(address, {**controls(page), "action": "import"})
    assert answer.status_code == 302, answer.content.decode()
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)
    return Import.objects.get(pk=int(address.split("/")[2]))


def test_a_zendesk_view_becomes_contacts_and_themes(browser: Client) -> None:
    address = uploaded(browser, "tickets.csv", exports.zendesk_view(), "contacts")
    page = browser.get(address).content.decode()
    assert "Import 80 rows and 40 answers" in page
    assert "Ready to import" in page
    assert "Its answers come in beside the contacts, as CSAT." in page
    assert "Jan de Vries" not in page.replace("<b>Requester</b>", "")
    imported = imported_as_offered(browser, address)
    assert (imported.new_count, imported.rejected_count) == (80, 0)

    contact = Contact.objects.select_related("channel", "team").get(external_id="40001")
    # Without a zone a time is of the source, which is in Amsterdam.
    assert contact.occurred_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert contact.first_response_seconds == 60
    assert (contact.channel and contact.channel.code, contact.team and contact.team.label) == ("web form", "Support NL")
    assert contact.customer_ref
    assert contact.agent_ref
    reasons = {tag.reason.path for one in Contact.objects.all() for tag in one.reason_tags.select_related("reason")}
    assert reasons == {"delivery_late", "return_label", "payment_failed", "gift_card"}
    words = ContactText.objects.get(contact=contact)
    assert "Jan de Vries" not in words.subject
    assert "No return label in the box" in words.subject

    themes = browser.get("/themes/?from=2026-03-01&to=2026-03-15").content.decode()
    assert "Return label" in themes
    assert "Delivery late" in themes
    assert "(, n" not in themes


def test_the_scores_in_a_zendesk_view_become_answers_about_its_contacts(browser: Client, settings: Settings) -> None:
    address = uploaded(browser, "tickets.csv", exports.zendesk_view(), "")
    contacts = imported_as_offered(browser, address)
    answers = Import.objects.get(kind=Import.Kind.SURVEYS)
    # Good and Bad; what was only offered is neither an answer nor a rejected row.
    assert (answers.new_count, answers.rejected_count, answers.file_name) == (40, 0, "tickets.csv")
    assert list(Path(settings.UPLOAD_DIR).iterdir()) == []
    good = SurveyResponse.objects.select_related("contact").get(external_id="rating:40004")
    assert (good.instrument, good.standard_score) == ("csat", 5)
    assert good.contact
    assert good.contact.external_id == "40004"
    # There was no day of the answer, so it is the day of the solution.
    assert good.responded_at == good.contact.resolved_at
    assert "an import of their own" in browser.get(f"/imports/{contacts.pk}/").content.decode()
    kpis = browser.get("/kpis/").content.decode()
    assert "Customer satisfaction (CSAT)" in kpis.partition("Not measured yet")[0]


def test_an_analytics_export_is_known_by_its_headings(browser: Client) -> None:
    address = uploaded(browser, "analytics.csv", exports.analytics_pages(), "")
    page = browser.get(address).content.decode()
    assert "Orders and visits per day" in page
    assert "This looks like" not in page
    assert imported_as_offered(browser, address).kind == "commerce"


def test_a_report_that_adds_up_weeks_is_not_asked_about_column_by_column(browser: Client) -> None:
    address = uploaded(browser, "analytics.csv", exports.analytics_pages(with_date=False), "commerce")
    page = browser.get(address).content.decode()
    assert "This file cannot go in as it is" in page
    assert "Export it again with the dimension Date" in page
    assert "Delete it and choose another file" in page
    assert 'value="import"' not in page
    assert "<h1>This file cannot go in as it is</h1>" in page
    assert "Choose a field…" not in page, "nothing that is chosen about its columns helps"
    assert "No row of it can be shown" in page


def test_an_analytics_export_with_days_becomes_visits_and_orders(browser: Client) -> None:
    address = uploaded(browser, "analytics.csv", exports.analytics_pages(), "contacts")
    page = browser.get(address).content.decode()
    assert "This looks like <b>Orders and visits per day</b>" in page
    browser.post(address, {"action": "kind:commerce"})
    page = browser.get(address).content.decode()
    assert "1 row of totals is left out." in page
    assert "lines above the headings are left out." in page
    assert "counts three times" in page
    imported = imported_as_offered(browser, address)
    assert (imported.kind, imported.new_count, imported.rejected_count) == ("commerce", 42, 0)

    day = CommerceDay.objects.filter(day=date(2026, 3, 4))
    assert sorted(row.orders or 0 for row in day) == [5, 5, 20]
    assert sum(row.revenue_cents or 0 for row in CommerceDay.objects.all()) == 14 * (2 * 25_025 + 100_025)

    kpis = browser.get("/kpis/").content.decode()
    # 30 orders in 600 visits.
    assert "5.0%" in kpis or "5.00%" in kpis


def test_an_analytics_export_in_dutch_has_points_between_thousands(browser: Client) -> None:
    rows = [f"202603{day:02};4.{day:03};1{day:02};9.24{day % 10},5{day % 10}" for day in range(1, 15)]
    data = "\n".join(
        ["# Vrije vorm 1", "", "Datum;Sessies;Transacties;Aankoopopbrengst", ";62.706;1.505;1,00;Eindtotaal"]
    )
    address = uploaded(browser, "analytics.csv", "\n".join([data, *rows]).encode(), "")
    assert "Import 14 rows" in browser.get(address).content.decode()
    imported_as_offered(browser, address)
    third = CommerceDay.objects.get(day=date(2026, 3, 3))
    assert (third.sessions, third.orders, third.revenue_cents) == (4003, 103, 924_353)

    visits = "\n".join(["Datum;Sessies", *(row.rpartition(";1")[0] for row in rows)])
    address = uploaded(browser, "visits.csv", visits.encode(), "")
    page = browser.get(address).content.decode()
    assert "4.001 means" in page
    assert "4,001</b>" in page
    imported_as_offered(browser, address)
    assert CommerceDay.objects.filter(sessions=4014).count() == 2


def test_an_analytics_export_of_one_day_takes_the_day_from_above_its_headings(browser: Client) -> None:
    data = exports.analytics_pages(days=1, with_date=False)
    address = uploaded(browser, "analytics.csv", data, "commerce")
    imported = imported_as_offered(browser, address)
    assert (imported.new_count, imported.rejected_count) == (3, 0)
    assert set(CommerceDay.objects.values_list("day", "sessions")) == {(date(2026, 3, 2), n) for n in (300, 200, 100)}


def test_an_analytics_export_that_adds_days_up_says_what_to_export(browser: Client) -> None:
    data = exports.analytics_pages(days=14, with_date=False)
    address = uploaded(browser, "analytics.csv", data, "commerce")
    page = browser.get(address).content.decode()
    assert "adds up 2 to 15 Mar 2026" in page
    answer = browser.post(address, {**controls(page), "action": "import"})
    assert answer.status_code == 422
    assert "Export it again with the dimension Date" in answer.content.decode()
    assert not CommerceDay.objects.exists()

"""The mapping page under hands: a choice shows its effect at once, by mouse and by keyboard, on a phone too."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import Person
from outbox import jobs
from outbox.models import Job
from tests.browser.conftest import SignedIn
from tests.feedback import exports

NOW = datetime(2025, 11, 20, 10, tzinfo=UTC)
WEEK = (
    "Bonnr;Datum;Onderwerp;Toelichting;Duur_min;Who did it\n"
    "W1;09-11-2025;RETOUR/LABEL;De kadokaart doet het niet, zegt mevrouw;4,5;j.vdberg\n"
    "W2;15-11-2025;STOMERIJ;Wanneer is de jas klaar, vraagt mevrouw;6;j.vdberg\n"
    "W3;16-11-2025;STOMERIJ;Een vraag over de stomerij die niet open was;1;s.wit\n"
    "W4;16-11-2025;STOMERIJ;Een vraag over de stomerij en over een jas;1;s.wit\n"
)


@pytest.fixture
def page(
    live_server: object, signed_in: SignedIn, linking_pin: Person, tmp_path: Path, settings: Settings
) -> Iterator[Page]:
    """The linking pin's screen with a file that waits for its mapping."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with time_machine.travel(NOW):
        yield mapping_page(signed_in(linking_pin), tmp_path)


def mapping_page(page: Page, folder: Path) -> Page:
    """Upload a file, up to the page that asks about its columns."""
    file = folder / "week.csv"
    file.write_text(WEEK)
    page.goto("/imports/")
    page.get_by_label("Where it comes from").fill("Store desks")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 of the 6 columns")
    return page


def test_a_choice_shows_its_effect_without_a_reload_and_keeps_the_focus(page: Page) -> None:
    page.evaluate("window.stayed = true")
    preview = page.get_by_role("region", name="What you get")
    expect(preview).to_contain_text("handled in 4:30")
    unit = page.get_by_label("Duur_min on the way in")
    unit.focus()
    unit.select_option("duration:hours")
    expect(preview).to_contain_text("handled in 4 h 30")
    expect(page.get_by_text("Mapping saved")).to_be_visible()
    expect(unit).to_be_focused()
    page.get_by_label("Toelichting becomes").select_option("-")
    expect(preview).not_to_contain_text("kadokaart")
    assert page.evaluate("window.stayed"), "the page was not loaded again"


def test_an_offer_is_taken_with_one_press_of_a_key(page: Page) -> None:
    page.evaluate("window.stayed = true")
    choices = page.get_by_role("region", name="One choice before you import")
    offer = choices.get_by_role("button", name="Use as Agent")
    offer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ready to import")).to_be_visible()
    expect(page.get_by_label("Who did it becomes")).to_have_value("agent")
    assert page.evaluate("window.stayed")
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("week.csv")


def test_a_table_of_values_opens_fits_a_phone_and_can_be_used_by_everybody(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Onderwerp on the way in").select_option("values")
    page.get_by_label("STOMERIJ", exact=True).fill("Dry cleaning")
    page.get_by_label("STOMERIJ", exact=True).press("Tab")
    expect(page.get_by_role("region", name="What you get")).to_contain_text("Dry cleaning")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_accessibility(page)


def test_a_help_desk_export_goes_from_file_to_themes_with_two_presses(
    live_server: object, signed_in: SignedIn, linking_pin: Person, tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    file = tmp_path / "tickets.csv"
    file.write_bytes(exports.zendesk_view(first="2025-11-01 09:00"))
    with time_machine.travel(NOW):
        page = signed_in(linking_pin)
        page.goto("/imports/")
        page.get_by_label("Where it comes from").fill("Zendesk")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_label("Satisfaction score holds answers")).to_have_value("csat")
        page.get_by_role("button", name="Import 80 rows and 40 answers").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("tickets.csv")
        while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
            jobs.perform(waiting.pk)
        page.reload()
        page.get_by_role("link", name="See the themes").click()
        expect(page.get_by_role("link", name="Return label", exact=True)).to_be_visible()


def test_a_second_tab_learns_that_the_file_was_started(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    with page.expect_navigation():
        page.locator("button[name=action][value=import]").click()
    other.get_by_label("Datum becomes").select_option("-")
    expect(other.get_by_role("status").filter(has_text="was started meanwhile")).to_be_visible()
    expect(other.get_by_role("heading", level=1)).to_contain_text("week.csv")


def test_what_could_not_be_sent_is_said_and_goes_once_more(page: Page, expected_messages: list[str]) -> None:
    expected_messages += ["ERR_FAILED", "404", "htmx:"]
    unit = page.get_by_label("Duur_min on the way in")
    note = page.locator("#notices")
    page.route("**/map/", lambda route: route.abort())
    unit.select_option("duration:hours")
    expect(note).to_contain_text("Not saved. Your text is still here.")
    expect(unit).to_have_value("duration:hours")
    page.unroute("**/map/")
    page.route("**/map/", lambda route: route.fulfill(status=404))
    note.get_by_role("button", name="Try again").click()
    expect(note).to_contain_text("Not saved. Your text is still here.")
    page.unroute("**/map/")
    note.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Mapping saved")).to_be_visible()
    expect(unit).to_have_value("duration:hours")
    expect(note).to_be_empty()

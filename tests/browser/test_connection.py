"""Signing in to a system under hands: tried at once, shown without its key, on a phone in the dark too."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import Person
from feedback.models import Source, Stream
from feedback.services import sources
from tests.browser.conftest import Scheme, SignedIn, grave_violations
from tests.feedback.fake_systems.help_desks import SECRET, Zendesk
from tests.feedback.pulled import at


@pytest.fixture
def desk(live_server: object, settings: Settings) -> Iterator[Zendesk]:
    """A help desk on this machine."""
    settings.OUTBOUND_PRIVATE = True
    with Zendesk() as fake:
        fake.put(1, at(60))
        yield fake


@pytest.fixture
def source(desk: Zendesk, linking_pin: Person) -> Source:
    return sources.connect(name="Help desk", system="zendesk", actor=linking_pin, now=timezone.now())


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_linking_pin_signs_in_to_a_help_desk(
    signed_in: SignedIn,
    linking_pin: Person,
    source: Source,
    desk: Zendesk,
    width: int,
    scheme: Scheme,
    expected_messages: list[str],
) -> None:
    # The form with the wrong key.
    expected_messages.append("422 (Unprocessable Entity)")
    page = signed_in(linking_pin, width, scheme)
    page.goto(f"/data/sources/{source.pk}/")
    page.get_by_role("link", name="Sign in to Zendesk").click()
    _picture(page, f"form-{width}")
    assert grave_violations(page) == []
    page.get_by_label("Subdomain").fill(desk.url)
    page.get_by_label("E-mail address").fill("pin@testers.example")
    page.get_by_label("API token").fill("wrong")
    page.get_by_role("button", name="Try and keep").click()
    expect(page.get_by_role("alert")).to_contain_text("Zendesk does not accept what we sign in with")
    assert grave_violations(page) == []
    page.get_by_label("API token").fill(SECRET)
    page.get_by_role("button", name="Try and keep").click()
    expect(page.get_by_text("It works: Zendesk let us in.")).to_be_visible()
    Stream.objects.filter(name="tickets").update(
        last_success_at=timezone.now(), last_run_at=timezone.now(), last_count=412
    )
    Stream.objects.filter(name="ratings").update(
        paused_until=timezone.now() + timedelta(minutes=9), last_problem="slow_down"
    )
    page.reload()
    expect(page.get_by_text("asked us to slow down until")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert grave_violations(page) == []
    assert SECRET not in page.content()
    _picture(page, f"connected-{width}")
    how_often = page.get_by_label("Satisfaction ratings: how often")
    how_often.select_option("360")
    how_often.locator("xpath=ancestor::form").get_by_role("button", name="Save").click()
    expect(page.get_by_label("Satisfaction ratings: how often")).to_have_value("360")
    page.get_by_role("button", name="Try the connection").click()
    expect(page.get_by_text("Zendesk let us in and answered")).to_be_visible()


def _picture(page: object, name: str) -> None:
    """For whoever wants to see it: HEARBACK_PICTURES names a folder."""
    folder = os.environ.get("HEARBACK_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]

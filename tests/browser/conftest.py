"""Chromium on the real pages: every console error, page error and policy message fails the test."""

import os
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from launcher import servers

# A container without a display, a GPU or a network, possibly as root; nothing that phones home.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEIGHT = 900
PHONE = 600
PATIENCE_MS = 10_000
GRAVE = {"serious", "critical"}

Scheme = Literal["light", "dark"]


class PageAt(Protocol):
    """Opens a new window of this width, colour scheme and language on the live server."""

    def __call__(self, width: int = 1440, scheme: Scheme = "light", locale: str = "en-GB") -> Page: ...


class SignedIn(Protocol):
    """As `PageAt`, with this person signed in."""

    def __call__(self, person: Person, width: int = 1440, scheme: Scheme = "light", locale: str = "en-GB") -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def expected_messages() -> list[str]:
    """Parts of console messages that this test provokes on purpose; a test appends to it."""
    return []


@pytest.fixture
def complaints(expected_messages: list[str]) -> Iterator[list[str]]:
    """What the pages complained of so far; anything that was not expected fails the test at its end."""
    heard: list[str] = []
    yield heard
    assert [text for text in heard if not any(part in text for part in expected_messages)] == []


@pytest.fixture
def page_at(chromium: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[PageAt]:
    """`page_at(390, "dark", "nl-NL")`; addresses are relative to the live server."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1440, scheme: Scheme = "light", locale: str = "en-GB") -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHT},
            has_touch=width < PHONE,
            color_scheme=scheme,
            locale=locale,
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _hear(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def signed_in(page_at: PageAt, live_server: LiveServer) -> SignedIn:
    """`signed_in(person, 390)`: the session is made on the server, so only sign-in tests pay for the form."""

    def open_page(person: Person, width: int = 1440, scheme: Scheme = "light", locale: str = "en-GB") -> Page:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        page = page_at(width, scheme, locale)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url, "httpOnly": True}]
        )
        return page

    return open_page


@pytest.fixture
def check_accessibility() -> Callable[[Page], None]:
    """`check_accessibility(page)` fails on anything that axe calls serious or critical."""

    def check(page: Page) -> None:
        assert grave_violations(page) == []

    return check


def grave_violations(page: Page) -> list[str]:
    """One line for each grave violation: its rule, what is wrong, the first place.

    What is still being fetched is shown paler, for as long as that takes: it is waited for.
    """
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']} at {each['nodes'][0]['target']} ({len(each['nodes'])}×)"
        for each in found
        if each["impact"] in GRAVE
    ]


def _hear(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" or "Content Security Policy" in message.text:
        complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

"""The watch itself: a page that complains is heard, and axe finds what is wrong."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PageAt, grave_violations


def test_a_complaint_of_the_page_is_heard(page_at: PageAt, complaints: list[str], expected_messages: list[str]) -> None:
    expected_messages += ["told on purpose", "thrown on purpose"]
    page = page_at()
    page.set_content("<script>console.error('told on purpose'); throw new Error('thrown on purpose')</script>")
    assert len(complaints) == 2


def test_a_policy_message_is_heard(page_at: PageAt, complaints: list[str], expected_messages: list[str]) -> None:
    expected_messages.append("Content Security Policy")
    policy = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'">"""
    page = page_at()
    page.set_content(f"{policy}<p style='color: red'>Red?</p>")
    page.wait_for_timeout(100)
    assert complaints


def test_axe_finds_a_picture_without_words(page_at: PageAt, check_accessibility: Callable[[Page], None]) -> None:
    page = page_at(390, "dark", "nl-NL")
    page.set_content("<html lang='en'><title>A page</title><main><h1>A page</h1><img src='data:,'></main>")
    assert [line.split(":")[0] for line in grave_violations(page)] == ["image-alt"]
    with pytest.raises(AssertionError, match="image-alt"):
        check_accessibility(page)


def test_a_window_is_as_asked(page_at: PageAt) -> None:
    page = page_at(390, "dark", "nl-NL")
    asked = "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, navigator.language]"
    assert page.evaluate(asked) == [390, True, "nl-NL"]

"""Every page at a desk and on a phone, in light and dark: it opens, it fits, axe finds nothing grave.

The list of pages comes from the permission matrix, so a new page is looked at here or the test fails.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page
from pytest_django import Settings

from accounts import matrix
from accounts.models import Person, Role
from tests import furnished, people
from tests.browser.conftest import Scheme, SignedIn, grave_violations
from tests.furnished import House

# Who looks at a page that not everybody may open.
LOOKERS = {Role.CRO_LEAD: "cro_lead", Role.LINKING_PIN: "linking_pin", Role.ADMINISTRATOR: "admin"}
OWN = {
    "outbox:message": "agent", "outbox:inbox": "agent", "dashboards:my-ideas": "agent",
    "outbox:job-detail": "linking_pin",
}  # fmt: skip
# What an agent and a lead see every day.
DAILY = (
    "dashboards:loop", "dashboards:theme-list", "dashboards:theme-detail", "dashboards:kpi-page",
    "dashboards:my-ideas", "dashboards:result-list", "feedback:contact-list", "hypotheses:hypothesis-new",
    "hypotheses:hypothesis-detail", "hypotheses:triage", "hypotheses:backlog", "hypotheses:sprint-board",
    "hypotheses:sprint-plan", "experiments:experiment-list", "experiments:experiment-detail", "outbox:inbox",
)  # fmt: skip


@pytest.fixture
def house(live_server: object, tmp_path: Path, settings: Settings) -> Iterator[House]:
    settings.UPLOAD_DIR = tmp_path
    with time_machine.travel(furnished.NOW):
        yield furnished.furnish()


def looker(name: str) -> str:
    """Somebody who may open this page, or whose it is."""
    if name in OWN:
        return OWN[name]
    rule = matrix.DOORS[name]
    assert isinstance(rule, matrix.People)
    return next(key for role, key in LOOKERS.items() if role in rule.roles)


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page: one line each."""
    answer = page.goto(address)
    found = []
    if answer is None or answer.status != 200:
        return [f"{address}: answers {answer and answer.status}"]
    headings = page.locator("h1").count()
    if headings != 1:
        found.append(f"{address}: {headings} headings of the first order")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"{address}: {wide} px too wide")
    return found + [f"{address}: {line}" for line in grave_violations(page)]


def look(signed_in: SignedIn, names: list[str], house: House, width: int, scheme: Scheme) -> list[str]:
    """Everything that is wrong with these pages."""
    found: list[str] = []
    for who in {looker(name) for name in names}:
        page = signed_in(people.person(who), width, scheme)
        for name in names:
            if looker(name) == who:
                found += faults(page, house.pages[name])
        page.context.close()
    return found


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_every_page_is_right(signed_in: SignedIn, house: House, width: int, scheme: Scheme) -> None:
    assert set(furnished.people_doors()) >= furnished.NO_PAGE, "an address is gone"
    assert look(signed_in, list(house.pages), house, width, scheme) == []


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_daily_pages_are_right_in_both_languages(
    signed_in: SignedIn, house: House, width: int, scheme: Scheme, language: str
) -> None:
    Person.objects.update(language=language)
    assert look(signed_in, list(DAILY), house, width, scheme) == []

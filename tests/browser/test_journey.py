"""Four people walk once round the loop in the browser: by clicking, and looking at every page they come to.

The same walk at a desk in English and on a phone in Dutch, in the dark. What the help desk and the web
shop wrote down is that of `tests.journeys.shop`, so what the change truly did is known.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page
from pytest_django import Settings

from accounts import formats
from accounts.models import Person
from dashboards.selectors.avoided import avoided_in
from experiments.models import Outcome
from hypotheses.models import Hypothesis, Sprint
from metrics.periods import Period
from outbox import jobs
from tests import people
from tests.browser.conftest import Scheme, SignedIn
from tests.feedback.rows import bring_in
from tests.journeys import shop
from tests.journeys.nights import on

Check = Callable[[Page], None]


@dataclass
class Turn:
    """One person at a screen, who follows links, fills in fields and presses buttons."""

    page: Page
    check: Check
    clicks: int = 0
    fields: int = 0

    def button(self, text: str, **values: object) -> Locator:
        """The button that says this in the reader's language."""
        return self.page.get_by_role("button", name=gettext(text) % values if values else gettext(text)).first

    def leads(self, what: Locator) -> None:
        """Click what leads to another page, and look at that."""
        self.clicks += 1
        with self.page.expect_navigation() as arrived:
            what.click()
        assert arrived.value.status == 200, arrived.value.url
        self.look()

    def go(self, name: str, *arguments: object) -> None:
        """Follow a link that is on the page, on a phone perhaps in the menu."""
        address = reverse(name, args=arguments)
        link = self.page.locator(f'a[href="{address}"]:visible')
        if not link.count():
            self.clicks += 1
            self.page.locator(".tabbar details > summary").click()
        self.leads(link.first)

    def fill(self, selector: str, text: object) -> None:
        """Type into a field."""
        self.fields += 1
        self.page.locator(selector).fill(str(text))

    def look(self) -> None:
        """The page is right for everybody: axe finds nothing grave, one heading, nothing to scroll sideways to."""
        self.check(self.page)
        assert self.page.locator("h1").count() == 1
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def sees(self, text: str) -> None:
        """This stands in the main part of the page."""
        assert text in " ".join(self.page.locator("main").inner_text().split()), text


@dataclass
class Walk:
    """Whose turn it is, on which day, at which screen."""

    signed_in: SignedIn
    check: Check
    width: int
    scheme: Scheme
    language: str

    @contextmanager
    def turn(self, person: str, day: date, hour: int = 10) -> Iterator[Turn]:
        """Somebody comes to the loop that day; when they leave, the night shift works."""
        with on(day, hour), translation.override(self.language):
            page = self.signed_in(people.person(person), self.width, self.scheme, self.language)
            page.goto(reverse("dashboards:loop"))
            turn = Turn(page, self.check)
            turn.look()
            yield turn
            page.context.close()

    def upload(self, day: date, folder: Path, kind: str, rows: str) -> None:
        """The linking pin uploads a file and keeps the columns as they are proposed."""
        file = folder / f"{kind}.csv"
        file.write_text(rows)
        with self.turn("linking_pin", day, 6) as pin:
            pin.go("feedback:contact-list")
            pin.go("feedback:import-list")
            pin.page.locator("input[type=file]").set_input_files(file)
            pin.page.locator("#id_kind").select_option(kind)
            pin.fill("#id_source", f"Our {kind}")
            pin.leads(pin.button("Upload"))
            pin.leads(pin.page.locator("button[name=action][value=import]"))


@pytest.fixture
def walk(
    request: pytest.FixtureRequest,
    signed_in: SignedIn,
    check_accessibility: Check,
    tmp_path: Path,
    settings: Settings,
) -> Walk:
    width, scheme, language = request.param
    settings.UPLOAD_DIR = tmp_path / "uploads"
    people.company()
    for key in ("agent", "cro_member", "cro_lead", "linking_pin"):
        people.person(key)
    Person.objects.update(language=language)
    return Walk(signed_in, check_accessibility, width, scheme, language)


@pytest.mark.parametrize("walk", [(1440, "light", "en"), (390, "dark", "nl")], ids=["desk", "phone"], indirect=True)
def test_four_people_walk_once_round_the_loop(walk: Walk, tmp_path: Path) -> None:
    walk.upload(shop.FILED, tmp_path, "commerce", shop.commerce(shop.FIRST, shop.FILED))
    walk.upload(shop.FILED, tmp_path, "contacts", shop.contacts(shop.FIRST, shop.FILED))

    # The agent sends an idea: two clicks, two fields.
    with walk.turn("agent", shop.FILED) as agent:
        began = perf_counter()
        agent.go("hypotheses:hypothesis-new")
        agent.fill("#id_problem", "Customers cannot find the return label and call us.")
        agent.page.locator("#evidence ul.evid").wait_for()
        agent.check(agent.page)
        agent.fill("#id_change", "Put the return label on the order page")
        agent.leads(agent.button("Send to the CRO team"))
        assert (agent.clicks, agent.fields) == (2, 2)
        assert perf_counter() - began < 60
        agent.sees("HYP-101")
    idea = Hypothesis.objects.get()
    assert idea.theme is not None
    assert idea.theme.name == shop.LABEL

    # The lead accepts it, makes a sprint, and learns that it does not start without such an idea.
    with walk.turn("cro_lead", shop.STARTED) as lead:
        lead.go("hypotheses:triage")
        lead.leads(lead.button("Accept"))
        lead.go("hypotheses:sprint-list")
        lead.go("hypotheses:sprint-new")
        lead.fill("#id_starts_on", shop.STARTED)
        lead.fill("#id_ends_on", shop.STARTED + timedelta(days=13))
        lead.leads(lead.button("Make the sprint"))
        lead.leads(lead.button("Start sprint %(n)s", n=1))
        waiver = lead.page.locator("dialog#waiver")
        waiver.wait_for()
        assert Sprint.objects.get().state == Sprint.State.PLANNING
        lead.clicks += 1
        waiver.get_by_role("button", name=gettext("Back to planning")).click()
        lead.leads(lead.page.locator("main ol.prow > li:not(.slot) button[name=column][value=planned]").first)
        lead.leads(lead.button("Start sprint %(n)s", n=1))
        lead.sees("HYP-101")
    assert (Sprint.objects.get().state, Sprint.objects.get().waived_at) == (Sprint.State.RUNNING, None)

    # A CRO member plans its test from the card on the board, and starts it.
    with walk.turn("cro_member", shop.STARTED, 12) as member:
        member.go("hypotheses:sprint-list")
        member.go("hypotheses:sprint-board", 1)
        member.page.locator(".card details.mv summary").click()
        member.leads(member.page.locator(".card details.mv button[value=running]"))
        member.fill("#id_name", "Label on top")
        member.page.locator("#id_weeks").select_option("2")
        member.fill("#id_weekly", 20_000)
        member.fill("#id_baseline", 5)
        member.fill("#id_arm_A", "The order page of today")
        member.fill("#id_arm_B", "With the label on top")
        member.leads(member.button("Plan the test"))
        member.fill("#id_starts_on", shop.STARTED)
        member.leads(member.button("Start the test"))

    # It has ended: a member enters the results, the lead decides with a learning.
    with walk.turn("cro_member", shop.DECIDED) as member:
        member.go("experiments:experiment-list")
        member.go("experiments:experiment-detail", "EXP-1")
        member.page.locator("details > summary", has_text=gettext("Enter results")).click()
        for name, value in (("visitors", (20_000, 20_050)), ("conversions", (1_000, 1_150))):
            for place in (0, 1):
                member.fill(f"#id_{name}_{place}", value[place])
        member.leads(member.button("Save results"))
    with walk.turn("cro_lead", shop.DECIDED, 14) as lead:
        lead.go("experiments:experiment-list")
        lead.go("experiments:experiment-detail", "EXP-1")
        lead.page.locator("label", has=lead.page.locator("input[name=decision][value=won]")).click()
        lead.fill("#id_learning", "They look for the label where they see the order.")
        lead.leads(lead.page.locator('form[action$="/decide/"] button'))
        lead.sees(formats.percent(14.7))

    # The winner goes live for everybody.
    with walk.turn("cro_lead", shop.LIVE, 14) as lead:
        lead.go("experiments:experiment-list")
        lead.go("experiments:experiment-detail", "EXP-1")
        lead.fill("#id_released_on", shop.LIVE)
        lead.leads(lead.button("It is live"))

    # Nine weeks later the files have come in, the night shift has measured, and the outcome is read.
    with on(shop.MEASURED, 6):
        bring_in(shop.commerce(shop.FILED, shop.MEASURED), "commerce", source="Our commerce")
        bring_in(shop.contacts(shop.FILED, shop.MEASURED), source="Our contacts")
    with on(shop.MEASURED, 8):
        jobs.enqueue("experiments.measure", now=timezone.now())
    outcome = Outcome.objects.get()
    assert (outcome.grade, outcome.verdict) == ("B", "avoided")
    assert (outcome.avoided_low or 0) < shop.truly_avoided() < (outcome.avoided_high or 0)
    with walk.turn("cro_lead", shop.MEASURED) as lead:
        avoided = formats.decimal(outcome.contacts_avoided or 0)
        lead.go("dashboards:result-list")
        lead.go("experiments:experiment-list")
        lead.go("experiments:experiment-detail", "EXP-1")
        lead.sees(avoided)
        assert lead.page.locator("main svg .band").count(), "the counterfactual is drawn"

    # The agent finds the message, and everybody finds the number.
    with walk.turn("agent", shop.MEASURED, 11) as agent:
        avoided = formats.decimal(outcome.contacts_avoided or 0)
        agent.go("outbox:inbox")
        agent.sees(avoided)
        agent.leads(agent.page.locator("main .queue li.new a").first)
        agent.sees(avoided)
        agent.go("dashboards:my-ideas")
        lately = Period(shop.MEASURED - timedelta(days=28), shop.MEASURED - timedelta(days=1))
        agent.sees(formats.decimal(avoided_in(lately).total.value or 0))
        agent.go("dashboards:kpi-page")

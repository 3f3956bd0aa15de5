"""The loop: its finding, stations, days between them, who is needed and who heard back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import outbox.services
from accounts.models import Person
from dashboards.selectors.avoided import avoided_in
from feedback.models import Theme
from metrics.periods import last_days
from outbox.models import Job
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(linking_pin: Person) -> Theme:
    made = shop.theme("Return label missing")
    shop.counts(made, 10, days=91)
    shop.orders(100, days=91)
    shop.contact(1, made)
    return made


@pytest.fixture
def pin(client_for: ClientFor, linking_pin: Person) -> Client:
    return client_for(linking_pin)


def page(browser: Client, query: str = "") -> str:
    response = browser.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_installation_offers_three_steps(client_for: ClientFor, admin: Person, agent: Person) -> None:
    text = page(client_for(admin))
    assert "Welcome, Ada. Three steps and the loop turns" in text
    assert "Upload contacts" in text
    assert "Invite people" in text
    assert "Upload contacts" not in page(client_for(agent))


def test_contacts_alone_are_an_honest_finding(pin: Client, label: Theme) -> None:
    text = page(pin)
    assert "280 contacts heard in 28 days, and no idea sent yet" in text
    assert "from 2,800 orders, 100% with a reason" in text
    assert "nothing measured yet" in text
    assert "too few to say" in text


@pytest.mark.parametrize(
    ("status", "finding"),
    [("accepted", "1 idea waits to be tested"), ("testing", "1 test is running; nothing is live yet")],
)
def test_what_has_come_furthest_is_the_finding(
    pin: Client, label: Theme, agent: Person, status: str, finding: str
) -> None:
    carried = shop.idea(1, agent, label, status, sprint=shop.sprint() if status == "testing" else None)
    if status == "testing":
        shop.trial(carried, 1)
    assert finding in page(pin)


def test_contacts_avoided_are_those_that_came_turned_round(pin: Client, label: Theme, agent: Person) -> None:
    # Live for 28 days, the first week not counted: 21 × 10 contacts at a ratio of .7 are 90 fewer.
    carried = shop.idea(1, agent, label, "measured")
    shop.live(shop.trial(carried, 1, "measured"), shop.FIRST, ratio=(0.7, 0.6, 0.84))
    found = avoided_in(last_days(shop.TODAY, 28)).total
    assert [found.value, found.low, found.high] == pytest.approx([90, 40, 140])
    text = page(pin)
    assert "The loop took away 90 contacts in the last 28 days" in text
    assert "Somewhere between 40 and 140" in text
    # 90 of 280 + 90; a minute each at 62 cents.
    assert "24.3% of all contacts, about €56 of handling time" in text


def test_weak_evidence_is_not_added_up(pin: Client, label: Theme, agent: Person) -> None:
    carried = shop.idea(1, agent, label, "measured")
    shop.live(shop.trial(carried, 1, "measured"), shop.FIRST, ratio=(0.7, 0.6, 0.8), grade="C")
    assert "1 change is live; its effect on contacts is being measured" in page(pin)


def test_an_interval_over_zero_claims_nothing(pin: Client, label: Theme, agent: Person) -> None:
    carried = shop.idea(1, agent, label, "measured")
    shop.live(shop.trial(carried, 1, "measured"), shop.FIRST, ratio=(0.95, 0.8, 1.1))
    text = page(pin)
    assert "no difference in contacts can be shown yet" in text
    assert "took away" not in text


def test_the_days_between_stations_are_medians_of_at_least_three(pin: Client, label: Theme, agent: Person) -> None:
    for number, days in enumerate((10, 20, 40), start=1):
        sent = shop.NOW - timedelta(days=60)
        carried = shop.idea(number, agent, label, "testing", sprint=shop.sprint(number), sent=sent)
        shop.move(carried, "test", sent + timedelta(days=days), agent)
    assert "20 days to a test" in page(pin)


def test_who_is_needed_and_by_which_verb(pin: Client, label: Theme, agent: Person, cro_lead: Person) -> None:
    late = shop.idea(1, agent, label, sent=shop.NOW - timedelta(days=20))
    shop.move(shop.idea(2, agent, label, "asked"), "ask", shop.NOW - timedelta(days=3), cro_lead, "On which page?")
    carried = shop.idea(3, agent, label, "testing", sprint=shop.sprint(4, quota=3))
    shop.trial(carried, 7, starts_on=shop.FIRST, ends_on=shop.TODAY - timedelta(days=3))
    shop.imported(12)
    Job.objects.create(kind="feedback.recount", state="failed", error="No.", run_after=shop.NOW, created_at=shop.NOW)
    text = page(pin, "?needs=all")
    assert "An idea has waited 14 working days for a first answer" in text
    assert f"{late.key} Idea 1, by Sanne de Wit. The promise is 5 working days." in text
    assert "A question waits for Sanne de Wit" in text
    assert "HYP-2 Idea 2. Asked 3 days ago." in text
    assert "EXP-7 Test 7 reached its end" in text
    assert "It has waited 3 days for a decision." in text
    assert "Sprint 4 misses 2 ideas from customer service" in text
    assert "12 rows could not be stored" in text
    assert page(pin).count('<span class="ic') < text.count('<span class="ic')


def test_a_rising_theme_without_an_owner_can_be_taken_at_once(
    pin: Client, client_for: ClientFor, label: Theme, agent: Person
) -> None:
    rising = shop.theme("Wero pending")
    shop.counts(rising, {0: 30} | dict.fromkeys(range(1, 13), 2), days=91)
    assert f'action="/themes/{rising.pk}/take/"' in page(pin)
    assert f'action="/themes/{rising.pk}/take/"' not in page(client_for(agent))
    pin.post(f"/themes/{rising.pk}/take/")
    assert "Nobody owns it yet." not in page(pin)


def test_nothing_to_do_says_so(pin: Client, label: Theme) -> None:
    assert "Nobody is waiting for you" in page(pin)


def test_only_what_was_delivered_was_told(pin: Client, label: Theme, agent: Person, other_agent: Person) -> None:
    facts = {"key": "HYP-1", "title": "Label on the page", "contacts_avoided": 1410.4, "verdict": "avoided"}
    early = shop.NOW - timedelta(days=1)
    outbox.services.tell(recipient=agent, kind="hypothesis_measure", parameters=facts, now=early)
    outbox.services.tell(
        recipient=agent, kind="hypothesis_accept", parameters={"title": "Not yet"}, now=shop.NOW, undoable=True
    )
    other_agent.may_be_named = False
    other_agent.save()
    outbox.services.tell(recipient=other_agent, kind="hypothesis_decline", parameters={"title": "No"}, now=early)
    text = page(pin)
    assert "Sanne heard: 1,410 contacts avoided" in text
    assert "Not yet" not in text
    assert "A colleague heard why it was not picked" in text
    assert "Tom" not in text


def test_the_sprint_shows_its_quota_and_its_waiver(pin: Client, label: Theme, cro_lead: Person) -> None:
    running = shop.sprint(24)
    assert "CS quota 0 of 1" in page(pin)
    running.waiver_reason, running.waived_by, running.waived_at = "A broken checkout first", cro_lead, shop.NOW
    running.save()
    text = page(pin)
    assert "CS quota waived" in text
    assert "A broken checkout first" in text
    assert "Sprint 24 misses" not in text


def test_the_queries_do_not_grow(pin: Client, label: Theme, agent: Person) -> None:
    def one_more(number: int) -> None:
        carried = shop.idea(number, agent, label, "measured")
        shop.live(shop.trial(carried, number, "measured"), shop.FIRST, ratio=(0.7, 0.6, 0.84))
        waiting = shop.idea(1000 + number, agent, label, sent=shop.NOW - timedelta(days=20))
        shop.trial(waiting, 1000 + number, starts_on=shop.FIRST, ends_on=shop.YESTERDAY)
        shop.imported(3)

    one_more(1)
    page(pin)
    with CaptureQueriesContext(connection) as few:
        page(pin, "?needs=all")
    for number in range(2, 12):
        one_more(number)
    with CaptureQueriesContext(connection) as many:
        page(pin, "?needs=all")
    assert len(many) <= len(few)

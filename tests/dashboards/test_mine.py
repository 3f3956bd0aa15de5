"""My ideas: thanks by name, effects with intervals, reasons, drafts and themes without an idea."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from feedback.models import Theme
from hypotheses.models import Hypothesis, Supporter
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(agent: Person) -> Theme:
    made = shop.theme("Return label missing")
    shop.counts(made, 10)
    shop.orders(100)
    return made


@pytest.fixture
def sanne(client_for: ClientFor, agent: Person) -> Client:
    return client_for(agent)


def page(browser: Client) -> str:
    response = browser.get("/ideas/mine/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_effect_is_thanked_for_by_name(sanne: Client, label: Theme, agent: Person, cro_lead: Person) -> None:
    carried = shop.idea(1, agent, label, "measured")
    shop.move(carried, "decide", shop.NOW, cro_lead, "You were right about the order page.")
    variants = [{"lift": {"value": None}}, {"lift": {"value": 0.021, "low": 0.004, "high": 0.039}}]
    made = shop.trial(carried, 1, "measured", evaluation={"variants": variants})
    shop.live(made, shop.FIRST, ratio=(0.7, 0.6, 0.84))
    text = page(sanne)
    assert "Sanne, thanks to you 90 customers did not have to ask in 28 days" in text
    assert "between 40 and 140" in text
    assert "+2.1%" in text
    assert "between +0.4% and +3.9%" in text
    assert "“You were right about the order page.”" in text
    assert "Daan Vermeer, CRO lead" in text


def test_somebody_elses_effect_is_not_ones_own(
    client_for: ClientFor, label: Theme, agent: Person, other_agent: Person
) -> None:
    shop.live(shop.trial(shop.idea(1, agent, label, "measured"), 1, "measured"), shop.FIRST, ratio=(0.7, 0.6, 0.84))
    text = page(client_for(other_agent))
    assert "thanks to you" not in text
    assert "Idea 1" not in text


def test_no_shown_difference_is_not_thanked_for_as_one(sanne: Client, label: Theme, agent: Person) -> None:
    shop.live(shop.trial(shop.idea(1, agent, label, "measured"), 1, "measured"), shop.FIRST, ratio=(0.95, 0.8, 1.1))
    text = page(sanne)
    assert "Sanne, you sent 1 idea" in text
    assert "no difference shown, it may be chance" in text


def test_why_it_was_not_picked_and_what_is_asked(sanne: Client, label: Theme, agent: Person, cro_lead: Person) -> None:
    declined = shop.idea(1, agent, label, "declined")
    shop.move(declined, "decline", shop.NOW, cro_lead, "Tested last year")
    asked = shop.idea(2, agent, label, "asked")
    shop.move(asked, "ask", shop.NOW, cro_lead, "On which page?")
    text = page(sanne)
    assert "<b>Why:</b> Tested last year" in text
    assert "<b>They ask:</b> On which page?" in text


def test_a_running_test_shows_its_sample_and_no_early_number(sanne: Client, label: Theme, agent: Person) -> None:
    carried = shop.idea(1, agent, label, "testing", sprint=shop.sprint())
    shop.trial(carried, 1, planned_visitors=9000, starts_on=shop.FIRST, ends_on=shop.TODAY)
    text = page(sanne)
    assert "0 of 9,000 visitors so far. Result expected after 22 Nov. We do not show early numbers." in text


def test_drafts_joined_ideas_and_themes_without_one(
    sanne: Client, label: Theme, agent: Person, other_agent: Person
) -> None:
    bare = shop.theme("Damaged on arrival")
    shop.counts(bare, 7)
    Hypothesis.objects.create(
        title="Half a thought", proposer=agent, source="cs", problem="", created_at=shop.NOW, updated_at=shop.NOW
    )
    joined = shop.idea(5, other_agent, label)
    Supporter.objects.create(hypothesis=joined, person=agent, joined_at=shop.NOW)
    text = page(sanne)
    assert "Half a thought" in text
    assert "HYP-5" in text
    assert f"/ideas/new/?theme={bare.pk}" in text
    assert "196 contacts" in text
    assert f"/ideas/new/?theme={label.pk}" not in text


def test_nobody_without_ideas_is_left_without_a_next_step(sanne: Client, label: Theme) -> None:
    text = page(sanne)
    assert "Sanne, what do customers ask you again and again?" in text
    assert f"/ideas/new/?theme={label.pk}" in text


def test_the_queries_do_not_grow_with_the_ideas(sanne: Client, label: Theme, agent: Person) -> None:
    def one_more(number: int) -> None:
        carried = shop.idea(number, agent, label, "measured")
        shop.live(shop.trial(carried, number, "measured"), shop.FIRST, ratio=(0.7, 0.6, 0.84))
        shop.idea(100 + number, agent, label)

    one_more(1)
    page(sanne)
    with CaptureQueriesContext(connection) as few:
        page(sanne)
    for number in range(2, 15):
        one_more(number)
    with CaptureQueriesContext(connection) as many:
        page(sanne)
    assert len(many) <= len(few)

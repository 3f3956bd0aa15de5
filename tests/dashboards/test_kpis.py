"""KPIs of both teams: values, intervals, weeks that are too thin, changes, goals on top."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from collaboration.models import Goal
from dashboards.selectors import kpis
from metrics import comparisons, formulas
from metrics.sums import Sums
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: ClientFor, manager: Person) -> Client:
    return client_for(manager)


def weeks_of_answers(per_week: int, satisfied: int, weeks: int = 26, instrument: str = "csat") -> None:
    shop.count(None, shop.YESTERDAY, 1)
    for back in range(weeks):
        shop.answers(None, shop.YESTERDAY - timedelta(days=7 * back), per_week, satisfied, instrument)


def page(browser: Client, query: str = "") -> str:
    response = browser.get(f"/kpis/{query}")
    assert response.status_code == 200
    return response.content.decode()


def goal(metric: str, baseline: float, target: float, due: date = date(2026, 12, 31)) -> Goal:
    return Goal.objects.create(
        metric=metric, baseline=baseline, baseline_on=date(2026, 7, 1), target=target, due_on=due, created_at=shop.NOW
    )


def test_the_large_number_is_four_weeks_together(browser: Client) -> None:
    weeks_of_answers(50, 40)
    text = page(browser)
    # 160 of 200; Wilson.
    assert "80% " in text
    assert "74 to 85" in text
    assert "n 200" in text
    assert "Customer satisfaction (CSAT) per week" in text


def test_conversion_has_two_decimals(browser: Client) -> None:
    shop.count(None, shop.YESTERDAY, 1)
    shop.orders(300, days=60, sessions=10_000)
    assert "3.00%" in page(browser)


def test_thin_weeks_are_drawn_four_at_a_time_and_thinner_ones_not(browser: Client) -> None:
    weeks_of_answers(10, 5)
    weeks_of_answers_text = page(browser)
    assert "Customer satisfaction (CSAT) per four weeks" in weeks_of_answers_text


def test_fewer_than_thirty_in_four_weeks_are_not_drawn(browser: Client) -> None:
    weeks_of_answers(5, 3)
    assert "Fewer than 30 answers a week: not drawn." in page(browser)


def test_fewer_than_five_answers_are_not_shown(browser: Client) -> None:
    weeks_of_answers(1, 1)
    assert "Too few to show: 4 answers" in page(browser)


def test_what_nobody_measures_is_named(browser: Client) -> None:
    weeks_of_answers(50, 40)
    assert "Goal completion rate (GCR)" in page(browser)
    assert "Not measured yet:" in page(browser)


def unmeasured(browser: Client) -> str:
    """The sentences about what is not measured."""
    return " ".join(re.findall(r"Not measured yet: [^<]*", page(browser)))


def test_contacts_without_orders_measure_nothing_per_order(browser: Client) -> None:
    shop.counts(shop.theme("Label"), 20)
    assert "Contacts per 1,000 orders" in unmeasured(browser)
    assert "No answers in the last four weeks" not in page(browser)
    shop.orders(50)
    assert "Contacts per 1,000 orders" not in unmeasured(browser)


def test_complaints_that_nobody_ever_noted_are_not_none(browser: Client) -> None:
    shop.counts(shop.theme("Label"), 20)
    shop.orders(50)
    assert "Complaints per 1,000 orders" in unmeasured(browser)
    shop.count(None, shop.YESTERDAY - timedelta(days=50), 1, market=1, complaints=1)
    # One, long ago: none in the last four weeks is a number now.
    assert "Complaints per 1,000 orders" not in unmeasured(browser)


def test_a_change_is_coloured_by_what_is_better_and_never_for_handling_time() -> None:
    fewer = comparisons.change(
        formulas.metric("contacts_per_1000_orders"),
        Sums(contacts=500, orders=10_000),
        Sums(contacts=1000, orders=10_000),
    )
    assert kpis.change_words(formulas.metric("contacts_per_1000_orders"), fewer) == ("−50%", "good")
    faster = comparisons.change(
        formulas.metric("aht"),
        Sums(handle_n=100, handle_sum=10_000, handle_sumsq=1_000_100),
        Sums(handle_n=100, handle_sum=20_000, handle_sumsq=4_000_100),
    )
    assert kpis.change_words(formulas.metric("aht"), faster) == ("−50%", "flat")
    same = comparisons.change(formulas.metric("csat"), Sums(n=100, hits=50), Sums(n=100, hits=49))
    assert kpis.change_words(formulas.metric("csat"), same) == ("+1.0 pt", "flat")


def test_a_goal_says_where_it_stands(browser: Client) -> None:
    weeks_of_answers(100, 80)
    goal("csat", 70, 75)
    text = page(browser)
    assert "1 of 1 shared goal is on course" in text
    assert "On course" in text
    assert "goal 75% by 31 Dec 2026" in text
    assert "95% likely to be met" in text
    assert "Target 75%" in text


def test_a_goal_out_of_reach_is_behind(browser: Client) -> None:
    weeks_of_answers(100, 70)
    goal("csat", 60, 95)
    text = page(browser)
    assert "0 of 1 shared goal is on course" in text
    assert "Behind" in text


def test_too_few_weeks_say_nothing_about_a_goal(browser: Client) -> None:
    weeks_of_answers(100, 70, weeks=5)
    goal("csat", 60, 75)
    text = page(browser)
    assert "It is too early to say whether the shared goals will be met" in text
    assert "Too few weeks to say" in text


def test_after_its_day_a_goal_was_met_or_missed(browser: Client) -> None:
    weeks_of_answers(100, 80)
    goal("csat", 60, 75, due=date(2026, 11, 1))
    goal("csat", 60, 90, due=date(2026, 11, 2))
    text = page(browser)
    assert ">Met</span>" in text
    assert ">Not met</span>" in text


def test_without_goals_both_teams_are_asked_for_one(browser: Client, client_for: ClientFor, agent: Person) -> None:
    text = page(browser)
    assert "No shared goal yet" in text
    assert "/goals/" in text
    assert 'href="/goals/"' not in page(client_for(agent))


def test_the_queries_do_not_grow_with_goals_and_days(browser: Client) -> None:
    weeks_of_answers(50, 40, weeks=2)
    goal("csat", 60, 75)
    page(browser)
    with CaptureQueriesContext(connection) as few:
        page(browser)
    for number in range(10):
        goal("nps", number, 50)
    weeks_of_answers_again = 20
    for back in range(3, weeks_of_answers_again):
        shop.answers(None, shop.YESTERDAY - timedelta(days=7 * back), 40, 30)
    with CaptureQueriesContext(connection) as many:
        page(browser)
    assert len(many) <= len(few)

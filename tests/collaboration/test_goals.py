"""Shared goals: who keeps them, what is refused, how they stand."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import AuditEntry, Person
from collaboration import services
from collaboration.models import Goal
from collaboration.outlook import outlook
from collaboration.services import Refusal, Terms
from metrics import formulas
from metrics.periods import Period
from metrics.sums import Sums
from tests.cast import ClientFor
from tests.people import THEN

TERMS = Terms("csat", 70.0, date(2026, 7, 1), 75.0, date(2026, 12, 31))
FORM = {"metric": "csat", "baseline": "70", "baseline_on": "2026-07-01", "target": "75", "due_on": "2026-12-31"}
LAST = date(2026, 11, 21)


def weeks(count: int, n: int, hits: int) -> list[tuple[Period, Sums]]:
    period = Period(LAST - timedelta(days=7 * count - 1), LAST)
    return [(week, Sums(n=n, hits=hits)) for week in period.weeks()]


def test_a_goal_is_kept_with_its_audit(linking_pin: Person) -> None:
    goal = services.add_goal(terms=TERMS, actor=linking_pin, now=THEN)
    assert (goal.metric, goal.baseline, goal.target) == ("csat", 70.0, 75.0)
    changed = Terms("csat", 70.0, date(2026, 7, 1), 80.0, date(2026, 12, 31), cs_owner=linking_pin)
    services.change_goal(goal=goal, terms=changed, actor=linking_pin, now=THEN)
    services.remove_goal(goal=goal, actor=linking_pin, now=THEN)
    entries = AuditEntry.objects.filter(object_kind="goal").order_by("pk")
    assert [entry.action for entry in entries] == ["add_goal", "change_goal", "remove_goal"]
    assert entries[1].details["was"]["target"] == 75.0
    assert not Goal.objects.exists()


def test_an_agent_keeps_no_goals(agent: Person) -> None:
    with pytest.raises(PermissionDenied, match="The linking pin and managers keep the shared goals"):
        services.add_goal(terms=TERMS, actor=agent, now=THEN)


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (Terms("aht", 300, date(2026, 7, 1), 250, date(2026, 12, 31)), "must not become a target"),
        (Terms("mood", 1, date(2026, 7, 1), 2, date(2026, 12, 31)), "must not become a target"),
        (Terms("csat", 70, date(2026, 7, 1), 75, date(2026, 7, 1)), "due after the day"),
        (Terms("csat", 70, date(2026, 7, 1), 65, date(2026, 12, 31)), "wrong side"),
        (Terms("frt", 70, date(2026, 7, 1), 90, date(2026, 12, 31)), "wrong side"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(manager: Person, terms: Terms, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        services.add_goal(terms=terms, actor=manager, now=THEN)
    assert not Goal.objects.exists()


@pytest.fixture
def browser(client_for: ClientFor, manager: Person) -> Client:
    return client_for(manager)


def test_goals_are_added_changed_and_removed_in_the_browser(browser: Client) -> None:
    assert browser.post("/goals/", FORM).status_code == 302
    goal = Goal.objects.get()
    assert "Both teams signed up to 1 number" in browser.get("/goals/").content.decode()
    assert browser.post(f"/goals/{goal.pk}/", FORM | {"target": "80"}).status_code == 302
    goal.refresh_from_db()
    assert goal.target == 80
    assert browser.post(f"/goals/{goal.pk}/remove/").status_code == 302
    assert not Goal.objects.exists()


def test_what_is_wrong_is_said_at_the_form(browser: Client) -> None:
    wrong = browser.post("/goals/", FORM | {"target": "60"})
    assert wrong.status_code == 422
    assert "wrong side" in wrong.content.decode()
    assert browser.post("/goals/", FORM | {"due_on": "soon"}).status_code == 422
    assert 'value="aht"' not in browser.get("/goals/").content.decode()


def test_a_steady_level_far_above_its_target_is_on_track() -> None:
    found = outlook(formulas.metric("csat"), weeks(26, 100, 80), target=75, due_on=date(2026, 12, 31))
    assert found.standing == "on_track"
    assert found.now.value == pytest.approx(80)
    assert found.now.n == 400


def test_lower_is_better_for_a_rate() -> None:
    cells = [(week, Sums(contacts=100 + i % 3, orders=1000)) for i, (week, _cells) in enumerate(weeks(26, 0, 0))]
    metric = formulas.metric("contacts_per_1000_orders")
    assert outlook(metric, cells, target=120, due_on=date(2026, 12, 31)).standing == "on_track"
    assert outlook(metric, cells, target=80, due_on=date(2026, 12, 31)).standing == "off_track"


def test_few_answers_a_week_are_taken_four_weeks_together() -> None:
    metric = formulas.metric("csat")
    # 26 weeks of ten answers make six points: too few to say; 52 make thirteen.
    assert outlook(metric, weeks(26, 10, 8), target=75, due_on=date(2026, 12, 31)).standing == "unknown"
    assert outlook(metric, weeks(52, 10, 8), target=60, due_on=date(2026, 12, 31)).standing == "on_track"


def test_after_its_day_nothing_is_forecast() -> None:
    metric = formulas.metric("csat")
    met = outlook(metric, weeks(26, 100, 80), target=75, due_on=LAST)
    assert (met.standing, met.forecast.probability) == ("met", None)
    assert outlook(metric, weeks(26, 100, 70), target=75, due_on=LAST).standing == "missed"


def test_what_comes_after_its_day_changes_nothing() -> None:
    metric = formulas.metric("csat")
    later = Period(LAST + timedelta(days=1), LAST + timedelta(days=28)).weeks()
    fell = [*weeks(26, 100, 80), *((week, Sums(n=100, hits=10)) for week in later)]
    found = outlook(metric, fell, target=75, due_on=LAST)
    assert (found.standing, found.now.value) == ("met", 80)
    assert outlook(metric, fell[-4:], target=75, due_on=LAST).standing == "unknown"


def test_no_data_is_unknown() -> None:
    assert outlook(formulas.metric("csat"), [], target=75, due_on=date(2026, 12, 31)).standing == "unknown"
    assert outlook(formulas.metric("csat"), weeks(26, 0, 0), target=75, due_on=date(2026, 12, 31)).now.value is None

"""The list, the planner, the cards and the results: few queries, and only what is known."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from experiments import services
from experiments.models import Experiment, Outcome, Release, Status, Variant
from experiments.selectors import cards
from experiments.selectors.experiments import ready_to_decide, running
from hypotheses.models import Hypothesis
from hypotheses.models import Status as HypothesisStatus
from metrics.models import CommerceCell
from tests.cast import ClientFor
from tests.experiments import shop

pytestmark = pytest.mark.django_db


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def _copies(release: Release, count: int) -> None:
    """As many more live, measured experiments like this one."""
    model = release.experiment
    assert model is not None
    for number in range(2, count + 2):
        idea = Hypothesis.objects.get(pk=model.hypothesis_id)
        idea.pk, idea.number = None, 900 + number
        idea.save()
        made = Experiment.objects.get(pk=model.pk)
        made.pk, made.number, made.hypothesis = None, number, idea
        made.save()
        Variant.objects.create(experiment=made, key="A", name="a")
        live = Release.objects.get(pk=release.pk)
        live.pk, live.experiment = None, made
        live.save()
        outcome = Outcome.objects.get(release=release)
        outcome.pk, outcome.release = None, live
        outcome.save()


@pytest.mark.parametrize("address", ["/experiments/", "/results/"])
def test_more_rows_ask_no_more_questions(client_for: ClientFor, agent: Person, address: str) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.6)
    release = shop.released(themes[0])
    today = shop.weeks_after(6)
    services.measure(release=release, today=today, now=shop.at(today))
    client = client_for(agent)
    with time_machine.travel(shop.at(today), tick=False):
        client.get(address)
        few = _queries(client, address)
        _copies(release, 8)
        assert _queries(client, address) == few
        assert client.get(address).content.decode().count("<tr") > 9


def test_the_list_narrows_by_status_and_says_what_waits(client_for: ClientFor, agent: Person) -> None:
    shop.running()
    with time_machine.travel(shop.at(shop.DECIDED), tick=False):
        client = client_for(agent)
        seen = client.get("/experiments/").content.decode()
        assert "1 test waits for a decision" in seen
        assert "Ready to decide" in seen
        assert "EXP-1" in client.get("/experiments/?status=running").content.decode()
        assert "EXP-1" not in client.get("/experiments/?status=measured").content.decode()


def test_running_and_ready_are_told_apart() -> None:
    experiment = shop.running()
    assert [one.pk for one in running(shop.STARTED)] == [experiment.pk]
    assert ready_to_decide(shop.STARTED) == []
    assert running(shop.DECIDED) == []
    assert [one.pk for one in ready_to_decide(shop.DECIDED)] == [experiment.pk]


def test_nothing_yet_says_what_to_do(client_for: ClientFor, agent: Person) -> None:
    assert "Nothing has been tested yet" in client_for(agent).get("/experiments/").content.decode()
    assert "Nothing has gone live yet" in client_for(agent).get("/results/").content.decode()


# The planner ---------------------------------------------------------------------------------------------------------


def _shop_open() -> None:
    CommerceCell.objects.bulk_create(
        CommerceCell(day=day, sessions=5000, orders=500)
        for day in [shop.STARTED - (shop.STARTED - shop.FIRST) / 119 * back for back in range(1, 60)]
    )


def test_traffic_is_that_of_the_last_eight_weeks() -> None:
    assert cards.traffic(shop.STARTED) == cards.Traffic(0.0, 0.0)
    _shop_open()
    assert cards.traffic(shop.STARTED) == cards.Traffic(35_000.0, 0.1)


def test_longer_tests_see_smaller_changes_and_the_planner_agrees_with_itself() -> None:
    seen = [cards.smallest_lift(0.1, weeks * 35_000, 2) for weeks in (1, 3, 8)]
    assert None not in seen
    assert seen == sorted(seen, key=lambda lift: -(lift or 0))
    rows = {row.lift: row for row in cards.plan_rows(0.1, 35_000, 2)}
    assert cards.smallest_lift(0.1, rows[0.05].visitors + 2, 2) == pytest.approx(0.05, abs=1e-4)
    assert rows[0.05].weeks == 4
    assert rows[0.01].weeks is None
    assert cards.smallest_lift(0.1, 10, 2) is None


def test_a_test_is_planned_from_the_shop_s_own_numbers(
    client_for: ClientFor, cro_member: Person, agent: Person
) -> None:
    idea = shop.planned()
    _shop_open()
    address = f"/experiments/new/?hypothesis={idea.key}"
    with time_machine.travel(shop.at(shop.STARTED), tick=False):
        assert client_for(agent).get(address).status_code == 403
        client = client_for(cro_member)
        seen = client.get(address).content.decode()
        assert 'value="35000"' in seen
        assert "weeks are enough to see a change of" in seen
        typed: dict[str, Any] = {
            "name": "Label", "weeks": 3, "weekly": 20000, "baseline": 10, "arm_A": "Now", "arm_B": "Label",
        }  # fmt: skip
        assert client.post(address, typed | {"arm_B": ""}).status_code == 422
        assert not Experiment.objects.exists()
        answer = client.post(address, typed | {"arm_C": "Steps"})
    assert answer.status_code == 302
    experiment = Experiment.objects.get()
    assert (experiment.planned_visitors, experiment.planned_days) == (60_000, 21)
    assert [arm.key for arm in experiment.variants.all()] == ["A", "B", "C"]


def test_an_idea_outside_a_sprint_is_refused_in_words(client_for: ClientFor, cro_member: Person) -> None:
    idea = shop.planned()
    Hypothesis.objects.update(status=HypothesisStatus.ACCEPTED)
    typed = {"name": "x", "weeks": 2, "weekly": 2000, "baseline": 10, "arm_A": "Now", "arm_B": "New"}
    answer = client_for(cro_member).post(f"/experiments/new/?hypothesis={idea.key}", typed)
    assert answer.status_code == 422
    assert "plan it first" in answer.content.decode()
    assert client_for(cro_member).get("/experiments/new/?hypothesis=HYP-999").status_code == 404


# Cards and results ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [(shop.running, "Planned end reached, decide"), (shop.made, "Planned"), (shop.decided, "Won")],
)
def test_cards_say_how_far_a_test_is(
    client_for: ClientFor, agent: Person, make: Callable[[], Experiment], words: str
) -> None:
    key = make().hypothesis.key
    with time_machine.travel(shop.at(shop.DECIDED), tick=False):
        answer = client_for(agent).get(f"/experiments/card-facts/?hypothesis={key}&hypothesis=HYP-9&hypothesis=x")
    seen = answer.content.decode()
    assert f'id="facts-{key}" hx-swap-oob="true"' in seen
    assert words in seen
    assert seen.count("<div id=") == 1


def test_results_count_only_what_is_measured(client_for: ClientFor, agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    release = shop.released(themes[0])
    early = shop.weeks_after(1)
    services.measure(release=release, today=early, now=shop.at(early))
    with time_machine.travel(shop.at(early), tick=False):
        seen = client_for(agent).get("/results/").content.decode()
    assert "too early to say" in seen
    assert "Needs about 1 more week." in seen
    late = shop.weeks_after(8)
    services.measure(release=release, today=late, now=shop.at(late))
    with time_machine.travel(shop.at(late), tick=False):
        seen = client_for(agent).get("/results/").content.decode()
    assert "1 live change, " in seen
    assert "contacts fewer in 28 days" in seen
    assert 'class="grade gr-B"' in seen
    assert Experiment.objects.get().status == Status.MEASURED

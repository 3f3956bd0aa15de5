"""The pages: what each reader sees and may do at each stage, and refusals in words."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from experiments import services
from experiments.models import Experiment, Release, Status
from experiments.services import Row
from hypotheses.models import Status as HypothesisStatus
from outbox.models import Job
from tests.cast import ClientFor
from tests.experiments import shop

pytestmark = pytest.mark.django_db
DURING = shop.STARTED + timedelta(days=6)


def _travel(when: datetime) -> time_machine.travel:
    return time_machine.travel(when, tick=False)


def _text(client: Client, address: str = "/experiments/EXP-1/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_planned_test_offers_its_start_to_the_cro_team_only(
    client_for: ClientFor, agent: Person, cro_member: Person
) -> None:
    shop.made()
    with _travel(shop.at(shop.STARTED)):
        assert "is planned and can start" in _text(client_for(agent))
        assert "/experiments/EXP-1/start/" not in _text(client_for(agent))
        answer = client_for(cro_member).post("/experiments/EXP-1/start/", {"starts_on": shop.STARTED.isoformat()})
    assert answer.status_code == 302
    experiment = Experiment.objects.get()
    assert experiment.status == Status.RUNNING
    assert experiment.hypothesis.status == HypothesisStatus.TESTING


def test_while_it_runs_only_a_lead_sees_the_effect(
    client_for: ClientFor, agent: Person, cro_member: Person, cro_lead: Person
) -> None:
    experiment = shop.running()
    services.enter_results(experiment=experiment, rows=shop.rows(days=6), actor=cro_member, now=shop.at(DURING))
    with _travel(shop.at(DURING)):
        for person in (agent, cro_member):
            seen = _text(client_for(person))
            assert "has 45% of its sample" in seen
            assert "18,000 of 40,000 visitors" in seen
            assert "+10.0%" not in seen
            assert "10.00%" not in seen
            assert "The effect is shown at the end" in seen
        lead = _text(client_for(cro_lead))
    assert "+10.0% so far" in lead
    assert "may be read every day" in lead


def test_totals_are_typed_in_and_a_mistake_is_said_beside_them(client_for: ClientFor, cro_member: Person) -> None:
    shop.running()
    client = client_for(cro_member)
    good = {
        "visitors_0": 20000, "conversions_0": 2000, "visitors_1": 20010, "conversions_1": 2300, "contacts_1": 40,
        "contacts_0": 50,
    }  # fmt: skip
    with _travel(shop.at(DURING)):
        answer = client.post("/experiments/EXP-1/results/", good | {"conversions_1": 30000})
        assert answer.status_code == 422
        assert "between 0 and the number of visitors" in answer.content.decode()
        answer = client.post("/experiments/EXP-1/results/", good | {"visitors_0": ""})
        assert answer.status_code == 422
        assert client.post("/experiments/EXP-1/results/", good).status_code == 302
    experiment = Experiment.objects.get()
    stored = [result for arm in experiment.variants.all() for result in arm.results.all()]
    assert [(one.visitors, one.conversions, one.contacts) for one in stored] == [(20000, 2000, 50), (20010, 2300, 40)]
    assert {one.day for one in stored} == {shop.STARTED}


def test_only_what_the_results_support_can_be_decided(
    client_for: ClientFor, cro_lead: Person, cro_member: Person
) -> None:
    experiment = shop.running()
    services.enter_results(experiment=experiment, rows=shop.rows(lift=0.0), actor=cro_lead, now=shop.at(shop.DECIDED))
    with _travel(shop.at(shop.DECIDED)):
        client = client_for(cro_lead)
        seen = _text(client)
        assert "time to decide" in seen
        assert 'value="inconclusive"' in seen
        assert 'value="won"' not in seen
        assert "/decide/" not in _text(client_for(cro_member))
        refused = client.post("/experiments/EXP-1/decide/", {"decision": "won", "learning": "Yes."})
        assert refused.status_code == 422
        silent = client.post("/experiments/EXP-1/decide/", {"decision": "inconclusive", "learning": " "})
        assert silent.status_code == 422
        done = client.post("/experiments/EXP-1/decide/", {"decision": "inconclusive", "learning": "Not that."})
        assert done.status_code == 302
        assert "showed no difference in conversion" in _text(client)


def test_the_winner_goes_live_from_its_page(client_for: ClientFor, cro_lead: Person, cro_member: Person) -> None:
    shop.decided()
    with _travel(shop.at(shop.LIVE)):
        client = client_for(cro_lead)
        seen = _text(client)
        assert "won: conversion rose 10.0%" in seen
        assert "It is live" in seen
        assert "It is live" not in _text(client_for(cro_member))
        late = {"released_on": (shop.LIVE + timedelta(days=1)).isoformat()}
        answer = client.post("/experiments/EXP-1/release/", late)
        assert answer.status_code == 422
        assert "cannot be in the future" in answer.content.decode()
        assert client.post("/experiments/EXP-1/release/", {"released_on": shop.LIVE.isoformat()}).status_code == 302
        assert "its first reading is still to come" in _text(client)
    assert Release.objects.get().experiment == Experiment.objects.get()


def _measured(ratio: float, weeks: int) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=ratio)
    release = shop.released(themes[0])
    services.measure(release=release, today=shop.weeks_after(weeks), now=shop.at(shop.weeks_after(weeks)))


def test_a_measured_change_shows_its_number_interval_chart_and_grade(client_for: ClientFor, agent: Person) -> None:
    _measured(0.6, 12)
    with _travel(shop.at(shop.weeks_after(12))):
        seen = _text(client_for(agent))
    assert "took away" in seen
    assert "in 12 weeks" in seen
    assert "below what was expected without the change" in seen
    assert 'class="grade gr-B"' in seen
    assert 'class="fill b-green"' in seen
    assert "left out: the week it went live" in seen
    assert "Sanne is told the same day" in seen


def test_no_effect_is_drawn_without_green(client_for: ClientFor, agent: Person) -> None:
    _measured(1.0, 12)
    with _travel(shop.at(shop.weeks_after(12))):
        seen = _text(client_for(agent))
    assert "no difference in contacts could be shown" in seen
    assert "b-green" not in seen


def test_too_early_says_how_long(client_for: ClientFor, agent: Person) -> None:
    _measured(0.6, 1)
    with _travel(shop.at(shop.weeks_after(1))):
        seen = _text(client_for(agent))
    assert "too early to say" in seen
    assert "Needs about 1 more week." in seen


def test_a_broken_split_is_said_before_anything_else(client_for: ClientFor, cro_lead: Person) -> None:
    experiment = shop.running()
    services.enter_results(
        experiment=experiment,
        rows=[Row("A", shop.STARTED, 20_000, 2000), Row("B", shop.STARTED, 18_000, 2300)],
        actor=cro_lead,
        now=shop.at(shop.DECIDED),
    )
    with _travel(shop.at(shop.DECIDED)):
        seen = _text(client_for(cro_lead))
    assert "Visitors were not split as planned" in seen
    assert 'value="invalid"' in seen
    assert 'value="won"' not in seen


def test_the_team_can_have_it_measured_now(client_for: ClientFor, cro_member: Person, agent: Person) -> None:
    themes = shop.themes()
    release = shop.released(themes[0])
    answer = client_for(cro_member).post("/experiments/EXP-1/measure/")
    job = Job.objects.get(kind="experiments.measure")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert job.arguments == {"release": release.pk}
    assert client_for(agent).post("/experiments/EXP-1/measure/").status_code == 403


def test_an_address_without_an_experiment_is_not_found(client_for: ClientFor, agent: Person) -> None:
    assert client_for(agent).get("/experiments/EXP-99/").status_code == 404
    assert client_for(agent).get("/experiments/99/").status_code == 404

"""The doors for programs: read experiments, store results, say what went live."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from experiments import services
from experiments.models import Experiment, Release, Result, Status
from tests.cast import ApiClientFor
from tests.experiments import shop

pytestmark = pytest.mark.django_db
READ, WRITE = "experiments:read", "experiments:write"


def _at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def _post(client: Client, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_list_narrows_and_leads_to_one(api_client_for: ApiClientFor, api_client: Person) -> None:
    shop.decided()
    client = api_client_for(api_client, [READ])
    with _at(shop.at(shop.DECIDED)):
        body = client.get("/api/v1/experiments/?status=decided").json()
        assert [card["key"] for card in body["results"]] == ["EXP-1"]
        assert body["next"] is None
        assert client.get("/api/v1/experiments/?status=running").json()["results"] == []
        one = client.get("/api/v1/experiments/EXP-1/").json()
    assert one["verdict"] == "winner"
    assert one["variants"][0]["lift"] is None
    lift = one["variants"][1]["lift"]
    assert lift["low"] < lift["value"] < lift["high"]
    assert one["variants"][1]["visitors"] == 21_000
    assert one["outcome"] is None


def test_a_running_test_does_not_tell_its_effect(
    api_client_for: ApiClientFor, api_client: Person, cro_lead: Person
) -> None:
    experiment = shop.running()
    services.enter_results(experiment=experiment, rows=shop.rows(days=5), actor=cro_lead, now=shop.at(shop.DECIDED))
    with _at(shop.at(shop.STARTED + timedelta(days=5))):
        one = api_client_for(api_client, [READ]).get("/api/v1/experiments/EXP-1/").json()
    assert one["verdict"] == "running"
    assert one["visitors"] == 15_000
    for variant in one["variants"]:
        assert variant["conversions"] is None
        assert variant["rate"] is None
        assert variant["lift"] is None


def test_results_are_stored_in_cents_and_twice_without_harm(api_client_for: ApiClientFor, api_client: Person) -> None:
    shop.running()
    client = api_client_for(api_client, [WRITE])
    day = shop.STARTED.isoformat()
    rows = [
        {"variant": "A", "date": day, "visitors": 100, "conversions": 9, "revenue_sum": 512.5, "revenue_sumsq": 4e4},
        {"variant": "B", "date": day, "visitors": 101, "conversions": 12},
    ]
    for _again in range(2):
        assert _post(client, "experiments/EXP-1/results/", {"rows": rows}) == (200, {"stored": 2})
    first, second = Result.objects.order_by("variant__position")
    assert (first.revenue_sum, first.revenue_sumsq) == (51_250, 4e8)
    assert (second.conversions, second.revenue_sum) == (12, None)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"variant": "Z"}, "no variant"),
        ({"conversions": 500}, "between 0 and the number of visitors"),
        ({"date": "2026-01-01"}, "lies before that"),
        ({"visitors": -1}, "greater than or equal to 0"),
        ({"date": "soon"}, "Date has wrong format"),
    ],
)
def test_wrong_results_are_refused_with_a_sentence(
    api_client_for: ApiClientFor, api_client: Person, row: dict[str, Any], words: str
) -> None:
    shop.running()
    good = {"variant": "A", "date": shop.STARTED.isoformat(), "visitors": 100, "conversions": 9}
    status, body = _post(api_client_for(api_client, [WRITE]), "experiments/EXP-1/results/", {"rows": [good | row]})
    assert status == 400
    assert words in body["detail"]
    assert not Result.objects.exists()


def test_no_results_for_a_test_that_is_over_or_not_there(api_client_for: ApiClientFor, api_client: Person) -> None:
    shop.decided()
    client = api_client_for(api_client, [WRITE])
    row = {"variant": "A", "date": shop.STARTED.isoformat(), "visitors": 100, "conversions": 9}
    status, body = _post(client, "experiments/EXP-1/results/", {"rows": [row]})
    assert (status, "while the experiment is running" in body["detail"]) == (403, True)
    assert _post(client, "experiments/EXP-7/results/", {"rows": [row]})[0] == 404


def test_a_deployment_puts_the_winner_live(api_client_for: ApiClientFor, api_client: Person) -> None:
    shop.decided()
    client = api_client_for(api_client, [WRITE])
    body = {"name": "Release 41", "released_on": shop.LIVE.isoformat(), "markets": ["NL"], "experiment": "EXP-1"}
    with _at(shop.at(shop.LIVE)):
        status, answer = _post(client, "releases/", body)
    assert status == 201
    assert answer["experiment"] == "EXP-1"
    release = Release.objects.get()
    assert [market.code for market in release.markets.all()] == ["NL"]
    assert Experiment.objects.get().status == Status.RELEASED


def test_another_change_is_noted_without_an_experiment(api_client_for: ApiClientFor, api_client: Person) -> None:
    client = api_client_for(api_client, [WRITE])
    body = {"name": "New footer", "released_on": shop.LIVE.isoformat()}
    with _at(shop.at(shop.LIVE)):
        assert _post(client, "releases/", body)[0] == 201
        for change, words in (
            ({"markets": ["XX"]}, "no market"),
            ({"experiment": "EXP-9"}, "no experiment with this key"),
            ({"released_on": (shop.LIVE + timedelta(days=1)).isoformat()}, "in the future"),
        ):
            status, answer = _post(client, "releases/", body | change)
            assert status == 400
            assert words in answer["detail"]
    assert Release.objects.count() == 1


def test_reading_does_not_allow_writing(api_client_for: ApiClientFor, api_client: Person) -> None:
    client = api_client_for(api_client, [READ])
    assert _post(client, "releases/", {})[0] == 403
    assert client.get("/api/v1/releases/").status_code == 403

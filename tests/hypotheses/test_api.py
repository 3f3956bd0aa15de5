"""Hypotheses and sprints for programs."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from hypotheses import services, states
from hypotheses.models import Hypothesis
from hypotheses.services.proposals import Words
from tests.cast import ApiClientFor
from tests.hypotheses import material

pytestmark = pytest.mark.django_db
BOTH = ["hypotheses:read", "hypotheses:write"]


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_program_proposes_and_reads_it_back(api_client: Person, api_client_for: ApiClientFor) -> None:
    program = api_client_for(api_client, BOTH)
    theme = material.theme_with_contacts()
    made = post(program, "/api/v1/hypotheses/", {"problem": "Slots are fixed", "change": "a button", "theme": theme.pk})
    assert made.status_code == 201
    assert (made.json()["key"], made.json()["status"], made.json()["theme"]["name"]) == (
        "HYP-101",
        "submitted",
        "Changing the delivery slot",
    )
    one = program.get("/api/v1/hypotheses/HYP-101/").json()
    assert [piece["kind"] for piece in one["evidence"]] == ["theme"]
    assert [step["name"] for step in one["history"]] == ["submit"]
    assert program.get("/api/v1/hypotheses/").json()["results"][0]["key"] == "HYP-101"


def test_what_is_wrong_is_said_field_by_field(api_client: Person, api_client_for: ApiClientFor) -> None:
    program = api_client_for(api_client, BOTH)
    wrong = post(program, "/api/v1/hypotheses/", {"problem": "Slots", "theme": 99})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["field"] == "change"
    unknown = post(program, "/api/v1/hypotheses/", {"problem": "Slots", "change": "a button", "theme": 99})
    assert unknown.json()["errors"] == [
        {"index": None, "field": "theme", "message": "There is no active theme with this id."}
    ]
    assert not Hypothesis.objects.exists()


def test_scopes_open_reading_and_writing_apart(api_client: Person, agent: Person, api_client_for: ApiClientFor) -> None:
    idea = material.sent(agent)
    reader, writer = api_client_for(api_client, ["hypotheses:read"]), api_client_for(api_client, ["hypotheses:write"])
    assert reader.get(f"/api/v1/hypotheses/{idea.key}/").status_code == 200
    assert post(reader, "/api/v1/hypotheses/", {"problem": "a", "change": "b"}).status_code == 403
    assert writer.get("/api/v1/hypotheses/").status_code == 403
    assert Client().get("/api/v1/sprints/").status_code == 401


def test_moves_obey_the_table(
    api_client: Person, agent: Person, cro_lead: Person, api_client_for: ApiClientFor
) -> None:
    idea = material.sent(agent)
    program, lead = api_client_for(api_client, BOTH), api_client_for(cro_lead, BOTH)
    refused = post(program, f"/api/v1/hypotheses/{idea.key}/accept/", {})
    assert (refused.status_code, refused.json()["detail"]) == (403, "This step is for: CRO lead.")
    wordless = post(lead, f"/api/v1/hypotheses/{idea.key}/decline/", {})
    assert (wordless.status_code, "few words" in wordless.json()["detail"]) == (409, True)
    accepted = post(lead, f"/api/v1/hypotheses/{idea.key}/accept/", {})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert post(lead, f"/api/v1/hypotheses/{idea.key}/plan/", {"sprint": 7}).status_code == 400
    material.sprint(cro_lead)
    planned = post(lead, f"/api/v1/hypotheses/{idea.key}/plan/", {"sprint": 1})
    assert (planned.json()["status"], planned.json()["sprint"]) == ("planned", 1)
    again = post(lead, f"/api/v1/hypotheses/{idea.key}/accept/", {})
    assert (again.status_code, "not possible from there" in again.json()["detail"]) == (403, True)
    assert post(lead, f"/api/v1/hypotheses/{idea.key}/dance/", {}).status_code == 404
    assert post(lead, "/api/v1/hypotheses/HYP-9/accept/", {}).status_code == 404


@pytest.mark.parametrize("name", sorted({row.name for row in states.MOVES}))
def test_every_move_of_the_table_has_its_address(
    agent: Person, cro_lead: Person, api_client_for: ApiClientFor, name: str
) -> None:
    idea = material.sent(agent)
    status = post(api_client_for(cro_lead, BOTH), f"/api/v1/hypotheses/{idea.key}/{name}/", {}).status_code
    assert status in {200, 400, 403, 409}, name


def test_drafts_stay_with_their_writer(agent: Person, cro_lead: Person, api_client_for: ApiClientFor) -> None:
    services.save_draft(proposer=agent, words=Words(problem="Slots"), now=material.NOW)
    assert api_client_for(cro_lead, BOTH).get("/api/v1/hypotheses/").json() == {"next": None, "results": []}


def test_pages_follow_one_another(agent: Person, api_client_for: ApiClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hypotheses.api.PAGE_ROWS", 2)
    for number in range(3):
        material.sent(agent, change=f"change {number}")
    program = api_client_for(agent, BOTH)
    first = program.get("/api/v1/hypotheses/?status=submitted").json()
    assert [one["key"] for one in first["results"]] == ["HYP-103", "HYP-102"]
    second = program.get(first["next"]).json()
    assert ([one["key"] for one in second["results"]], second["next"]) == (["HYP-101"], None)


def test_sprints_show_their_quota(agent: Person, cro_lead: Person, api_client_for: ApiClientFor) -> None:
    sprint = material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead, points=5)
    services.place(hypothesis=idea, sprint=sprint, column="planned", actor=cro_lead, now=material.NOW)
    (found,) = api_client_for(agent, BOTH).get("/api/v1/sprints/").json()["results"]
    assert (found["number"], found["quota"], found["from_customer_service"], found["planned_points"]) == (1, 1, 1, 5)

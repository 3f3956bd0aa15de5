"""Sprints in the browser: list, board, planning, moving cards by one form, the quota and its waiver."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from hypotheses import services
from hypotheses.models import Hypothesis, Sprint, Status
from hypotheses.selectors import boards
from tests.cast import ClientFor
from tests.hypotheses import material

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cro_lead: Person, client_for: ClientFor) -> Client:
    return client_for(cro_lead)


def columns(sprint: Sprint) -> dict[str, list[str]]:
    board = boards.sprint_board(sprint, material.TODAY)
    return {column.id: [card.key for card in column.cards] for column in board.columns}


def put(client: Client, idea: Hypothesis, column: str, number: int = 1) -> int:
    return client.post(f"/sprints/{number}/move/", {"hypothesis": idea.key, "column": column}).status_code


def test_a_card_walks_the_board_through_one_form(lead: Client, agent: Person, cro_lead: Person) -> None:
    sprint = material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead, points=3)
    assert columns(sprint)["shortlist"] == [idea.key]
    for column in ("planned", "building", "planned", "shortlist", "building"):
        assert put(lead, idea, column) == 302
        assert columns(sprint)[column] == [idea.key], column
    idea.refresh_from_db()
    services.begin_test(hypothesis=idea, actor=cro_lead, now=material.NOW)
    assert columns(sprint)["running"] == [idea.key]
    assert put(lead, idea, "planned") == 302
    assert "the card follows the experiment" in material.answer(lead, "/sprints/1/")
    assert columns(sprint)["running"] == [idea.key]


def test_a_move_can_be_taken_back_by_the_notice(lead: Client, agent: Person, cro_lead: Person) -> None:
    sprint = material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead)
    put(lead, idea, "building")
    page = material.answer(lead, "/sprints/1/")
    assert f"{idea.key} moved to Building." in page
    undo = f"/sprints/1/move/?hypothesis={idea.key}&amp;column=shortlist"
    assert undo in page
    lead.post(f"/sprints/1/move/?hypothesis={idea.key}&column=shortlist")
    assert columns(sprint)["shortlist"] == [idea.key]


def test_every_card_that_may_move_has_a_menu(
    lead: Client, agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead)
    page = material.answer(lead, "/sprints/1/")
    assert f"Move {idea.key} to another column" in page
    assert '<button name="column" value="planned">' in page
    reader = material.answer(client_for(agent), "/sprints/1/")
    assert idea.key in reader
    assert 'name="column"' not in reader
    assert client_for(agent).post("/sprints/1/move/", {"hypothesis": idea.key, "column": "planned"}).status_code == 403


def test_the_load_counts_points_and_ideas_of_customer_service(
    agent: Person, cro_member: Person, cro_lead: Person
) -> None:
    sprint = material.sprint(cro_lead, capacity=10)
    for idea in (material.accepted(agent, cro_lead, points=5), material.accepted(cro_member, cro_lead, "b")):
        services.place(hypothesis=idea, sprint=sprint, column="planned", actor=cro_lead, now=material.NOW)
    load = boards.sprint_board(sprint, material.TODAY).load
    # The second one has no effort and counts as three points.
    assert (load.points, load.room, load.picked, load.quota_met) == (8, 2, 1, True)


def test_below_its_quota_a_sprint_starts_only_with_a_written_waiver(
    lead: Client, agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    sprint = material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead, "show the slot", points=3)
    refused = lead.post("/sprints/1/start/")
    assert refused.headers["Location"] == "/sprints/1/plan/?start=1"
    text = material.answer(lead, refused.headers["Location"])
    assert '<dialog id="waiver" aria-labelledby="wv-t" open data-modal>' in text
    assert "0 of the 1 ideas from customer service" in text
    assert "Show the slot" in text
    assert f"{idea.key} by Sanne de Wit" in text
    assert lead.post("/sprints/1/start/", {"why": "freeze", "reason": "  "}).status_code == 422
    sprint.refresh_from_db()
    assert sprint.state == Sprint.State.PLANNING
    lead.post("/sprints/1/start/", {"why": "freeze", "reason": "Nothing goes live before Christmas."})
    sprint.refresh_from_db()
    assert (sprint.state, sprint.waiver_reason) == (
        Sprint.State.RUNNING,
        "Code freeze. Nothing goes live before Christmas.",
    )
    for address in ("/sprints/1/", "/sprints/", "/sprints/1/plan/"):
        page = material.answer(client_for(agent), address)
        assert "Nothing goes live before Christmas." in page, address
        assert "Daan Vermeer" in page, address


def test_with_its_quota_a_sprint_just_starts(lead: Client, agent: Person, cro_lead: Person) -> None:
    sprint = material.sprint(cro_lead)
    put(lead, material.accepted(agent, cro_lead), "planned")
    page = material.answer(lead, "/sprints/1/plan/")
    assert "Sprint 1 is ready to start" in page
    assert 'id="waiver"' not in page
    assert lead.post("/sprints/1/start/").headers["Location"] == "/sprints/1/"
    sprint.refresh_from_db()
    assert (sprint.state, sprint.waived_at) == (Sprint.State.RUNNING, None)


def test_only_a_lead_starts_and_others_read_why(cro_member: Person, cro_lead: Person, client_for: ClientFor) -> None:
    material.sprint(cro_lead)
    member = client_for(cro_member)
    assert "Only a CRO lead may start a sprint." in material.answer(member, "/sprints/1/")
    assert member.post("/sprints/1/start/", {"reason": "because"}).status_code == 403


def test_planning_keeps_a_place_for_customer_service(lead: Client, agent: Person, cro_lead: Person) -> None:
    material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead, "show the slot", points=3)
    page = material.answer(lead, "/sprints/1/plan/")
    assert "Sprint 1 still needs a customer service idea" in page
    assert "Keep this place for customer service" in page
    assert f"Best fit: <b>{idea.key}</b>" in page
    lead.post("/sprints/1/move/", {"hypothesis": idea.key, "column": "planned", "next": "/sprints/1/plan/"})
    assert "Keep this place" not in material.answer(lead, "/sprints/1/plan/")


def test_planning_warns_of_two_tests_on_one_page_and_of_guesses(
    agent: Person, cro_member: Person, cro_lead: Person
) -> None:
    material.page()
    sprint = material.sprint(cro_lead, capacity=3)
    first, second = material.accepted(agent, cro_lead, points=3), material.accepted(cro_member, cro_lead, "b")
    Hypothesis.objects.filter(pk__in=[first.pk, second.pk]).update(pages=["tracking"])
    for idea in (first, second):
        services.place(hypothesis=idea, sprint=sprint, column="planned", actor=cro_lead, now=material.NOW)
    texts = {check.text: check.kind for check in boards.sprint_plan(sprint, material.TODAY).checks}
    assert texts["At least 1 from customer service"] == "ok"
    assert texts["3 points more than the team’s 3"] == "look"
    assert texts[f"Several tests on one page (Tracking mail): {first.key}, {second.key}"] == "look"
    assert texts[f"Effort not known yet: {second.key}"] == "look"


def test_the_shortlist_can_be_narrowed(lead: Client, agent: Person, cro_member: Person, cro_lead: Person) -> None:
    sprint = material.sprint(cro_lead, capacity=4)
    material.accepted(agent, cro_lead, "small from service", points=2)
    material.accepted(cro_member, cro_lead, "large from cro", points=13)
    assert "Large from cro" not in material.answer(lead, "/sprints/1/plan/?source=cs")
    assert "Large from cro" not in material.answer(lead, "/sprints/1/plan/?fits=1")
    found = boards.sprint_plan(sprint, material.TODAY, search="CRO").shortlist
    assert [row.hypothesis.title for row in found] == ["Large from cro"]


def test_a_sprint_is_made_and_edited_in_the_browser(lead: Client, cro_lead: Person) -> None:
    frame = {"starts_on": "2026-11-30", "ends_on": "2026-12-11", "capacity_points": "18", "quota": "2", "goal": "Less"}
    assert lead.post("/sprints/new/", frame).headers["Location"] == "/sprints/1/plan/"
    wrong = lead.post("/sprints/1/edit/", frame | {"ends_on": "2026-11-01"})
    assert (wrong.status_code, "ends on or after the day it starts" in wrong.content.decode()) == (422, True)
    lead.post("/sprints/1/edit/", frame | {"quota": "1"})
    sprint = Sprint.objects.get()
    assert (sprint.quota, sprint.capacity_points, sprint.goal) == (1, 18, "Less")
    assert lead.get("/sprints/new/").status_code == 200


def test_closing_puts_back_what_was_not_tested(lead: Client, agent: Person, cro_lead: Person) -> None:
    material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead)
    put(lead, idea, "building")
    lead.post("/sprints/1/start/")
    lead.post("/sprints/1/close/")
    idea.refresh_from_db()
    assert (idea.status, idea.building_since) == (Status.ACCEPTED, None)
    assert "Sprint 1 is closed" in material.answer(lead, "/sprints/")
    page = material.answer(lead, "/sprints/1/")
    assert 'name="column"' not in page


def test_an_undone_plan_puts_back_all_of_it(agent: Person, cro_lead: Person) -> None:
    sprint = material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead)
    services.place(hypothesis=idea, sprint=sprint, column="building", actor=cro_lead, now=material.NOW)
    back = services.unplan(hypothesis=idea, actor=cro_lead, now=material.NOW)
    undone = services.undo(hypothesis=back, actor=cro_lead, now=material.NOW)
    assert (undone.status, undone.sprint, undone.building_since) == (Status.PLANNED, sprint, material.NOW)


def test_no_sprint_yet(client_for: ClientFor, agent: Person, lead: Client) -> None:
    assert "No sprint yet" in material.answer(client_for(agent), "/sprints/")
    assert "/sprints/new/" in material.answer(lead, "/sprints/")


def test_the_list_shows_the_latest_sprint_first(cro_lead: Person) -> None:
    for _ in range(3):
        material.sprint(cro_lead)
    assert [row.sprint.number for row in boards.sprint_list()] == [3, 2, 1]
    assert boards.current_sprint() == boards.sprint_by_number(1)


def test_starting_a_test_leads_to_its_page(lead: Client, agent: Person, cro_lead: Person) -> None:
    material.sprint(cro_lead)
    idea = material.accepted(agent, cro_lead)
    put(lead, idea, "building")
    response = lead.post("/sprints/1/move/", {"hypothesis": idea.key, "column": "running"})
    assert response.headers["Location"] == f"/experiments/new/?hypothesis={idea.key}"


def test_boards_cost_the_same_with_many_cards(lead: Client, agent: Person, cro_lead: Person) -> None:
    def cost() -> list[int]:
        found = []
        for address in ("/sprints/", "/sprints/1/", "/sprints/1/plan/"):
            with CaptureQueriesContext(connection) as captured:
                material.answer(lead, address)
            found.append(len(captured))
        return found

    sprint = material.sprint(cro_lead)
    for number in range(2):
        idea = material.accepted(agent, cro_lead, f"first {number}")
        if number:
            services.place(hypothesis=idea, sprint=sprint, column="planned", actor=cro_lead, now=material.NOW)
    material.answer(lead, "/sprints/")
    few = cost()
    for number in range(8):
        idea = material.accepted(agent, cro_lead, f"more {number}")
        if number % 2:
            services.place(hypothesis=idea, sprint=sprint, column="building", actor=cro_lead, now=material.NOW)
    assert cost() == few

"""The idea page, triage and backlog: what they show, who may press what, and the way back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from hypotheses import services, states
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import ideas, mine
from hypotheses.selectors.waiting import Promise, promise, waiting
from tests.cast import ClientFor
from tests.hypotheses import material

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        material.answer(client, address)
    return len(captured)


def test_the_idea_page_tells_the_sentence_the_evidence_and_what_happened(
    agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    now = timezone.now()
    theme = material.theme_with_contacts(today=now.date())
    idea = material.sent(agent, theme=theme, now=now)
    page = material.answer(client_for(cro_lead), f"/ideas/{idea.key}/")
    assert "customers contacted us 40 times in 28 days about “Changing the delivery slot”" in page
    assert "As sent," in page
    assert "Sanne sends the idea" in page
    assert "Answer by" in page
    assert "Score of 100, number 1 of 1 open idea" in page


def test_frozen_numbers_stay_when_the_theme_grows(agent: Person) -> None:
    now = timezone.now()
    theme = material.theme_with_contacts(today=now.date())
    idea = material.sent(agent, theme=theme, now=now)
    evidence = list(idea.evidence.all())
    from feedback.selectors import theme_numbers
    from metrics.periods import Slice, last_days

    later = theme_numbers.numbers_of(theme, Slice(last_days(now.date() - timedelta(days=10), 28)))
    first = ideas.compared(evidence, later)[0]
    assert (first.then, first.now) == (40, later.contacts.value)
    assert first.change.startswith("−")
    assert first.kind == "good"


BUTTONS = {
    "agent": set(),
    "other_agent": set(),
    "cro_member": set(),
    "linking_pin": {"ask", "merge"},
    "cro_lead": {"accept", "ask", "merge", "decline"},
    "manager": set(),
}


def test_buttons_are_those_of_the_table(agent: Person, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    idea = material.sent(agent)
    for role, expected in BUTTONS.items():
        person = request.getfixturevalue(role)
        allowed = {button.name for button in ideas.buttons(idea, person) if button.allowed}
        assert allowed == expected, role
        page = material.answer(client_for(person), f"/ideas/{idea.key}/")
        for name in ("accept", "ask", "merge", "decline"):
            assert (f'action="/ideas/{idea.key}/move/{name}/"' in page) is (name in expected), (role, name)
        refused = client_for(person).post(f"/ideas/{idea.key}/move/accept/")
        assert refused.status_code == (302 if "accept" in expected else 403), role
        Hypothesis.objects.filter(pk=idea.pk).update(status=Status.SUBMITTED)


def test_a_refused_button_says_why(agent: Person, cro_member: Person, client_for: ClientFor) -> None:
    idea = material.sent(agent)
    page = material.answer(client_for(cro_member), f"/ideas/{idea.key}/")
    assert 'title="This step is for: CRO lead."' in page


Press = Callable[[str, dict[str, str]], Hypothesis]


@pytest.fixture
def press(agent: Person, cro_lead: Person, client_for: ClientFor) -> Press:
    lead = client_for(cro_lead)
    idea = material.sent(agent, now=timezone.now())

    def make(name: str, words: dict[str, str]) -> Hypothesis:
        response = lead.post(f"/ideas/{idea.key}/move/{name}/", words | {"next": "/triage/"})
        assert response.status_code == 302, response.content.decode()
        assert response.headers["Location"] == "/triage/"
        page = material.answer(lead, "/triage/?tab=declined")
        assert f"/ideas/{idea.key}/undo/" in page
        idea.refresh_from_db()
        return idea

    return make


@pytest.mark.parametrize(
    ("name", "words", "status"),
    [
        ("accept", {}, Status.ACCEPTED),
        ("ask", {"note": "Which mail?"}, Status.ASKED),
        ("decline", {"note": "Tested in 2025."}, Status.DECLINED),
    ],
)
def test_every_answer_moves_the_idea_and_can_be_taken_back(
    press: Press, cro_lead: Person, client_for: ClientFor, name: str, words: dict[str, str], status: str
) -> None:
    idea = press(name, words)
    assert idea.status == status
    undone = client_for(cro_lead).post(f"/ideas/{idea.key}/undo/?next=/triage/")
    assert undone.headers["Location"] == "/triage/"
    idea.refresh_from_db()
    assert idea.status == Status.SUBMITTED
    assert idea.answered_at is None


def test_merging_asks_for_another_idea(
    agent: Person, other_agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    first, second = material.sent(agent), material.sent(other_agent)
    lead = client_for(cro_lead)
    refused = lead.post(f"/ideas/{second.key}/move/merge/", {"into": "HYP-9999"})
    assert refused.status_code == 422
    assert "Name the idea that it belongs to" in refused.content.decode()
    lead.post(f"/ideas/{second.key}/move/merge/", {"into": first.key.lower()})
    second.refresh_from_db()
    assert second.duplicate_of == first
    assert f"Merged with {first.key}" in material.answer(lead, f"/ideas/{second.key}/")


def test_declining_without_a_reason_keeps_the_dialog_open(
    agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    idea = material.sent(agent)
    response = client_for(cro_lead).post(f"/ideas/{idea.key}/move/decline/", {"note": " "})
    assert response.status_code == 422
    assert '<dialog id="do-decline" aria-labelledby="do-decline-t" open data-modal>' in response.content.decode()
    assert "Write a few words" in response.content.decode()


def test_without_javascript_the_words_of_a_move_open_in_the_page(
    agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    idea = material.sent(agent)
    lead = client_for(cro_lead)
    assert "open data-modal" in material.answer(lead, f"/ideas/{idea.key}/?do=ask")
    assert "open data-modal" in material.answer(lead, f"/triage/?open={idea.key}&do=decline")
    assert "open data-modal" not in material.answer(lead, "/triage/")


def test_the_proposer_answers_a_question_in_the_page(agent: Person, cro_lead: Person, client_for: ClientFor) -> None:
    idea = services.ask(hypothesis=material.sent(agent), actor=cro_lead, question="Which mail?", now=material.NOW)
    browser = client_for(agent)
    page = material.answer(browser, f"/ideas/{idea.key}/")
    assert "Which mail?" in page
    assert f'action="/ideas/{idea.key}/move/answer/"' in page
    assert f'action="/ideas/{idea.key}/move/answer/"' not in material.answer(
        client_for(cro_lead), f"/ideas/{idea.key}/"
    )
    assert client_for(cro_lead).post(f"/ideas/{idea.key}/move/answer/", {"note": "x"}).status_code == 403
    browser.post(f"/ideas/{idea.key}/move/answer/", {"note": "The second one."})
    idea.refresh_from_db()
    assert idea.status == Status.SUBMITTED


def test_moves_of_the_experiment_have_no_page(agent: Person, cro_lead: Person, client_for: ClientFor) -> None:
    idea = material.sent(agent)
    for name in {row.name for row in states.MOVES} - set(ideas.PAGE_MOVES):
        assert client_for(cro_lead).post(f"/ideas/{idea.key}/move/{name}/").status_code == 404, name


def test_triage_shows_the_longest_waiting_first_and_who_is_late(
    agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    now = timezone.now()
    fresh = material.sent(agent, change="a fresh one", now=now)
    old = material.sent(agent, change="an old one", now=now - timedelta(days=21))
    page = material.answer(client_for(cro_lead), "/triage/")
    assert "2 ideas wait for a first answer" in page
    assert "1 is past the agreed 5 working days." in page
    assert page.index("An old one") < page.index("A fresh one")
    assert f">{old.key}</a>" in page
    assert f">{fresh.key}</a>" in material.answer(client_for(cro_lead), f"/triage/?open={fresh.key}")


def test_an_empty_queue_says_so(cro_lead: Person, client_for: ClientFor) -> None:
    page = material.answer(client_for(cro_lead), "/triage/")
    assert "Every idea has its answer" in page
    assert "Nothing waits for an answer" in page


def test_next_may_not_lead_away(agent: Person, cro_lead: Person, client_for: ClientFor) -> None:
    idea = material.sent(agent)
    response = client_for(cro_lead).post(f"/ideas/{idea.key}/move/accept/", {"next": "https://evil.example/"})
    assert response.headers["Location"] == f"/ideas/{idea.key}/"


def test_effort_is_for_the_cro_team(agent: Person, cro_member: Person, client_for: ClientFor) -> None:
    idea = material.sent(agent)
    assert client_for(agent).post(f"/ideas/{idea.key}/effort/", {"points": "3"}).status_code == 403
    client_for(cro_member).post(f"/ideas/{idea.key}/effort/", {"points": "3"})
    idea.refresh_from_db()
    assert idea.effort_points == 3


def test_working_days_are_counted_not_days() -> None:
    promise = Promise(5, "12345")
    friday = material.TODAY
    assert promise.due_on(friday) == friday + timedelta(days=7)
    assert promise.days(friday, friday + timedelta(days=3)) == 1


def test_an_idea_was_sent_on_the_market_s_day(agent: Person) -> None:
    # Half past midnight on Friday in Amsterdam; still Thursday in Greenwich.
    idea = material.sent(agent, now=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    wait = waiting(idea, promise(), material.TODAY)
    assert wait is not None
    assert wait.days == 0
    assert wait.due_on == material.TODAY + timedelta(days=7)


def test_an_answered_idea_waits_for_no_first_answer(agent: Person, cro_lead: Person) -> None:
    idea = services.ask(hypothesis=material.sent(agent), actor=cro_lead, question="Which mail?", now=material.NOW)
    idea = services.answer(hypothesis=idea, actor=agent, text="The second", now=material.NOW)
    assert idea.status == Status.SUBMITTED
    assert waiting(idea, promise(), material.TODAY + timedelta(days=30)) is None


def test_the_backlog_filters_and_sorts_by_its_address(
    agent: Person, cro_lead: Person, cro_member: Person, client_for: ClientFor
) -> None:
    material.accepted(agent, cro_lead, "a small one", points=1)
    material.accepted(cro_member, cro_lead, "a large one", points=13)
    material.sent(agent, change="a new one")
    browser = client_for(agent)
    everything = material.answer(browser, "/backlog/?sort=effort")
    assert "2 of the 3 open ideas came from customer service" in everything
    assert everything.index("A small one") < everything.index("A large one") < everything.index("A new one")
    assert "A large one" not in material.answer(browser, "/backlog/?view=service")
    ready = material.answer(browser, "/backlog/?view=ready&sort=-effort")
    assert "A new one" not in ready
    assert ready.index("A large one") < ready.index("A small one")
    assert "A large one" not in material.answer(browser, "/backlog/?status=submitted")
    assert "Nothing matches these filters." in material.answer(browser, "/backlog/?q=zebra")
    assert material.answer(browser, "/backlog/?sort=nonsense&view=nonsense")


def test_lists_cost_the_same_with_many_ideas(agent: Person, cro_lead: Person, client_for: ClientFor) -> None:
    lead = client_for(cro_lead)
    addresses = ("/triage/", "/triage/?tab=shortlist", "/backlog/", "/backlog/?sort=-joined")
    material.accepted(agent, cro_lead)
    material.sent(agent)
    material.answer(lead, "/triage/")
    few = [queries(lead, address) for address in addresses]
    for number in range(6):
        idea = material.sent(agent, change=f"change {number}")
        services.join(hypothesis=idea, person=cro_lead, now=material.NOW)
        material.accepted(agent, cro_lead, f"accepted {number}")
    assert [queries(lead, address) for address in addresses] == few


def test_my_ideas_come_with_their_journey(agent: Person, other_agent: Person, cro_lead: Person) -> None:
    accepted = material.accepted(agent, cro_lead)
    declined = services.decline(hypothesis=material.sent(agent), actor=cro_lead, reason="Not now.", now=material.NOW)
    joined = material.sent(other_agent)
    services.join(hypothesis=joined, person=agent, now=material.NOW)
    found = mine.mine(agent, material.NOW)
    by_key = {one.row.key: one for one in found.own}
    assert set(by_key) == {accepted.key, declined.key}
    assert [stop.state for stop in by_key[accepted.key].journey] == ["done", "now", "", "", "", ""]
    assert by_key[accepted.key].journey[1].text == "20 Nov"
    assert by_key[declined.key].reason == "Not now."
    assert [one.row.key for one in found.joined] == [joined.key]


def test_my_ideas_cost_the_same_with_many(agent: Person, cro_lead: Person) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            mine.mine(agent, material.NOW)
        return len(captured)

    material.accepted(agent, cro_lead)
    few = cost()
    for number in range(5):
        material.accepted(agent, cro_lead, f"change {number}")
    assert cost() == few

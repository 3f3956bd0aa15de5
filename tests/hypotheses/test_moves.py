"""The moves of a hypothesis: who, from where, with which words, and what the proposer hears."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEntry, Person
from hypotheses import services, states
from hypotheses.models import Hypothesis, Status
from hypotheses.services.proposals import Chosen, Words
from outbox.models import Message
from tests import people

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def sent(proposer: Person, change: str = "a button in the tracking mail") -> Hypothesis:
    people.company()
    words = Words(problem="Customers want another slot; mail me at jo@home.example", change=change)
    return services.propose(proposer=proposer, words=words, chosen=Chosen(), today=TODAY, now=NOW)


def test_every_status_can_be_reached_and_is_in_the_model() -> None:
    assert states.reachable() == {str(status) for status in Status}
    assert {row.target for row in states.MOVES} | {states.START} == {str(status) for status in Status}


@pytest.mark.django_db
def test_sending_gives_a_key_removes_personal_data_and_leaves_a_trail(agent: Person) -> None:
    hypothesis = sent(agent)
    assert hypothesis.key == "HYP-101"
    assert hypothesis.status == Status.SUBMITTED
    assert "jo@home.example" not in hypothesis.problem
    assert "[email]" in hypothesis.problem
    assert hypothesis.title == "A button in the tracking mail"
    assert AuditEntry.objects.filter(action="submit", actor=agent).exists()


@pytest.mark.django_db
def test_an_idea_without_a_change_is_not_sent(agent: Person) -> None:
    with pytest.raises(services.Refusal, match="what you would change"):
        sent(agent, change=" ")
    assert not Hypothesis.objects.exists()


@pytest.mark.django_db
def test_accepting_tells_the_agent_after_the_undo_window(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    assert hypothesis.status == Status.ACCEPTED
    assert hypothesis.answered_at == NOW
    message = Message.objects.get(recipient=agent)
    assert message.kind == "hypothesis_accept"
    assert message.deliver_after > NOW


@pytest.mark.django_db
def test_an_accept_taken_back_in_time_is_never_told(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    undone = services.undo(hypothesis=hypothesis, actor=cro_lead, now=NOW + timedelta(seconds=20))
    assert undone.status == Status.SUBMITTED
    assert undone.answered_at is None
    assert Message.objects.get(recipient=agent).cancelled_at is not None


@pytest.mark.django_db
def test_taking_a_step_back_does_not_silence_the_one_before(agent: Person, cro_lead: Person) -> None:
    accepted = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    later = NOW + timedelta(seconds=10)
    sprint = services.make_sprint(actor=cro_lead, starts_on=TODAY, ends_on=TODAY, now=later)
    planned = services.plan(hypothesis=accepted, sprint=sprint, actor=cro_lead, now=later)
    services.undo(hypothesis=planned, actor=cro_lead, now=later + timedelta(seconds=10))
    assert _still_told(agent) == ["hypothesis_accept"]


@pytest.mark.django_db
def test_a_card_put_back_at_once_is_not_told_as_planned(agent: Person, cro_lead: Person) -> None:
    accepted = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    later = NOW + timedelta(seconds=10)
    sprint = services.make_sprint(actor=cro_lead, starts_on=TODAY, ends_on=TODAY, now=later)
    planned = services.place(hypothesis=accepted, sprint=sprint, column="planned", actor=cro_lead, now=later)
    services.place(
        hypothesis=planned, sprint=sprint, column="shortlist", actor=cro_lead, now=later + timedelta(seconds=10)
    )
    assert _still_told(agent) == ["hypothesis_accept"]


def _still_told(person: Person) -> list[str]:
    waiting = Message.objects.filter(recipient=person, cancelled_at=None).order_by("pk")
    return list(waiting.values_list("kind", flat=True))


@pytest.mark.django_db
def test_after_the_window_nothing_can_be_taken_back(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    with pytest.raises(services.Refusal, match="message has gone out"):
        services.undo(hypothesis=hypothesis, actor=cro_lead, now=NOW + timedelta(minutes=5))


@pytest.mark.django_db
def test_only_a_lead_accepts_and_the_sentence_says_so(agent: Person, cro_member: Person) -> None:
    hypothesis = sent(agent)
    with pytest.raises(PermissionDenied, match="This step is for: CRO lead"):
        services.accept(hypothesis=hypothesis, actor=cro_member, now=NOW)


@pytest.mark.django_db
def test_declining_needs_a_reason_that_the_agent_reads(agent: Person, cro_lead: Person) -> None:
    hypothesis = sent(agent)
    with pytest.raises(services.Refusal, match="few words"):
        services.decline(hypothesis=hypothesis, actor=cro_lead, reason="  ", now=NOW)
    services.decline(hypothesis=hypothesis, actor=cro_lead, reason="Tested in 2025.", now=NOW)
    assert Message.objects.get(recipient=agent).parameters["note"] == "Tested in 2025."


@pytest.mark.django_db
def test_a_question_goes_to_the_agent_and_the_answer_back(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.ask(hypothesis=sent(agent), actor=cro_lead, question="Which mail?", now=NOW)
    assert hypothesis.status == Status.ASKED
    services.answer(hypothesis=hypothesis, actor=agent, text="The second one.", now=NOW)
    hypothesis.refresh_from_db()
    assert hypothesis.status == Status.SUBMITTED
    assert Message.objects.get(recipient=cro_lead).parameters["note"] == "The second one."


@pytest.mark.django_db
def test_merging_makes_the_proposer_a_supporter_and_undo_unmakes_it(
    agent: Person, other_agent: Person, cro_lead: Person
) -> None:
    first, second = sent(agent), sent(other_agent)
    merged = services.merge(hypothesis=second, into=first, actor=cro_lead, now=NOW)
    assert merged.duplicate_of == first
    assert first.supporters.get().person == other_agent
    services.undo(hypothesis=merged, actor=cro_lead, now=NOW)
    assert not first.supporters.exists()
    assert Hypothesis.objects.get(pk=second.pk).status == Status.SUBMITTED


@pytest.mark.django_db
def test_a_sprint_below_its_quota_needs_a_signed_waiver(agent: Person, cro_lead: Person) -> None:
    people.company()
    sprint = services.make_sprint(actor=cro_lead, starts_on=TODAY, ends_on=TODAY + timedelta(days=11), now=NOW)
    with pytest.raises(services.Refusal, match="0 of the 1 ideas"):
        services.start_sprint(sprint=sprint, actor=cro_lead, now=NOW)
    started = services.start_sprint(sprint=sprint, actor=cro_lead, waiver_reason="Release freeze.", now=NOW)
    assert started.waived_by == cro_lead
    assert started.waiver_reason == "Release freeze."


@pytest.mark.django_db
def test_a_sprint_with_an_idea_from_customer_service_starts(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    sprint = services.make_sprint(actor=cro_lead, starts_on=TODAY, ends_on=TODAY + timedelta(days=11), now=NOW)
    services.place(hypothesis=hypothesis, sprint=sprint, column="building", actor=cro_lead, now=NOW)
    assert services.start_sprint(sprint=sprint, actor=cro_lead, now=NOW).waived_by is None


@pytest.mark.django_db
def test_closing_a_sprint_returns_what_was_not_tested(agent: Person, cro_lead: Person) -> None:
    hypothesis = services.accept(hypothesis=sent(agent), actor=cro_lead, now=NOW)
    sprint = services.make_sprint(actor=cro_lead, starts_on=TODAY, ends_on=TODAY, now=NOW)
    services.plan(hypothesis=hypothesis, sprint=sprint, actor=cro_lead, now=NOW)
    services.start_sprint(sprint=sprint, actor=cro_lead, now=NOW)
    services.close_sprint(sprint=sprint, actor=cro_lead, now=NOW)
    hypothesis.refresh_from_db()
    assert (hypothesis.status, hypothesis.sprint) == (Status.ACCEPTED, None)

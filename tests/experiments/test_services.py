"""From plan to decision: who, when, with which words, and how the hypothesis moves along."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEntry, Person
from experiments import services, states
from experiments.models import Decision, Experiment, Result, Status
from experiments.services import Arm, Refusal, Row
from feedback.models import DimensionValue
from hypotheses import services as hypotheses
from hypotheses.models import Hypothesis
from hypotheses.models import Status as HypothesisStatus
from hypotheses.services.proposals import Chosen, Words
from outbox.models import Message
from tests import people
from tests.experiments import shop

pytestmark = pytest.mark.django_db


def _status(experiment: Experiment) -> str:
    return Hypothesis.objects.get(pk=experiment.hypothesis_id).status


def test_a_test_of_a_planned_idea_gets_a_key_and_its_arms_in_order(cro_member: Person) -> None:
    experiment = shop.made()
    assert experiment.key == "EXP-1"
    assert experiment.status == Status.PLANNED
    assert [(arm.position, arm.key) for arm in experiment.variants.all()] == [(0, "A"), (1, "B")]
    assert AuditEntry.objects.filter(action="make", actor=cro_member).exists()
    assert _status(experiment) == HypothesisStatus.PLANNED


def test_an_agent_makes_no_experiments(agent: Person) -> None:
    with pytest.raises(PermissionDenied):
        shop.made(actor=agent)
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(
    ("arms", "visitors", "days", "sentence"),
    [
        ([Arm("A", "only")], 1000, 14, "at least one variant"),
        ([Arm("A", "one"), Arm("A", "again")], 1000, 14, "a key of its own"),
        ([Arm("A", "one"), Arm("B", "two", 0)], 1000, 14, "above zero"),
        ([Arm("A", "one"), Arm("B", "two")], 0, 14, "how many visitors"),
        ([Arm("A", "one"), Arm("B", "two")], 1000, 7, "whole weeks, two at least"),
        ([Arm("A", "one"), Arm("B", "two")], 1000, 17, "whole weeks"),
    ],
)
def test_a_plan_that_cannot_tell_anything_is_refused(
    cro_member: Person, arms: list[Arm], visitors: int, days: int, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        services.make(
            hypothesis=shop.planned(),
            name="x",
            arms=arms,
            planned_visitors=visitors,
            planned_days=days,
            actor=cro_member,
            now=shop.at(shop.STARTED),
        )


def test_an_idea_is_tested_once_at_a_time_and_only_when_planned(cro_member: Person) -> None:
    first = shop.made()
    with pytest.raises(Refusal, match="has an experiment already"):
        services.make(
            hypothesis=first.hypothesis,
            name="again",
            arms=[Arm("A", "a"), Arm("B", "b")],
            planned_visitors=1000,
            planned_days=14,
            actor=cro_member,
            now=shop.at(shop.STARTED),
        )
    Hypothesis.objects.update(status=HypothesisStatus.ACCEPTED)
    with pytest.raises(Refusal, match="plan it first"):
        services.make(
            hypothesis=first.hypothesis,
            name="again",
            arms=[Arm("A", "a"), Arm("B", "b")],
            planned_visitors=1000,
            planned_days=14,
            actor=cro_member,
            now=shop.at(shop.STARTED),
        )


def test_the_plan_can_change_until_the_test_starts(cro_member: Person) -> None:
    experiment = shop.made()
    arms = [Arm("A", "as it is"), Arm("B", "steps"), Arm("C", "label", 2)]
    services.edit(
        experiment=experiment,
        name="Label",
        arms=arms,
        planned_visitors=60_000,
        planned_days=21,
        actor=cro_member,
        now=shop.at(shop.STARTED),
    )
    assert [arm.weight for arm in experiment.variants.all()] == [1, 1, 2]
    started = services.start(experiment=experiment, starts_on=shop.STARTED, actor=cro_member, now=shop.at(shop.STARTED))
    assert started.ends_on == shop.STARTED + timedelta(days=20)
    with pytest.raises(Refusal, match="stays as it is"):
        services.edit(
            experiment=started,
            name="Label",
            arms=arms,
            planned_visitors=1,
            planned_days=14,
            actor=cro_member,
            now=shop.at(shop.STARTED),
        )


def test_starting_moves_the_idea_along_and_tells_the_agent(agent: Person) -> None:
    experiment = shop.running()
    assert experiment.status == Status.RUNNING
    assert experiment.ends_on == shop.STARTED + timedelta(days=13)
    assert _status(experiment) == HypothesisStatus.TESTING
    told = Message.objects.get(recipient=agent, kind="hypothesis_test")
    assert told.parameters["experiment"] == experiment.key


def test_results_replace_those_of_the_same_day_and_no_others(cro_member: Person) -> None:
    experiment = shop.running()
    for visitors in (100, 120):
        services.enter_results(
            experiment=experiment,
            rows=[Row("A", shop.STARTED, visitors, 10), Row("B", shop.STARTED, visitors, 12)],
            actor=cro_member,
            now=shop.at(shop.DECIDED),
        )
    services.enter_results(
        experiment=experiment,
        rows=[Row("A", shop.STARTED + timedelta(days=1), 50, 5)],
        actor=cro_member,
        now=shop.at(shop.DECIDED),
    )
    assert sorted(Result.objects.values_list("visitors", flat=True)) == [50, 120, 120]
    totals = [Row("A", shop.STARTED, 1000, 100), Row("B", shop.STARTED, 1000, 110)]
    services.enter_results(
        experiment=experiment, rows=totals, actor=cro_member, now=shop.at(shop.DECIDED), replace_all=True
    )
    assert list(Result.objects.values_list("visitors", flat=True)) == [1000, 1000]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (Row("C", shop.STARTED, 10, 1), "no variant “C”; this test has A, B"),
        (Row("A", shop.STARTED, 10, 11), "between 0 and the number of visitors"),
        (Row("A", shop.STARTED, -1, 0), "between 0 and the number of visitors"),
        (Row("A", shop.STARTED, 10, 1, contacts=-1), "less than zero"),
        (Row("A", shop.STARTED - timedelta(days=1), 10, 1), "lies before that"),
        (Row("A", shop.STARTED + timedelta(days=14), 10, 1), "do not belong to it"),
    ],
)
def test_results_that_cannot_be_are_refused_whole(cro_member: Person, row: Row, sentence: str) -> None:
    experiment = shop.running()
    with pytest.raises(Refusal, match=sentence):
        services.enter_results(
            experiment=experiment,
            rows=[Row("B", shop.STARTED, 10, 1), row],
            actor=cro_member,
            now=shop.at(shop.DECIDED),
        )
    assert not Result.objects.exists()


def test_nobody_enters_results_before_the_start_or_after_the_decision(cro_member: Person, cro_lead: Person) -> None:
    rows = [Row("A", shop.STARTED, 10, 1)]
    with pytest.raises(PermissionDenied, match="while the experiment is running"):
        services.enter_results(experiment=shop.made(), rows=rows, actor=cro_member, now=shop.at(shop.STARTED))
    experiment = shop.decided()
    with pytest.raises(PermissionDenied, match="while the experiment is running"):
        services.enter_results(experiment=experiment, rows=rows, actor=cro_lead, now=shop.at(shop.DECIDED))
    with pytest.raises(Refusal, match="while the experiment is running"):
        services.enter_results(experiment=experiment, rows=rows, actor=None, now=shop.at(shop.DECIDED))


def test_an_agent_enters_no_results(agent: Person) -> None:
    with pytest.raises(PermissionDenied):
        services.enter_results(experiment=shop.running(), rows=[], actor=agent, now=shop.at(shop.DECIDED))


def test_a_win_raises_the_chance_of_open_ideas_of_the_same_source_and_stage(agent: Person) -> None:
    delivery, payment = (
        DimensionValue.objects.create(dimension="stage", code=code) for code in ("delivery", "payment")
    )
    parcel, label, card = shop.themes(3)
    for theme, stage in ((parcel, delivery), (label, delivery), (card, payment)):
        theme.stage = stage
        theme.save(update_fields=["stage"])
    shop.contacts([parcel, label, card])
    experiment = shop.running(parcel)
    near, far = (
        hypotheses.propose(
            proposer=agent,
            words=Words(problem="People ask.", change="Say it", theme=theme),
            chosen=Chosen(),
            today=shop.STARTED,
            now=shop.at(shop.STARTED),
        )
        for theme in (label, card)
    )
    assert _chances(near, far) == (4 / 16, 4 / 16)
    before = Hypothesis.objects.get(pk=near.pk).score or 0
    lead = people.person("cro_lead")
    services.enter_results(experiment=experiment, rows=shop.rows(), actor=lead, now=shop.at(shop.DECIDED))
    services.decide(
        experiment=experiment, decision="won", learning="It helps.", actor=lead, today=shop.DECIDED,
        now=shop.at(shop.DECIDED),
    )  # fmt: skip
    assert _chances(near, far) == (5 / 17, 4 / 16)
    assert Hypothesis.objects.get(pk=near.pk).score == pytest.approx(before * (5 / 17) / (4 / 16))
    rescored = hypotheses.set_effort(
        hypothesis=Hypothesis.objects.get(pk=near.pk),
        points=3,
        actor=lead,
        today=shop.STARTED,
        now=shop.at(shop.DECIDED),
    )
    assert rescored.score == pytest.approx(before * (5 / 17) / (4 / 16))


def _chances(*ideas: Hypothesis) -> tuple[float, ...]:
    found = Hypothesis.objects.in_bulk([idea.pk for idea in ideas])
    return tuple(found[idea.pk].score_parts["chance"]["measured"] for idea in ideas)


def test_deciding_keeps_the_evaluation_and_tells_the_agent_what_was_learned(agent: Person) -> None:
    experiment = shop.decided()
    assert (experiment.status, experiment.decision) == (Status.DECIDED, Decision.WON)
    assert experiment.evaluation["verdict"] == "winner"
    assert experiment.evaluation["final"] is True
    lift = experiment.evaluation["variants"][1]["lift"]
    assert lift["value"] == pytest.approx(0.1)
    assert 0 < lift["low"] < lift["value"] < lift["high"]
    assert _status(experiment) == HypothesisStatus.DECIDED
    told = Message.objects.get(recipient=agent, kind="hypothesis_decide").parameters
    assert told["decision"] == "won"
    assert told["lift"] == pytest.approx(0.1)
    assert told["note"].startswith("Customers look for the label")


def _decide(lead: Person, lift: float, decision: str, **also: object) -> Experiment:
    experiment = shop.running()
    services.enter_results(
        experiment=experiment,
        rows=shop.rows(lift=lift, broken=bool(also.get("broken"))),
        actor=lead,
        now=shop.at(shop.DECIDED),
    )
    return services.decide(
        experiment=experiment,
        decision=decision,
        learning=str(also.get("learning", "Something.")),
        actor=lead,
        today=shop.DECIDED if not also.get("early") else shop.STARTED + timedelta(days=5),
        now=shop.at(shop.DECIDED),
    )


@pytest.mark.parametrize(
    ("lift", "decision"),
    [(0.0, "won"), (0.0, "lost"), (-0.15, "won"), (-0.15, "inconclusive"), (0.1, "lost")],
)
def test_a_decision_that_the_results_do_not_support_is_refused(cro_lead: Person, lift: float, decision: str) -> None:
    with pytest.raises(Refusal, match="do not support"):
        _decide(cro_lead, lift, decision)
    assert Experiment.objects.get().status == Status.RUNNING


def test_a_broken_split_allows_only_not_valid(cro_lead: Person) -> None:
    with pytest.raises(Refusal, match="do not support"):
        _decide(cro_lead, 0.1, "won", broken=True)
    assert states.DECISIONS_BY_VERDICT["blocked"] == ("invalid",)


def test_before_its_end_a_test_without_a_clear_harm_is_only_stopped(cro_lead: Person) -> None:
    with pytest.raises(Refusal, match="do not support"):
        _decide(cro_lead, 0.0, "inconclusive", early=True)
    experiment = Experiment.objects.get()
    stopped = services.decide(
        experiment=experiment,
        decision="stopped",
        learning="The page was taken down.",
        actor=cro_lead,
        today=shop.STARTED + timedelta(days=5),
        now=shop.at(shop.STARTED + timedelta(days=5)),
    )
    assert stopped.decision == "stopped"


def test_a_decision_needs_words_and_a_lead(cro_lead: Person, cro_member: Person) -> None:
    with pytest.raises(Refusal, match="know now that you did not know"):
        _decide(cro_lead, 0.1, "won", learning="   ")
    with pytest.raises(PermissionDenied):
        services.decide(
            experiment=Experiment.objects.get(),
            decision="won",
            learning="Labels.",
            actor=cro_member,
            today=shop.DECIDED,
            now=shop.at(shop.DECIDED),
        )


def test_a_winner_that_costs_revenue_is_no_winner(cro_lead: Person) -> None:
    experiment = shop.running()
    rows = [
        Row("A", shop.STARTED, 20_000, 2000, revenue_sum=2000 * 8e3, revenue_sumsq=2000 * 7e7),
        Row("B", shop.STARTED, 20_000, 2250, revenue_sum=2250 * 5e3, revenue_sumsq=2250 * 3e7),
    ]
    services.enter_results(experiment=experiment, rows=rows, actor=cro_lead, now=shop.at(shop.DECIDED))
    with pytest.raises(Refusal, match="do not support"):
        services.decide(
            experiment=experiment,
            decision="won",
            learning="More orders, smaller ones.",
            actor=cro_lead,
            today=shop.DECIDED,
            now=shop.at(shop.DECIDED),
        )

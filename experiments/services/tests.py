"""An experiment is made, started and decided. Its hypothesis moves along, and the proposer is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import accounts.services
import hypotheses.services
from accounts.models import Company, Person
from experiments import permissions, states
from experiments.evaluation import SHORTEST_DAYS
from experiments.models import Decision, Experiment, Status, Variant
from experiments.selectors import evaluations
from hypotheses.models import Hypothesis
from hypotheses.models import Status as HypothesisStatus


class Refusal(Exception):
    """It cannot be done; the text says why, for people."""


@dataclass(frozen=True)
class Arm:
    """A variant to be made: its key in the test tool, its name, its share of the traffic."""

    key: str
    name: str
    weight: float = 1.0


@transaction.atomic
def make(
    *,
    hypothesis: Hypothesis,
    name: str,
    arms: Sequence[Arm],
    planned_visitors: int,
    planned_days: int,
    actor: Person,
    now: datetime,
    primary_metric: str = "conversion_rate",
) -> Experiment:
    """Plan a test of a hypothesis; the first arm is the control. It gets the next EXP number."""
    permissions.may_run(actor).demand()
    # One row to hold while the idea is looked at and the next number is taken, on both databases.
    list(Company.objects.select_for_update())
    hypothesis.refresh_from_db()
    if hypothesis.status != HypothesisStatus.PLANNED:
        raise Refusal(_("Only an idea that is in a sprint can be tested; plan it first."))
    if hypothesis.experiments.exclude(status=Status.DECIDED).exists():
        raise Refusal(_("This idea has an experiment already."))
    _check_plan(arms, planned_visitors, planned_days)
    experiment = Experiment.objects.create(
        number=(Experiment.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        name=name.strip()[:120] or hypothesis.title,
        hypothesis=hypothesis,
        owner=actor,
        primary_metric=primary_metric,
        planned_visitors=planned_visitors,
        planned_days=planned_days,
        created_at=now,
    )
    _save_arms(experiment, arms)
    accounts.services.record(actor=actor, action="make", target=experiment, name=str(experiment), now=now)
    return experiment


@transaction.atomic
def edit(
    *,
    experiment: Experiment,
    name: str,
    arms: Sequence[Arm],
    planned_visitors: int,
    planned_days: int,
    actor: Person,
    now: datetime,
) -> Experiment:
    """Change the plan while the test has not started."""
    permissions.may_run(actor).demand()
    if experiment.status != Status.PLANNED:
        raise Refusal(_("The plan of a test that has started stays as it is."))
    _check_plan(arms, planned_visitors, planned_days)
    experiment.name = name.strip()[:120] or experiment.name
    experiment.planned_visitors, experiment.planned_days = planned_visitors, planned_days
    experiment.save(update_fields=["name", "planned_visitors", "planned_days"])
    experiment.variants.all().delete()
    _save_arms(experiment, arms)
    accounts.services.record(actor=actor, action="edit", target=experiment, name=str(experiment), now=now)
    return experiment


def _check_plan(arms: Sequence[Arm], planned_visitors: int, planned_days: int) -> None:
    if planned_visitors < 1:
        raise Refusal(_("Say how many visitors the test needs; the planner works it out."))
    if planned_days < SHORTEST_DAYS or planned_days % 7:
        raise Refusal(_("A test runs for whole weeks, two at least: weekdays and weekends differ."))
    if len(arms) < 2 or len({arm.key for arm in arms}) < len(arms):
        raise Refusal(_("A test needs a control and at least one variant, each with a key of its own."))
    if any(arm.weight <= 0 for arm in arms):
        raise Refusal(_("Every variant needs a share of the traffic above zero."))


def _save_arms(experiment: Experiment, arms: Sequence[Arm]) -> None:
    Variant.objects.bulk_create(
        Variant(experiment=experiment, position=position, key=arm.key, name=arm.name, weight=arm.weight)
        for position, arm in enumerate(arms)
    )


@transaction.atomic
def start(*, experiment: Experiment, starts_on: date, actor: Person, now: datetime) -> Experiment:
    """The test runs from this day; it is planned to end after its planned days."""
    current = Experiment.objects.select_for_update().select_related("hypothesis").get(pk=experiment.pk)
    permissions.may_move(actor, current, "start").demand()
    current.status, current.starts_on = Status.RUNNING, starts_on
    current.ends_on = starts_on + timedelta(days=current.planned_days - 1)
    current.save(update_fields=["status", "starts_on", "ends_on"])
    hypotheses.services.begin_test(
        hypothesis=current.hypothesis, actor=actor, parameters={"experiment": current.key}, now=now
    )
    accounts.services.record(actor=actor, action="start", target=current, name=str(current), now=now)
    return current


@transaction.atomic
def decide(
    *, experiment: Experiment, decision: str, learning: str, actor: Person, today: date, now: datetime
) -> Experiment:
    """End the test. The evaluation must allow the decision, and what was learned is written down."""
    current = Experiment.objects.select_for_update().select_related("hypothesis").get(pk=experiment.pk)
    permissions.may_move(actor, current, "decide").demand()
    if not learning.strip():
        raise Refusal(_("Write down what you know now that you did not know before."))
    found = evaluations.evaluation_of(current, today=today)
    allowed = states.DECISIONS_BY_VERDICT[found.verdict]
    if decision not in allowed:
        raise Refusal(_("The results do not support “%(decision)s”.") % {"decision": Decision(decision).label})
    current.status, current.decision, current.learning = Status.DECIDED, decision, learning.strip()
    current.decided_by, current.decided_at = actor, now
    current.evaluation = evaluations.as_json(found)
    current.save()
    hypotheses.services.decide(
        hypothesis=current.hypothesis,
        actor=actor,
        note=current.learning,
        parameters={"experiment": current.key, "decision": decision, **evaluations.lift_facts(found)},
        now=now,
    )
    hypotheses.services.score_chances()
    accounts.services.record(
        actor=actor, action="decide", target=current, name=str(current), details={"decision": decision}, now=now
    )
    return current

"""Sprints: made, filled, started (with the quota or a signed waiver), closed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import accounts.services
from accounts.models import Company, Person
from hypotheses import permissions
from hypotheses.models import Hypothesis, Sprint, Status
from hypotheses.services import moves

DEFAULT_CAPACITY = 20
DEFAULT_QUOTA = 1


@transaction.atomic
def make_sprint(
    *,
    actor: Person,
    starts_on: date,
    ends_on: date,
    now: datetime,
    goal: str = "",
    capacity_points: int = DEFAULT_CAPACITY,
    quota: int = DEFAULT_QUOTA,
) -> Sprint:
    """A new sprint, being planned; it gets the next number."""
    permissions.may_plan_sprints(actor).demand()
    _check_dates(starts_on, ends_on)
    list(Company.objects.select_for_update())
    number = (Sprint.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    sprint = Sprint.objects.create(
        number=number,
        goal=goal.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        capacity_points=capacity_points,
        quota=quota,
    )
    accounts.services.record(actor=actor, action="plan", target=sprint, now=now)
    return sprint


@transaction.atomic
def edit_sprint(
    *,
    sprint: Sprint,
    actor: Person,
    starts_on: date,
    ends_on: date,
    goal: str,
    capacity_points: int,
    quota: int,
    now: datetime,
) -> Sprint:
    """Change a sprint's frame. Its quota can only change before it starts, and only by a lead."""
    permissions.may_plan_sprints(actor).demand()
    _check_dates(starts_on, ends_on)
    if quota != sprint.quota:
        permissions.may_start(actor, sprint).demand()
    sprint.starts_on, sprint.ends_on = starts_on, ends_on
    sprint.goal, sprint.capacity_points, sprint.quota = goal.strip(), capacity_points, quota
    sprint.save()
    accounts.services.record(
        actor=actor, action="edit", target=sprint, details={"quota": quota, "capacity": capacity_points}, now=now
    )
    return sprint


def _check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise moves.Refusal(_("A sprint ends on or after the day it starts."))


def picked_from_customer_service(sprint: Sprint) -> int:
    """How many hypotheses from customer service the sprint holds."""
    return sprint.hypotheses.filter(source=Hypothesis.Source.CUSTOMER_SERVICE).count()


def below_quota(sprint: Sprint) -> str:
    """The sentence that refuses to start a sprint below its quota; "" when it holds what both teams agreed on."""
    found = picked_from_customer_service(sprint)
    if found >= sprint.quota:
        return ""
    return _(
        "Sprint %(number)s holds %(found)s of the %(quota)s ideas from customer service that both "
        "teams agreed on. Pick one, or sign a waiver with the reason."
    ) % {"number": sprint.number, "found": found, "quota": sprint.quota}


@transaction.atomic
def start_sprint(*, sprint: Sprint, actor: Person, now: datetime, waiver_reason: str = "") -> Sprint:
    """Begin. Below the quota it needs a written reason, which a lead signs and everybody sees."""
    current = Sprint.objects.select_for_update().get(pk=sprint.pk)
    permissions.may_start(actor, current).demand()
    if Sprint.objects.filter(state=Sprint.State.RUNNING).exists():
        raise moves.Refusal(_("Another sprint is running; close it first."))
    refusal = below_quota(current)
    if refusal:
        if not waiver_reason.strip():
            raise moves.Refusal(refusal)
        current.waiver_reason, current.waived_by, current.waived_at = waiver_reason.strip(), actor, now
    current.state, current.started_at = Sprint.State.RUNNING, now
    current.save()
    accounts.services.record(actor=actor, action="start", target=current, details={"waived": bool(refusal)}, now=now)
    return current


@transaction.atomic
def close_sprint(*, sprint: Sprint, actor: Person, now: datetime) -> Sprint:
    """End the sprint; what was planned and not tested goes back to the shortlist."""
    current = Sprint.objects.select_for_update().get(pk=sprint.pk)
    permissions.may_close(actor, current).demand()
    for hypothesis in current.hypotheses.filter(status=Status.PLANNED):
        moves.unplan(hypothesis=hypothesis, actor=actor, now=now)
    current.state, current.closed_at = Sprint.State.CLOSED, now
    current.save()
    accounts.services.record(actor=actor, action="close", target=current, now=now)
    return current


@transaction.atomic
def place(*, hypothesis: Hypothesis, sprint: Sprint, column: str, actor: Person, now: datetime) -> Hypothesis:
    """Put a card in one of the board's first columns: "shortlist", "planned" or "building".

    The later columns follow from the experiment: starting one moves the card to "running".
    """
    permissions.may_plan_sprints(actor).demand()
    hypothesis = Hypothesis.objects.select_for_update().get(pk=hypothesis.pk)
    if column == "shortlist":
        return moves.unplan(hypothesis=hypothesis, actor=actor, now=now)
    if column not in {"planned", "building"}:
        raise moves.Refusal(_("A card gets there by starting or deciding its experiment."))
    if hypothesis.status == Status.ACCEPTED:
        hypothesis = moves.plan(hypothesis=hypothesis, sprint=sprint, actor=actor, now=now)
    if hypothesis.status != Status.PLANNED:
        raise moves.Refusal(_("Its test has started; the card follows the experiment."))
    hypothesis.building_since = now if column == "building" else None
    hypothesis.updated_at = now
    hypothesis.save(update_fields=["building_since", "updated_at"])
    accounts.services.record(
        actor=actor, action="place", target=hypothesis, name=hypothesis.key, details={"column": column}, now=now
    )
    return hypothesis

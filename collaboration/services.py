"""What both teams agree on, written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.services
from accounts.models import Person
from collaboration import permissions
from collaboration.models import Goal
from metrics import formulas


class Refusal(Exception):
    """The goal is not possible; the text says why, for people."""


@dataclass(frozen=True)
class Terms:
    """What a goal says: where its metric stood, where it must be and by when, and who carries it in each team."""

    metric: str
    baseline: float
    baseline_on: date
    target: float
    due_on: date
    cs_owner: Person | None = None
    cro_owner: Person | None = None


@transaction.atomic
def add_goal(*, terms: Terms, actor: Person, now: datetime) -> Goal:
    """Agree on a goal. Raises PermissionDenied, or `Refusal` for a metric that must not be a target."""
    permissions.may_keep_goals(actor).demand()
    goal = Goal(created_at=now)
    _write(goal, terms)
    accounts.services.record(actor=actor, action="add_goal", target=goal, name=goal.metric, now=now)
    return goal


@transaction.atomic
def change_goal(*, goal: Goal, terms: Terms, actor: Person, now: datetime) -> Goal:
    """Change what was agreed; the audit trail keeps what it was."""
    permissions.may_keep_goals(actor).demand()
    was = {"metric": goal.metric, "target": goal.target, "due_on": goal.due_on.isoformat()}
    _write(goal, terms)
    accounts.services.record(
        actor=actor, action="change_goal", target=goal, name=goal.metric, details={"was": was}, now=now
    )
    return goal


@transaction.atomic
def remove_goal(*, goal: Goal, actor: Person, now: datetime) -> None:
    """Take a goal off the page."""
    permissions.may_keep_goals(actor).demand()
    accounts.services.record(
        actor=actor,
        action="remove_goal",
        target=goal,
        name=goal.metric,
        details={"target": goal.target, "due_on": goal.due_on.isoformat()},
        now=now,
    )
    goal.delete()


def _write(goal: Goal, terms: Terms) -> None:
    metric = formulas.REGISTRY.get(terms.metric)
    if metric is None or metric.direction == "none":
        raise Refusal(_("This metric must not become a target."))
    if terms.due_on <= terms.baseline_on:
        raise Refusal(_("The goal has to be due after the day on which it started."))
    if (terms.target > terms.baseline) != (metric.direction == "up") or terms.target == terms.baseline:
        raise Refusal(_("The target lies on the wrong side of where the metric stood."))
    for field in ("metric", "baseline", "baseline_on", "target", "due_on", "cs_owner", "cro_owner"):
        setattr(goal, field, getattr(terms, field))
    goal.save()

"""Who may do what with a hypothesis or a sprint, and the sentence when not."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from accounts.permissions import YES, Verdict, has_role
from hypotheses import states
from hypotheses.models import Hypothesis, Sprint, Status

Someone = Person | AnonymousUser


def may_move(person: Someone | None, hypothesis: Hypothesis, name: str) -> Verdict:
    """May this person (None: a job) make this move now?"""
    row = states.rule(name, hypothesis.status)
    if row is None:
        return Verdict(
            False,
            _("This idea is at “%(status)s”; that step is not possible from there.")
            % {"status": hypothesis.get_status_display()},
        )
    if person is None:
        return YES if states.SYSTEM in row.actors else Verdict(False, _("Only a person may do this."))
    if states.PROPOSER in row.actors and hypothesis.proposer_id == person.pk:
        return YES
    if isinstance(person, Person) and person.is_active and person.role in row.actors:
        return YES
    return Verdict(False, _refusal(row))


def _refusal(row: states.MoveRule) -> str:
    if row.actors == frozenset({states.PROPOSER}):
        return _("Only the person whose idea it is may do this.")
    names = ", ".join(str(role.label) for role in Role if role.value in row.actors)
    if not names:
        return _("Hearback does this by itself, once the numbers are in.")
    return _("This step is for: %(roles)s.") % {"roles": names}


def may_see(person: Someone, hypothesis: Hypothesis) -> Verdict:
    """Everybody sees what was sent; a draft is its writer's own."""
    if hypothesis.status != Status.DRAFT or hypothesis.proposer_id == person.pk:
        return YES
    return Verdict(False, _("This draft belongs to someone else."))


def may_edit(person: Someone, hypothesis: Hypothesis) -> Verdict:
    """A draft can be edited by its writer."""
    if hypothesis.proposer_id != person.pk:
        return Verdict(False, _("Only the person whose idea it is may do this."))
    if hypothesis.status != Status.DRAFT:
        return Verdict(False, _("This idea was sent already; its words and numbers stay as they were."))
    return YES


def may_plan_sprints(person: Someone) -> Verdict:
    """Make sprints and put hypotheses in them."""
    return has_role(person, Role.CRO_LEAD, Role.CRO_MEMBER, why_not=_("The CRO team plans its sprints."))


def may_start(person: Someone, sprint: Sprint) -> Verdict:
    """Start a sprint, or sign its waiver."""
    if sprint.state != Sprint.State.PLANNING:
        return Verdict(False, _("This sprint has started already."))
    return has_role(person, Role.CRO_LEAD, why_not=_("Only a CRO lead may start a sprint."))


def may_close(person: Someone, sprint: Sprint) -> Verdict:
    """End a running sprint."""
    if sprint.state != Sprint.State.RUNNING:
        return Verdict(False, _("This sprint is not running."))
    return has_role(person, Role.CRO_LEAD, why_not=_("Only a CRO lead may close a sprint."))

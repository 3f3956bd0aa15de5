"""Who may do what with an experiment, and the sentence when not."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from accounts.permissions import YES, Verdict, has_role
from experiments import states
from experiments.models import Decision, Experiment, Status

Someone = Person | AnonymousUser
_RUNNERS = (Role.CRO_LEAD, Role.CRO_MEMBER)


def may_move(person: Someone | None, experiment: Experiment, name: str) -> Verdict:
    """May this person (None: a job) make this move now?"""
    row = states.rule(name, experiment.status)
    if row is None:
        return Verdict(
            False,
            _("This experiment is at “%(status)s”; that step is not possible from there.")
            % {"status": experiment.get_status_display()},
        )
    if person is None:
        return YES if states.SYSTEM in row.actors else Verdict(False, _("Only a person may do this."))
    names = ", ".join(str(role.label) for role in Role if role.value in row.actors)
    return has_role(person, *row.actors, why_not=_("This step is for: %(roles)s.") % {"roles": names})


def may_run(person: Someone) -> Verdict:
    """Make experiments and enter their results."""
    return has_role(person, *_RUNNERS, why_not=_("The CRO team runs the experiments."))


def may_release(person: Someone, experiment: Experiment) -> Verdict:
    """Put the change live for everyone."""
    verdict = may_move(person, experiment, "release")
    if not verdict:
        return verdict
    if experiment.decision not in states.RELEASABLE:
        return Verdict(
            False,
            _("It was decided as “%(decision)s”; such a change does not go live.")
            % {"decision": Decision(experiment.decision).label},
        )
    return YES


def may_announce(person: Someone) -> Verdict:
    """Say that a change went live that was not tested here; a deployment may say so by itself."""
    return has_role(person, *_RUNNERS, Role.API_CLIENT, why_not=_("The CRO team says what went live."))


def may_enter_results(person: Someone, experiment: Experiment) -> Verdict:
    """Results are entered while the experiment runs; a decision rests on what was known then."""
    if experiment.status == Status.RUNNING:
        return has_role(person, *_RUNNERS, Role.API_CLIENT, why_not=_("The CRO team enters results."))
    return Verdict(False, _("Results can be entered while the experiment is running."))


def may_peek(person: Someone) -> Verdict:
    """See the effect of a test before its planned end; everybody else sees how far its sample is."""
    return has_role(
        person,
        Role.CRO_LEAD,
        why_not=_("The effect is shown when the planned sample is in; until then only a CRO lead sees it."),
    )


def may_measure(person: Someone) -> Verdict:
    """Ask for an outcome to be measured now instead of tonight."""
    return may_run(person)

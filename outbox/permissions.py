"""Who may see and steer background work."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from accounts.permissions import YES, Verdict, has_role
from outbox.models import Job


def may_see_all_jobs(person: Person | AnonymousUser) -> Verdict:
    """The linking pin, who brings data in, and the administrator see everybody's jobs."""
    return has_role(
        person, Role.LINKING_PIN, Role.ADMINISTRATOR,
        why_not=_("Only the linking pin and administrators see the jobs of others."),
    )  # fmt: skip


def may_see_job(person: Person | AnonymousUser, job: Job) -> Verdict:
    """One's own jobs, and all of them for those who see all."""
    return YES if isinstance(person, Person) and job.created_by_id == person.pk else may_see_all_jobs(person)


def may_retry(person: Person | AnonymousUser, job: Job) -> Verdict:
    """A job that failed or was stopped, by who may see it."""
    if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        return Verdict(False, _("Only a job that failed or was stopped can be started again."))
    return may_see_job(person, job)


def may_stop(person: Person | AnonymousUser, job: Job) -> Verdict:
    """A job that is not over yet, by who may see it."""
    if job.state not in {Job.State.QUEUED, Job.State.RUNNING}:
        return Verdict(False, _("This job is already over."))
    return may_see_job(person, job)

"""Background work on screen: the list, one job, its moving bar, start again and stop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import notices
from accounts.permissions import signed_in
from outbox import permissions, selectors, services
from outbox.models import Job


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """All jobs for the linking pin and administrators, one's own for everybody else."""
    person = signed_in(request)
    state = request.GET.get("state", "")
    page = selectors.job_page(person, after=request.GET.get("after", ""), state=state)
    context = {
        "page": page,
        "finding": _finding(page),
        "state": state if state in Job.State.values else "",
        "states": Job.State.choices,
        "sees_all": permissions.may_see_all_jobs(person),
    }
    return render(request, "outbox/job_list.html", context)


def _finding(page: selectors.JobPage) -> str:
    failed = ngettext("%(count)d job failed", "%(count)d jobs failed", page.failed) % {"count": page.failed}
    live = ngettext("%(count)d job is at work", "%(count)d jobs are at work", page.live) % {"count": page.live}
    if page.failed and page.live:
        return _("%(live)s, %(failed)s") % {"live": live, "failed": failed}
    if page.failed or page.live:
        return failed if page.failed else live
    return _("No work is waiting")


def _job(request: HttpRequest, job_id: int) -> Job:
    return get_object_or_404(selectors.visible_jobs(signed_in(request)), pk=job_id)


@require_safe
def job_detail(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: how far it is, what it counted, why it failed."""
    card = selectors.job_card(_job(request, job_id), signed_in(request))
    return render(request, "outbox/job_detail.html", {"job": card})


@require_safe
def job_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """The moving bar alone; when the job is over, the page around it is loaded afresh."""
    card = selectors.job_card(_job(request, job_id), signed_in(request))
    if not request.headers.get("HX-Request"):
        return redirect("outbox:job-detail", job_id=job_id)
    response = render(request, "outbox/progress.html", {"job": card})
    if not card.live:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Start a failed job again, from where it stood."""
    services.retry(job=_job(request, job_id), actor=signed_in(request), now=timezone.now())
    notices.say(request, _("The job is queued again and goes on where it stood."))
    return redirect("outbox:job-detail", job_id=job_id)


@require_POST
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job; what it has done so far stays."""
    services.stop(job=_job(request, job_id), actor=signed_in(request), now=timezone.now())
    notices.say(request, _("The job is stopped. What it had done stays; starting it again goes on from there."))
    return redirect("outbox:job-detail", job_id=job_id)

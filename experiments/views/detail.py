"""The page of one experiment: the verdict first, then how it was found."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import accounts.selectors
import hypotheses.services
from accounts import notices
from accounts.permissions import signed_in
from experiments import permissions, services
from experiments.forms.moves import DecideForm, ReleaseForm, StartForm, TotalsForm
from experiments.jobs import MEASURE
from experiments.models import Experiment
from experiments.selectors import experiments as questions
from experiments.selectors import words
from experiments.services import Refusal
from experiments.views import drawings, findings
from feedback.permissions import may_import
from outbox import jobs

_UNPROCESSABLE = 422
_REFUSALS = (Refusal, hypotheses.services.Refusal)


def experiment_or_404(key: str) -> Experiment:
    """The experiment with this key."""
    experiment = questions.by_key(key)
    if experiment is None:
        raise Http404
    return experiment


@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """What came of it, and what can be done now."""
    return _page(request, experiment_or_404(key))


def _page(
    request: HttpRequest, experiment: Experiment, *, error: str = "", forms: dict[str, object] | None = None
) -> HttpResponse:
    reader = signed_in(request)
    today = accounts.selectors.market_day(timezone.now())
    page = questions.experiment_page(experiment, reader, today)
    lifts = [row.result.lift for row in page.arms if row.result] if page.shows_effect else []
    axis = drawings.lift_axis(lifts)
    context = {
        "page": page,
        "experiment": experiment,
        "hypothesis": experiment.hypothesis,
        "finding": findings.finding(page),
        "tag": findings.tag(page),
        "verdict": [findings.test(page, today), findings.outcome(page), findings.decision(page)],
        "verdict_words": words.TEST_VERDICTS[page.evaluation.verdict],
        "outcome": findings.outcome(page),
        "grade": words.GRADES[page.outcome.grade] if page.outcome else "",
        "checks": findings.checks(page),
        "story": findings.story(page),
        "sample": findings.sample_bar(page.sample),
        "chart": drawings.counterfactual(experiment, page.outcome) if page.outcome else None,
        "axis": axis,
        "arms": [(row, axis.cell(row.result.lift) if axis and row.result else None) for row in page.arms],
        "has_contacts": any(row.arm.contacts is not None for row in page.arms),
        "forest": drawings.forest(page.measures) if page.shows_effect else None,
        "may_import": bool(may_import(reader)),
        "error": error,
        "start_form": StartForm(initial={"starts_on": today}),
        "totals_form": TotalsForm(experiment=experiment),
        "decide_form": DecideForm(allowed=page.allowed),
        "release_form": ReleaseForm(initial={"released_on": today}),
        **(forms or {}),
    }
    failed = bool(error or forms)
    return render(request, "experiments/experiment_detail.html", context, status=_UNPROCESSABLE if failed else 200)


@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """The test runs from this day."""
    experiment = experiment_or_404(key)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, experiment, forms={"start_form": form})
    try:
        services.start(
            experiment=experiment,
            starts_on=form.cleaned_data["starts_on"],
            actor=signed_in(request),
            now=timezone.now(),
        )
    except _REFUSALS as refusal:
        return _page(request, experiment, error=str(refusal))
    notices.say(request, _("Started: the proposer hears that the test is running."))
    return redirect("experiments:experiment-detail", key=experiment.key)


@require_POST
def enter_results(request: HttpRequest, key: str) -> HttpResponse:
    """Totals per variant; they stand for the whole test so far."""
    experiment = experiment_or_404(key)
    permissions.may_enter_results(signed_in(request), experiment).demand()
    form = TotalsForm(request.POST, experiment=experiment)
    if not form.is_valid() or experiment.starts_on is None:
        return _page(request, experiment, forms={"totals_form": form})
    try:
        services.enter_results(
            experiment=experiment,
            rows=form.rows(experiment.starts_on),
            actor=signed_in(request),
            now=timezone.now(),
            replace_all=True,
        )
    except _REFUSALS as refusal:
        return _page(request, experiment, error=str(refusal), forms={"totals_form": form})
    notices.say(request, _("Results saved."))
    return redirect("experiments:experiment-detail", key=experiment.key)


@require_POST
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """End the test with a decision and what was learned."""
    experiment = experiment_or_404(key)
    person, now = signed_in(request), timezone.now()
    permissions.may_move(person, experiment, "decide").demand()
    today = accounts.selectors.market_day(now)
    form = DecideForm(request.POST, allowed=questions.experiment_page(experiment, person, today).allowed)
    if not form.is_valid():
        return _page(request, experiment, forms={"decide_form": form})
    try:
        services.decide(
            experiment=experiment,
            decision=form.cleaned_data["decision"],
            learning=form.cleaned_data["learning"],
            actor=person,
            today=today,
            now=now,
        )
    except _REFUSALS as refusal:
        return _page(request, experiment, error=str(refusal), forms={"decide_form": form})
    notices.say(request, _("Decided: the proposer hears what was found and what you learned."))
    return redirect("experiments:experiment-detail", key=experiment.key)


@require_POST
def release(request: HttpRequest, key: str) -> HttpResponse:
    """The change is live for everyone."""
    experiment = experiment_or_404(key)
    now = timezone.now()
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _page(request, experiment, forms={"release_form": form})
    try:
        services.release(
            experiment=experiment,
            released_on=form.cleaned_data["released_on"],
            markets=list(form.cleaned_data["markets"]),
            actor=signed_in(request),
            today=accounts.selectors.market_day(now),
            now=now,
        )
    except _REFUSALS as refusal:
        return _page(request, experiment, error=str(refusal), forms={"release_form": form})
    notices.say(request, _("Live: how it is measured is fixed from now on, and the proposer hears of it."))
    return redirect("experiments:experiment-detail", key=experiment.key)


@require_POST
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """Have the outcome measured now instead of tonight."""
    experiment = experiment_or_404(key)
    person = signed_in(request)
    permissions.may_measure(person).demand()
    live = getattr(experiment, "release", None)
    if live is None:
        raise Http404
    job = jobs.enqueue(MEASURE, {"release": live.pk}, created_by=person, now=timezone.now())
    return redirect("outbox:job-detail", job_id=job.pk)

"""All experiments, and what the sprint board asks about them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import accounts.selectors
from accounts.permissions import signed_in
from experiments import permissions
from experiments.models import Status
from experiments.selectors import cards
from experiments.selectors import experiments as questions
from experiments.views import findings

# The board shows a sprint; more cards than this are no sprint.
_MOST_CARDS = 200


@require_safe
def experiment_list(request: HttpRequest) -> HttpResponse:
    """Experiments, newest first, by status."""
    today = accounts.selectors.market_day(timezone.now())
    status = request.GET.get("status", "")
    found = questions.experiment_list(
        today=today, status=status, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "found": found,
        "rows": [(row, findings.state_tag(row), findings.sample_bar(row.sample)) for row in found.rows],
        "finding": _finding(found),
        "status": status if status in Status.values else "",
        "statuses": [(value, label, found.counts.get(value, 0)) for value, label in Status.choices],
        "may_run": bool(permissions.may_run(signed_in(request))),
    }
    return render(request, "experiments/experiment_list.html", context)


def _finding(found: questions.ExperimentList) -> str:
    running = found.counts.get(Status.RUNNING, 0)
    if found.ready:
        sentence = ngettext("%(count)d test waits for a decision", "%(count)d tests wait for a decision", found.ready)
        return sentence % {"count": found.ready}
    if running:
        return ngettext("%(count)d test is running", "%(count)d tests are running", running) % {"count": running}
    return _("No test is running") if found.total else _("Nothing has been tested yet")


@require_safe
def card_facts(request: HttpRequest) -> HttpResponse:
    """`?hypothesis=HYP-1&hypothesis=…`: the facts of their tests, to be put into the board's cards."""
    keys = request.GET.getlist("hypothesis")[:_MOST_CARDS]
    facts = cards.card_facts(keys, accounts.selectors.market_day(timezone.now()))
    shown = [(one, findings.card_bar(one.sample) if one.running else None) for one in facts]
    return render(request, "experiments/card_facts.html", {"facts": shown})

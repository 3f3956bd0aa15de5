"""Sprints: the list, a new one, the board, planning, moving cards, starting and closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import accounts.selectors
from accounts import notices
from accounts.permissions import signed_in
from hypotheses import permissions, services
from hypotheses.forms.sprints import SprintForm, WaiverForm
from hypotheses.models import Hypothesis, Sprint
from hypotheses.selectors import boards, rows
from hypotheses.views.ideas import going_to

_UNPROCESSABLE = 422


def _sprint(number: int) -> Sprint:
    sprint = boards.sprint_by_number(number)
    if sprint is None:
        raise Http404
    return sprint


@require_safe
def sprint_list(request: HttpRequest) -> HttpResponse:
    """All sprints, the current one first in the eye."""
    person = signed_in(request)
    context = {
        "sprints": boards.sprint_list(),
        "current": boards.current_sprint(),
        "may_plan": bool(permissions.may_plan_sprints(person)),
    }
    return render(request, "hypotheses/sprint_list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new sprint; the dates follow the last one."""
    now = timezone.now()
    last = Sprint.objects.order_by("-number").first()
    form = SprintForm(request.POST or None, initial=SprintForm.initial_after(last, accounts.selectors.market_day(now)))
    if request.method == "POST" and form.is_valid():
        sprint = services.make_sprint(actor=signed_in(request), now=now, **form.cleaned_data)
        notices.say(request, _("Sprint %(number)d is there. Pick its ideas.") % {"number": sprint.number})
        return redirect("hypotheses:sprint-plan", sprint.number)
    status = _UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "hypotheses/sprint_form.html", {"form": form, "sprint": None}, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a sprint's dates, capacity, quota and goal."""
    sprint = _sprint(number)
    form = SprintForm(request.POST or None, initial=SprintForm.initial_of(sprint))
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_sprint(sprint=sprint, actor=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            notices.say(request, _("Sprint %(number)d saved.") % {"number": number})
            return redirect("hypotheses:sprint-plan", number)
    status = _UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "hypotheses/sprint_form.html", {"form": form, "sprint": sprint}, status=status)


@require_safe
def board(request: HttpRequest, number: int) -> HttpResponse:
    """Five columns; cards move by menu, key and drag, all through the same form."""
    sprint = _sprint(number)
    person = signed_in(request)
    context = {
        "board": boards.sprint_board(sprint, accounts.selectors.market_day(timezone.now())),
        "sprint": sprint,
        "dates": boards.dates_of(sprint),
        "may_plan": bool(permissions.may_plan_sprints(person)) and sprint.state != Sprint.State.CLOSED,
        "start": permissions.may_start(person, sprint),
        "close": permissions.may_close(person, sprint),
        "sprints": Sprint.objects.order_by("-number")[:6],
    }
    return render(request, "hypotheses/board.html", context)


@require_safe
def plan(request: HttpRequest, number: int) -> HttpResponse:
    """The shortlist beside the sprint; `?start=1` opens the waiver."""
    return _plan_page(request, _sprint(number), opened=bool(request.GET.get("start")))


def _plan_page(
    request: HttpRequest, sprint: Sprint, *, opened: bool, form: WaiverForm | None = None, status: int = 200
) -> HttpResponse:
    person = signed_in(request)
    found = boards.sprint_plan(
        sprint,
        accounts.selectors.market_day(timezone.now()),
        search=request.GET.get("q", "").strip()[:100],
        source=request.GET.get("source", ""),
        fits=bool(request.GET.get("fits")),
    )
    context = {
        "plan": found,
        "sprint": sprint,
        "dates": boards.dates_of(sprint),
        "may_plan": bool(permissions.may_plan_sprints(person)) and sprint.state != Sprint.State.CLOSED,
        "start": permissions.may_start(person, sprint),
        "refusal": services.below_quota(sprint),
        "opened": opened and bool(found.load.missing),
        "waiver": form or WaiverForm(),
        "query": request.GET.get("q", ""),
    }
    return render(request, "hypotheses/sprint_plan.html", context, status=status)


@require_POST
def move(request: HttpRequest, number: int) -> HttpResponse:
    """Put a card in a column: `hypothesis=HYP-12`, `column=planned`, in the body (for an undo: in the address)."""
    sprint = _sprint(number)
    column = request.POST.get("column") or request.GET.get("column", "")
    card = rows.by_key(request.POST.get("hypothesis") or request.GET.get("hypothesis", ""))
    if card is None:
        raise Http404
    back = going_to(request, reverse("hypotheses:sprint-board", args=[number]))
    if column == "running":
        return redirect(f"{reverse('experiments:experiment-new')}?{urlencode({'hypothesis': card.key})}")
    before = _column_of(card)
    try:
        services.place(hypothesis=card, sprint=sprint, column=column, actor=signed_in(request), now=timezone.now())
    except services.Refusal as refusal:
        notices.say(request, str(refusal), level=messages.WARNING)
        return redirect(back)
    said = _("%(key)s moved to %(column)s.") % {"key": card.key, "column": boards.COLUMNS[column]}
    undo = {"hypothesis": card.key, "column": before, "next": back}
    notices.say(request, said, undo_url=f"{reverse('hypotheses:sprint-move', args=[number])}?{urlencode(undo)}")
    return redirect(back)


def _column_of(card: Hypothesis) -> str:
    if card.sprint_id is None:
        return "shortlist"
    return "building" if card.building_since else "planned"


@require_POST
def start(request: HttpRequest, number: int) -> HttpResponse:
    """Begin the sprint; below its quota the refusal comes with the form for a waiver."""
    sprint = _sprint(number)
    form = WaiverForm(request.POST)
    form.is_valid()
    try:
        started = services.start_sprint(
            sprint=sprint, actor=signed_in(request), now=timezone.now(), waiver_reason=form.sentence()
        )
    except services.Refusal as refusal:
        if "reason" in request.POST:
            return _plan_page(request, sprint, opened=True, form=form, status=_UNPROCESSABLE)
        if not services.below_quota(sprint):
            notices.say(request, str(refusal), level=messages.WARNING)
        return redirect(f"{reverse('hypotheses:sprint-plan', args=[number])}?start=1")
    said = (
        _("Sprint %(number)d has started.")
        if started.waived_at is None
        else _("Sprint %(number)d has started with a waiver, which everybody can read.")
    )
    notices.say(request, said % {"number": number})
    return redirect("hypotheses:sprint-board", number)


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """End the sprint; what was not tested goes back to the shortlist."""
    services.close_sprint(sprint=_sprint(number), actor=signed_in(request), now=timezone.now())
    notices.say(
        request, _("Sprint %(number)d is closed. What was not tested is back on the shortlist.") % {"number": number}
    )
    return redirect("hypotheses:sprint-list")

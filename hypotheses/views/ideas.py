"""One idea, and what people do with it: the moves, undo, joining, effort."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import accounts.selectors
from accounts import notices
from accounts.models import Person
from accounts.permissions import signed_in
from hypotheses import permissions, services
from hypotheses.forms.ideas import EffortForm, NoteForm
from hypotheses.models import Hypothesis
from hypotheses.selectors import ideas, rows

_UNPROCESSABLE = 422
# Points of effort to choose from, about a person-day each.
EFFORTS = (1, 2, 3, 5, 8, 13)


def idea_or_404(request: HttpRequest, number: int) -> Hypothesis:
    """The idea with this number."""
    hypothesis = ideas.idea_of(number, signed_in(request))
    if hypothesis is None:
        raise Http404
    return hypothesis


def going_to(request: HttpRequest, otherwise: str) -> str:
    """The address to go on to, when it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else otherwise


@require_safe
def detail(request: HttpRequest, number: int) -> HttpResponse:
    """The idea page; `?do=decline` opens the words for a move without JavaScript."""
    return _page(request, idea_or_404(request, number), opened=request.GET.get("do", ""))


def _page(
    request: HttpRequest, hypothesis: Hypothesis, *, opened: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "idea": ideas.idea_page(hypothesis, signed_in(request), now, accounts.selectors.market_day(now)),
        "hypothesis": hypothesis,
        "opened": opened,
        "error": error,
        "typed": request.POST.get("note", ""),
        "into": request.POST.get("into", ""),
        "efforts": EFFORTS,
        "may_estimate": bool(permissions.may_plan_sprints(signed_in(request))),
        "here": reverse("hypotheses:hypothesis-detail", args=[hypothesis.number]),
    }
    return render(request, "hypotheses/idea_detail.html", context, status=status)


@require_POST
def move(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One move of the table: accept, ask, answer, merge, decline or reopen."""
    if name not in ideas.PAGE_MOVES:
        raise Http404
    hypothesis = idea_or_404(request, number)
    form = NoteForm(request.POST)
    form.is_valid()
    person = signed_in(request)
    try:
        moved = _make(name, hypothesis, person, form)
    except services.Refusal as refusal:
        return _page(request, hypothesis, opened=name, error=str(refusal), status=_UNPROCESSABLE)
    address = reverse("hypotheses:hypothesis-detail", args=[number])
    back = going_to(request, address)
    undo = f"{reverse('hypotheses:hypothesis-undo', args=[number])}?{urlencode({'next': address})}"
    notices.say(request, _said(name, moved), undo_url="" if name == "answer" else undo)
    return redirect(back)


def _make(name: str, hypothesis: Hypothesis, person: Person, form: NoteForm) -> Hypothesis:
    now = timezone.now()
    note = str(form.cleaned_data.get("note", ""))
    match name:
        case "accept":
            return services.accept(hypothesis=hypothesis, actor=person, note=note, now=now)
        case "ask":
            return services.ask(hypothesis=hypothesis, actor=person, question=note, now=now)
        case "answer":
            return services.answer(hypothesis=hypothesis, actor=person, text=note, now=now)
        case "decline":
            return services.decline(hypothesis=hypothesis, actor=person, reason=note, now=now)
        case "reopen":
            return services.reopen(hypothesis=hypothesis, actor=person, note=note, now=now)
    into = rows.by_key(str(form.cleaned_data.get("into", "")))
    if into is None:
        raise services.Refusal(_("Name the idea that it belongs to, such as HYP-98."))
    return services.merge(hypothesis=hypothesis, into=into, actor=person, note=note, now=now)


def _said(name: str, hypothesis: Hypothesis) -> str:
    words = {"key": hypothesis.key, "name": hypothesis.proposer.first_name}
    texts = {
        "accept": _("Accepted: %(key)s is on the shortlist. %(name)s gets a message in a minute."),
        "ask": _("Asked: %(name)s gets your question in a minute."),
        "answer": _("Answered: whoever asked gets a message now."),
        "merge": _("Merged: %(name)s joins the other idea and gets a message in a minute."),
        "decline": _("Declined: %(name)s reads your reason in a minute."),
        "reopen": _("Opened again: %(key)s."),
    }
    return texts[name] % words


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back one's own last move while its message has not gone out."""
    hypothesis = idea_or_404(request, number)
    try:
        undone = services.undo(hypothesis=hypothesis, actor=signed_in(request), now=timezone.now())
        notices.say(request, _("Taken back. %(key)s is where it was, and nobody was told.") % {"key": undone.key})
    except services.Refusal as refusal:
        notices.say(request, str(refusal), level=messages.WARNING)
    return redirect(going_to(request, reverse("hypotheses:hypothesis-detail", args=[number])))


@require_POST
def join(request: HttpRequest, number: int) -> HttpResponse:
    """See the same problem; from the form, the words typed there come along."""
    hypothesis = idea_or_404(request, number)
    note = request.POST.get("note") or request.POST.get("problem") or ""
    try:
        services.join(hypothesis=hypothesis, person=signed_in(request), note=note[:2000], now=timezone.now())
        notices.say(request, _("You joined %(key)s. You hear what comes of it, too.") % {"key": hypothesis.key})
    except services.Refusal as refusal:
        notices.say(request, str(refusal), level=messages.WARNING)
    return redirect("hypotheses:hypothesis-detail", number)


@require_POST
def effort(request: HttpRequest, number: int) -> HttpResponse:
    """Say how much work it is; the score follows."""
    hypothesis = idea_or_404(request, number)
    form = EffortForm(request.POST)
    back = redirect(going_to(request, reverse("hypotheses:hypothesis-detail", args=[number])))
    if not form.is_valid():
        notices.say(request, str(next(iter(form.errors.values()))[0]), level=messages.WARNING)
        return back
    now = timezone.now()
    services.set_effort(
        hypothesis=hypothesis,
        points=form.cleaned_data["points"],
        actor=signed_in(request),
        today=accounts.selectors.market_day(now),
        now=now,
    )
    notices.say(request, _("Effort of %(key)s saved; its score follows.") % {"key": hypothesis.key})
    return back

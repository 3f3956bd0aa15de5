"""Writing an idea down: the form, what it finds while somebody types, drafts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import accounts.selectors
from accounts import formats, notices
from accounts.permissions import signed_in
from hypotheses import permissions, services
from hypotheses.forms.ideas import NO_THEME, IdeaForm
from hypotheses.models import Hypothesis
from hypotheses.selectors import found as finding
from hypotheses.selectors import waiting

_UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The empty form, with a theme chosen when the address names one; sends what was typed."""
    if request.method == "POST":
        return _posted(request, None)
    return _page(request, IdeaForm(initial={"theme": request.GET.get("theme", "")}))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Go on with a draft."""
    draft = _draft(request, draft_id)
    if request.method == "POST":
        return _posted(request, draft)
    return _page(request, IdeaForm(initial=IdeaForm.initial_of(draft)), draft=draft)


def _draft(request: HttpRequest, draft_id: int | None) -> Hypothesis:
    """One's own draft. Somebody else's is not there either: nobody learns that it exists."""
    person = signed_in(request)
    draft = Hypothesis.objects.select_related("theme").filter(pk=draft_id or 0, proposer=person).first()
    if draft is None:
        raise Http404
    permissions.may_edit(person, draft).demand()
    return draft


def _kept(request: HttpRequest, form: IdeaForm) -> Hypothesis | None:
    """The draft that autosave made for this form, when it still is one of this person."""
    draft = Hypothesis.objects.filter(pk=form.number("draft") or 0).first()
    return draft if draft is not None and permissions.may_edit(signed_in(request), draft) else None


def _posted(request: HttpRequest, draft: Hypothesis | None) -> HttpResponse:
    form = IdeaForm(request.POST)
    draft = draft or _kept(request, form)
    action = request.POST.get("act", "send")
    if action == "find":
        return _page(request, form, draft=draft)
    if action == "later":
        return _later(request, form, draft)
    if not form.is_valid():
        return _page(request, form, draft=draft, status=_UNPROCESSABLE)
    seen = _found(form)
    if not form.text("theme") and seen.theme is not None:
        # Without JavaScript nobody has seen these numbers yet, and what is frozen has to be seen first.
        return _page(request, form, draft=draft, look=True)
    return _send(request, form, draft)


def _send(request: HttpRequest, form: IdeaForm, draft: Hypothesis | None) -> HttpResponse:
    now = timezone.now()
    today = accounts.selectors.market_day(now)
    words = form.words()
    sent = services.propose(
        proposer=signed_in(request), words=words, chosen=form.chosen(words.theme), today=today, now=now, draft=draft
    )
    due = waiting.promise().due_on(today)
    notices.say(
        request,
        _("Sent to the CRO team as %(key)s. You get an answer by %(day)s.")
        % {"key": sent.key, "day": formats.day(due)},
    )
    return redirect("hypotheses:hypothesis-detail", sent.number)


def _later(request: HttpRequest, form: IdeaForm, draft: Hypothesis | None) -> HttpResponse:
    if not (form.text("problem") or form.text("change")):
        form.add_error("problem", _("There is nothing to save yet."))
        return _page(request, form, draft=draft, status=_UNPROCESSABLE)
    kept = services.save_draft(proposer=signed_in(request), words=form.words(), now=timezone.now(), draft=draft)
    notices.say(request, _("Saved as a draft. Only you can see it."))
    return redirect("hypotheses:draft-edit", kept.pk)


def _found(form: IdeaForm) -> finding.Found:
    return finding.evidence_found(
        problem=form.text("problem"),
        chosen=form.number("theme"),
        decided=form.theme_is_decided,
        today=accounts.selectors.market_day(timezone.now()),
    )


def _context(form: IdeaForm, person_id: int, draft: Hypothesis | None) -> dict[str, Any]:
    """Everything that the page and its fragments show."""
    evidence = _found(form)
    theme = evidence.theme
    promised = waiting.promise()
    # The theme that is on the page now decides whether the ticks are still about it.
    fresh = str(theme.pk if theme else "") != form.text("shown")
    quotes = set() if fresh else set(form.quote_ids)
    text = f"{form.text('problem')} {form.text('change')}"
    return {
        "form": form,
        "draft": draft,
        "found": evidence,
        "use_theme": fresh or form.ticked("use_theme"),
        "use_survey": fresh or form.ticked("use_survey"),
        "quotes": quotes,
        "no_theme": form.text("theme") == NO_THEME,
        "similar": finding.similar_ideas(text, promised, accounts.selectors.market_day(timezone.now())),
        "has_text": bool(text.strip()),
        "strength": finding.strength(evidence, pages_chosen=len(form.listed("pages")), quotes_chosen=len(quotes)),
        "person_id": person_id,
        "within_days": promised.within_days,
    }


def _page(
    request: HttpRequest, form: IdeaForm, *, draft: Hypothesis | None = None, status: int = 200, look: bool = False
) -> HttpResponse:
    person = signed_in(request)
    context = _context(form, person.pk, draft) | {
        "pages": finding.pages(),
        "chosen_pages": form.listed("pages"),
        "drafts": finding.open_drafts(person.pk, without=draft.pk if draft else None),
        "look": look,
    }
    return render(request, "hypotheses/idea_form.html", context, status=status)


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Evidence, similar ideas and strength for what is typed so far; asked by htmx, nothing is kept."""
    form = IdeaForm(request.POST)
    return render(request, "hypotheses/idea_found.html", _context(form, signed_in(request).pk, None) | {"oob": True})


@require_POST
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far; asked by htmx every few seconds after a change."""
    form = IdeaForm(request.POST)
    if not (form.text("problem") or form.text("change")):
        return HttpResponse(status=204)
    kept = services.save_draft(
        proposer=signed_in(request), words=form.words(), now=timezone.now(), draft=_kept(request, form)
    )
    return render(request, "hypotheses/draft_saved.html", {"draft": kept})


@require_POST
def throw_away(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Delete one's own draft."""
    services.throw_away(draft=_draft(request, draft_id), actor=signed_in(request), now=timezone.now())
    notices.say(request, _("The draft is gone."))
    return redirect("hypotheses:hypothesis-new")

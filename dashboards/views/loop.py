"""The loop: home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import signed_in
from dashboards import filters
from dashboards.selectors import attention
from dashboards.selectors import loop as questions
from feedback.permissions import may_import
from hypotheses.selectors.waiting import promise

# Where the arrows and the running dots of the picture are.
_ARROWS_TOP, _ARROWS_BOTTOM = (388, 692, 930), (930, 692, 388)
_BEADS = (0, 0.35, 0.8, 1.3, 1.9)


@require_safe
def loop(request: HttpRequest) -> HttpResponse:
    """The six stations and who is needed; first steps in an installation without contacts."""
    person, now = signed_in(request), timezone.now()
    context: dict[str, Any]
    if not questions.has_contacts():
        context = {"may_import": bool(may_import(person)), "answer_within": promise().within_days}
        return render(request, "dashboards/loop_empty.html", context)
    question = filters.read(request.GET, now)
    page = questions.loop(person, question, now)
    shows_all = request.GET.get("needs") == "all"
    context = {
        "question": question,
        "page": page,
        "stations": page.stations,
        "needs": page.needs if shows_all else page.needs[: attention.SHOWN],
        "arrows_top": _ARROWS_TOP,
        "arrows_bottom": _ARROWS_BOTTOM,
        "beads": _BEADS,
    }
    return render(request, "dashboards/loop.html", context)

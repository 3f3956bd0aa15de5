"""My ideas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import signed_in
from dashboards import filters
from dashboards.selectors import mine


@require_safe
def my_ideas(request: HttpRequest) -> HttpResponse:
    """Own ideas with what came of them, drafts, joined ideas, and themes that wait for one."""
    now = timezone.now()
    question = filters.read(request.GET, now)
    context = {"page": mine.my_page(signed_in(request), question, now), "question": question}
    return render(request, "dashboards/my_ideas.html", context)

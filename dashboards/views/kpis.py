"""Goals and KPIs, and the shared goals themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import signed_in
from collaboration.permissions import may_keep_goals
from dashboards import filters
from dashboards.selectors import kpis

_DEFAULT_WEEKS = 26


@require_safe
def kpi_page(request: HttpRequest) -> HttpResponse:
    """Shared goals on top, both teams' metrics under them."""
    question = filters.read(request.GET, timezone.now())
    wanted = request.GET.get("weeks", "")
    weeks = int(wanted) if wanted in {str(known) for known in kpis.WEEKS} else _DEFAULT_WEEKS
    context = {
        "page": kpis.kpi_page(question, weeks),
        "weeks": weeks,
        "choices": kpis.WEEKS,
        "may_keep": bool(may_keep_goals(signed_in(request))),
    }
    return render(request, "dashboards/kpis.html", context)

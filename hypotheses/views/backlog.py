"""The backlog page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import accounts.selectors
from accounts import formats
from hypotheses.models import Status
from hypotheses.selectors import backlog as open_ideas
from metrics import charts

_STATUSES = (Status.SUBMITTED, Status.ASKED, Status.ACCEPTED, Status.PLANNED, Status.TESTING)


@require_safe
def backlog(request: HttpRequest) -> HttpResponse:
    """Open ideas: `?view=service&q=…&status=accepted&sort=-score`."""
    found = open_ideas.backlog(
        accounts.selectors.market_day(timezone.now()),
        view=request.GET.get("view", "open"),
        search=request.GET.get("q", "").strip()[:100],
        status=request.GET.get("status", ""),
        sort=request.GET.get("sort", "-score"),
    )
    context = {
        "backlog": found,
        "rows": [(row, charts.bar((row.points or 0) / 100, tone="ink", width=64, height=6)) for row in found.rows],
        "finding": _finding(found),
        "query": request.GET.get("q", ""),
        "status": request.GET.get("status", ""),
        "statuses": [(str(status), status.label) for status in _STATUSES],
        "narrowed": bool(request.GET.get("q") or request.GET.get("status")),
    }
    return render(request, "hypotheses/backlog.html", context)


def _finding(found: open_ideas.Backlog) -> str:
    if not found.total:
        return _("No idea is open")
    words = {"n": formats.decimal(found.from_service), "total": formats.decimal(found.total)}
    return (
        ngettext(
            "%(n)s of the %(total)s open ideas came from customer service",
            "%(n)s of the %(total)s open ideas came from customer service",
            found.from_service,
        )
        % words
    )

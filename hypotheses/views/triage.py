"""The triage page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import accounts.selectors
from accounts import formats
from accounts.permissions import signed_in
from hypotheses import permissions
from hypotheses.selectors import triage as queue
from hypotheses.views.ideas import EFFORTS


@require_safe
def triage(request: HttpRequest) -> HttpResponse:
    """The queue with one idea beside it: `?tab=`, `?open=HYP-127`, `?do=decline`, `?after=`."""
    now = timezone.now()
    found = queue.triage_page(
        signed_in(request),
        now,
        accounts.selectors.market_day(now),
        tab=request.GET.get("tab", "waiting"),
        opened=request.GET.get("open", ""),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "queue": found,
        "idea": found.opened,
        "hypothesis": found.opened.row.hypothesis if found.opened else None,
        "opened": request.GET.get("do", ""),
        "here": _address(request, found.opened.row.key if found.opened else ""),
        "go_on": _address(request, ""),
        "may_estimate": bool(permissions.may_plan_sprints(signed_in(request))),
        "finding": _finding(found),
        "detail": _detail(found),
        "efforts": EFFORTS,
    }
    return render(request, "hypotheses/triage.html", context)


def _address(request: HttpRequest, opened: str) -> str:
    """This page with this idea opened, or with the first one of the queue."""
    query = {name: request.GET[name] for name in ("tab", "after", "before") if request.GET.get(name)}
    if opened:
        query["open"] = opened
    address = reverse("hypotheses:triage")
    return f"{address}?{urlencode(query)}" if query else address


def _finding(found: queue.TriagePage) -> str:
    count = found.counts["waiting"]
    if not count:
        return _("Every idea has its answer")
    return ngettext("%(n)s idea waits for a first answer", "%(n)s ideas wait for a first answer", count) % {
        "n": formats.decimal(count)
    }


def _detail(found: queue.TriagePage) -> str:
    limit = {"n": found.late, "days": found.within_days}
    if found.late:
        late = ngettext(
            "%(n)d is past the agreed %(days)d working days.",
            "%(n)d are past the agreed %(days)d working days.",
            found.late,
        )
    else:
        late = _("None is past the agreed %(days)d working days.")
    if found.median_days is None:
        return late % limit
    median = _("Median answer in the last 28 days: %(days)s working days.")
    return f"{late % limit} {median % {'days': formats.decimal(found.median_days, 1 if found.median_days % 1 else 0)}}"

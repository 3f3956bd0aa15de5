"""Undoing an import in the browser: ask with the numbers, do it, and which rows stay."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import notices
from accounts.permissions import signed_in
from feedback import permissions
from feedback.models import Import
from feedback.selectors import history
from feedback.selectors import imports as questions
from feedback.services import undo
from feedback.views.downloads import csv_response
from feedback.views.imports import result_context


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """The question, with how many rows go, come back and stay; and its yes."""
    person, now = signed_in(request), timezone.now()
    permissions.may_undo(person).demand()
    imported = get_object_or_404(questions.with_everything(Import.objects.all()), pk=import_id)
    may = undo.may_undo(imported, person, now=now)
    if not may:
        # The button was on a page that is older than the answer.
        notices.say(request, may.why_not)
        return redirect("feedback:import-detail", import_id=import_id)
    if request.method == "POST":
        undo.begin(imported=imported, actor=person, now=now)
        notices.say(request, _("The import is being undone."))
        return redirect("feedback:import-detail", import_id=import_id)
    context = {**result_context(imported, person), "outcome": undo.outcome(imported)}
    return render(request, "feedback/import_detail.html", context)


@require_GET
def import_stays(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows that undoing leaves as they are, as CSV: id and what wrote them since."""
    permissions.may_undo(signed_in(request)).demand()
    imported = get_object_or_404(Import, pk=import_id)
    return csv_response(history.stay_rows(imported), f"stays-{imported.pk}.csv")

"""Imports in the browser: upload, watch, read what was rejected. The mapping has a module of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats, notices
from accounts.models import Person
from accounts.permissions import signed_in
from feedback import forms, guessing, kinds, parsing, permissions, rejections, services, uploads
from feedback.models import Import
from feedback.selectors import history, samples, what_follows
from feedback.selectors import imports as questions
from feedback.services import drafts
from feedback.services.undo import Outcome
from feedback.views.downloads import csv_response

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The history, and the place to drop a file."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    form = forms.UploadForm(initial={"kind": request.GET.get("kind", ""), "source": request.GET.get("source", "")})
    status = 200
    if request.method == "POST":
        form = forms.UploadForm(request.POST, request.FILES, request=request)
        if form.is_valid():
            try:
                imported = _hold(request, form)
            except parsing.Unreadable as error:
                form.add_error("file", rejections.sentence(error.reason, error.parameters))
            else:
                return redirect("feedback:import-map", import_id=imported.pk)
        status = UNPROCESSABLE
    page = questions.import_page(
        person,
        now=timezone.now(),
        after=request.GET.get("after", ""),
        q=request.GET.get("q", "").replace("\0", "").strip()[:80],
        kind=request.GET.get("kind", ""),
        source=request.GET.get("source", "").replace("\0", ""),
        state=request.GET.get("state", ""),
    )
    context = {
        "page": page,
        "form": form,
        "finding": _history_finding(page),
        "kinds": Import.Kind.choices,
        "states": Import.State.choices,
        "limit_mb": settings.UPLOAD_MAX_BYTES // 2**20,
        "limit_rows": uploads.limits().rows,
    }
    return render(request, "feedback/import_list.html", context, status=status)


@require_GET
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far it is, or what became of every row."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    imported = get_object_or_404(questions.with_everything(Import.objects.all()), pk=import_id)
    if imported.state == Import.State.DRAFT and imported.finished_at is None:
        return redirect("feedback:import-map", import_id=import_id)
    return render(request, "feedback/import_detail.html", result_context(imported, person))


def result_context(imported: Import, person: Person) -> dict[str, Any]:
    """What the page of one import shows."""
    card = questions.import_card(imported, person, now=timezone.now())
    return {
        "card": card,
        "history": history.history_of(imported),
        "groups": questions.reject_groups(imported) if card.counts["rejected"] else [],
        "finding": _result_finding(card),
        "following": what_follows.following(imported, person),
    }


@require_GET
def import_rejects(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rejected rows as CSV: line, column, value, reason."""
    permissions.may_import(signed_in(request)).demand()
    imported = get_object_or_404(Import, pk=import_id)
    rows = questions.reject_rows(
        imported, reason=request.GET.get("reason", "").replace("\0", ""), column=request.GET.get("column")
    )
    return csv_response(rows, f"rejected-{imported.pk}.csv")


@require_POST
def import_discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Forget a file that was uploaded and not imported."""
    permissions.may_import(signed_in(request)).demand()
    imported = get_object_or_404(Import, pk=import_id, state=Import.State.DRAFT)
    services.discard(imported=imported)
    notices.say(request, _("The file is deleted. Nothing of it was imported."))
    return redirect("feedback:import-list")


def _hold(request: HttpRequest, form: forms.UploadForm) -> Import:
    upload = form.cleaned_data["file"]
    now = timezone.now()
    kind = form.cleaned_data["kind"]
    held = services.hold(
        file=upload,
        file_name=upload.name,
        kind=kind or Import.Kind.CONTACTS,
        source=services.source_named(name=form.cleaned_data["source"], now=now),
        door=Import.Door.UPLOAD,
        created_by=signed_in(request),
        max_bytes=settings.UPLOAD_MAX_BYTES,
        now=now,
    )
    if not kind:
        drafts.change_kind(imported=held, kind=_said_by_headings(held))
    return held


def _said_by_headings(held: Import) -> str:
    """What the rows of a file seem to be; "" when its headings do not say, or cannot be read."""
    try:
        return guessing.kind_of(samples.sample(held).columns, kinds.fields(guessing.KNOWN_KINDS), "")
    except parsing.Unreadable:
        return ""


def _history_finding(page: questions.ImportPage) -> str:
    if not page.total:
        return _("Nothing has come in yet")
    running = ngettext("%(count)d import is running", "%(count)d imports are running", page.running)
    waiting = ngettext("%(count)d file waits for you", "%(count)d files wait for you", page.waiting)
    if page.running and page.waiting:
        return _("%(running)s, %(waiting)s") % {
            "running": running % {"count": page.running},
            "waiting": waiting % {"count": page.waiting},
        }
    if page.running:
        return running % {"count": page.running}
    if page.waiting:
        return waiting % {"count": page.waiting}
    return _("Everything that came in is stored")


def _result_finding(card: questions.ImportCard) -> str:
    if card.state == "running":
        return _("%(file)s is being read") % {"file": card.file_name}
    if card.state == "undoing":
        return _("%(file)s is being undone") % {"file": card.file_name}
    if card.undone:
        return _undone_finding(card.undone)
    if card.message:
        return _("%(file)s could not be imported") % {"file": card.file_name}
    rejected = ngettext("%(count)s row is not", "%(count)s rows are not", card.counts["rejected"]) % {
        "count": formats.decimal(card.counts["rejected"])
    }
    if card.dry_run:
        ready = ngettext("%(count)s row can go in", "%(count)s rows can go in", card.taken) % {
            "count": formats.decimal(card.taken)
        }
        return (
            _("%(ready)s, %(rejected)s") % {"ready": ready, "rejected": rejected} if card.counts["rejected"] else ready
        )
    taken = ngettext("%(count)s row is in", "%(count)s rows are in", card.taken) % {
        "count": formats.decimal(card.taken)
    }
    return _("%(taken)s, %(rejected)s") % {"taken": taken, "rejected": rejected} if card.counts["rejected"] else taken


def _undone_finding(outcome: Outcome) -> str:
    gone = outcome.removed + outcome.restored
    undone = ngettext("%(count)s row is undone", "%(count)s rows are undone", gone) % {"count": formats.decimal(gone)}
    if not outcome.kept:
        return undone
    stays = ngettext("%(count)s row stays", "%(count)s rows stay", outcome.kept) % {
        "count": formats.decimal(outcome.kept)
    }
    return _("%(undone)s, %(stays)s") % {"undone": undone, "stays": stays}

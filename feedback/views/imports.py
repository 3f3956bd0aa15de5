"""Imports in the browser: upload, map the columns, watch, read what was rejected."""

from __future__ import annotations

from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats, notices
from accounts.permissions import signed_in
from feedback import forms, kinds, mapping, parsing, permissions, rejections, services
from feedback.models import Import
from feedback.selectors import imports as questions
from feedback.services import reading
from feedback.views.downloads import csv_response

_EXAMPLE_ROWS = 200
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The history, and the place to drop a file."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    form = forms.UploadForm(initial={"kind": Import.Kind.CONTACTS})
    status = 200
    if request.method == "POST":
        form = forms.UploadForm(request.POST, request.FILES, request=request)
        if form.is_valid():
            imported = _hold(request, form)
            return redirect("feedback:import-map", import_id=imported.pk)
        status = UNPROCESSABLE
    page = questions.import_page(
        person,
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
    }
    return render(request, "feedback/import_list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_map(request: HttpRequest, import_id: int) -> HttpResponse:
    """What each column becomes, with what the first rows would be."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    imported = get_object_or_404(Import.objects.select_related("source__market"), pk=import_id)
    kind = kinds.get(imported.kind)
    if imported.state != Import.State.DRAFT or kind is None:
        return redirect("feedback:import-detail", import_id=import_id)
    data = request.POST if request.method == "POST" else None
    path = reading.upload_path(imported)
    try:
        encoding, delimiter = (data.get("encoding", ""), data.get("delimiter", "")) if data else _kept(imported)
        shape = parsing.sniff(path, encoding=encoding, delimiter=delimiter)
    except (parsing.Unreadable, FileNotFoundError) as error:
        reason = error.reason if isinstance(error, parsing.Unreadable) else "file_gone"
        return render(
            request,
            "feedback/import_unreadable.html",
            {"imported": imported, "why": rejections.sentence(reason, {})},
            status=UNPROCESSABLE,
        )
    problem, preview = "", None
    try:
        chosen = forms.mapping_from(data, shape.header, kind.columns) if data else _proposal(imported, shape)
    except mapping.BadMapping as error:
        chosen, problem = _proposal(imported, shape), rejections.sentence(error.reason, error.parameters)
    else:
        try:
            preview = questions.preview(reading.Reading(path, kind, chosen, imported.source))
        except (mapping.BadMapping, parsing.Unreadable) as error:
            problem = rejections.sentence(error.reason, getattr(error, "parameters", {}))
    action = data.get("action", "") if data else ""
    if action in {"import", "dry-run"} and not problem:
        services.start(imported=imported, fields=chosen, dry_run=action == "dry-run", actor=person, now=timezone.now())
        return redirect("feedback:import-detail", import_id=import_id)
    rows = [list(row.cells) for row in islice(parsing.rows(path, shape), _EXAMPLE_ROWS) if not row.fault]
    form = forms.mapping_form(imported, chosen, shape, questions.examples(shape.header, rows))
    context = {
        "imported": imported,
        "card": questions.import_card(imported, person),
        "shape": shape,
        "form": form,
        "preview": preview,
        "problem": problem,
        "finding": _mapping_finding(form),
    }
    status = UNPROCESSABLE if problem and action in {"import", "dry-run"} else 200
    return render(request, "feedback/import_map.html", context, status=status)


@require_GET
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far it is, or what became of every row."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    imported = get_object_or_404(Import.objects.select_related("source", "job__created_by", "created_by"), pk=import_id)
    if imported.state == Import.State.DRAFT and imported.finished_at is None:
        return redirect("feedback:import-map", import_id=import_id)
    card = questions.import_card(imported, person)
    context = {
        "card": card,
        "groups": questions.reject_groups(imported) if card.counts["rejected"] else [],
        "finding": _result_finding(card),
    }
    return render(request, "feedback/import_detail.html", context)


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
    return services.hold(
        file=upload,
        file_name=upload.name,
        kind=form.cleaned_data["kind"],
        source=services.source_named(name=form.cleaned_data["source"], now=now),
        door=Import.Door.UPLOAD,
        created_by=signed_in(request),
        max_bytes=settings.UPLOAD_MAX_BYTES,
        now=now,
    )


def _kept(imported: Import) -> tuple[str, str]:
    """Encoding and delimiter of the mapping that is proposed."""
    kept = imported.mapping or imported.source.mappings.get(imported.kind, {})
    return kept.get("encoding", ""), kept.get("delimiter", "")


def _proposal(imported: Import, shape: parsing.Shape) -> mapping.FieldMap:
    """The mapping chosen before, else the last one of this source as far as it fits, else a guess."""
    kind = kinds.get(imported.kind)
    names = kind.columns if kind else ()
    kept = imported.mapping or imported.source.mappings.get(imported.kind, {})
    guess: dict[str, object] = dict(mapping.guess(shape.header, imported.kind, names))
    if not kept:
        return mapping.read({"columns": guess}, names)
    present = {heading.lower() for heading in shape.header}
    columns = {
        name: headings
        for name, headings in kept.get("columns", {}).items()
        if headings is None
        or all(one.lower() in present for one in ([headings] if isinstance(headings, str) else headings))
    }
    taken = {
        one for headings in columns.values() for one in ([headings] if isinstance(headings, str) else headings or [])
    }
    for name, heading in guess.items():
        if name not in columns and heading not in taken and name not in kept.get("constants", {}):
            columns[name] = heading
    try:
        return mapping.read({**kept, "columns": columns}, names)
    except mapping.BadMapping:
        return mapping.read({"columns": guess}, names)


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


def _mapping_finding(form: forms.MappingForm) -> str:
    total, unknown = len(form.columns), len(form.unknown)
    if not unknown:
        return ngettext("We know the column", "We know all %(total)d columns", total) % {"total": total}
    return ngettext(
        "We know %(known)d of the %(total)d columns, one is new",
        "We know %(known)d of the %(total)d columns, %(unknown)d are new",
        unknown,
    ) % {"known": total - unknown, "total": total, "unknown": unknown}


def _result_finding(card: questions.ImportCard) -> str:
    if card.state == "running":
        return _("%(file)s is being read") % {"file": card.file_name}
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

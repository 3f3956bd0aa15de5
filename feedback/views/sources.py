"""Sources that send by themselves: connect one, look after its secrets, see what it sent and what became of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

import outbox.selectors
from accounts import formats, notices
from accounts.models import Person
from accounts.permissions import signed_in
from feedback import permissions
from feedback.forms.guides import GUIDES
from feedback.forms.sources import NewSourceForm, SecretForm, SettingsForm
from feedback.models import RawRecord, Source
from feedback.selectors import sources as questions
from feedback.services import disconnecting
from feedback.services import sources as services
from feedback.systems import generic, registry

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    """Choose a system, then give it a name."""
    person = _importer(request)
    system = registry.get(request.GET.get("system", "").replace("\0", "")[:40])
    if system is None:
        systems = [(registry.BY_NAME[name], guide) for name, guide in GUIDES.items() if name in registry.BY_NAME]
        return render(request, "feedback/source_choose.html", {"systems": systems})
    form = NewSourceForm(request.POST if request.method == "POST" else None, initial={"name": system.label})
    if request.method == "POST" and form.is_valid():
        try:
            source = services.connect(
                name=form.cleaned_data["name"],
                system=system.name,
                market=form.cleaned_data["market"],
                actor=person,
                now=timezone.now(),
            )
        except services.NotPossible as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("feedback:source-detail", source_id=source.pk)
    context = {"system": system, "guide": GUIDES.get(system.name), "form": form}
    return render(request, "feedback/source_new.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_GET
def source_detail(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: its address and secrets, what it sent last, what no row could be made of."""
    person = _importer(request)
    return _detail(request, person, _source(source_id))


@require_POST
def source_secret(request: HttpRequest, source_id: int) -> HttpResponse:
    """Take a secret from over there, or make one and show it this once."""
    person, source = _importer(request), _source(source_id)
    made = ""
    form = SecretForm(request.POST)
    if request.POST.get("make"):
        made = services.new_secret(source)
        services.add_secret(source=source, secret=made, actor=person, now=timezone.now())
        return _detail(request, person, _source(source_id), made=made)
    if not form.is_valid():
        return _detail(request, person, source, form=form)
    try:
        services.add_secret(source=source, secret=form.cleaned_data["secret"], actor=person, now=timezone.now())
    except services.NotPossible as refusal:
        form.add_error("secret", str(refusal))
        return _detail(request, person, source, form=form)
    notices.say(request, _("The secret is in force. It is kept encrypted and not shown again."))
    return redirect("feedback:source-detail", source_id=source_id)


@require_POST
def source_secret_retire(request: HttpRequest, source_id: int) -> HttpResponse:
    """End a secret."""
    person, source = _importer(request), _source(source_id)
    secret = request.POST.get("secret", "")
    if services.retire_secret(source=source, secret_id=secret, actor=person, now=timezone.now()):
        notices.say(request, _("The secret is retired; calls that use it are refused from now on."))
    return redirect("feedback:source-detail", source_id=source_id)


@require_POST
def source_act(request: HttpRequest, source_id: int) -> HttpResponse:
    """Pause, go on, map everything again, try what did not work again."""
    person, source, now = _importer(request), _source(source_id), timezone.now()
    action = request.POST.get("action", "")
    if action == "pause":
        services.pause(source=source, actor=person, now=now)
        notices.say(request, _("Paused. What it sends meanwhile is kept and becomes rows when you let it go on."))
    elif action == "resume":
        services.resume(source=source, actor=person, now=now)
        notices.say(request, _("It goes on; what came meanwhile becomes rows now."))
    elif action == "remap":
        services.remap(source=source, actor=person, now=now)
        notices.say(request, _("Everything it sent is being mapped again."))
    elif action == "retry":
        count = services.retry_problems(source=source, actor=person, now=now)
        tried = ngettext("%(count)s record is tried again.", "%(count)s records are tried again.", count)
        notices.say(request, tried % {"count": formats.decimal(count)})
    return redirect("feedback:source-detail", source_id=source_id)


@require_http_methods(["GET", "HEAD", "POST"])
def source_settings(request: HttpRequest, source_id: int) -> HttpResponse:
    """What its mapper may be told; saved settings apply to what comes, and on request to what came."""
    person, source = _importer(request), _source(source_id)
    guide = GUIDES.get(source.system)
    form = SettingsForm(request.POST if request.method == "POST" else None, source=source, guide=guide)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        services.configure(
            source=source,
            config=form.config(),
            market=form.cleaned_data["market"],
            zone=form.cleaned_data["zone"],
            actor=person,
            now=now,
        )
        if request.POST.get("again"):
            services.remap(source=source, actor=person, now=now)
            notices.say(request, _("Saved. Everything it sent is being mapped again."))
        else:
            notices.say(request, _("Saved. It holds for what comes from now on."))
        return redirect("feedback:source-detail", source_id=source_id)
    context = {
        "source": source,
        "label": questions.label(source),
        "form": form,
        "zones": sorted(available_timezones()),
        "has_records": RawRecord.objects.filter(source=source).exists(),
        "has_problems": RawRecord.objects.filter(source=source).exclude(problem="").exists(),
    }
    return render(request, "feedback/source_settings.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def source_delete(request: HttpRequest, source_id: int) -> HttpResponse:
    """Ask, then disconnect. Its rows stay."""
    person, source = _importer(request), _source(source_id)
    if request.method != "POST":
        context = {"source": source, "records": RawRecord.objects.filter(source=source).count()}
        return render(request, "feedback/source_delete.html", context)
    name = source.name
    disconnecting.disconnect(source=source, actor=person, now=timezone.now())
    said = _("“%(name)s” is disconnected; its next call is refused. What it sent is being deleted.")
    notices.say(request, said % {"name": name})
    return redirect("feedback:data-health")


@require_GET
def record_list(request: HttpRequest, source_id: int) -> HttpResponse:
    """What it sent, record by record."""
    _importer(request)
    source = _source(source_id)
    q = request.GET.get("q", "").replace("\0", "").strip()[:120]
    reason = request.GET.get("reason", "").replace("\0", "")[:60]
    page = questions.record_page(source, q=q, reason=reason, before=_number(request.GET.get("after", "")))
    context = {"source": source, "page": page, "q": q, "reason": reason}
    return render(request, "feedback/source_records.html", context)


@require_GET
def record_detail(request: HttpRequest, source_id: int, record_id: int) -> HttpResponse:
    """One record as it was kept: redacted JSON."""
    _importer(request)
    record = get_object_or_404(RawRecord.objects.select_related("source"), pk=record_id, source_id=source_id)
    context = {"source": record.source, "card": questions.record_card(record)}
    return render(request, "feedback/source_record.html", context)


def _detail(
    request: HttpRequest, person: Person, source: Source, *, made: str = "", form: SecretForm | None = None
) -> HttpResponse:
    page = questions.source_page(
        source, base=request.build_absolute_uri("/"), before=_number(request.GET.get("after", ""))
    )
    context: dict[str, Any] = {
        "page": page,
        "source": source,
        "finding": _finding(page),
        "form": form or SecretForm(),
        "made": made,
        "made_address": f"{page.address}?token={quote(made, safe='')}" if made and page.shows_secret else "",
        "needs_map": source.system == generic.GENERIC.name and not generic.has_map(source.config),
        "is_generic": source.system == generic.GENERIC.name,
        "job": outbox.selectors.job_card(page.job, person) if page.job else None,
    }
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return render(request, "feedback/source_detail.html", context, status=status)


def _finding(page: questions.SourcePage) -> str:
    name = {"name": page.source.name}
    if page.source.paused_at is not None:
        return _("%(name)s is paused") % name
    if page.source.credentials and page.source.streams.filter(is_active=True, failures__gt=0).exists():
        return _("%(name)s cannot be fetched from at the moment") % name
    if page.problems:
        return ngettext(
            "%(count)s thing that %(name)s sent did not become a row",
            "%(count)s things that %(name)s sent did not become rows",
            page.problems,
        ) % {**name, "count": formats.decimal(page.problems)}
    if page.delivered or page.records:
        return _("Everything from %(name)s becomes rows") % name
    if page.source.credentials:
        return _("%(name)s is signed in to, and nothing has come yet") % name
    if page.guide is not None and not page.guide.sends:
        return _("Sign in to %(name)s, so that it can be asked") % name
    if page.secrets:
        return _("%(name)s may send, and has not sent anything yet") % name
    return _("%(name)s needs a secret before it may send") % name


def _importer(request: HttpRequest) -> Person:
    person = signed_in(request)
    permissions.may_import(person).demand()
    return person


def _source(source_id: int) -> Source:
    """A source that is connected; 404 for those of files, which have no page."""
    return get_object_or_404(Source.objects.select_related("market").exclude(slug=""), pk=source_id)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

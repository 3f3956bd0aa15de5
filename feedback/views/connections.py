"""How a source is pulled: sign in, try it, switch its streams, fetch at once or from an earlier day."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import notices
from accounts.models import Person
from accounts.permissions import signed_in
from feedback import connectors, permissions
from feedback.connectors import Connector
from feedback.forms.connections import ConnectionForm, SinceForm
from feedback.models import Source, Stream
from feedback.selectors.sources import label
from feedback.services import connections as services
from feedback.services import conversing
from outbox import troubles
from outbox.answers import Lasting, Trouble

UNPROCESSABLE = 422
_USUAL_BACKFILL = timedelta(days=90)


@require_http_methods(["GET", "HEAD", "POST"])
def connection_edit(request: HttpRequest, source_id: int) -> HttpResponse:
    """Enter what to sign in with. It is tried before it is kept; what is wrong is not kept."""
    person, source, connector = _opened(request, source_id)
    form = ConnectionForm(
        request.POST if request.method == "POST" else None,
        connector=connector,
        today=_today(),
        asks_since=not source.streams.exists(),
        initial=_known(source, connector) | {"since": _today() - _USUAL_BACKFILL},
    )
    if request.method == "POST" and form.is_valid():
        trouble = _tried(source, form.values())
        if isinstance(trouble, Lasting):
            form.add_error(None, _sentence(source, trouble))
        else:
            since = form.cleaned_data.get("since", _today())
            services.enter(source=source, values=form.values(), since=since, actor=person, now=timezone.now())
            _say_entered(request, source, trouble)
            return redirect("feedback:source-detail", source_id=source_id)
    context = {"source": source, "label": label(source), "form": form, "is_there": bool(source.credentials)}
    return render(request, "feedback/connection_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def connection_act(request: HttpRequest, source_id: int) -> HttpResponse:
    """Try it, fetch now, fetch once more from a day, forget what it signs in with."""
    person, source, _connector = _opened(request, source_id)
    now, action = timezone.now(), request.POST.get("action", "")
    if action == "try":
        _say_tried(request, source, _tried(source, None))
    elif action == "fetch":
        _say_fetched(request, services.fetch_now(source=source, actor=person, now=now))
    elif action == "again":
        form = SinceForm(request.POST, today=_today())
        if form.is_valid():
            since: date = form.cleaned_data["since"]
            _say_fetched(request, services.fetch_from(source=source, since=since, actor=person, now=now))
        else:
            notices.say(request, _("Choose a day between 2010 and today."), level=messages.ERROR)
    elif action == "remove":
        services.remove(source=source, actor=person, now=now)
        notices.say(request, _("The key is deleted, and nothing is fetched any more. What came in stays."))
    return redirect("feedback:source-detail", source_id=source_id)


@require_POST
def stream_edit(request: HttpRequest, source_id: int, stream_id: int) -> HttpResponse:
    """Switch one stream on or off, and say how often it is fetched."""
    person, source, _connector = _opened(request, source_id)
    stream = get_object_or_404(Stream.objects.select_related("source"), pk=stream_id, source=source)
    text = request.POST.get("every_minutes", "")
    every_minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    try:
        services.change_stream(
            stream=stream,
            is_active=bool(request.POST.get("is_active")),
            every_minutes=every_minutes,
            actor=person,
            now=timezone.now(),
        )
    except ValueError:
        notices.say(request, _("Choose how often from the list."), level=messages.ERROR)
    else:
        notices.say(request, _("Saved."))
    return redirect("feedback:source-detail", source_id=source_id)


def _opened(request: HttpRequest, source_id: int) -> tuple[Person, Source, Connector]:
    """Who asks, the source, and how it is pulled; 404 for a source that cannot be."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    source = get_object_or_404(Source.objects.select_related("market").exclude(slug=""), pk=source_id)
    connector = connectors.get(source.system)
    if connector is None:
        raise Http404
    return person, source, connector


def _known(source: Source, connector: Connector) -> dict[str, str]:
    """What was entered before and is no secret."""
    try:
        kept = conversing.credentials_of(source)
    except Trouble:
        return {}
    return {name: value for name, value in kept.items() if name not in connector.secrets}


def _today() -> date:
    return timezone.now().date()


def _tried(source: Source, values: dict[str, str] | None) -> Trouble | None:
    """What went wrong; None when it works."""
    try:
        services.try_out(source=source, values=values)
    except Trouble as trouble:
        return trouble
    return None


def _sentence(source: Source, trouble: Trouble) -> str:
    return troubles.sentence(trouble.kind, {**trouble.parameters, "host": label(source)})


def _say_entered(request: HttpRequest, source: Source, trouble: Trouble | None) -> None:
    if trouble is None:
        notices.say(
            request, _("It works: %(system)s let us in. The first fetch begins now.") % {"system": label(source)}
        )
    else:
        notices.say(
            request, _("It is kept. But: %(why)s") % {"why": _sentence(source, trouble)}, level=messages.WARNING
        )


def _say_tried(request: HttpRequest, source: Source, trouble: Trouble | None) -> None:
    if trouble is None:
        notices.say(request, _("It works: %(system)s let us in and answered.") % {"system": label(source)})
    else:
        notices.say(request, _sentence(source, trouble), level=messages.ERROR)


def _say_fetched(request: HttpRequest, count: int) -> None:
    if count:
        fetched = ngettext("%(count)d stream is being fetched.", "%(count)d streams are being fetched.", count)
        notices.say(request, fetched % {"count": count})
    else:
        notices.say(request, _("There is nothing to fetch: all streams are off, or the source is paused."))

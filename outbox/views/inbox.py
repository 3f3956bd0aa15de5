"""The inbox: what this person was told, newest first, one letter open beside the list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import notices
from accounts.permissions import signed_in
from outbox import selectors, services


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The list; the newest letter lies open, and stays unread until somebody opens it."""
    return _page(request, None)


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One letter beside the list; who opens it has read it."""
    reader = signed_in(request)
    now = timezone.now()
    row = get_object_or_404(selectors.delivered(reader, now), pk=message_id)
    if request.method == "GET":
        services.mark_read(person=reader, message_ids=[row.pk], now=now)
    row.read_at = row.read_at or now
    return _page(request, selectors.letter(row))


def _page(request: HttpRequest, opened: selectors.Letter | None) -> HttpResponse:
    only_unread = request.GET.get("show") == "new"
    found = selectors.inbox(
        signed_in(request), timezone.now(), after=request.GET.get("after", ""), only_unread=only_unread
    )
    letter = opened or next(iter(found.letters), None)
    context = {"inbox": found, "letter": letter, "only_unread": only_unread, "finding": _finding(found)}
    return render(request, "outbox/inbox.html", context)


def _finding(found: selectors.Inbox) -> str:
    if not found.total:
        return _("Nothing for you yet")
    if not found.unread:
        return _("You have read everything")
    new = ngettext("%(count)d new message", "%(count)d new messages", found.unread) % {"count": found.unread}
    if not found.good_news:
        return new
    good = ngettext("%(count)d brings good news", "%(count)d bring good news", found.good_news)
    return _("%(new)s, %(good)s") % {"new": new, "good": good % {"count": found.good_news}}


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one message (`message`) or all of them as read."""
    chosen = request.POST.get("message", "")
    read = services.mark_read(
        person=signed_in(request), message_ids=[int(chosen)] if chosen.isdecimal() else None, now=timezone.now()
    )
    if not chosen:
        told = ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", read)
        notices.say(request, told % {"count": read})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else "outbox:inbox")

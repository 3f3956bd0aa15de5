"""What customers said: the list with its filters in the address, and one contact beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import formats
from feedback import filters
from feedback.rejections import defused
from feedback.selectors import contacts as questions
from feedback.views.downloads import csv_response

_PAGE_KEYS = ("after", "before")


@require_GET
def contact_list(request: HttpRequest) -> HttpResponse:
    """Contacts that match, newest first."""
    return render(request, "feedback/contact_list.html", _context(request))


@require_GET
def contact_detail(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The list with one contact opened beside it; for htmx that contact alone."""
    card = questions.contact_card(contact_id)
    if card is None:
        raise Http404
    opened = {"opened": card, "earlier": questions.earlier_about_the_same(contact_id), "query": _query(request)}
    if request.headers.get("HX-Target") == "contact":
        return render(request, "feedback/contact_list.html#opened", opened)
    return render(request, "feedback/contact_list.html", {**_context(request), **opened})


@require_GET
def contact_export(request: HttpRequest) -> StreamingHttpResponse:
    """Everything that matches, as CSV."""
    wanted, _period = _wanted(request.GET)
    return csv_response(_rows(wanted), "contacts.csv")


def _rows(wanted: filters.Filters) -> Iterator[tuple[Any, ...]]:
    yield (
        "external_id", "occurred_at", "channel", "market", "stage", "page", "language", "reason", "theme",
        "csat", "handle_seconds", "text",
    )  # fmt: skip
    for card in questions.exported(wanted):
        yield (
            defused(card.external_id),
            card.occurred_at.isoformat(),
            defused(card.channel),
            defused(card.market_code),
            defused(card.stage),
            defused(card.page),
            defused(card.language),
            defused("|".join(card.reasons)),
            defused("|".join(name for _key, name in card.themes)),
            "" if card.csat is None else card.csat,
            "" if card.handle_seconds is None else card.handle_seconds,
            defused(card.text),
        )


def _wanted(query: QueryDict) -> tuple[filters.Filters, tuple[date, date] | None]:
    """The filters of the address; without a period the last 28 days that have contacts."""
    wanted = filters.read(query)
    if wanted.first or wanted.last:
        return wanted, None
    period = questions.default_period()
    return (replace(wanted, first=period[0], last=period[1]), period) if period else (wanted, None)


def _context(request: HttpRequest) -> dict[str, Any]:
    wanted, default = _wanted(request.GET)
    page = questions.contact_page(wanted, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    options = questions.options()
    return {
        "wanted": wanted,
        "is_default_period": default is not None,
        "page": page,
        "options": options,
        "chips": _chips(request.GET, wanted, options),
        "coverage": questions.coverage(wanted),
        "finding": _finding(wanted, page),
        "shown": _shown(page),
        "query": _query(request),
        "nothing_at_all": default is None and not (wanted.first or wanted.last) and not page.contacts,
    }


def _query(request: HttpRequest) -> str:
    """The filters of the address, to carry along in links."""
    encoded = request.GET.urlencode()
    return f"?{encoded}" if encoded else ""


def _chips(query: QueryDict, wanted: filters.Filters, options: questions.Options) -> list[tuple[str, str]]:
    """(what is filtered, the address without it) for each active filter."""
    names = {
        "market": dict(options.markets),
        "stage": dict(options.stages),
        "language": dict(options.languages),
        "theme": dict(options.themes),
    }
    chips = []
    if wanted.q:
        chips.append((_("“%(words)s”") % {"words": wanted.q}, _without(query, "q")))
    channels = dict(options.channels)
    chips += [(channels.get(code, code), _without(query, "channel", code)) for code in wanted.channels]
    for key, values in names.items():
        value = getattr(wanted, key)
        if value:
            chips.append((values.get(str(value), str(value)), _without(query, key)))
    if wanted.reason:
        name = _("Without a reason") if wanted.reason == filters.WITHOUT_REASON else wanted.reason
        chips.append((name, _without(query, "reason")))
    if wanted.has_text:
        chips.append((_("With words"), _without(query, "has_text")))
    return chips


def _without(query: QueryDict, key: str, value: str = "") -> str:
    """The address of the list without a filter, or without one of its values."""
    rest = query.copy()
    kept = [one for one in rest.getlist(key) if value and one.lower() != value]
    rest.setlist(key, kept)
    for marker in _PAGE_KEYS:
        rest.pop(marker, None)
    encoded = rest.urlencode()
    return reverse("feedback:contact-list") + (f"?{encoded}" if encoded else "")


def _finding(wanted: filters.Filters, page: questions.ContactPage) -> str:
    if not page.count:
        return _("No contact matches")
    count = formats.decimal(page.count) + ("+" if page.more else "")
    if wanted.q:
        return ngettext(
            "%(count)s contact mentions “%(words)s”", "%(count)s contacts mention “%(words)s”", page.count
        ) % {"count": count, "words": wanted.q}
    if wanted.reason == filters.WITHOUT_REASON:
        return ngettext("%(count)s contact has no reason", "%(count)s contacts have no reason", page.count) % {
            "count": count
        }
    if wanted.narrows:
        return ngettext("%(count)s contact matches", "%(count)s contacts match", page.count) % {"count": count}
    return ngettext("%(count)s contact came in", "%(count)s contacts came in", page.count) % {"count": count}


def _shown(page: questions.ContactPage) -> str:
    if not page.contacts:
        return ""
    count = formats.decimal(page.count) + ("+" if page.more else "")
    return _("%(shown)s of %(count)s, from %(newest)s to %(oldest)s") % {
        "shown": len(page.contacts),
        "count": count,
        "newest": formats.day(page.contacts[0].day),
        "oldest": formats.day(page.contacts[-1].day),
    }

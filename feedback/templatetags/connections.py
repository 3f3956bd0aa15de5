"""The part of a source's page that says how it is pulled, and the words for its streams."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from feedback.models import Source
from feedback.selectors.connections import ConnectionCard, connection_card

register = template.Library()

STREAMS: dict[str, Promise] = {
    "tickets": _("Tickets"),
    "ratings": _("Satisfaction ratings"),
    "surveys": _("Satisfaction surveys"),
    "cases": _("Cases"),
    "emails": _("When e-mails were sent"),
    "comments": _("When comments were made"),
    "conversations": _("Conversations"),
    "orders": _("Orders"),
    "daily": _("Visits of each day"),
    "results": _("Results of experiments"),
}


@register.simple_tag
def connection_of(source: Source) -> ConnectionCard | None:
    """How this source is pulled; None where its system cannot be."""
    return connection_card(source, now=timezone.now())


@register.filter
def stream_name(name: str) -> str:
    """What people call a stream."""
    return str(STREAMS.get(name, name))


@register.filter
def every(minutes: int) -> str:
    """“every 15 minutes”, “every hour”, “every 6 hours”, “every day”."""
    if minutes % 1440 == 0:
        return ngettext("every day", "every %(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("every hour", "every %(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("every minute", "every %(count)d minutes", minutes) % {"count": minutes}

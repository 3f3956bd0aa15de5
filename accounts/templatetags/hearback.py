"""Tags and filters that every template has without loading: icons, numbers in the reader's language, where we are.

A filter given None answers "–" (numbers) or "" (texts), so a number that is not known never looks like 0.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts import formats, notices

register = template.Library()

UNKNOWN = "–"
_THEMES = {"light", "dark"}
# What redaction on the way in leaves behind: [name], [order], [e-mail].
_REDACTED = re.compile(r"(\[[a-z][a-z -]{1,20}\])")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A glyph from static/icons.svg; decoration only, so the words stand beside it or in an aria-label."""
    return format_html(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static("icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def color_theme(context: Context) -> str:
    """ "light", "dark" or "" (as the device says): what this browser chose last, else what the person chose."""
    request = context.get("request")
    if request is None:
        return ""
    chosen = str(request.COOKIES.get("hb_theme", ""))
    if chosen not in _THEMES:
        chosen = str(getattr(getattr(request, "user", None), "theme", ""))
    return chosen if chosen in _THEMES else ""


@register.simple_tag(takes_context=True)
def here(context: Context, *places: str, but: str = "") -> str:
    """aria-current="page" at or below one of `places` ("themes" is /themes/); "" is the loop only."""
    request = context.get("request")
    path = str(request.path_info).strip("/") if request is not None else None
    if path is None or (but and _below(path, but)):
        return ""
    # A constant of this module, nothing from outside.
    return mark_safe(' aria-current="page"') if any(_below(path, place) for place in places) else ""


def _below(path: str, place: str) -> bool:
    return path == place or (bool(place) and path.startswith(f"{place}/"))


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """The query string of this page with parameters changed; None or "" takes one out. Goes back to the first page."""
    request = context.get("request")
    if request is None:
        return ""
    query = request.GET.copy()
    # Another filter or order starts at the first page again.
    if not {"after", "before"} & changes.keys():
        query.pop("after", None)
        query.pop("before", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def undo_url(message: Any) -> str:
    """Where a notice's Undo button posts to, or ""."""
    return notices.undo_address(getattr(message, "extra_tags", ""))


def _shown(value: Any, write: Callable[[float], str]) -> str:
    return UNKNOWN if value is None or value == "" else write(float(value))


@register.filter
def number(value: Any, places: int = 0) -> str:
    """4310 as "4,310"; `number:1` keeps one decimal."""
    return _shown(value, lambda known: formats.decimal(known, int(places)))


@register.filter
def decimal1(value: Any) -> str:
    """One decimal: "10.4"."""
    return _shown(value, lambda known: formats.decimal(known, 1))


@register.filter
def signed(value: Any, places: int = 0) -> str:
    """A change with its sign always: "+12"."""
    return _shown(value, lambda known: formats.signed(known, int(places)))


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A share on 0 to 100: "61.4%"."""
    return _shown(value, lambda known: formats.percent(known, int(places)))


@register.filter
def ratio_percent(value: Any, places: int = 1) -> str:
    """A share on 0 to 1: 0.614 as "61.4%"."""
    return _shown(value, lambda known: formats.percent(known * 100, int(places)))


@register.filter
def signed_percent(value: Any, places: int = 1) -> str:
    """A change in percent with its sign always: "+2.1%"."""
    return _shown(value, lambda known: formats.signed_percent(known, int(places)))


@register.filter
def signed_ratio_percent(value: Any, places: int = 1) -> str:
    """A relative change on 0 to 1: 0.021 as "+2.1%"."""
    return _shown(value, lambda known: formats.signed_percent(known * 100, int(places)))


@register.filter
def compact(value: Any) -> str:
    """58940 as "58.9k"."""
    return _shown(value, formats.compact)


@register.filter
def money(cents: Any, currency: str = "EUR") -> str:
    """Integer cents as "€17,200"."""
    return _shown(cents, lambda known: formats.money(known, currency))


@register.filter
def money_exact(cents: Any, currency: str = "EUR") -> str:
    """Integer cents as "€4.46"."""
    return _shown(cents, lambda known: formats.money(known, currency, 2))


@register.filter
def duration(seconds: Any) -> str:
    """Seconds as "58 s", "8:40", "3 h 10" or "4 days"."""
    return _shown(seconds, formats.duration)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as "12 Oct"."""
    return formats.day(value) if value else ""


@register.filter
def day_year(value: date | datetime | None) -> str:
    """A day as "12 Oct 2026"."""
    return formats.day(value, year=True) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A moment as "12 Oct 14:02"."""
    return formats.moment(value) if value else ""


@register.filter
def day_range(first: date | datetime | None, last: date | datetime | None) -> str:
    """Two days as "24 Oct to 20 Nov 2026"."""
    return formats.day_range(first, last) if first and last else ""


@register.filter
def redactions(text: str | None) -> SafeString:
    """A customer's words, escaped, with every mark of something taken out ("[name]") set apart."""
    parts = _REDACTED.split(text or "")
    return format_html_join(
        "",
        "{}",
        ((format_html('<span class="red">{}</span>', part) if i % 2 else part,) for i, part in enumerate(parts)),
    )


@register.filter
def avatar_initials(name: str | None) -> str:
    """Initials of a name that is not a person's row: "Sanne de Wit" as "SW"."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    return "".join(word[0].upper() for word in (*words[:1], *words[1:][-1:])) or "?"

"""What all help desks share: reasons from tags, fields that a shop made for itself, order numbers. Pure.

Settings of a source that help desks read:
    {"markets": {brand, inbox or country: market}, "teams": {group: name}, "channels": {their word: ours},
     "fields": {our field, or "order": key of their own field}, "strip_tags": [beginnings], "reason_fields": [keys],
     "reason_names": {value: path}, "complaint": [tags or values], "order_pattern": regular expression}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from feedback.systems.making import named, option, options
from feedback.systems.reading import objects, text
from feedback.systems.shapes import Payload, Settings

OWN_FIELDS = frozenset(
    {
        "occurred_at", "channel", "language", "market", "location", "stage", "page", "handle_seconds", "wait_seconds",
        "first_response_seconds", "resolved_first_contact", "is_complaint", "team", "product", "experiment", "variant",
    }
)  # fmt: skip
_MAX_TAG = 120
_SEARCHED = 10_000
_LONGEST_VALUE = 200
_MOST_CHOICES = 50


def reasons(settings: Settings, tags: Iterable[Any], chosen: Iterable[Any] = (), strip: tuple[str, ...] = ()) -> str:
    """Reasons as a file gives them: what was chosen in a field first, then tags, without those of the machine."""
    beginnings = tuple(word.lower() for word in options(settings, "strip_tags", strip) if word)
    found: dict[str, None] = {}
    for value in (*chosen, *tags):
        tag = text(value)
        if tag and not (beginnings and tag.lower().startswith(beginnings)):
            found[named(settings, "reason_names", tag, tag)[:_MAX_TAG].replace("|", "/")] = None
    return "|".join(found)


def complaint(settings: Settings, values: Iterable[Any]) -> str:
    """Whether one of these values means a complaint; "" when the settings do not say which do."""
    meant = {word.lower() for word in options(settings, "complaint")}
    if not meant:
        return ""
    return "true" if any(text(value).lower() in meant for value in values) else "false"


def kept(settings: Settings, own: Mapping[str, Any]) -> list[Payload]:
    """The desk's own fields as they are stored: choices and numbers, no stories, and not the order's number.

    As pairs of key and value, so that a field for somebody's name is known by its key and emptied.
    """
    table = settings.config.get("fields")
    order = text(table.get("order")) if isinstance(table, dict) else ""
    return [
        # Salesforce ends the keys of own fields in "__c"; without it the label says what the field is.
        {"key": key, "label": key.removesuffix("__c"), "value": value}
        for key, value in own.items()
        if key and key != order and _is_short(value)
    ]


def _is_short(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and len(value) <= _MOST_CHOICES and all(_is_short(choice) for choice in value)
    if isinstance(value, bool):
        return True
    said = text(value)
    return 0 < len(said) <= _LONGEST_VALUE and "\n" not in said


def own_of(payload: Payload) -> dict[str, Any]:
    """The desk's own fields of a stored payload, by their keys."""
    return {text(field.get("key")): field.get("value") for field in objects(payload.get("own"))}


def own_fields(settings: Settings, look_up: Callable[[str], Any]) -> dict[str, str]:
    """Our fields that the settings take from the desk's own ones."""
    table = settings.config.get("fields")
    found: dict[str, str] = {}
    for ours, theirs in table.items() if isinstance(table, dict) else ():
        value = look_up(text(theirs))
        shown = str(value).lower() if isinstance(value, bool) else text(value)
        if ours in OWN_FIELDS and shown:
            found[ours] = shown
    return found


def order_of(settings: Settings, look_up: Callable[[str], Any], *said: str) -> str:
    """The order number: of the desk's own field for it, else what the shop's pattern finds in the words."""
    table = settings.config.get("fields")
    theirs = text(table.get("order")) if isinstance(table, dict) else ""
    number = text(look_up(theirs)) if theirs else ""
    return order_number(number or _searched(option(settings, "order_pattern"), said))


def order_number(value: Any) -> str:
    """An order number as every system writes it: without the hash sign."""
    return text(value).lstrip("#").strip()[:_MAX_TAG]


def _searched(pattern: str, said: Iterable[str]) -> str:
    if not pattern:
        return ""
    try:
        looked_for = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return ""
    for words in said:
        found = looked_for.search(words[:_SEARCHED])
        if found:
            return found[found.lastindex or 0] or ""
    return ""


def channel(settings: Settings, theirs: Any) -> str:
    """A channel in our words where the settings give one, else in theirs."""
    return named(settings, "channels", theirs, text(theirs))


def market(settings: Settings, *values: Any) -> str:
    """The market that the settings give for the first of these values that they know."""
    return next((found for value in values if (found := named(settings, "markets", value))), "")

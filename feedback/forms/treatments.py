"""What may happen to a field on its way in, as the choices of the mapping page, and back from what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback import transforms

_SPLIT = (">", "/", "-")
_LISTS = {"list:,": ",", "list:;": ";", "list:|": "|", "list:space": " "}
_REASON: dict[str, Promise] = {
    "": _("Split at > and ::"),
    "path:>": _("Split at >"),
    "path:/": _("Split at /"),
    "path:-": _("Split at -"),
    "path:": _("Split at another sign"),
    "list:,": _("Several, with commas"),
    "list:;": _("Several, with semicolons"),
    "list:|": _("Several, with |"),
    "list:space": _("Tags, with spaces"),
    "values": _("In other words"),
}
_TIME: dict[str, Promise] = {
    "": _("In seconds"),
    "duration:minutes": _("Minutes to seconds"),
    "duration:hours": _("Hours to seconds"),
    "duration:milliseconds": _("Milliseconds to seconds"),
    "duration:days": _("Days to seconds"),
}
_YES_NO: dict[str, Promise] = {"": _("Yes and no"), "words": _("Own words for yes and no")}
_SCORE: dict[str, Promise] = {
    "": _("On the survey’s own scale"),
    "scale": _("On another scale"),
    "values": _("In other words"),
}
_PLAIN: dict[str, Promise] = {
    "": _("As it is"),
    "values": _("In other words"),
    "part:before": _("Only what is before a sign"),
    "part:after": _("Only what is after a sign"),
}
_NAMES = frozenset(
    {
        "channel", "language", "market", "location", "stage", "page", "team", "product", "department", "device",
        "instrument", "experiment", "variant",
    }
)  # fmt: skip


def options(field: str) -> list[tuple[str, str]]:
    """What may happen to this field, best known first; empty when nothing may."""
    if field == "reason":
        found = _REASON
    elif field in transforms.DURATIONS:
        found = _TIME
    elif field in transforms.YES_NO:
        found = _YES_NO
    elif field == "score":
        found = _SCORE
    elif field in _NAMES:
        found = _PLAIN
    else:
        return []
    return [(value, str(label)) for value, label in found.items()]


def option_of(transform: transforms.Transform | None) -> str:
    """The choice that stands for a transformation."""
    match transform:
        case transforms.Path(sign=sign):
            return f"path:{sign}" if sign in _SPLIT else "path:"
        case transforms.List(sign=sign):
            return next((key for key, value in _LISTS.items() if value == sign), "list:,")
        case transforms.Duration(unit=unit):
            return "" if unit == "seconds" else f"duration:{unit}"
        case transforms.Part(keep=keep):
            return f"part:{keep}"
        case None:
            return ""
        case _:
            return transform.kind


def chosen(field: str, data: Mapping[str, str], position: int) -> dict[str, Any]:
    """The JSON of what was chosen for the column at this position; empty for "as it is"."""
    option = data.get(f"as-{position}", "")
    if option not in {value for value, _label in options(field)}:
        # It was chosen for another field.
        return {}
    kind, _colon, detail = option.partition(":")

    def said(name: str) -> str:
        return data.get(f"{name}-{position}", "").strip()

    match kind:
        case "path":
            return {"kind": kind, "sign": detail or data.get(f"sign-{position}", "")}
        case "list":
            return {"kind": kind, "sign": _LISTS[option], "without": _words(said("without"))}
        case "duration":
            return {"kind": kind, "unit": detail}
        case "part":
            return {"kind": kind, "sign": data.get(f"sign-{position}", ""), "keep": detail}
        case "words":
            return {"kind": kind, "yes": _words(said("yes")), "no": _words(said("no"))}
        case "scale":
            return {"kind": kind, "from": [said("low").replace(",", "."), said("high").replace(",", ".")]}
        case "values":
            values = _table(data, position)
            return {"kind": kind, "values": values} if values else {}
    return {}


def begun(field: str, data: Mapping[str, str], position: int) -> str:
    """The choice for this column although it does not make a transformation yet: nothing was typed beside it."""
    option = data.get(f"as-{position}", "")
    kept = data.get(f"was-{position}") == field and option in {value for value, _label in options(field)}
    return option if kept else ""


EMPTIED = "-"
"""Typed as the meaning of a value: the field stays empty."""


def _table(data: Mapping[str, str], position: int) -> dict[str, str]:
    """What was typed beside the values; a value without anything typed stays as it is."""
    values: dict[str, str] = {}
    for at in range(transforms.MAX_VALUES):
        value = data.get(f"value-{position}-{at}")
        if value is None:
            break
        means = data.get(f"means-{position}-{at}", "").strip()
        if means:
            values[value] = "" if means == EMPTIED else means
    return values


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]

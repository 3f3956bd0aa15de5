"""Columns that nobody has said anything about and that look like something, with buttons that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from feedback import fields, headings, kinds, mapping
from feedback.evidence import Column
from feedback.selectors.samples import Sample


@dataclass(frozen=True)
class Offer:
    """A button that makes a choice: the value it gives to a control."""

    label: str
    control: str
    value: str


@dataclass(frozen=True)
class Choice:
    """One thing to look at. `target` is the id of its control, empty when there is none."""

    target: str
    about: str
    sentence: str
    offers: tuple[Offer, ...] = ()
    # Whether it waits for a choice, and whether nothing can be imported before it is made.
    must: bool = True
    blocks: bool = False
    # Whether nothing on the page can mend it: it takes another file.
    hopeless: bool = False
    # (address, label) of pages where it can be mended.
    links: tuple[tuple[str, str], ...] = ()


def undecided(kind: kinds.Kind, chosen: mapping.FieldMap, sample: Sample, new: Sequence[str]) -> dict[str, Choice]:
    """The columns that nothing is made of and that look like something, by heading."""
    known = chosen.headings
    taken = {name for name, several in chosen.columns.items() if several} | set(chosen.constants)
    found: dict[str, Choice] = {}
    for position, column in enumerate(sample.columns):
        if column.heading.lower() in known or not column.filled:
            continue
        field, says = _looks_like(kind, column)
        if field and (field in taken or field not in kind.columns):
            field = ""
        if not field and (column.heading not in new or kind.name == "commerce"):
            # Exports of counts differ in what they count beside; nothing can be made of the rest.
            continue
        control = f"column-{position}"
        leave = Offer(_("Leave it out"), control, "-")
        offers: tuple[Offer, ...] = (leave,)
        if field:
            taken.add(field)
            offers = (Offer(_("Use as %(field)s") % {"field": fields.name(field)}, control, field), leave)
        if column.heading in new:
            says = _("New in this file. %(says)s") % {"says": says or _contents(column)}
        found[column.heading] = Choice(control, column.heading, says, offers)
    return found


def _looks_like(kind: kinds.Kind, column: Column) -> tuple[str, str]:
    """A field that an unknown column could be, and why."""
    if kind.name == "commerce":
        if headings.plain(column.heading) in headings.PEOPLE_NOT_VISITS:
            return "sessions", _("Counts people or pages, which are close to visits and not the same.")
        return "", ""
    text = "comment" if kind.name == "surveys" else "text"
    if column.is_sentences:
        return text, _("Whole sentences. They look like what customers said.")
    if column.is_few and column.is_names:
        return "agent", _("Looks like names of colleagues. “Agent” stores a code instead of the name.")
    if column.looks_like:
        return column.looks_like, _contents(column)
    if column.is_addresses:
        return "page", _("Addresses of pages.")
    return "", ""


def _contents(column: Column) -> str:
    if column.is_dates:
        return _("It holds dates.")
    if column.is_numbers:
        return _("It holds numbers.")
    return ngettext("One value in all rows.", "%(count)s different values.", len(column.values)) % {
        "count": formats.decimal(len(column.values))
    }

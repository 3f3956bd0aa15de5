"""The mapping that a file starts with: the last one of its source as far as it fits, and a guess for the rest.

Pure: no Django, no clock, no network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_RANGE = re.compile(r"\b((?:19|20)[0-9]{6})\s*-\s*((?:19|20)[0-9]{6})\b")
_START, _END = (
    re.compile(rf"\b{words}\b\D{{0,12}}((?:19|20)[0-9]{{2}}-?[0-9]{{2}}-?[0-9]{{2}})\b", re.I)
    for words in ("(?:start date|startdatum)", "(?:end date|einddatum|enddatum)")
)


@dataclass(frozen=True)
class Proposal:
    """A mapping's JSON, and how the headings of the file differ from those of the last file."""

    mapping: dict[str, Any]
    # Headings that the last mapping said nothing about; empty when there is no last mapping.
    new: tuple[str, ...] = ()
    # Headings that it used and this file does not have.
    gone: tuple[str, ...] = ()


def propose(kept: Mapping[str, Any], guess: Mapping[str, Any], header: Sequence[str]) -> Proposal:
    """The kept mapping where its headings are here; headings it never saw may become what the guess says."""
    if not kept:
        return Proposal(dict(guess))
    present = {heading.lower() for heading in header}
    columns: dict[str, Any] = {}
    gone: list[str] = []
    known = {heading.lower() for heading in kept.get("left_out", [])}
    for field, several in kept.get("columns", {}).items():
        headings = _several(several)
        known |= {heading.lower() for heading in headings}
        gone += [heading for heading in headings if heading.lower() not in present]
        here = [heading for heading in headings if heading.lower() in present]
        if several is None or here:
            columns[field] = here or None
            known |= {field} if several is None else set()
    constants = kept.get("constants", {})
    transforms = {field: one for field, one in kept.get("transforms", {}).items() if columns.get(field)}
    for field, several in guess.get("columns", {}).items():
        headings = _several(several)
        if field not in columns and field not in constants and not known & {heading.lower() for heading in headings}:
            columns[field] = headings
            if field in guess.get("transforms", {}):
                transforms[field] = guess["transforms"][field]
    left_out = [heading for heading in kept.get("left_out", []) if heading.lower() in present]
    mapping = {**kept, "columns": columns, "transforms": transforms, "left_out": left_out}
    new = tuple(heading for heading in header if heading.lower() not in known)
    return Proposal(mapping, new, tuple(gone))


def days_above(preamble: Sequence[str]) -> tuple[date, date] | None:
    """The first and the last day that the lines above the headings speak of: `# 20261101-20261130`."""
    text = "\n".join(preamble)
    both = _RANGE.search(text)
    found = both.groups() if both else tuple(match[1] for one in (_START, _END) if (match := one.search(text)))
    try:
        days = [datetime.strptime(day.replace("-", ""), "%Y%m%d").date() for day in found]  # noqa: DTZ007 - a day
    except ValueError:
        return None
    return (days[0], days[-1]) if len(days) == 2 else None


def _several(headings: object) -> list[str]:
    return [headings] if isinstance(headings, str) else [str(one) for one in headings or []]  # type: ignore[attr-defined]

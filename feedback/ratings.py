"""Scores that stand in a file of contacts: which survey they answer, and the mapping that reads them as one.

Pure: no Django, no clock, no network. Help desks put what a customer thought of the answer beside the ticket; here
that is a kind of rows of its own, so one file is read twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback import guessing, headings, transforms
from feedback.evidence import Column
from feedback.mapping import FieldMap
from feedback.normalise.values import MAX_NAME
from metrics.scales import SCALES

# Of a contact and of what was said about it alike; a team is a department there.
_SHARED = {
    "channel": "channel", "market": "market", "stage": "stage", "page": "page", "language": "language",
    "customer": "customer", "customer_name": "customer_name", "team": "department",
}  # fmt: skip
# Asked with two questions, and with yes and no: one column of numbers is neither.
_NOT_ONE_NUMBER = frozenset({"ves", "gcr"})
# Other surveys of the same source number their answers too, and may begin at 1 as the contacts do.
_OF_RATINGS = "rating:"


@dataclass(frozen=True)
class Ratings:
    """Scores in a file of contacts. `guess` is the survey that their heading speaks of, or ""."""

    heading: str
    count: int
    instruments: tuple[str, ...]
    guess: str
    # Without the survey, which a person may choose.
    mapping: dict[str, Any]

    def as_survey(self, instrument: str) -> dict[str, Any]:
        """The mapping's JSON, as answers to this survey."""
        return self.mapping | {"constants": {**self.mapping["constants"], "instrument": instrument}}


def find(columns: Sequence[Column], rows: Sequence[Sequence[str]], chosen: FieldMap) -> Ratings | None:
    """The scores among these columns that nothing is made of, where every answer can be told from every other."""
    own_id = chosen.columns.get("external_id")
    used = {heading.lower() for several in chosen.columns.values() for heading in several or ()}
    free = [column for column in columns if column.filled and column.heading.lower() not in used]
    column = _named(free, headings.KNOWN["surveys"]["score"])
    if column is None or not own_id:
        return None
    transform = guessing.transform("score", column)
    instruments = _instruments(column, bool(transform))
    rated = list(_rated(columns, rows, column, transform))
    when = _when(columns, free, rated, chosen)
    if not instruments or not rated or not when:
        return None
    if transform:
        transform = transform | {"values": guessing.GOOD_BAD | transform["values"]}
    said = headings.plain(column.heading)
    named = next((name for name, words in headings.SURVEY_WORDS.items() if any(word in said for word in words)), "")
    return Ratings(
        heading=column.heading,
        count=len(rated),
        instruments=instruments,
        guess=named if named in instruments else "",
        mapping=_mapping(chosen, own_id, column, when, _named(free, headings.RATINGS["comment"]), transform),
    )


def answer_id(contact: str) -> str:
    """The id of the answer about the contact with this one: always the same, and that of no other survey's answer."""
    if len(_OF_RATINGS) + len(contact) > MAX_NAME:
        contact = hashlib.sha256(contact.encode()).hexdigest()
    return f"{_OF_RATINGS}{contact}" if contact else ""


def id_heading(contact: str) -> str:
    """What the column of these ids is called, beside the one with the ids of contacts."""
    return f"{_OF_RATINGS}{contact}"


def _named(columns: Sequence[Column], names: Sequence[str]) -> Column | None:
    """The column with the best of these headings."""
    plain = [(headings.plain(column.heading), column) for column in columns]
    return next((column for name in names for said, column in plain if said == name), None)


def _instruments(column: Column, is_words: bool) -> tuple[str, ...]:
    """The surveys whose scale these scores can be on: good and bad are an answer to CSAT alone."""
    if is_words:
        return ("csat",)
    ends = column.range()
    if ends is None:
        return ()
    return tuple(
        name
        for name, (low, high) in SCALES.items()
        if low <= ends[0] and ends[1] <= high and name not in _NOT_ONE_NUMBER
    )


def _rated(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], column: Column, transform: Mapping[str, Any]
) -> Iterator[Sequence[str]]:
    """The rows with a score; an offer that was not answered is none."""
    at = columns.index(column)
    converter = transforms.read("score", transform).converter("score", "") if transform else None
    for row in rows:
        score = row[at].strip()
        if score and (converter is None or converter(score)):
            yield row


def _when(
    columns: Sequence[Column], free: Sequence[Column], rated: Sequence[Sequence[str]], chosen: FieldMap
) -> tuple[str, ...]:
    """When the answer was given, or the nearest to it that every answer has: solved, changed, asked."""
    named = [_named(free, headings.RATINGS[name]) for name in ("given_at", "changed_at")]
    said, changed = [(column.heading,) if column and column.is_dates else () for column in named]
    for several in (said, chosen.columns.get("resolved_at") or (), changed, chosen.columns.get("occurred_at") or ()):
        at = next((at for at, column in enumerate(columns) if several and column.heading == several[0]), None)
        if at is not None and all(row[at].strip() for row in rated):
            return several
    return ()


def _mapping(
    chosen: FieldMap,
    own_id: tuple[str, ...],
    score: Column,
    when: tuple[str, ...],
    comment: Column | None,
    transform: dict[str, Any],
) -> dict[str, Any]:
    told = chosen.as_json()
    # No column of this file has ids of answers.
    columns: dict[str, Any] = {"external_id": None, "contact": list(own_id), "responded_at": list(when)}
    columns["score"] = [score.heading]
    if comment:
        columns["comment"] = [comment.heading]
    every, constants = {"score": transform} if transform else {}, {}
    for ours, theirs in _SHARED.items():
        if chosen.columns.get(ours):
            columns[theirs] = list(chosen.columns[ours] or ())
        if ours in told.get("transforms", {}):
            every[theirs] = told["transforms"][ours]
        if ours in chosen.constants:
            constants[theirs] = chosen.constants[ours]
    kept: dict[str, Any] = {name: told[name] for name in ("timezone", "date_format", "decimal") if name in told}
    return {"columns": columns, "constants": constants, "transforms": every, **kept}

"""Delighted: survey responses by webhook and pulled. Pure.

A score of 0 is a score. Webhooks do not say the type of the survey; without it the settings do: {"instrument": "nps"}.
A "ces" has five points and a "ces7" seven; only the latter is a CES as we count it, the other is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import asked, desks, making
from feedback.systems.reading import (
    dig,
    figure,
    identity,
    mapping,
    moment,
    moment_or_none,
    objects,
    strings,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_TYPES = {
    "nps": ("nps", "", ""), "enps": ("enps", "", ""), "csat": ("csat", "", ""), "csat3": ("csat", "1", "3"),
    "ces": ("ces", "1", "5"), "ces7": ("ces", "1", "7"),
    "stars_five": ("star", "", ""), "five_star": ("star", "", ""), "5star": ("star", "", ""),
}  # fmt: skip
_OF_SETTINGS = frozenset({"nps", "enps", "csat", "ces", "star"})
_PROPERTIES = ("market", "channel", "stage", "department", "language", "page")
_ORDER = ("order", "order_id", "Order ID", "order_number")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an event about a response, or a page of them."""
    event = text(dig(body, "event_type"))
    if event and not event.startswith("survey_response"):
        raise Unknown(event)
    found = objects([dig(body, "event_data")]) or objects(body) or objects([body])
    made = [record for item in found if "score" in item for record in responses(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="Delighted")
    return made


def responses(item: Payload, settings: Settings) -> list[Record]:
    """A response; the person is a number in the API and an object in webhooks."""
    key = identity("id", item.get("id"))
    person = item.get("person")
    told = {text(name): text(value) for name, value in mapping(item.get("person_properties")).items()}
    return [
        Record(
            stream="responses",
            external_id=key,
            payload=making.picked(item, ("survey_type", "score", "created_at", "updated_at"))
            | {
                "id": key,
                "comment": words(item.get("comment")),
                "tags": strings(item.get("tags")),
                "contact_id": asked.contact_id(told),
                "beside": {name: told[name] for name in _PROPERTIES if told.get(name)},
            },
            version=version_of(item.get("updated_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            people=People(
                customer=text(dig(person, "id")) or text(person),
                order=desks.order_number(next((told[name] for name in _ORDER if told.get(name)), "")),
                known=making.known(*making.person(person), told.get("Name"), told.get("name"), told.get("email")),
            ),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The response."""
    if not found:
        return []
    response = found[-1].payload
    instrument, low, high = _scale(text(response.get("survey_type")).lower(), making.option(settings, "instrument"))
    beside = {name: text(dig(response, "beside", name)) for name in _PROPERTIES}
    return [
        making.row(
            "surveys",
            **beside
            | {
                "external_id": text(response.get("id")),
                "instrument": instrument,
                "responded_at": written(moment("created_at", response.get("created_at"))),
                "score": figure("score", response.get("score")),
                "scale_min": low,
                "scale_max": high,
                "comment": text(response.get("comment")),
                "contact": text(response.get("contact_id")),
            },
        )
    ]


def _scale(kind: str, said: str) -> tuple[str, str, str]:
    """Instrument, lowest and highest: of the type of the survey, else of what the settings say."""
    if not kind and (not said or said in _OF_SETTINGS):
        return said, "", ""
    if (kind or said) not in _TYPES:
        raise Unmappable("instrument_unknown", "survey_type", kind or said)
    return _TYPES[kind or said]


DELIGHTED = System(
    name="delighted",
    label="Delighted",
    records=records,
    rows=rows,
    keep=frozenset({"id", "survey_type", "score", "created_at", "updated_at", "tags"}),
    pulled={"responses": responses},
    roots=frozenset({"responses"}),
    signature="delighted",
    delivery_id=("body:event_id",),
)

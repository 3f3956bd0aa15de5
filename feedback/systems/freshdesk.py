"""Freshdesk: tickets and satisfaction ratings. Pure.

Ratings run from -103 to 103 and no survey uses all of them: which values a survey offers stands in the settings, and
without them all seven are taken as a scale of seven.

Setting of a source: {"surveys": {survey id: {"values": [-103, 100, 103], "instrument": "csat"}}}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
    LAST_VERSION,
    between,
    dig,
    identity,
    mapping,
    moment,
    moment_or_none,
    number,
    objects,
    strings,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unmappable

ROOTS = frozenset({"tickets"})
SEVEN = (-103.0, -102.0, -101.0, 100.0, 101.0, 102.0, 103.0)
_CHANNELS = {
    "1": "email", "2": "portal", "3": "phone", "4": "forum", "5": "twitter", "6": "facebook", "7": "chat",
    "9": "feedback widget", "10": "outbound email", "11": "ecommerce", "12": "bot", "13": "whatsapp",
}  # fmt: skip
_FACTS = (
    "created_at", "updated_at", "status", "source", "type", "tags", "group_id", "product_id", "spam", "deleted",
)  # fmt: skip
_STATS = ("first_responded_at", "resolved_at", "closed_at", "reopened_at")
_RATING = ("created_at", "updated_at", "survey_id", "ratings")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an automation, which sends what its owner wrote: a ticket, or Freshdesk's own `freshdesk_webhook`."""
    simple = dig(body, "freshdesk_webhook")
    if isinstance(simple, dict):
        return tickets(_long(simple), settings)
    rated = dig(body, "satisfaction_rating") if isinstance(dig(body, "satisfaction_rating"), dict) else body
    if isinstance(rated, dict) and "ratings" in rated:
        return ratings(rated, settings)
    found = objects(body) or objects([dig(body, "ticket")]) or objects([body])
    made = [record for item in found if "id" in item for record in tickets(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="Freshdesk")
    return made


def _long(simple: Payload) -> Payload:
    """`{"ticket_id": …, "ticket_subject": …}` as a ticket of the API."""
    item = {key.removeprefix("ticket_"): value for key, value in simple.items()}
    requester = {name: simple.get(f"ticket_requester_{name}") for name in ("id", "name", "email", "phone")}
    asked = item.get("tags")
    return item | {
        "requester": requester,
        "requester_id": requester["id"],
        "responder_id": simple.get("ticket_agent_id"),
        "tags": [tag.strip() for tag in asked.split(",")] if isinstance(asked, str) else asked,
        "source": text(item.get("source")).lower(),
    }


def tickets(item: Payload, settings: Settings) -> list[Record]:
    """A ticket, with `stats`, `requester` and `description` where those were asked for."""
    key = identity("id", item.get("id"))
    said = {
        "subject": words(item.get("subject")),
        "description_text": words(item.get("description_text")) or words(item.get("description")),
    }
    own = mapping(item.get("custom_fields"))
    deleted = item.get("deleted") is True
    stats = item.get("stats")
    return [
        Record(
            stream="tickets",
            external_id=key,
            entity=f"ticket:{key}",
            payload=making.picked(item, _FACTS)
            | {name: value for name, value in said.items() if value}
            | {
                "id": key,
                "stats": making.picked(mapping(stats), _STATS),
                "own": desks.kept(settings, own),
            },
            version=version_of(item.get("updated_at")) or (LAST_VERSION if deleted else ""),
            occurred_at=moment_or_none(item.get("created_at"), settings.zone),
            deleted=deleted,
            people=People(
                customer=text(item.get("requester_id")),
                order=desks.order_of(settings, own.get, *said.values()),
                agent=text(item.get("responder_id")),
                known=making.known(
                    *making.person(item.get("requester")), item.get("name"), item.get("email"), item.get("phone"),
                    *strings(item.get("cc_emails")),
                ),
            ),
        )
    ]  # fmt: skip


def ratings(item: Payload, settings: Settings) -> list[Record]:
    """A satisfaction rating; its answers by question."""
    key = identity("id", item.get("id"))
    ticket = text(item.get("ticket_id"))
    return [
        Record(
            stream="ratings",
            external_id=key,
            entity=f"ticket:{ticket}" if ticket else "",
            payload=making.picked(item, _RATING)
            | {"id": key, "ticket_id": ticket, "feedback": words(item.get("feedback"))},
            version=version_of(item.get("updated_at")) or version_of(item.get("created_at")),
            occurred_at=moment_or_none(item.get("created_at"), settings.zone),
            people=People(customer=text(item.get("user_id")), agent=text(item.get("agent_id"))),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The ticket as a contact, its ratings as surveys."""
    heard = making.spoken(found, ROOTS)
    made = [_survey(record, record in heard, settings) for record in making.of(found, "ratings")]
    whole = making.of(found, "tickets")
    if not whole:
        return made
    ticket = making.merged(whole)
    if ticket.get("spam") is True:
        return [making.gone("contacts", text(ticket.get("id"))), *made]
    spoken = making.merged(record for record in whole if record in heard)
    return [_contact(ticket, spoken, settings), *made]


def _contact(ticket: Payload, spoken: Payload, settings: Settings) -> Mapped:
    own = desks.own_of(ticket)
    tags = strings(ticket.get("tags"))
    stats = ticket.get("stats")
    opened = moment("created_at", ticket.get("created_at"), settings.zone)
    source = text(ticket.get("source"))
    beside = {"type": ticket.get("type")} | own
    chosen = [beside.get(name) for name in making.options(settings, "reason_fields")]
    resolved = moment("resolved_at", dig(stats, "resolved_at") or dig(stats, "closed_at"), settings.zone)
    answered = moment("first_responded_at", dig(stats, "first_responded_at"), settings.zone)
    return making.row(
        "contacts",
        **{
            "channel": making.named(settings, "channels", source, _CHANNELS.get(source, source)),
            "reason": desks.reasons(settings, tags, chosen),
            "market": desks.market(settings, ticket.get("group_id"), ticket.get("product_id")),
            "team": making.named(settings, "teams", ticket.get("group_id"), text(ticket.get("group_id"))),
            "is_complaint": desks.complaint(settings, (*tags, *beside.values())),
            "first_response_seconds": between(opened, answered),
        }
        | desks.own_fields(settings, own.get)
        | {
            "external_id": text(ticket.get("id")),
            "occurred_at": written(opened),
            "resolved_at": written(resolved),
            "subject": text(spoken.get("subject")),
            "text": text(spoken.get("description_text")),
        },
    )


def _survey(record: Record, heard: bool, settings: Settings) -> Mapped:
    rating = record.payload
    said = dig(settings.config, "surveys", text(rating.get("survey_id")))
    values = [value for it in making.several(dig(said, "values")) if (value := number(it)) is not None] or list(SEVEN)
    given = number(dig(rating, "ratings", "default_question"))
    if given is None or given not in values or len(values) < 2:
        shown = text(dig(rating, "ratings", "default_question"))
        raise Unmappable("score_unknown", "default_question", shown)
    return making.row(
        "surveys",
        external_id=record.external_id,
        instrument=text(dig(said, "instrument")) or "csat",
        responded_at=written(moment("created_at", rating.get("created_at"), settings.zone)),
        score=str(sorted(values).index(given) + 1),
        scale_min="1",
        scale_max=str(len(values)),
        comment=text(rating.get("feedback")) if heard else "",
        contact=text(rating.get("ticket_id")),
    )


FRESHDESK = System(
    name="freshdesk",
    label="Freshdesk",
    records=records,
    rows=rows,
    keep=frozenset({"id", "key", "ticket_id", *_FACTS, "stats", *_RATING}),
    pulled={"tickets": tickets, "ratings": ratings},
    roots=ROOTS,
    signature="token",
)

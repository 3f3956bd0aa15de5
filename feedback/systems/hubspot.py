"""HubSpot: tickets, as the CRM's API hands them out with their properties. Pure.

Its own webhooks name a ticket and say nothing of it, so a flow passes the ticket on. `time_to_…` are milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
    LAST_VERSION,
    dig,
    figure,
    identity,
    mapping,
    moment,
    moment_or_none,
    objects,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unmappable

ROOTS = frozenset({"tickets"})
_FACTS = (
    "createdate", "hs_lastmodifieddate", "closed_date", "source_type", "hs_pipeline", "hs_ticket_category",
    "hs_ticket_priority", "time_to_first_agent_reply", "time_to_close", "hs_language",
)  # fmt: skip
_WORDS = ("subject", "content")


def records(body: Any, settings: Settings) -> list[Record]:
    """A page of tickets, or one of them, that a flow passes on."""
    found = objects(dig(body, "results")) or objects([body])
    made = [it for item in found if isinstance(item.get("properties"), dict) for it in tickets(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="HubSpot")
    return made


def tickets(item: Payload, settings: Settings) -> list[Record]:
    """A ticket; its contact where that was asked for (`associations=contacts`)."""
    key = identity("id", item.get("id"))
    given = mapping(item.get("properties"))
    said = {name: words(given.get(name)) for name in _WORDS}
    own = {
        name: value for name, value in given.items() if name not in (*_FACTS, *_WORDS) and not name.startswith("hs_")
    }
    contact = next(iter(objects(dig(item, "associations", "contacts", "results"))), {})
    deleted = item.get("archived") is True
    changed = given.get("hs_lastmodifieddate") or item.get("updatedAt")
    return [
        Record(
            stream="tickets",
            external_id=key,
            entity=f"ticket:{key}",
            payload=making.picked(given, _FACTS)
            | {name: value for name, value in said.items() if value}
            | {"id": key, "createdAt": text(item.get("createdAt")), "own": desks.kept(settings, own)},
            version=version_of(changed) or (LAST_VERSION if deleted else ""),
            occurred_at=moment_or_none(given.get("createdate") or item.get("createdAt")),
            deleted=deleted,
            people=People(
                customer=text(contact.get("id")),
                order=desks.order_of(settings, own.get, *said.values()),
                agent=text(given.get("hubspot_owner_id")),
            ),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The ticket as a contact."""
    whole = making.of(found, *ROOTS)
    if not whole:
        return []
    ticket = making.merged(whole)
    spoken = making.merged(making.spoken(whole, ROOTS))
    own = desks.own_of(ticket)
    beside = {name: ticket.get(name) for name in _FACTS} | own
    chosen = [beside.get(name) for name in making.options(settings, "reason_fields", ("hs_ticket_category",))]
    opened = moment("createdate", ticket.get("createdate") or ticket.get("createdAt"), settings.zone)
    return [
        making.row(
            "contacts",
            **{
                "channel": desks.channel(settings, ticket.get("source_type")),
                "reason": desks.reasons(settings, (), chosen),
                "language": text(ticket.get("hs_language")),
                "market": desks.market(settings, ticket.get("hs_pipeline")),
                "is_complaint": desks.complaint(settings, beside.values()),
                "first_response_seconds": figure(
                    "time_to_first_agent_reply", ticket.get("time_to_first_agent_reply"), 0.001
                ),
            }
            | desks.own_fields(settings, own.get)
            | {
                "external_id": text(ticket.get("id")),
                "occurred_at": written(opened),
                "resolved_at": written(moment("closed_date", ticket.get("closed_date"), settings.zone)),
                "subject": text(spoken.get("subject")),
                "text": text(spoken.get("content")),
            },
        )
    ]


HUBSPOT = System(
    name="hubspot",
    label="HubSpot",
    records=records,
    rows=rows,
    keep=frozenset({"id", "key", "createdAt", *_FACTS}),
    pulled={"tickets": tickets},
    roots=ROOTS,
    signature="token",
)

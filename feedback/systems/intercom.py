"""Intercom: conversations by notification and pulled, their parts and ratings. Pure.

A conversation that comes with its parts is a "thread", one of a search comes without; both say the newest of what
they know. Statistics are seconds, and times stand as ISO text beside epoch seconds. `source` may be null. A deletion
names `conversation_id`; a redacted part comes back as a sentence of Intercom's own.
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
    number,
    objects,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

ROOTS = frozenset({"conversations"})
_WHOLE = ("conversations", "threads")
_STATISTICS = ("time_to_admin_reply", "handling_time", "count_reopens", "last_close_at", "first_close_at")
_CUSTOMERS = frozenset({"user", "lead", "contact"})
_FACTS = ("created_at", "updated_at", "state", "team_assignee_id")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of a notification about a conversation. A merged contact does not say who is gone, so it changes nothing."""
    topic, item = text(dig(body, "topic")), dig(body, "data", "item")
    if topic == "conversation.deleted":
        return [_deleted(item, body.get("created_at"))]
    if topic and not topic.startswith(("conversation.", "conversation_part.")):
        raise Unknown(topic)
    if not topic:
        found = objects(dig(body, "conversations")) or objects([body])
        made = [it for one in found if dig(one, "type") == "conversation" for it in conversations(one, settings)]
        if not made:
            raise Unmappable("not_expected", system="Intercom")
        return made
    if not isinstance(item, dict):
        raise Unmappable("not_expected", system="Intercom")
    return conversations(item, settings)


def _deleted(item: Any, at: Any) -> Record:
    key = identity("conversation_id", dig(item, "conversation_id") or dig(item, "id"))
    return Record(
        stream="conversations",
        external_id=key,
        entity=f"conversation:{key}",
        payload={"id": key},
        version=version_of(at) or LAST_VERSION,
        deleted=True,
    )


def conversations(item: Payload, settings: Settings) -> list[Record]:
    """A conversation, and what customers said in its parts."""
    key = identity("id", item.get("id"))
    source = item.get("source")
    parts = objects(dig(item, "conversation_parts", "conversation_parts"))
    own = mapping(item.get("custom_attributes"))
    contact = next(iter(objects(dig(item, "contacts", "contacts"))), {})
    said = words(dig(source, "body"))
    redacted = dig(source, "redacted") is True
    payload: Payload = making.picked(item, _FACTS) | {
        "id": key,
        "title": words(item.get("title")),
        "source": making.picked(mapping(source), ("type", "delivered_as", "url")),
        "page": text(dig(item, "first_contact_reply", "url")),
        "answered": isinstance(item.get("first_contact_reply"), dict),
        "tags": [text(tag.get("name")) for tag in objects(dig(item, "tags", "tags"))],
        "topics": [text(topic.get("name")) for topic in objects(dig(item, "topics", "topics"))],
        "statistics": making.picked(mapping(item.get("statistics")), _STATISTICS),
        "own": desks.kept(settings, own),
        "language": text(contact.get("language_override")),
        "rating": _rating(item.get("conversation_rating")),
    }  # fmt: skip
    if not redacted and not _is_ours(source):
        payload |= {"subject": words(dig(source, "subject")), "body": said}
    if parts and _is_complete(item, len(parts)):
        payload["admin_replies"] = sum(
            part.get("part_type") == "comment" and dig(part, "author", "type") == "admin" for part in parts
        )
    people = _people(item, contact, parts, own, settings, said)
    whole = Record(
        stream="threads" if "conversation_parts" in item and not redacted else "conversations",
        external_id=key,
        entity=f"conversation:{key}",
        payload=payload,
        version=version_of(item.get("updated_at")),
        occurred_at=moment_or_none(item.get("created_at")),
        deleted=redacted,
        people=people,
    )
    return [whole, *(_part(part, key, people) for part in parts if _is_kept(part))]


def _is_ours(source: Any) -> bool:
    """Whether the conversation was begun by us: its first words are no customer's."""
    return text(dig(source, "author", "type")) in {"admin", "bot", "team"}


def _is_complete(item: Payload, parts: int) -> bool:
    """Whether all parts are here: a notification brings the last ones only."""
    counted = number(dig(item, "statistics", "count_conversation_parts"))
    return dig(item, "conversation_parts", "total_count") == parts and (counted is None or parts >= counted - 1)


def _people(
    item: Payload, contact: Payload, parts: list[Payload], own: Payload, settings: Settings, said: str
) -> People:
    # A robot and a team go by words that customers use as well.
    authors = [
        author
        for author in (dig(item, "source", "author"), *(part.get("author") for part in parts))
        if text(dig(author, "type")) not in {"bot", "team"}
    ]
    return People(
        customer=text(contact.get("external_id")) or text(contact.get("id")),
        order=desks.order_of(settings, own.get, said),
        agent=text(item.get("admin_assignee_id")),
        known=making.known(*making.person(contact), *(value for author in authors for value in making.person(author))),
    )


def _rating(rating: Any) -> Payload:
    if not isinstance(rating, dict):
        return {}
    return {
        "score": rating.get("rating"),
        "remark": words(rating.get("remark")),
        "created_at": rating.get("created_at"),
        "updated_at": rating.get("updated_at"),
    }


def _is_kept(part: Payload) -> bool:
    """What a customer said, or said once."""
    return bool(text(part.get("id"))) and (
        (part.get("part_type") == "comment" and text(dig(part, "author", "type")) in _CUSTOMERS)
        or part.get("redacted") is True
    )


def _part(part: Payload, conversation: str, people: People) -> Record:
    redacted = part.get("redacted") is True
    key = identity("id", part.get("id"))
    facts = {"id": key, "created_at": part.get("created_at")}
    return Record(
        stream="parts",
        external_id=key,
        entity=f"conversation:{conversation}",
        payload=facts if redacted else facts | {"body": words(part.get("body"))},
        version=version_of(part.get("updated_at") or part.get("created_at")),
        occurred_at=moment_or_none(part.get("created_at")),
        deleted=redacted,
        people=People(known=people.known),
    )


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The conversation as a contact, its rating as a survey."""
    whole = making.of(found, *_WHOLE)
    talk = making.merged(whole)
    if not talk.get("created_at"):
        return []
    key = text(talk.get("id"))
    heard = making.spoken(found, ROOTS)
    began = text(dig(talk, "source", "delivered_as"))
    if (
        began
        and began != "customer_initiated"
        and not talk.get("answered")
        and settings.config.get("outbound") is not True
    ):
        # A message of ours that no customer answered is nobody's contact.
        return [making.gone("contacts", key)]
    spoken = making.merged(record for record in whole if record in heard)
    made = [_contact(key, talk, spoken, making.of(heard, "parts"), settings)]
    return made + _survey(key, talk, spoken, settings)


def _contact(key: str, talk: Payload, spoken: Payload, parts: list[Record], settings: Settings) -> Mapped:
    own = desks.own_of(talk)
    tags = [*making.several(talk.get("tags") or []), *making.several(talk.get("topics") or [])]
    numbers = talk.get("statistics")
    closed = text(talk.get("state")) == "closed"
    closed_at = dig(numbers, "last_close_at") or dig(numbers, "first_close_at") if closed else None
    chosen = [own.get(name) for name in making.options(settings, "reason_fields")]
    return making.row(
        "contacts",
        **{
            "channel": desks.channel(settings, dig(talk, "source", "type") or dig(talk, "source", "delivered_as")),
            "reason": desks.reasons(settings, tags, chosen),
            "language": text(talk.get("language")) or text(own.get("Language")),
            "market": desks.market(settings, talk.get("team_assignee_id")),
            "team": making.named(settings, "teams", talk.get("team_assignee_id"), text(talk.get("team_assignee_id"))),
            "page": text(dig(talk, "source", "url")) or text(talk.get("page")),
            "is_complaint": desks.complaint(settings, (*tags, *own.values())),
            "first_response_seconds": figure("time_to_admin_reply", dig(numbers, "time_to_admin_reply")),
            "handle_seconds": figure("handling_time", dig(numbers, "handling_time")),
            "resolved_first_contact": _first_contact(talk, closed),
        }
        | desks.own_fields(settings, own.get)
        | {
            "external_id": key,
            "occurred_at": written(moment("created_at", talk.get("created_at"))),
            "resolved_at": written(moment("last_close_at", closed_at)),
            "subject": text(spoken.get("title")) or text(spoken.get("subject")),
            "text": text(spoken.get("body")) or _first_part(parts),
        },
    )


def _first_part(parts: list[Record]) -> str:
    ordered = sorted(parts, key=lambda part: version_of(part.payload.get("created_at")))
    return next((said for part in ordered if (said := text(part.payload.get("body")))), "")


def _first_contact(talk: Payload, closed: bool) -> str:
    """Closed after one answer and never opened again; unknown while it is open or the answers are not counted."""
    reopened, replies = number(dig(talk, "statistics", "count_reopens")), number(talk.get("admin_replies"))
    if not closed or reopened is None or not replies:
        return ""
    return "true" if reopened == 0 and replies == 1 else "false"


def _survey(key: str, talk: Payload, spoken: Payload, settings: Settings) -> list[Mapped]:
    rating = talk.get("rating")
    if not isinstance(rating, dict) or not rating:
        return []
    score = figure("rating", rating.get("score"))
    at = moment("created_at", rating.get("updated_at") or rating.get("created_at"))
    return [
        making.row(
            "surveys",
            external_id=key,
            instrument="csat",
            invited_at="" if score else written(at),
            responded_at=written(at or moment("updated_at", talk.get("updated_at"))) if score else "",
            score=score,
            comment=text(dig(spoken.get("rating"), "remark")) if score else "",
            contact=key,
        )
    ]


INTERCOM = System(
    name="intercom",
    label="Intercom",
    records=records,
    rows=rows,
    keep=frozenset(
        {"id", "key", *_FACTS, "source.type", "source.delivered_as", "answered", "tags", "topics", "statistics"}
        | {"language", "admin_replies", "rating.score", "rating.created_at", "rating.updated_at"}
    ),
    pulled={"conversations": conversations},
    roots=ROOTS,
    signature="hub_sha1",
    delivery_id=("body:id",),
)

"""Chatwoot: conversations, messages, satisfaction and times, by webhook and pulled. Pure.

The `id` of a conversation in a webhook is the number that agents see (`display_id`). Times are epoch seconds in some
objects and ISO text in others. A conversation of an older version does not say when it began: its first message does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
    between,
    dig,
    figure,
    identity,
    mapping,
    moment,
    moment_or_none,
    number,
    plain,
    strings,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_EVENTS_OF_CONVERSATIONS = ("conversation_",)
_INCOMING = frozenset({"incoming", "0"})
_OUTGOING = frozenset({"outgoing", "1"})
_FACTS = (
    "created_at", "updated_at", "last_activity_at", "timestamp", "first_reply_created_at", "status", "channel",
    "inbox_id", "labels",
)  # fmt: skip


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an event about a conversation or a message."""
    event = text(dig(body, "event"))
    if event.startswith("message_"):
        return messages(body, settings)
    if event.startswith(_EVENTS_OF_CONVERSATIONS) and "typing" not in event:
        return conversations(body, settings)
    if event:
        raise Unknown(event)
    if isinstance(body, dict) and "feedback_message" in body:
        return ratings(body, settings)
    if isinstance(body, dict) and "event_end_time" in body:
        return times(body, settings)
    raise Unmappable("not_expected", system="Chatwoot")


def conversations(item: Payload, settings: Settings) -> list[Record]:
    """A conversation; the last message that it carries is one of those that come by themselves."""
    key = identity("id", item.get("display_id") or item.get("id"))
    extra = mapping(item.get("additional_attributes"))
    own = mapping(item.get("custom_attributes"))
    sender, assignee = dig(item, "meta", "sender"), dig(item, "meta", "assignee")
    changed = (item.get(name) for name in ("updated_at", "last_activity_at", "timestamp"))
    return [
        Record(
            stream="conversations",
            external_id=key,
            entity=f"conversation:{key}",
            payload=making.picked(item, _FACTS)
            | {
                "id": key,
                "begun_at": dig(item, "contact_inbox", "created_at"),
                "page": text(extra.get("referer")),
                "subject": words(extra.get("mail_subject")),
                "language": text(extra.get("browser_language"))
                or text(dig(extra, "browser", "browser_language")) or text(extra.get("conversation_language")),
                "team": text(dig(item, "meta", "team", "name")),
                "own": desks.kept(settings, own),
            },
            version=next(filter(None, map(version_of, changed)), ""),
            occurred_at=moment_or_none(item.get("created_at")),
            people=People(
                customer=text(dig(item, "contact_inbox", "contact_id")) or text(dig(sender, "id")),
                order=desks.order_of(settings, own.get),
                agent=text(dig(assignee, "id")),
                known=making.known(*making.person(sender), *making.person(assignee)),
            ),
        )
    ]  # fmt: skip


def messages(item: Payload, settings: Settings) -> list[Record]:
    """A message, the conversation around it, and the satisfaction that it may carry."""
    around = mapping(item.get("conversation"))
    conversation = identity(
        "conversation.id", around.get("display_id") or around.get("id") or item.get("conversation_id")
    )
    key = identity("id", item.get("id"))
    kind = text(item.get("message_type"))
    incoming, private = kind in _INCOMING, item.get("private") is True
    deleted = dig(item, "content_attributes", "deleted") is True
    said = words(item.get("content"))
    whole = conversations(around, settings) if text(around.get("id") or around.get("display_id")) else []
    known = making.known(*making.person(item.get("sender")), *(whole[0].people.known if whole else ()))
    payload: Payload = {
        "id": key,
        "created_at": item.get("created_at"),
        "in": incoming,
        "out": kind in _OUTGOING and not private and text(item.get("content_type")) != "input_csat",
    }
    message = Record(
        stream="messages",
        external_id=key,
        entity=f"conversation:{conversation}",
        payload=payload | {"content": said} if incoming and not private and not deleted else payload,
        version=version_of(item.get("updated_at") or item.get("created_at")),
        occurred_at=moment_or_none(item.get("created_at")),
        deleted=deleted,
        people=People(
            # The pattern of an order number is looked for in what the customer wrote.
            order=desks.order_of(settings, lambda name: None, said) if incoming else "",
            known=known,
        ),
    )
    rated = dig(item, "content_attributes", "submitted_values", "csat_survey_response")
    if not isinstance(rated, dict):
        return [*whole, message]
    beside = {
        "id": key,
        "message_id": key,
        "conversation_id": conversation,
        "created_at": item.get("updated_at") or item.get("created_at"),
    }
    return [*whole, message, *ratings(rated | beside, settings)]


def ratings(item: Payload, settings: Settings) -> list[Record]:
    """An answered survey: the same from the API and from the message that asked, by the id of that message."""
    key = identity("id", item.get("message_id") or item.get("id"))
    conversation = text(item.get("conversation_id"))
    contact = item.get("contact")
    return [
        Record(
            stream="ratings",
            external_id=key,
            entity=f"conversation:{conversation}" if conversation else "",
            payload=making.picked(item, ("rating", "created_at"))
            | {"id": key, "conversation_id": conversation, "feedback_message": words(item.get("feedback_message"))},
            version=version_of(item.get("created_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            people=People(customer=text(dig(contact, "id")), known=making.known(*making.person(contact))),
        )
    ]


def times(item: Payload, settings: Settings) -> list[Record]:
    """A reporting event: how long a first response or a reply took, in seconds, or that it was resolved."""
    key = identity("id", item.get("id"))
    conversation = identity("conversation_id", item.get("conversation_id"))
    return [
        Record(
            stream="times",
            external_id=key,
            entity=f"conversation:{conversation}",
            payload=making.picked(item, ("id", "event_end_time"))
            | {"kind": text(item.get("name")), "seconds": item.get("value")},
            version=version_of(item.get("updated_at") or item.get("created_at")),
            occurred_at=moment_or_none(item.get("created_at")),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The conversation as a contact, its satisfaction as surveys."""
    made = [_survey(record) for record in making.of(found, "ratings")]
    whole = making.of(found, "conversations")
    if not whole:
        return made
    return [_contact(making.merged(whole), found, settings), *made]


def _contact(talk: Payload, found: Sequence[Record], settings: Settings) -> Mapped:
    said = sorted(making.of(found, "messages"), key=lambda it: version_of(it.payload.get("created_at")))
    theirs = [it for it in said if it.payload.get("in") is True]
    own = desks.own_of(talk)
    labels = strings(talk.get("labels"))
    opened = _opened(talk, said)
    chosen = [own.get(name) for name in making.options(settings, "reason_fields")]
    channel = text(talk.get("channel"))
    return making.row(
        "contacts",
        **{
            "channel": making.named(settings, "channels", channel, channel.removeprefix("Channel::")),
            "reason": desks.reasons(settings, labels, chosen),
            "language": text(talk.get("language")),
            "market": desks.market(settings, talk.get("inbox_id")),
            "team": making.named(settings, "teams", talk.get("team"), text(talk.get("team"))),
            "page": text(talk.get("page")),
            "is_complaint": desks.complaint(settings, (*labels, *own.values())),
        }
        | _times(talk, opened, [it.payload for it in making.of(found, "times")])
        | desks.own_fields(settings, own.get)
        | {
            "external_id": text(talk.get("id")),
            "occurred_at": written(opened),
            "subject": text(talk.get("subject")),
            "text": next((heard for it in theirs if not it.deleted and (heard := text(it.payload.get("content")))), ""),
        },
    )


def _opened(talk: Payload, said: Sequence[Record]) -> datetime | None:
    first = said[0].payload.get("created_at") if said else None
    for value in (talk.get("created_at"), first, talk.get("begun_at"), talk.get("timestamp")):
        found = moment("created_at", value)
        if found:
            return found
    return None


def _times(talk: Payload, opened: datetime | None, events: list[Payload]) -> dict[str, str]:
    """From the reporting events; without them the first reply alone is known."""
    first = [figure("value", event.get("seconds")) for event in events if event.get("kind") == "first_response"]
    replies = [event for event in events if event.get("kind") == "reply_time"]
    resolved = [moment("event_end_time", it.get("event_end_time")) for it in events if it.get("kind") == _RESOLVED]
    is_resolved = text(talk.get("status")).lower() in {"resolved", "1"}
    last = max((at for at in resolved if at), default=None) if is_resolved else None
    waits = [wait for event in replies if (wait := number(event.get("seconds"))) is not None]
    return {
        "first_response_seconds": next(filter(None, first), "")
        or between(opened, moment_or_none(talk.get("first_reply_created_at"))),
        "wait_seconds": plain(sum(waits)) if waits else "",
        "reply_seconds": "|".join(map(plain, waits)),
        "resolved_at": written(last),
        "resolved_first_contact": ("true" if len(resolved) == 1 else "false") if last else "",
    }


_RESOLVED = "conversation_resolved"


def _survey(record: Record) -> Mapped:
    rating = record.payload
    return making.row(
        "surveys",
        external_id=record.external_id,
        instrument="csat",
        responded_at=written(moment("created_at", rating.get("created_at"))),
        score=figure("rating", rating.get("rating")),
        comment="" if record.deleted else text(rating.get("feedback_message")),
        contact=text(rating.get("conversation_id")),
    )


CHATWOOT = System(
    name="chatwoot",
    label="Chatwoot",
    records=records,
    rows=rows,
    keep=frozenset(
        {"id", "key", "conversation_id", "begun_at", *_FACTS, "language", "team", "in", "out", "rating", "seconds"}
        | {"kind", "event_end_time"}
    ),
    pulled={"conversations": conversations, "messages": messages, "ratings": ratings, "times": times},
    roots=frozenset({"conversations"}),
    signature="chatwoot",
    delivery_id=("X-Chatwoot-Delivery",),
)

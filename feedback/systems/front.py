"""Front: conversations and their messages, as its API hands them out. Pure.

A conversation has no words; those are in its messages, which name it in a link. Times are seconds with a fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
    between,
    dig,
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

ROOTS = frozenset({"conversations"})
_CONVERSATION, _MESSAGE = "cnv_", "msg_"


def records(body: Any, settings: Settings) -> list[Record]:
    """A page of conversations or messages that a flow passes on, or an event of a rule with both."""
    beside = [dig(body, "conversation"), dig(body, "target", "data")]
    found = objects(dig(body, "_results")) or objects(beside) or objects([body])
    made: list[Record] = []
    for item in found:
        key = text(item.get("id"))
        if key.startswith(_CONVERSATION):
            made += conversations(item, settings)
        elif key.startswith(_MESSAGE):
            made += messages(item, settings)
    if not made:
        raise Unmappable("not_expected", system="Front")
    return made


def conversations(item: Payload, settings: Settings) -> list[Record]:
    """A conversation; it has no version of its own, so the one received last is the newest."""
    key = identity("id", item.get("id"))
    own = mapping(item.get("custom_fields"))
    deleted = item.get("status") == "deleted"
    return [
        Record(
            stream="conversations",
            external_id=key,
            entity=f"conversation:{key}",
            payload=making.picked(item, ("id", "status", "created_at"))
            | {
                "subject": words(item.get("subject")),
                "tags": [text(tag.get("name")) for tag in objects(item.get("tags"))],
                "own": desks.kept(settings, own),
            },
            version=version_of(item.get("updated_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            deleted=deleted,
            people=People(
                customer=_contact_id(mapping(item.get("recipient"))),
                order=desks.order_of(settings, own.get, words(item.get("subject"))),
                agent=text(dig(item, "assignee", "id")),
                known=making.known(*making.person(item.get("recipient")), *making.person(item.get("assignee"))),
            ),
        )
    ]


def _contact_id(recipient: Payload) -> str:
    return text(dig(recipient, "_links", "related", "contact")).rsplit("/", 1)[-1]


def messages(item: Payload, settings: Settings) -> list[Record]:
    """A message: when, and whether it came in; its words only then."""
    key = identity("id", item.get("id"))
    conversation = identity("conversation", text(dig(item, "_links", "related", "conversation")).rsplit("/", 1)[-1])
    inbound = item.get("is_inbound") is True
    people = objects(item.get("recipients"))
    sender = next((person for person in people if person.get("role") == "from"), {})
    theirs = [person for person in people if (person.get("role") == "from") is inbound]
    facts = making.picked(item, ("id", "type", "created_at")) | {"in": inbound, "draft": item.get("is_draft") is True}
    said = words(item.get("text")) or words(item.get("body"))
    return [
        Record(
            stream="messages",
            external_id=key,
            entity=f"conversation:{conversation}",
            payload=facts | {"body": said} if inbound else facts,
            version=version_of(item.get("updated_at") or item.get("created_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            people=People(
                customer=_contact_id(sender) if inbound else "",
                order=desks.order_of(settings, lambda name: None, said) if inbound else "",
                known=making.known(
                    *making.person(item.get("author")), *(it for person in theirs for it in making.person(person))
                ),
            ),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The conversation as a contact, once it is known that a customer wrote, or nothing of its messages is."""
    whole = making.of(found, *ROOTS)
    if not whole:
        return []
    talk = making.merged(whole)
    heard = making.spoken(found, ROOTS)
    said = sorted(making.of(found, "messages"), key=lambda it: version_of(it.payload.get("created_at")))
    said = [it for it in said if it.payload.get("draft") is not True]
    theirs = [it for it in said if it.payload.get("in") is True]
    if said and not theirs and settings.config.get("outbound") is not True:
        return [making.gone("contacts", text(talk.get("id")))]
    own, tags = desks.own_of(talk), making.several(talk.get("tags") or [])
    opened = moment("created_at", talk.get("created_at"))
    asked = moment_or_none(theirs[0].payload.get("created_at")) if theirs else None
    times = [moment_or_none(it.payload.get("created_at")) for it in said if it.payload.get("in") is False]
    answers = [at for at in times if at and asked and at >= asked]
    spoken = making.merged(it for it in whole if it in heard)
    chosen = [own.get(name) for name in making.options(settings, "reason_fields")]
    return [
        making.row(
            "contacts",
            **{
                "channel": desks.channel(settings, theirs[0].payload.get("type") if theirs else ""),
                "reason": desks.reasons(settings, tags, chosen),
                "is_complaint": desks.complaint(settings, (*tags, *own.values())),
                "first_response_seconds": between(asked, answers[0]) if answers else "",
            }
            | desks.own_fields(settings, own.get)
            | {
                "external_id": text(talk.get("id")),
                "occurred_at": written(opened),
                "subject": text(spoken.get("subject")),
                "text": next((text(it.payload.get("body")) for it in theirs if it in heard), ""),
            },
        )
    ]


FRONT = System(
    name="front",
    label="Front",
    records=records,
    rows=rows,
    keep=frozenset({"id", "key", "status", "created_at", "tags", "type", "in", "draft"}),
    pulled={"conversations": conversations, "messages": messages},
    roots=ROOTS,
    signature="token",
)

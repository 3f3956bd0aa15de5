"""Zendesk: tickets (pulled and by event), comments, metrics, legacy ratings and survey responses. Pure.

Events give ids as text and a capitalised status, the API numbers and small letters: one entity, one row. A
version is `generated_timestamp`, which also grows when something around the ticket changes; events have only
`updated_at`, which is never later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from feedback.systems import desks, making, zendesk_surveys
from feedback.systems.reading import (
    LAST_VERSION,
    dig,
    figure,
    identity,
    moment,
    moment_or_none,
    number,
    objects,
    strings,
    text,
    version_of,
    words,
    written,
)  # fmt: skip
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

ROOTS = frozenset({"tickets"})
_TICKETS = ("tickets", "ticket_events")
STRIPPED = ("intent_", "sentiment_", "language_")
"""Beginnings of the tags that Zendesk's own classifier sets; its guesses are no reasons of a customer."""
MERGED = "closed_by_merge"
_EVENT = "zen:event-type:"
_LANGUAGE = re.compile(r"language__([a-z]{2,3}(?:[-_][a-z]{2,4})?)", re.IGNORECASE)
_FACTS = (
    "created_at", "updated_at", "generated_timestamp", "tags", "brand_id", "group_id", "type", "priority",
    "ticket_form_id",
)  # fmt: skip
_WORDS = ("subject", "description")
_METRICS = (
    "ticket_id", "created_at", "updated_at", "reopens", "replies", "solved_at", "reply_time_in_minutes",
    "requester_wait_time_in_minutes",
)  # fmt: skip
_DELETIONS = frozenset({"ticket.deleted", "ticket.soft_deleted", "ticket.permanently_deleted"})
_REDACTION = "ticket.comment_redacted"
_BLACKED_OUT = "\N{LOWER SEVEN EIGHTHS BLOCK}"


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an event, or of a trigger that sends `{"ticket": {…}}` or a page of the API."""
    event = text(dig(body, "type"))
    if event.startswith(_EVENT):
        return _of_event(body, event.removeprefix(_EVENT), settings)
    found = [
        record
        for key, read in _LISTS.items()
        for item in (objects(dig(body, key)) or objects([dig(body, key.removesuffix("s"))]))
        for record in read(item, settings)
    ]
    if not found:
        raise Unmappable("not_expected", system="Zendesk")
    return found


def _of_event(body: Any, event: str, settings: Settings) -> list[Record]:
    detail = dig(body, "detail")
    if not event.startswith("ticket.") or not isinstance(detail, dict):
        raise Unknown(event)
    # Words were taken away: all that was said before goes, until the ticket is pulled again without them.
    lost = event in _DELETIONS or event == _REDACTION
    detail = {key: value for key, value in detail.items() if not (lost and key in _WORDS)}
    ticket = _ticket(detail, settings, stream="tickets" if lost else "ticket_events", deleted=lost)
    said = dig(body, "event", "comment")
    if not isinstance(said, dict) or not text(said.get("id")):
        return [ticket]
    staff = dig(said, "author", "is_staff") is True
    comment = {
        "id": said["id"], "ticket_id": detail.get("id"), "created_at": body.get("time"), "staff": staff,
        "public": said.get("is_public", True), "plain_body": said.get("body"), "author": said.get("author"),
        "redacted": event == _REDACTION,
    }  # fmt: skip
    return [ticket, *comments(comment, settings)]


def tickets(item: Payload, settings: Settings) -> list[Record]:
    """A ticket of the API; with `metric_set` beside it when that was asked for."""
    ticket = _ticket(item, settings, stream="tickets", deleted=False)
    found = [*_blacked_out(ticket), ticket]
    beside = item.get("metric_set")
    if not isinstance(beside, dict):
        return found
    return [*found, *metrics({**beside, "ticket_id": item.get("id")}, settings)]


def _blacked_out(ticket: Record) -> list[Record]:
    """That what was said before is gone, where an agent blacked out words: a pull brings no event that says so."""
    if not ticket.version or not any(_BLACKED_OUT in text(ticket.payload.get(name)) for name in _WORDS):
        return []
    return [
        Record(
            stream=stream,
            external_id=ticket.external_id,
            entity=ticket.entity,
            payload={"id": ticket.external_id},
            # Just before this version, which holds what may be read.
            version=f"{int(ticket.version) - 1:017d}",
            deleted=True,
        )
        for stream in _TICKETS
    ]


def _ticket(item: Payload, settings: Settings, *, stream: str, deleted: bool) -> Record:
    number_ = identity("id", item.get("id"))
    said = {key: words(item.get(key)) for key in _WORDS}
    status = text(item.get("status")).lower()
    own = {text(field.get("id")): field.get("value") for field in objects(item.get("custom_fields"))}
    payload = making.picked(item, _FACTS) | {key: value for key, value in said.items() if value}
    payload |= {"id": number_, "status": status, "via": {"channel": text(dig(item, "via", "channel"))}}
    payload["own"] = desks.kept(settings, own)
    sender, requester = dig(item, "via", "source", "from"), item.get("requester")
    deleted = deleted or status == "deleted" or said["subject"] == "SCRUBBED"
    return Record(
        stream=stream,
        external_id=number_,
        entity=f"ticket:{number_}",
        payload=payload,
        version=version_of(item.get("generated_timestamp")) or version_of(item.get("updated_at"))
        or (LAST_VERSION if deleted else ""),
        occurred_at=moment_or_none(item.get("created_at")),
        deleted=deleted,
        people=People(
            customer=text(item.get("requester_id")) or text(dig(requester, "id")),
            order=desks.order_of(settings, own.get, said["subject"], said["description"]),
            agent=text(item.get("assignee_id")),
            known=making.known(*making.person(sender), *making.person(requester)),
        ),
    )  # fmt: skip


def comments(item: Payload, settings: Settings) -> list[Record]:
    """A comment, with the `ticket_id` that the API leaves out of it; its words where it is known to be a customer's."""
    ticket = identity("ticket_id", item.get("ticket_id"))
    said = words(item.get("plain_body")) or words(item.get("html_body")) or words(item.get("body"))
    source = dig(item, "via", "source")
    redacted = item.get("redacted") is True
    payload = making.picked(item, ("id", "created_at", "staff", "public")) | {"ticket_id": ticket}
    return [
        Record(
            stream="comments",
            external_id=identity("id", item.get("id")),
            entity=f"ticket:{ticket}",
            payload=payload | {"body": said} if item.get("staff") is False and not redacted else payload,
            version=version_of(item.get("updated_at")) or version_of(item.get("created_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            deleted=redacted,
            # An agent's answer names whom it goes to; whom a customer writes to is the shop itself.
            people=People(
                known=making.known(
                    *making.person(item.get("author")),
                    *making.person(dig(source, "from") or dig(source, "to")),
                )
            ),
        )
    ]  # fmt: skip


def metrics(item: Payload, settings: Settings) -> list[Record]:
    """The times of a ticket, in minutes as Zendesk counts them."""
    ticket = identity("ticket_id", item.get("ticket_id"))
    return [
        Record(
            stream="metrics",
            external_id=ticket,
            entity=f"ticket:{ticket}",
            payload=making.picked(item, _METRICS),
            version=version_of(item.get("updated_at")),
            occurred_at=moment_or_none(item.get("created_at")),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The ticket as a contact, its ratings and survey responses as surveys."""
    heard = making.spoken(found, ROOTS)
    whole = making.of(found, *_TICKETS)
    made = [_contact(whole, found, heard, settings)] if whole else []
    made += [zendesk_surveys.rating(record, record in heard) for record in making.of(found, "ratings")]
    made += [
        zendesk_surveys.survey(record, record in heard, settings) for record in making.of(found, "survey_responses")
    ]
    return made


def _contact(whole: list[Record], found: Sequence[Record], heard: list[Record], settings: Settings) -> Mapped:
    ticket = making.merged(whole)
    key = text(ticket.get("id"))
    tags = strings(ticket.get("tags"))
    if MERGED in tags:
        return making.gone("contacts", key)
    own = desks.own_of(ticket)
    spoken = making.merged(record for record in whole if record in heard)
    times = making.merged(making.of(found, "metrics"))
    fields = {
        "channel": making.named(
            settings, "channels", dig(ticket, "via", "channel"), text(dig(ticket, "via", "channel"))
        ),
        "reason": _reason(settings, tags, own),
        "language": next((match[1].lower() for tag in tags if (match := _LANGUAGE.fullmatch(tag))), ""),
        "market": desks.market(settings, ticket.get("brand_id"), ticket.get("group_id")),
        "team": making.named(settings, "teams", ticket.get("group_id"), text(ticket.get("group_id"))),
        "is_complaint": desks.complaint(settings, (*tags, *own.values(), ticket.get("type"))),
    }
    return making.row(
        "contacts",
        **fields | _times(times) | desks.own_fields(settings, own.get)
        | {
            "external_id": key,
            "occurred_at": _created(ticket, own, settings),
            "subject": text(spoken.get("subject")),
            "text": text(spoken.get("description")) or _first_comment(making.of(heard, "comments")),
        },
    )  # fmt: skip


def _created(ticket: Payload, own: Payload, settings: Settings) -> str:
    received = desks.own_fields(settings, own.get).get("occurred_at")
    return written(moment("created_at", received or ticket.get("created_at"), settings.zone))


def _reason(settings: Settings, tags: list[str], own: Payload) -> str:
    """Of the fields that hold a reason, and of the tags that are not the value of another field."""
    wanted = making.options(settings, "reason_fields")
    chosen = [value for key in wanted for value in making.several(own.get(key))]
    others = {text(value) for key, value in own.items() if key not in wanted} if wanted else set()
    return desks.reasons(settings, [tag for tag in tags if tag not in others], chosen, STRIPPED)


def _times(times: Payload) -> dict[str, str]:
    replies, reopens = number(times.get("replies")), number(times.get("reopens"))
    resolved_at = moment("solved_at", times.get("solved_at"))
    first_contact = ""
    if resolved_at and replies and reopens is not None:
        first_contact = "true" if replies == 1 and reopens == 0 else "false"
    return {
        "first_response_seconds": figure("reply_time_in_minutes", dig(times, "reply_time_in_minutes", "calendar"), 60),
        "wait_seconds": figure(
            "requester_wait_time_in_minutes", dig(times, "requester_wait_time_in_minutes", "calendar"), 60
        ),
        "resolved_at": written(resolved_at),
        "resolved_first_contact": first_contact,
    }


def _first_comment(said: list[Record]) -> str:
    """Of the customer, where the ticket itself did not come with its description."""
    mine = [it.payload for it in said if it.payload.get("public") is not False and it.payload.get("staff") is False]
    mine.sort(key=lambda payload: version_of(payload.get("created_at")))
    return text(mine[0].get("body")) if mine else ""


_LISTS: dict[str, Callable[[Payload, Settings], list[Record]]] = {
    "tickets": tickets,
    "ticket_metrics": metrics,
    "satisfaction_ratings": zendesk_surveys.ratings,
    "survey_responses": zendesk_surveys.survey_responses,
}

ZENDESK = System(
    name="zendesk",
    label="Zendesk",
    records=records,
    rows=rows,
    keep=frozenset(
        {
            "id", "key", "ticket_id", "status", "via", "created_at", "updated_at", "generated_timestamp", "tags",
            "brand_id", "group_id", "type", "priority", "ticket_form_id", "staff", "public", "reopens", "replies",
            "solved_at", "reply_time_in_minutes", "requester_wait_time_in_minutes", "score", "rating",
        }
    ),
    pulled={
        "tickets": tickets,
        "metrics": metrics,
        "ratings": zendesk_surveys.ratings,
        "survey_responses": zendesk_surveys.survey_responses,
        "comments": comments,
    },
    roots=ROOTS,
    signature="zendesk",
    delivery_id=("body:id", "X-Zendesk-Webhook-Invocation-Id"),
)  # fmt: skip

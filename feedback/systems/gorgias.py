"""Gorgias: tickets with their messages, and satisfaction surveys. Pure.

Times of tickets carry an offset, those of surveys carry none and are in the zone of the source. A survey without a
score was sent and not answered; one that was never sent is nothing.
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
    moment,
    moment_or_none,
    number,
    objects,
    plain,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unmappable
from metrics.scales import reply_waits

ROOTS = frozenset({"tickets"})
_FACTS = (
    "created_datetime", "updated_datetime", "closed_datetime", "status", "channel", "via", "language", "from_agent",
    "spam", "last_received_message_datetime",
)  # fmt: skip


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an HTTP integration, which sends what its owner wrote: a ticket or a survey, alone or by that name."""
    item = next((found for key in ("ticket", "data", "object") if isinstance(found := dig(body, key), dict)), body)
    survey = dig(body, "satisfaction_survey") if isinstance(body, dict) and "ticket_id" not in body else body
    if isinstance(item, dict) and "created_datetime" in item and "ticket_id" not in item:
        return tickets(item, settings)
    if isinstance(survey, dict) and "ticket_id" in survey and ("score" in survey or "sent_datetime" in survey):
        return surveys(survey, settings)
    if isinstance(body, dict) and "ticket_id" in body and "from_agent" in body:
        return messages(body, settings)
    raise Unmappable("not_expected", system="Gorgias")


def tickets(item: Payload, settings: Settings) -> list[Record]:
    """A ticket, its messages when they came along, and its survey when it has one."""
    key = identity("id", item.get("id"))
    customer = item.get("customer") if isinstance(item.get("customer"), dict) else item.get("requester")
    inside = objects(item.get("messages"))
    own = _own_fields(item)
    subject = words(item.get("subject")) or next(filter(None, (words(it.get("subject")) for it in inside)), "")
    trashed = text(item.get("trashed_datetime")) != ""
    team = item.get("assignee_team")
    payload = making.picked(item, _FACTS) | {
        "id": key,
        "subject": subject,
        "tags": [text(tag.get("name")) for tag in objects(item.get("tags"))],
        "team": text(dig(team, "name")),
        "page": text(dig(item, "meta", "current_page")),
        "own": desks.kept(settings, own),
    }
    count = number(item.get("messages_count"))
    payload["messages_count"] = int(count) if count is not None else len(inside) or None
    said = [words(it.get("body_text")) for it in inside if it.get("from_agent") is False]
    people = People(
        customer=text(dig(customer, "id")),
        order=desks.order_of(settings, own.get, subject, *said) or _only_order(customer),
        agent=text(dig(item, "assignee_user", "id")) or text(item.get("assignee_user_id")),
        known=_known(item, customer, inside),
    )
    ticket = Record(
        stream="tickets",
        external_id=key,
        entity=f"ticket:{key}",
        payload=payload,
        version=version_of(item.get("updated_datetime")),
        occurred_at=moment_or_none(item.get("created_datetime")),
        deleted=trashed,
        people=people,
    )
    survey = item.get("satisfaction_survey")
    made = [ticket, *(_message(it, key, people) for it in inside)]
    return made + (surveys({**survey, "ticket_id": key}, settings) if isinstance(survey, dict) else [])


def _known(item: Payload, customer: Any, inside: list[Payload]) -> tuple[str, ...]:
    """Customers and agents, and not our own mailboxes: their names are words of the shop."""
    described = [customer, item.get("requester"), item.get("assignee_user")]
    for message in inside:
        described.append(message.get("sender"))
        if message.get("from_agent") is True:
            described.append(message.get("receiver"))
    channels = [dig(channel, "address") for channel in objects(dig(customer, "channels"))]
    return making.known(*channels, *(value for person in described for value in making.person(person)))


def _only_order(customer: Any) -> str:
    """The order of a customer who has one; which of several a ticket is about, nobody says."""
    integrations = dig(customer, "integrations")
    orders = [
        order
        for shop in (integrations.values() if isinstance(integrations, dict) else ())
        for order in objects(dig(shop, "orders"))
    ]
    return desks.order_number(orders[0].get("name") or orders[0].get("order_number")) if len(orders) == 1 else ""


def _own_fields(item: Payload) -> dict[str, Any]:
    own = item.get("custom_fields")
    if isinstance(own, dict):
        own = list(own.values())
    found = {text(dig(field, "id")): dig(field, "value") for field in objects(own)}
    return {name: value for name, value in found.items() if name and text(value)}


def messages(item: Payload, settings: Settings) -> list[Record]:
    """A message of the list of messages, which names its ticket."""
    ticket = identity("ticket_id", item.get("ticket_id"))
    return [_message(item, ticket, People(known=_known({}, None, [item])))]


def _message(item: Payload, ticket: str, people: People) -> Record:
    """When, and by whom; the words only of customers."""
    key = identity("messages.id", item.get("id"))
    ours = item.get("from_agent") is True
    payload = {
        "id": key,
        "created_datetime": text(item.get("created_datetime")),
        "from_agent": ours,
        "public": item.get("public") is not False,
        "automatic": item.get("rule_id") is not None,
    }
    said = words(item.get("stripped_text")) or words(item.get("body_text")) or words(item.get("body_html"))
    return Record(
        stream="messages",
        external_id=key,
        entity=f"ticket:{ticket}",
        payload=payload if ours else payload | {"body": said},
        version=version_of(item.get("updated_datetime") or item.get("created_datetime")),
        occurred_at=moment_or_none(item.get("created_datetime")),
        people=People(known=people.known),
    )


def surveys(item: Payload, settings: Settings) -> list[Record]:
    """A satisfaction survey; there is one for each ticket at most."""
    key = identity("id", item.get("id"))
    ticket = text(item.get("ticket_id"))
    times = [item.get(name) for name in ("created_datetime", "sent_datetime", "scored_datetime")]
    return [
        Record(
            stream="surveys",
            external_id=key,
            entity=f"ticket:{ticket}" if ticket else "",
            payload=making.picked(item, ("sent_datetime", "scored_datetime", "created_datetime", "score"))
            | {"id": key, "ticket_id": ticket, "body_text": words(item.get("body_text"))},
            version=max(version_of(time, settings.zone) for time in times),
            occurred_at=moment_or_none(item.get("created_datetime"), settings.zone),
            people=People(customer=text(item.get("customer_id"))),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The ticket as a contact, its survey as a survey."""
    heard = making.spoken(found, ROOTS)
    made = [_survey(record, record in heard, settings) for record in making.of(found, "surveys")]
    whole = making.of(found, "tickets")
    if not whole:
        return made
    ticket = making.merged(whole)
    said = [it.payload for it in making.of(found, "messages") if it.payload.get("public") is not False]
    theirs = [it for it in said if it.get("from_agent") is False]
    outbound = ticket.get("from_agent") is True and not theirs and not ticket.get("last_received_message_datetime")
    if ticket.get("spam") is True or (outbound and settings.config.get("outbound") is not True):
        # Neither rubbish nor a message of ours that no customer answered is a contact.
        return [making.gone("contacts", text(ticket.get("id"))), *made]
    spoken = any(record in heard for record in whole)
    complete = number(ticket.get("messages_count")) in {len(said), len(making.of(found, "messages"))}
    times = _times(said, ticket, complete)
    return [_contact(ticket, times, making.of(heard, "messages"), spoken, settings), *made]


def _contact(ticket: Payload, times: dict[str, str], heard: list[Record], spoken: bool, settings: Settings) -> Mapped:
    own = desks.own_of(ticket)
    tags = making.several(ticket.get("tags") or [])
    opened = moment("created_datetime", ticket.get("created_datetime"), settings.zone)
    chosen = [own.get(name) for name in making.options(settings, "reason_fields")]
    words_ = sorted((it.payload for it in heard if text(it.payload.get("body"))), key=_time)
    return making.row(
        "contacts",
        **{
            "channel": desks.channel(settings, ticket.get("channel")),
            "reason": desks.reasons(settings, tags, chosen),
            "language": text(ticket.get("language")),
            "market": desks.market(settings, ticket.get("channel"), ticket.get("language")),
            "team": making.named(settings, "teams", ticket.get("team"), text(ticket.get("team"))),
            "page": text(ticket.get("page")),
            "is_complaint": desks.complaint(settings, (*tags, *own.values())),
        }
        | times
        | desks.own_fields(settings, own.get)
        | {
            "external_id": text(ticket.get("id")),
            "occurred_at": written(opened),
            "resolved_at": written(_closed(ticket)),
            "subject": text(ticket.get("subject")) if spoken else "",
            "text": text(words_[0].get("body")) if words_ else "",
        },
    )


def _time(message: Payload) -> str:
    return version_of(message.get("created_datetime"))


def _closed(ticket: Payload) -> datetime | None:
    return moment_or_none(ticket.get("closed_datetime")) if ticket.get("status") == "closed" else None


def _times(said: list[Payload], ticket: Payload, complete: bool) -> dict[str, str]:
    """From the messages, where a customer began; waits and outcome only where all messages are here."""
    dated = [(at, it) for it in said if (at := moment_or_none(it.get("created_datetime"))) and not it.get("automatic")]
    dated.sort(key=lambda pair: pair[0])
    answers = [at for at, it in dated if it.get("from_agent") is True]
    if not dated or dated[0][1].get("from_agent") is True:
        return {}
    opened = moment_or_none(ticket.get("created_datetime"))
    found = {"first_response_seconds": between(opened, answers[0]) if answers else ""}
    if not complete:
        return found
    thread = [("agent" if it.get("from_agent") is True else "customer", at.timestamp()) for at, it in dated]
    found["reply_seconds"] = "|".join(plain(round(wait, 3)) for wait in reply_waits(thread).waits)
    if _closed(ticket) and answers:
        found["resolved_first_contact"] = "true" if len(answers) == 1 else "false"
    return found


def _survey(record: Record, heard: bool, settings: Settings) -> Mapped:
    survey = record.payload
    score = figure("score", survey.get("score"))
    sent = moment("sent_datetime", survey.get("sent_datetime"), settings.zone)
    if not score and sent is None:
        return making.gone("surveys", record.external_id)
    scored = survey.get("scored_datetime") or survey.get("created_datetime")
    return making.row(
        "surveys",
        external_id=record.external_id,
        instrument="csat",
        invited_at=written(sent),
        responded_at=written(moment("scored_datetime", scored, settings.zone)) if score else "",
        score=score,
        comment=text(survey.get("body_text")) if heard and score else "",
        contact=text(survey.get("ticket_id")),
    )


GORGIAS = System(
    name="gorgias",
    label="Gorgias",
    records=records,
    rows=rows,
    keep=frozenset(
        {"id", "key", "ticket_id", *_FACTS, "tags", "team", "messages_count", "public", "automatic", "score"}
        | {"sent_datetime", "scored_datetime"}
    ),
    pulled={"tickets": tickets, "messages": messages, "surveys": surveys},
    roots=ROOTS,
    signature="token",
)

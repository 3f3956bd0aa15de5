"""Salesforce: cases, with their comments and e-mails where those are pulled as well. Pure.

Imported cases have a ClosedDate before their CreatedDate; such a close says nothing and is left out. The 15
characters of an old id and the 18 of a new one name the same case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
    LAST_VERSION,
    between,
    dig,
    identity,
    moment,
    moment_or_none,
    objects,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unmappable

ROOTS = frozenset({"cases"})
_FACTS = (
    "CaseNumber", "Status", "Origin", "Reason", "Type", "Priority", "Language", "CreatedDate", "ClosedDate", "IsClosed",
    "LastModifiedDate", "SystemModstamp", "SuppliedWebsite",
)  # fmt: skip
_PEOPLE = (
    "SuppliedName", "SuppliedEmail", "SuppliedPhone", "SuppliedCompany", "ContactEmail", "ContactPhone",
    "ContactMobile", "ContactFax",
)  # fmt: skip
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def records(body: Any, settings: Settings) -> list[Record]:
    """Salesforce sends no webhooks; a flow may post what a query answers: `{"records": [cases]}`, or one case."""
    found = [record for item in (objects(dig(body, "records")) or objects([body])) for record in cases(item, settings)]
    if not found:
        raise Unmappable("not_expected", system="Salesforce")
    return found


def whole_id(value: Any, column: str = "Id") -> str:
    """The id with its 18 characters: the last three say which of the first fifteen are capitals."""
    short = identity(column, value)
    if len(short) != 15 or not short.isascii():
        return short
    parts = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(_ALPHABET[sum(1 << at for at, sign in enumerate(part) if sign.isupper())] for part in parts)


def cases(item: Payload, settings: Settings) -> list[Record]:
    """A Case of a query; `IsDeleted` comes from `queryAll` alone."""
    key = whole_id(item.get("Id"))
    said = {name: words(item.get(name)) for name in ("Subject", "Description")}
    own = {name: value for name, value in item.items() if name.endswith("__c")}
    deleted = item.get("IsDeleted") is True
    changed = item.get("SystemModstamp") or item.get("LastModifiedDate")
    contact = item.get("Contact")
    return [
        Record(
            stream="cases",
            external_id=key,
            entity=f"case:{key}",
            payload={
                "Id": key,
                **making.picked(item, _FACTS),
                **{name: value for name, value in said.items() if value},
                "own": desks.kept(settings, own),
            },
            version=version_of(changed) or (LAST_VERSION if deleted else ""),
            occurred_at=moment_or_none(item.get("CreatedDate")),
            deleted=deleted,
            people=People(
                customer=text(item.get("ContactId")) and whole_id(item.get("ContactId"), "ContactId"),
                order=desks.order_of(settings, own.get, *said.values()),
                agent=text(item.get("OwnerId")) and whole_id(item.get("OwnerId"), "OwnerId"),
                known=making.known(
                    dig(contact, "Name"),
                    dig(contact, "Email"),
                    dig(contact, "Phone"),
                    dig(item, "Owner", "Name"),
                    *(item.get(name) for name in _PEOPLE),
                ),
            ),
        )
    ]


def messages(item: Payload, settings: Settings) -> list[Record]:
    """A CaseComment or an EmailMessage: only when it was written, and whether by us."""
    case = whole_id(item.get("ParentId"), "ParentId")
    key = whole_id(item.get("Id"))
    incoming = item.get("Incoming") is True
    # A published comment is ours; customers write e-mails.
    outgoing = item.get("Incoming") is False or item.get("IsPublished") is True
    return [
        Record(
            stream="messages",
            external_id=key,
            entity=f"case:{case}",
            payload={"Id": key, "CreatedDate": text(item.get("CreatedDate")), "in": incoming, "out": outgoing},
            version=version_of(item.get("SystemModstamp") or item.get("CreatedDate")),
            occurred_at=moment_or_none(item.get("CreatedDate")),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The case as a contact."""
    whole = making.of(found, *ROOTS)
    if not whole:
        return []
    case = making.merged(whole)
    heard = making.spoken(found, ROOTS)
    spoken = making.merged(record for record in whole if record in heard)
    own = desks.own_of(case)
    mine = desks.own_fields(settings, own.get)
    opened = moment("CreatedDate", mine.get("occurred_at") or case.get("CreatedDate"), settings.zone)
    closed = moment("ClosedDate", case.get("ClosedDate"))
    # Of an imported case these are the times of the import and of the old system: they say nothing together.
    real = closed if opened and closed and closed >= opened else None
    answers = _answers(making.of(found, "messages"))
    chosen = [case.get(name) or own.get(name) for name in making.options(settings, "reason_fields", ("Reason",))]
    return [
        making.row(
            "contacts",
            **{
                "channel": desks.channel(settings, case.get("Origin")),
                "reason": desks.reasons(settings, (), chosen),
                "language": text(case.get("Language")),
                "market": desks.market(settings, case.get("Origin"), case.get("Type")),
                "page": text(case.get("SuppliedWebsite")),
                "is_complaint": desks.complaint(settings, (case.get("Type"), case.get("Reason"), *own.values()))
                or ("true" if text(case.get("Type")).lower() == "complaint" else ""),
                "first_response_seconds": between(opened, answers[0]) if answers else "",
                "resolved_first_contact": _first_contact(real, len(answers), making.of(found, "messages")),
            }
            | mine
            | {
                "external_id": text(case.get("Id")),
                "occurred_at": written(opened),
                "resolved_at": written(real),
                "subject": text(spoken.get("Subject")),
                "text": text(spoken.get("Description")),
            },
        )
    ]  # fmt: skip


def _answers(said: list[Record]) -> list[datetime]:
    times = [moment_or_none(it.payload.get("CreatedDate")) for it in said if it.payload.get("out") is True]
    return sorted(time for time in times if time)


def _first_contact(closed: datetime | None, answers: int, said: list[Record]) -> str:
    """One answer and closed; unknown without the messages."""
    if closed is None or not said or not answers:
        return ""
    asked_again = sum(it.payload.get("in") is True for it in said)
    return "true" if answers == 1 and asked_again <= 1 else "false"


SALESFORCE = System(
    name="salesforce",
    label="Salesforce",
    records=records,
    rows=rows,
    keep=frozenset({"Id", "key", "in", "out", *_FACTS} - {"SuppliedWebsite"}),
    pulled={"cases": cases, "messages": messages},
    roots=ROOTS,
    signature="token",
)

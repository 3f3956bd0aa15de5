"""Trustpilot: service reviews by webhook and pulled. Pure.

The pull is by the time of creation, so an edited review comes by webhook alone. The reference number is the order.
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
    moment,
    moment_or_none,
    objects,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_EVENTS = ("service-review-created", "service-review-updated", "service-review-deleted")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of a call with one or more events, or a page of the API."""
    events = objects(dig(body, "events")) or (objects([body]) if text(dig(body, "eventName")) else [])
    wanted = [event for event in events if text(event.get("eventName")) in _EVENTS]
    if events and not wanted:
        raise Unknown(text(events[0].get("eventName")) or "event")
    found = [
        record
        for event in wanted
        for record in _of_event(text(event.get("eventName")), event.get("eventData"), settings)
    ] or [record for item in objects(dig(body, "reviews")) for record in reviews(item, settings)]
    if not found and not isinstance(dig(body, "reviews"), list):
        raise Unmappable("not_expected", system="Trustpilot")
    return found


def _of_event(event: str, item: Any, settings: Settings) -> list[Record]:
    if not isinstance(item, dict):
        raise Unmappable("not_expected", system="Trustpilot")
    if event != "service-review-deleted":
        return reviews(item, settings)
    key = identity("id", item.get("id"))
    return [
        Record(
            stream="reviews",
            external_id=key,
            payload={"id": key},
            version=version_of(item.get("deletedAt") or item.get("updatedAt")) or LAST_VERSION,
            deleted=True,
        )
    ]


def reviews(item: Payload, settings: Settings) -> list[Record]:
    """A review."""
    key = identity("id", item.get("id"))
    consumer = item.get("consumer")
    return [
        Record(
            stream="reviews",
            external_id=key,
            payload=making.picked(item, ("stars", "language", "createdAt", "updatedAt"))
            | {
                "id": key,
                "title": words(item.get("title")),
                "text": words(item.get("text")),
                "country": text(item.get("countryCode")).upper(),
            },
            version=version_of(item.get("updatedAt")) or version_of(item.get("createdAt")),
            occurred_at=moment_or_none(item.get("createdAt")),
            people=People(
                customer=text(dig(consumer, "id")),
                order=desks.order_number(item.get("referenceId")),
                known=making.known(*making.person(consumer), item.get("referralEmail")),
            ),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The review as an answer in stars; one that was deleted keeps its stars and loses its words."""
    review = found[-1].payload if found else {}
    if not review.get("createdAt"):
        return []
    said = [] if found[-1].deleted else [text(review.get("title")), text(review.get("text"))]
    if len(said) == 2 and said[1].startswith(said[0].rstrip("….")):
        # Trustpilot makes a title of the first words where the customer wrote none.
        said = said[1:]
    return [
        making.row(
            "surveys",
            external_id=text(review.get("id")),
            instrument="star",
            responded_at=written(moment("createdAt", review.get("createdAt"))),
            score=figure("stars", review.get("stars")),
            comment="\n".join(filter(None, said)),
            channel="trustpilot",
            language=text(review.get("language")),
            market=desks.market(settings, review.get("country"), review.get("language")),
        )
    ]


TRUSTPILOT = System(
    name="trustpilot",
    label="Trustpilot",
    records=records,
    rows=rows,
    keep=frozenset({"id", "stars", "language", "createdAt", "updatedAt", "country"}),
    pulled={"reviews": reviews},
    roots=frozenset({"reviews"}),
    signature="token",
)

"""App Store: customer reviews, as App Store Connect's API hands them out. Pure.

Times carry the offset of wherever they were written; a territory is a country in three letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, making
from feedback.systems.reading import (
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
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unmappable


def records(body: Any, settings: Settings) -> list[Record]:
    """A page of reviews, or one of them, that a flow passes on."""
    found = objects(dig(body, "data")) or objects([dig(body, "data")]) or objects([body])
    made = [it for item in found if dig(item, "type") == "customerReviews" for it in reviews(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="the App Store")
    return made


def reviews(item: Payload, settings: Settings) -> list[Record]:
    """A review; its version is when it was written, since an edited one gets a new time."""
    key = identity("id", item.get("id"))
    said = item.get("attributes")
    return [
        Record(
            stream="reviews",
            external_id=key,
            payload={
                "id": key,
                "rating": dig(said, "rating"),
                "title": words(dig(said, "title")),
                "body": words(dig(said, "body")),
                "createdDate": text(dig(said, "createdDate")),
                "territory": text(dig(said, "territory")),
            },
            version=version_of(dig(said, "createdDate")),
            occurred_at=moment_or_none(dig(said, "createdDate")),
            people=People(known=making.known(dig(said, "reviewerNickname"))),
        )
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The review as an answer in stars."""
    if not found:
        return []
    review = found[-1].payload
    return [
        making.row(
            "surveys",
            external_id=text(review.get("id")),
            instrument="star",
            responded_at=written(moment("createdDate", review.get("createdDate"), settings.zone)),
            score=figure("rating", review.get("rating")),
            comment="\n".join(filter(None, (text(review.get("title")), text(review.get("body"))))),
            channel="app store",
            market=desks.market(settings, review.get("territory")),
        )
    ]


APPSTORE = System(
    name="appstore",
    label="App Store",
    records=records,
    rows=rows,
    keep=frozenset({"id", "rating", "createdDate", "territory"}),
    pulled={"reviews": reviews},
    roots=frozenset({"reviews"}),
    signature="token",
)

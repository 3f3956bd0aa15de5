"""Google Play: reviews, as the Reply to Reviews API hands them out. Pure.

It has those of the last week that have words. An edited review keeps its id and gets a later time. Seconds are text,
and the words are a title and a body with a tab between them.
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
    found = objects(dig(body, "reviews")) or objects([body])
    made = [it for item in found if "reviewId" in item for it in reviews(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="Google Play")
    return made


def reviews(item: Payload, settings: Settings) -> list[Record]:
    """A review: what the user said, without what was answered."""
    key = identity("reviewId", item.get("reviewId"))
    said: Any = next((it["userComment"] for it in objects(item.get("comments")) if "userComment" in it), None)
    changed = dig(said, "lastModified", "seconds")
    return [
        Record(
            stream="reviews",
            external_id=key,
            payload={
                "reviewId": key,
                "starRating": dig(said, "starRating"),
                "text": words(dig(said, "text")).replace("\t", "\n"),
                "reviewerLanguage": text(dig(said, "reviewerLanguage")),
                "seconds": changed,
            },
            version=version_of(changed),
            occurred_at=moment_or_none(changed),
            people=People(known=making.known(item.get("authorName"))),
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
            external_id=text(review.get("reviewId")),
            instrument="star",
            responded_at=written(moment("lastModified", review.get("seconds"))),
            score=figure("starRating", review.get("starRating")),
            comment=text(review.get("text")),
            channel="google play",
            language=text(review.get("reviewerLanguage")),
            market=desks.market(settings, review.get("reviewerLanguage")),
        )
    ]


GOOGLEPLAY = System(
    name="googleplay",
    label="Google Play",
    records=records,
    rows=rows,
    keep=frozenset({"reviewId", "starRating", "reviewerLanguage", "seconds"}),
    pulled={"reviews": reviews},
    roots=frozenset({"reviews"}),
    signature="token",
)

"""The two ways in which Zendesk asks how it was: legacy ratings and newer surveys. Pure."""

from __future__ import annotations

import re

from feedback.systems import making
from feedback.systems.reading import (
    figure,
    identity,
    moment,
    moment_or_none,
    objects,
    strings,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, Unmappable

_TICKET = re.compile(r"(?:zen|zrn):ticket:([0-9]+)")
_RATING = ("id", "ticket_id", "score", "comment", "created_at", "updated_at")


def ratings(item: Payload, settings: Settings) -> list[Record]:
    """A legacy satisfaction rating: good, bad, offered or unoffered."""
    rating = identity("id", item.get("id"))
    ticket = text(item.get("ticket_id"))
    payload = making.picked(item, _RATING) | {"id": rating, "ticket_id": ticket, "comment": words(item.get("comment"))}
    return [
        Record(
            stream="ratings",
            external_id=rating,
            entity=f"ticket:{ticket}" if ticket else "",
            payload=payload,
            version=version_of(item.get("updated_at")),
            occurred_at=moment_or_none(item.get("created_at")),
            people=People(customer=text(item.get("requester_id"))),
        )
    ]


def survey_responses(item: Payload, settings: Settings) -> list[Record]:
    """A response of the newer survey: a list of answers, some skipped."""
    response = identity("id", item.get("id"))
    said = " ".join(
        [*strings(item.get("subject_zrns")), *(text(it.get("zrn")) for it in objects(item.get("subjects")))]
    )
    found = _TICKET.search(said)
    answers = [_answer(answer) for answer in objects(item.get("answers"))]
    times = [version_of(answer.get("updated_at")) for answer in answers]
    return [
        Record(
            stream="survey_responses",
            external_id=response,
            entity=f"ticket:{found[1]}" if found else "",
            payload={"id": response, "ticket_id": found[1] if found else "", "answers": answers},
            version=max(times, default=""),
            occurred_at=moment_or_none(answers[0].get("created_at")) if answers else None,
            people=People(customer=text(item.get("responder_id"))),
        )
    ]


def _answer(answer: Payload) -> Payload:
    kept = making.picked(answer, ("type", "rating", "created_at", "updated_at"))
    if text(answer.get("type")) == "open_ended":
        kept["comment"] = words(answer.get("value"))
    return kept


def rating(record: Record, heard: bool) -> Mapped:
    """Good is the top of a scale of two, bad its bottom; an offer without an answer is an invitation."""
    payload = record.payload
    score = text(payload.get("score")).lower()
    given = "1" if score.startswith("good") else "0" if score.startswith("bad") else ""
    if not given and score != "offered":
        if score != "unoffered":
            raise Unmappable("score_unknown", "score", score)
        return making.gone("surveys", record.external_id)
    created, updated = moment("created_at", payload.get("created_at")), moment("updated_at", payload.get("updated_at"))
    return making.row(
        "surveys",
        external_id=record.external_id,
        instrument="csat",
        invited_at=written(created),
        responded_at=written(updated or created) if given else "",
        score=given,
        scale_min="0",
        scale_max="1",
        comment=text(payload.get("comment")) if heard and given else "",
        contact=text(payload.get("ticket_id")),
    )


def survey(record: Record, heard: bool, settings: Settings) -> Mapped:
    """The answer on the scale; `csat_points` of the settings says how many points it has (5)."""
    answers = objects(record.payload.get("answers"))
    rated = next((answer for answer in answers if answer.get("type") == "rating_scale"), None)
    said = [text(answer.get("comment")) for answer in answers if answer.get("type") == "open_ended"]
    if rated is None:
        # A survey whose rating was skipped is no answer; when it was offered nobody says.
        return making.gone("surveys", record.external_id)
    top = making.option(settings, "csat_points", "5")
    return making.row(
        "surveys",
        external_id=record.external_id,
        instrument="csat",
        responded_at=written(moment("updated_at", rated.get("updated_at") or rated.get("created_at"))),
        score=figure("rating", rated.get("rating")),
        scale_min="1",
        scale_max=top,
        comment="\n".join(filter(None, said)) if heard else "",
        contact=text(record.payload.get("ticket_id")),
    )

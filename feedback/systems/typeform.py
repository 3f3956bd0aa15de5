"""Typeform: responses, by webhook and pulled. Pure.

A response says a number and not what it measures, so the settings name its questions by reference, id or title. Older
answers carry no reference; it is found by the id of their field. Scales begin at 0 or 1, and only the form knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import asked, desks, making
from feedback.systems.reading import (
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
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_PERSONAL = frozenset({"email", "phone_number", "contact_info", "address", "file_url", "signature", "payment"})
_SCALES = frozenset({"opinion_scale", "rating", "nps", "number"})
_HIDDEN_CUSTOMER = ("customer_id", "customer", "user_id")
_HIDDEN_ORDER = ("order", "order_id", "order_number")
_HIDDEN_FIELDS = ("market", "language", "channel", "stage", "page", "department")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of `form_response`; a partial response is not one yet."""
    event = text(dig(body, "event_type"))
    response = dig(body, "form_response")
    if event and event != "form_response":
        raise Unknown(event)
    if not isinstance(response, dict):
        raise Unmappable("not_expected", system="Typeform")
    return responses(response, settings)


def responses(item: Payload, settings: Settings) -> list[Record]:
    """A response; those that are pulled have no definition of their questions beside them."""
    token = identity("token", item.get("token") or item.get("response_id"))
    defined = {text(field.get("id")): field for field in objects(dig(item, "definition", "fields"))}
    answers = [_minimal(answer, defined) for answer in objects(item.get("answers"))]
    said = [_answer(answer) for answer in answers]
    hidden = {key: text(value) for key, value in mapping(item.get("hidden")).items()}
    hashed = asked.hashed(settings, said)
    personal = [answer.get(text(answer.get("type"))) for answer in objects(item.get("answers"))
                if text(answer.get("type")) in _PERSONAL]  # fmt: skip
    return [
        Record(
            stream="responses",
            external_id=token,
            payload={
                "token": token,
                "form_id": text(item.get("form_id")),
                "title": text(dig(item, "definition", "title")),
                "landed_at": text(item.get("landed_at")),
                "submitted_at": text(item.get("submitted_at")),
                "contact_id": asked.contact_id(hidden),
                "hidden": {key: hidden[key] for key in _HIDDEN_FIELDS if hidden.get(key)},
                "answers": [answer for answer in answers if not _is_hashed(settings, answer)],
            },
            version=version_of(item.get("submitted_at")),
            occurred_at=moment_or_none(item.get("submitted_at")),
            people=People(
                customer=hashed.get("customer") or _first(hidden, _HIDDEN_CUSTOMER),
                order=desks.order_number(hashed.get("order") or _first(hidden, _HIDDEN_ORDER)),
                known=making.known(*personal, hidden.get("name"), hidden.get("email"), *_names(item, defined)),
            ),
        )
    ]


def _first(values: dict[str, str], keys: Sequence[str]) -> str:
    return next((values[key] for key in keys if values.get(key)), "")


def _minimal(answer: Payload, defined: dict[str, Payload]) -> Payload:
    """Without what the types say is personal, and with the reference and the title that stand in the definition."""
    kind = text(answer.get("type"))
    key = text(dig(answer, "field", "id"))
    definition = defined.get(key, {})
    value = answer.get(kind)
    if kind in {"choice", "choices"}:
        value = text(dig(value, "label")) or ", ".join(
            text(label) for label in making.several(dig(value, "labels")) if text(label)
        )
    elif kind == "text":
        value = words(value)
    return {
        "type": kind,
        "field": {
            "id": key,
            "ref": text(dig(answer, "field", "ref")) or text(definition.get("ref")),
            "type": text(dig(answer, "field", "type")),
        },
        "title": text(definition.get("title"))[:200],
        "answer": None if kind in _PERSONAL else value,
    }


def _answer(answer: Payload) -> asked.Answer:
    field = answer.get("field")
    names = (text(dig(field, "ref")), text(dig(field, "id")), text(answer.get("title")))
    measures = text(answer.get("type")) == "number" and text(dig(field, "type")) in _SCALES
    return asked.Answer(names, names[2] or names[0] or names[1], answer.get("answer"), measures)


def _is_hashed(settings: Settings, answer: Payload) -> bool:
    said = asked.question(settings, _answer(answer).names)
    return said is not None and said.means in asked.HASHED


def _names(item: Payload, defined: dict[str, Payload]) -> list[Any]:
    """Short answers to questions for a name."""
    return [
        answer.get("text")
        for answer in objects(item.get("answers"))
        if text(dig(answer, "field", "type")) == "short_text"
        and "name" in text(defined.get(text(dig(answer, "field", "id")), {}).get("title")).lower()
    ]


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The response; Unmappable while the settings do not say which question gives its score."""
    if not found:
        return []
    response = found[-1].payload
    answers = [_answer(answer) for answer in objects(response.get("answers"))]
    hidden = response.get("hidden")
    scores = asked.responses(settings, answers, text(response.get("title")) or text(response.get("form_id")))
    beside = {key: text(dig(hidden, key)) for key in _HIDDEN_FIELDS}
    return asked.rows(
        scores,
        beside | {"contact": text(response.get("contact_id"))},
        text(response.get("token")),
        written(moment("submitted_at", response.get("submitted_at"), settings.zone)),
    )


TYPEFORM = System(
    name="typeform",
    label="Typeform",
    records=records,
    rows=rows,
    keep=frozenset({"token", "form_id", "title", "landed_at", "submitted_at", "type", "field"}),
    pulled={"responses": responses},
    roots=frozenset({"responses"}),
    signature="typeform",
    delivery_id=("body:event_id",),
)

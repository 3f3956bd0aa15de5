"""Formbricks: responses by webhook and pulled. Pure.

One response is delivered when it is created, whenever it is updated and when it is finished: the newest `updatedAt`
is the response, and one that is not finished counts with what it has. Questions are named in the settings by their id;
`ttc`, how long they took, is in milliseconds and not needed.
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
    number,
    objects,
    strings,
    text,
    version_of,
    words,
    written,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_EVENTS = frozenset({"responseCreated", "responseUpdated", "responseFinished"})
_ORDER = ("order", "order_id", "orderId", "order_number")
_FIELDS = ("market", "channel", "stage", "department")


def records(body: Any, settings: Settings) -> list[Record]:
    """Of an event about a response."""
    event = text(dig(body, "event"))
    if event and event not in _EVENTS:
        raise Unknown(event)
    found = objects([dig(body, "data")]) or objects(dig(body, "data"))
    made = [record for item in found if "id" in item for record in responses(item, settings)]
    if not made:
        raise Unmappable("not_expected", system="Formbricks")
    return made


def responses(item: Payload, settings: Settings) -> list[Record]:
    """A response: answers by the ids of their questions, hidden fields among them."""
    key = identity("id", item.get("id"))
    given = {text(name): value for name, value in mapping(item.get("data")).items()}
    told = {text(name): text(value) for name, value in mapping(item.get("contactAttributes")).items()}
    answers = [{"id": name, "answer": _plain(value)} for name, value in given.items()]
    hashed = asked.hashed(settings, map(_answer, answers))
    beside = {name: text(value) for name, value in given.items()} | told
    personal = [value for name, value in told.items() if name.lower() in _PERSONAL]
    # An answer in parts with an e-mail address among them is what somebody calls himself, and where he is reached.
    reached = {name for name, value in given.items() if isinstance(value, list) and "@" in "".join(strings(value))}
    personal += [part for name in sorted(reached) for part in strings(given[name])]
    return [
        Record(
            stream="responses",
            external_id=key,
            payload={
                "id": key,
                "surveyId": text(item.get("surveyId")),
                "title": text(dig(item, "survey", "title"))[:200],
                "createdAt": text(item.get("createdAt")),
                "updatedAt": text(item.get("updatedAt")),
                "finished": item.get("finished") is True,
                "language": text(item.get("language")),
                "country": text(dig(item, "meta", "country")).upper(),
                "page": text(dig(item, "meta", "url")),
                "contact_id": asked.contact_id(beside),
                "beside": {name: beside[name] for name in _FIELDS if beside.get(name)},
                "answers": [it for it in answers if it["id"] not in reached and not _is_hashed(settings, it)],
            },
            version=version_of(item.get("updatedAt")),
            occurred_at=moment_or_none(item.get("createdAt")),
            people=People(
                customer=hashed.get("customer") or _first(told, ("userId", "user_id", "customer_id"))
                or text(dig(item, "contact", "userId")) or text(dig(item, "contact", "id")),
                order=desks.order_number(hashed.get("order") or _first(beside, _ORDER)),
                known=making.known(*personal, *making.person(item.get("contact"))),
            ),
        )
    ]  # fmt: skip


_PERSONAL = frozenset({"email", "name", "firstname", "lastname", "first_name", "last_name", "phone"})


def _plain(value: Any) -> Any:
    """A number as it is, words without markup, several choices as one text."""
    if number(value) is not None and not isinstance(value, str):
        return value
    return ", ".join(map(words, strings(value))) if isinstance(value, list) else words(value)


def _answer(answer: Payload) -> asked.Answer:
    name = text(answer.get("id"))
    value = answer.get("answer")
    return asked.Answer((name,), name, value, number(value) is not None and not isinstance(value, str))


def _is_hashed(settings: Settings, answer: Payload) -> bool:
    said = asked.question(settings, _answer(answer).names)
    return (said is not None and said.means in asked.HASHED) or text(answer.get("id")) in _ORDER


def _first(values: dict[str, str], keys: Sequence[str]) -> str:
    return next((values[key] for key in keys if values.get(key)), "")


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The response; nothing while its question for a score has no answer yet."""
    if not found:
        return []
    response = found[-1].payload
    answers = [_answer(answer) for answer in objects(response.get("answers"))]
    title = text(response.get("title")) or text(response.get("surveyId"))
    finished = response.get("finished") is True
    try:
        scores = asked.responses(settings, answers, title)
    except Unmappable:
        if not finished:
            # More is coming; what is wrong with it shows when it is whole.
            return []
        raise
    country = text(response.get("country"))
    beside = {name: text(dig(response, "beside", name)) for name in _FIELDS}
    beside |= {
        "language": text(response.get("language")).removeprefix("default"),
        "page": text(response.get("page")),
        "market": beside["market"] or making.named(settings, "markets", country),
        "contact": text(response.get("contact_id")),
    }
    at = written(moment("updatedAt", response.get("updatedAt") or response.get("createdAt"), settings.zone))
    return asked.rows(scores, beside, text(response.get("id")), at)


FORMBRICKS = System(
    name="formbricks",
    label="Formbricks",
    records=records,
    rows=rows,
    keep=frozenset({"id", "surveyId", "title", "createdAt", "updatedAt", "finished", "language", "country"}),
    pulled={"responses": responses},
    roots=frozenset({"responses"}),
    signature="standard",
    delivery_id=("webhook-id",),
)

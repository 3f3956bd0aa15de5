"""What the questions of a survey ask, as the owner of the source said: never guessed from the number. Pure.

Setting of a source that survey tools read:
    {"questions": {id, reference or title of a question: {"as": "score", "instrument": "csat", "low": 1, "high": 5}
                   or "comment", "score2", "contact", "order", "customer", "channel", "market", "stage", "page",
                   "language", "department" or "ignore"}}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.systems import making
from feedback.systems.reading import figure, number, plain, text
from feedback.systems.shapes import Mapped, Settings, Unmappable

FIELDS = frozenset(
    {"comment", "contact", "order", "customer", "channel", "market", "stage", "page", "language", "department"}
)
HASHED = frozenset({"order", "customer"})
_CONTACTS = ("ticket_id", "ticketId", "Ticket ID", "ticket", "contact_id", "conversation_id", "contact")
_ID = re.compile(r"[^\s@]{1,100}")
INSTRUMENTS = frozenset({"csat", "star", "nps", "enps", "ces", "ves", "gcr"})


@dataclass(frozen=True)
class Question:
    """What one question is to us."""

    means: str
    """"score", "score2", "ignore" or one of FIELDS."""
    instrument: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer with every name that its question goes by, and what was answered."""

    names: tuple[str, ...]
    title: str
    value: Any
    measures: bool
    """Whether the tool says that it is a number on a scale, so that leaving it out would lose a score."""


def contact_id(values: Mapping[str, str]) -> str:
    """The ticket or conversation that a response is about, where it says so: an id, and never somebody's address."""
    return next((values[key] for key in _CONTACTS if _ID.fullmatch(values.get(key, ""))), "")


def question(settings: Settings, names: Iterable[str]) -> Question | None:
    """What the settings say about a question; None when they do not name it."""
    table = settings.config.get("questions")
    if not isinstance(table, Mapping):
        return None
    said = next((table[name] for name in names if name and name in table), None)
    if isinstance(said, str):
        return Question("score", said) if said in INSTRUMENTS else Question(said) if said in _WORDS else None
    if not isinstance(said, Mapping):
        return None
    bounds = {key: plain(bound) if (bound := number(said.get(key))) is not None else "" for key in ("low", "high")}
    instrument = text(said.get("instrument")).lower()
    means = text(said.get("as")) or ("score" if instrument else "")
    return Question(means, instrument, bounds["low"], bounds["high"]) if means in _WORDS else None


_WORDS = FIELDS | {"score", "score2", "ignore"}


def hashed(settings: Settings, answers: Iterable[Answer]) -> dict[str, str]:
    """The customer and the order, where a question asks for them."""
    found = {}
    for answer in answers:
        asked = question(settings, answer.names)
        if asked and asked.means in HASHED:
            found[asked.means] = text(answer.value)
    return found


def responses(settings: Settings, answers: Sequence[Answer], survey: str) -> list[dict[str, str]]:
    """The fields of every score that was given: the first with the comment and `suffix` "", others with their own.

    Empty when the questions for a score were skipped. Raises Unmappable when no question for a score is named in
    the settings: by the first number that would be one, else by the survey.
    """
    scores: list[dict[str, str]] = []
    beside: dict[str, str] = {}
    comments: list[str] = []
    second = unnamed = None
    for answer in answers:
        asked = question(settings, answer.names)
        if asked is None:
            unnamed = unnamed or (answer if answer.measures else None)
        elif asked.means == "score":
            scores += _score(asked, answer, len(scores))
        elif asked.means == "score2":
            second = figure(answer.title[:80], answer.value)
        elif asked.means == "comment":
            comments.append(text(answer.value))
        elif asked.means in FIELDS - HASHED:
            beside[asked.means] = text(answer.value)
    if not scores:
        _explain(settings, unnamed, survey)
        return []
    if second:
        scores[0]["score2"] = second
    scores[0]["comment"] = "\n".join(filter(None, comments))
    return [beside | fields for fields in scores]


def rows(scores: Sequence[dict[str, str]], beside: dict[str, str], external_id: str, responded_at: str) -> list[Mapped]:
    """A row for every score of a response; what was answered wins over what the tool says beside it."""
    return [
        making.row(
            "surveys",
            **beside | {key: value for key, value in fields.items() if value and key != "suffix"}
            | {
                "external_id": f"{external_id}:{fields['suffix']}" if fields["suffix"] else external_id,
                "responded_at": responded_at,
            },
        )
        for fields in scores
    ]  # fmt: skip


def _score(asked: Question, answer: Answer, before: int) -> list[dict[str, str]]:
    if answer.value is None or answer.value == "":
        return []
    value = answer.value
    if asked.instrument == "gcr":
        given = str(value).lower() if isinstance(value, bool) else text(value)
    else:
        given = figure(answer.title[:80], value)
    suffix = next(filter(None, answer.names), "") if before else ""
    return [{"score": given, "instrument": asked.instrument, "scale_min": asked.low, "scale_max": asked.high}
            | {"suffix": suffix}]  # fmt: skip


def _explain(settings: Settings, unnamed: Answer | None, survey: str) -> None:
    if unnamed is not None:
        raise Unmappable("question_unmapped", unnamed.title[:80], text(unnamed.value), name=unnamed.title[:200])
    table = settings.config.get("questions")
    named = table if isinstance(table, Mapping) else {}
    if not any((asked := question(settings, (name,))) and asked.means == "score" for name in named):
        raise Unmappable("survey_unmapped", "score", name=survey[:200])

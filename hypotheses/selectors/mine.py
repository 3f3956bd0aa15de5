"""One person's ideas: drafts, own ones with their journey, and those joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import accounts.selectors
from accounts.models import Person
from hypotheses.models import Hypothesis, Move, Status
from hypotheses.selectors import rows
from hypotheses.selectors.journey import Stop, stops
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.waiting import Promise, promise

ROWS = 50


@dataclass(frozen=True)
class MyIdea:
    """One idea: its row, its journey, and the last words that somebody wrote about it (a question, a reason)."""

    row: IdeaRow
    journey: list[Stop]
    moves: list[Move]
    last_words: Move | None

    @property
    def reason(self) -> str:
        """Why it was not picked, or "" when that is not what happened."""
        declined = self.row.hypothesis.status == Status.DECLINED
        return self.last_words.note if declined and self.last_words else ""

    @property
    def question(self) -> str:
        """What was asked and waits for an answer, or ""."""
        asked = self.row.hypothesis.status == Status.ASKED
        return self.last_words.note if asked and self.last_words else ""


@dataclass(frozen=True)
class MyIdeas:
    """Own ideas and joined ones, latest news first; `more` when there are further ones."""

    drafts: list[Hypothesis]
    own: list[MyIdea]
    joined: list[MyIdea]
    more: bool


def mine(person: Person, now: datetime) -> MyIdeas:
    """The ideas of this person: at most 50 own and 50 joined ones, in a fixed number of queries."""
    promised, today = promise(), accounts.selectors.market_day(now)
    sent = rows.sent().order_by("-updated_at", "-pk")
    own = list(sent.filter(proposer=person)[: ROWS + 1])
    joined = list(sent.filter(supporters__person=person).exclude(proposer=person)[: ROWS + 1])
    cards = _cards([*own[:ROWS], *joined[:ROWS]], promised, today)
    return MyIdeas(
        drafts=list(Hypothesis.objects.filter(proposer=person, status=Status.DRAFT).order_by("-updated_at")[:ROWS]),
        own=cards[: len(own[:ROWS])],
        joined=cards[len(own[:ROWS]) :],
        more=len(own) > ROWS or len(joined) > ROWS,
    )


def _cards(hypotheses: list[Hypothesis], promised: Promise, today: date) -> list[MyIdea]:
    history: dict[int, list[Move]] = {hypothesis.pk: [] for hypothesis in hypotheses}
    moves = (
        Move.objects.filter(hypothesis__in=history, undone_at=None).select_related("actor__team").order_by("at", "pk")
    )
    for move in moves:
        history[move.hypothesis_id].append(move)
    return [
        MyIdea(
            row=row,
            journey=stops(row.hypothesis, history[row.hypothesis.pk], promised, today),
            moves=history[row.hypothesis.pk],
            last_words=next((move for move in reversed(history[row.hypothesis.pk]) if move.note), None),
        )
        for row in rows.idea_rows(hypotheses, promised, today)
    ]

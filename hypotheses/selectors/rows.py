"""Ideas as lists show them. The number of queries does not grow with the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import Person
from hypotheses import scoring
from hypotheses.models import Evidence, Hypothesis, Status, Supporter
from hypotheses.selectors.sentences import frozen_value
from hypotheses.selectors.waiting import Promise, Waiting, waiting

KEY_PATTERN = re.compile(r"\s*(?:HYP-)?(\d{1,9})\s*", re.IGNORECASE)
# Gold: heard; indigo: tested; green: proven; red needs a person. A status that is none of these has no colour.
TAGS = {
    Status.SUBMITTED: "g",
    Status.ASKED: "g",
    Status.PLANNED: "n",
    Status.TESTING: "n",
    Status.RELEASED: "e",
    Status.MEASURED: "e",
}


@dataclass(frozen=True)
class IdeaRow:
    """One idea in a list. `points` of 100 is None without a theme; `contacts` is the theme's count when it was sent."""

    hypothesis: Hypothesis
    points: int | None
    contacts: float | None
    joined: int
    waiting: Waiting | None

    @property
    def key(self) -> str:
        """HYP-127."""
        return self.hypothesis.key

    @property
    def from_service(self) -> bool:
        """Did customer service send it?"""
        return self.hypothesis.source == Hypothesis.Source.CUSTOMER_SERVICE

    @property
    def proposer(self) -> Person:
        """Whose idea it is."""
        return self.hypothesis.proposer

    @property
    def tag(self) -> str:
        """The colour of its status tag."""
        return TAGS.get(Status(self.hypothesis.status), "")


def points_of(hypothesis: Hypothesis) -> int | None:
    """The score as points of 100, or None while there is none."""
    parts = scoring.points(multipliers(hypothesis))
    return round(sum(part.points for part in parts)) if parts else None


def multipliers(hypothesis: Hypothesis) -> dict[str, float]:
    """The factors of its score as they were stored."""
    return {name: float(part["multiplier"]) for name, part in hypothesis.score_parts.items()}


def by_key(text: str) -> Hypothesis | None:
    """The idea with this key ("HYP-127", or just "127"), or None."""
    match = KEY_PATTERN.fullmatch(text)
    return sent().filter(number=int(match.group(1))).first() if match else None


def sent() -> QuerySet[Hypothesis]:
    """Ideas that were sent, with what their rows show."""
    return Hypothesis.objects.exclude(status=Status.DRAFT).select_related("proposer__team", "theme", "sprint")


def idea_rows(hypotheses: Sequence[Hypothesis], promised: Promise, today: date) -> list[IdeaRow]:
    """Rows in the order given, with two queries more."""
    ids = [hypothesis.pk for hypothesis in hypotheses]
    joined = Counter(Supporter.objects.filter(hypothesis__in=ids).values_list("hypothesis_id", flat=True))
    contacts = frozen_contacts(ids)
    return [
        IdeaRow(
            hypothesis=hypothesis,
            points=points_of(hypothesis),
            contacts=contacts.get(hypothesis.pk),
            joined=joined[hypothesis.pk],
            waiting=waiting(hypothesis, promised, today),
        )
        for hypothesis in hypotheses
    ]


def frozen_contacts(ids: Sequence[int]) -> Mapping[int, float]:
    """Contacts of each idea's theme on the day it was sent."""
    rows = Evidence.objects.filter(hypothesis__in=ids, kind=Evidence.Kind.THEME).values_list("hypothesis_id", "facts")
    found = {pk: frozen_value(facts, "contacts") for pk, facts in rows}
    return {pk: value for pk, value in found.items() if value is not None}

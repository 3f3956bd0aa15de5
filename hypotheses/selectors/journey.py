"""The six stops of one idea: sent, accepted, sprint, test, live, measured, with the day of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts import formats
from hypotheses.models import Hypothesis, Move, Status
from hypotheses.selectors.waiting import Promise, waiting

# The stop a status has reached (0 = sent … 5 = measured).
_REACHED = {
    Status.SUBMITTED: 0,
    Status.ASKED: 0,
    Status.ACCEPTED: 1,
    Status.PLANNED: 2,
    Status.TESTING: 3,
    Status.DECIDED: 3,
    Status.RELEASED: 4,
    Status.MEASURED: 5,
}
_STOP_MOVES = ("submit", "accept", "plan", "test", "release", "measure")


@dataclass(frozen=True)
class Stop:
    """One stop: its name, a short text under it (a day, mostly), and "done", "now" or ""."""

    name: str
    text: str
    state: str


def stops(hypothesis: Hypothesis, moves: Iterable[Move], promised: Promise, today: date) -> list[Stop]:
    """The journey of an idea; empty for one that was declined, merged or not sent, for it has none."""
    reached = _REACHED.get(Status(hypothesis.status))
    if reached is None:
        return []
    days = {move.name: formats.day(move.at) for move in moves if move.undone_at is None}
    names = _names(hypothesis, reached)
    return [
        Stop(name, _text(place, reached, days, hypothesis, promised, today), _state(place, reached))
        for place, name in enumerate(names)
    ]


def _names(hypothesis: Hypothesis, reached: int) -> list[str]:
    sprint = hypothesis.sprint
    in_sprint = _("In sprint %(number)s") % {"number": sprint.number} if sprint else _("Sprint")
    tested = _("Tested") if reached > 3 or hypothesis.status == Status.DECIDED else _("Testing")
    return [
        _("Sent"),
        _("Accepted") if reached >= 1 else _("Answer"),
        in_sprint,
        tested if reached >= 3 else _("Test"),
        _("Live"),
        _("Measured"),
    ]


def _state(place: int, reached: int) -> str:
    if place == reached:
        return "now"
    return "done" if place < reached else ""


def _text(
    place: int, reached: int, days: dict[str, str], hypothesis: Hypothesis, promised: Promise, today: date
) -> str:
    if place <= reached:
        return days.get(_STOP_MOVES[place], "")
    wait = waiting(hypothesis, promised, today)
    if place != 1 or wait is None:
        return ""
    due = formats.day(wait.due_on)
    return _("was due %(day)s") % {"day": due} if wait.late else _("by %(day)s") % {"day": due}

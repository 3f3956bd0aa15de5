"""One idea: its sentence, what was frozen beside what is true today, who joined, what happened, what can be done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import metrics.selectors
from accounts import formats
from accounts.models import Person
from feedback.models import Theme
from feedback.selectors import theme_numbers
from feedback.selectors.theme_numbers import ThemeNumbers
from hypotheses import permissions, scoring, states
from hypotheses.models import Evidence, Hypothesis, Move, Status, Supporter
from hypotheses.selectors import found, journey, rows
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.sentences import Sentence, frozen_value, sentence
from hypotheses.selectors.waiting import Waiting, promise, waiting
from hypotheses.services import moves as moving
from hypotheses.services.evidence import EVIDENCE_DAYS
from metrics import charts
from metrics.charts import Svg
from metrics.estimate import CENTS, COUNT, PER_1000_ORDERS, PERCENT, Estimate
from metrics.periods import Slice

# Moves that people make on a page of their own; the others follow from the sprint board and the experiment.
PAGE_MOVES = ("accept", "ask", "answer", "merge", "decline", "reopen")

_PARTS: dict[str, tuple[str | LazyText, int]] = {
    "reach": (gettext_lazy("Contacts it could avoid"), 1),
    "satisfaction": (gettext_lazy("Unhappy customers (CSAT)"), 2),
    "chance": (gettext_lazy("Chance that a test wins"), 3),
    "trend": (gettext_lazy("Getting worse lately"), 4),
    "effort": (gettext_lazy("Little work"), 5),
}


@dataclass(frozen=True)
class ScorePart:
    """One factor of the score in points, and the most it could bring."""

    name: str
    points: int
    most: int
    swatch: Svg


@dataclass(frozen=True)
class ScoreCard:
    """The score of 100, its parts, and its place among the open ideas."""

    points: int
    parts: tuple[ScorePart, ...]
    drawing: Svg
    rank: int
    of: int


@dataclass(frozen=True)
class Compared:
    """A number as it was when the idea was sent, and today; `change` in words, `kind` "good", "bad" or "flat"."""

    tag: str
    name: str
    then: float | None
    now: float | None
    unit: str
    change: str
    kind: str


@dataclass(frozen=True)
class Button:
    """A move from here: allowed, or the sentence that says why not."""

    name: str
    label: str
    allowed: bool
    why_not: str
    needs_note: bool


@dataclass(frozen=True)
class Event:
    """Something that happened, with the words that went with it."""

    at: datetime
    text: str
    note: str
    kind: str


@dataclass(frozen=True)
class IdeaPage:
    """Everything about one idea for one reader."""

    row: IdeaRow
    sentence: Sentence
    waiting: Waiting | None
    journey: list[journey.Stop]
    frozen_on: datetime | None
    compared: list[Compared]
    today: ThemeNumbers | None
    trend: Svg | None
    quotes: list[dict[str, Any]]
    score: ScoreCard | None
    supporters: list[Supporter]
    has_joined: bool
    may_join: bool
    events: list[Event]
    question: Move | None
    buttons: list[Button]
    may_undo: bool
    similar: list[IdeaRow]


def idea_page(hypothesis: Hypothesis, person: Person, now: datetime, today: date) -> IdeaPage:
    """One idea as this person sees it."""
    promised = promise()
    evidence = list(hypothesis.evidence.select_related("theme").order_by("pk"))
    moves = list(hypothesis.moves.filter(undone_at=None).select_related("actor").order_by("at", "pk"))
    supporters = list(hypothesis.supporters.select_related("person__team").order_by("joined_at", "pk"))
    numbers = _numbers_now(hypothesis.theme, today)
    facts = facts_of(evidence, Evidence.Kind.THEME)
    has_joined = any(one.person_id == person.pk for one in supporters)
    return IdeaPage(
        row=rows.idea_rows([hypothesis], promised, today)[0],
        sentence=sentence(hypothesis, facts),
        waiting=waiting(hypothesis, promised, today),
        journey=journey.stops(hypothesis, moves, promised, today),
        frozen_on=next((piece.frozen_at for piece in evidence), None),
        compared=compared(evidence, numbers),
        today=numbers,
        trend=trend(numbers, promised.day_of(hypothesis.submitted_at) if hypothesis.submitted_at else None)
        if numbers
        else None,
        quotes=[piece.facts for piece in evidence if piece.kind == Evidence.Kind.QUOTE],
        score=score_card(hypothesis),
        supporters=supporters,
        has_joined=has_joined,
        may_join=not has_joined and hypothesis.proposer_id != person.pk and hypothesis.status != Status.DRAFT,
        events=_events(moves, supporters),
        question=_question(hypothesis, moves),
        buttons=buttons(hypothesis, person),
        may_undo=moving.last_undoable(hypothesis, person, now) is not None,
        similar=found.similar_ideas(
            f"{hypothesis.title} {hypothesis.problem}",
            promised,
            today,
            without=hypothesis.pk,
            theme=hypothesis.theme_id,
        ),
    )


def trend(numbers: ThemeNumbers, sent_on: date | None) -> Svg | None:
    """The theme's rate over 13 weeks with the day the idea was sent; None when no week is known."""
    if not any(week is not None for week in numbers.weeks):
        return None
    periods = numbers.week_periods
    sent = next((place for place, week in enumerate(periods) if sent_on and sent_on in week), None)
    text = _("Idea sent, %(day)s") % {"day": formats.day(sent_on)} if sent_on else ""
    drawing = charts.LineChart(
        label=_("Contacts per 1,000 orders about “%(theme)s” over %(weeks)d weeks")
        % {"theme": numbers.theme.name, "weeks": len(periods)},
        series=[charts.Series(numbers.weeks, tone="gold")],
        x_labels=[(0, formats.day(periods[0].first)), (len(periods) - 1, formats.day(periods[-1].last))],
        format=lambda value: formats.decimal(value, 1),
        marks=[charts.Mark(sent, text, "rel", short=text)] if sent is not None else (),
    )
    return charts.time_series(drawing, charts.Frame(340, 200, 30, 16, 26, 34))


def _numbers_now(theme: Theme | None, today: date) -> ThemeNumbers | None:
    """The theme's last 28 days; None without a theme that counts."""
    if theme is None or theme.state != Theme.State.ACTIVE:
        return None
    return theme_numbers.numbers_of(theme, Slice(metrics.selectors.counted_days(today, EVIDENCE_DAYS)))


def facts_of(evidence: Sequence[Evidence], kind: str) -> dict[str, Any]:
    """The frozen facts of one kind; empty when none were sent along."""
    return next((piece.facts for piece in evidence if piece.kind == kind), {})


def compared(evidence: Sequence[Evidence], numbers: ThemeNumbers | None) -> list[Compared]:
    """The evidence as sent beside the same numbers today."""
    theme = facts_of(evidence, Evidence.Kind.THEME)
    survey = facts_of(evidence, Evidence.Kind.SURVEY)
    lines = []
    if theme:
        name = str(theme.get("name", ""))
        now = (numbers.contacts, numbers.per_1000_orders, numbers.cost) if numbers else (None, None, None)
        lines = [
            _line(_("Theme"), name, theme, "contacts", now[0], COUNT),
            _line(_("Theme"), _("Same, per 1,000 orders"), theme, "per_1000_orders", now[1], PER_1000_ORDERS),
            _line(_("Theme"), _("Cost of handling, 28 days"), theme, "cost", now[2], CENTS),
        ]
    if survey:
        label = _("Satisfied customers, CSAT (n %(then)s, now %(now)s)") % {
            "then": frozen_n(survey, "csat"),
            "now": numbers.csat.n if numbers else 0,
        }
        lines.append(_line(_("Survey"), label, survey, "csat", numbers.csat if numbers else None, PERCENT))
    return lines


def frozen_n(facts: dict[str, Any], name: str) -> int:
    """How many observations a frozen estimate rests on."""
    return int((facts.get(name) or {}).get("n") or 0)


def _line(tag: str, name: str, facts: dict[str, Any], metric: str, now: Estimate | None, unit: str) -> Compared:
    then, today = frozen_value(facts, metric), now.value if now else None
    change, kind = _("not known"), "flat"
    if then and today is not None and now is not None:
        change = formats.signed_percent(100 * (today / then - 1), 0)
        if abs(today - then) > _room(facts[metric], then, now, today, unit):
            kind = "bad" if (today > then) is (unit != PERCENT) else "good"
    return Compared(tag, name, then, today, unit, change, kind)


def _room(frozen: dict[str, Any], then: float, now: Estimate, today: float, unit: str) -> float:
    """How far two values may lie apart within normal variation (95 %): both half intervals, added as squares.

    A full count has no interval of its own and is judged by the spread of counts (Poisson).
    """
    if unit == COUNT:
        return float(1.96 * (then + today) ** 0.5)
    ends = (frozen.get("low"), frozen.get("high"), now.low, now.high)
    if None in ends:
        return float("inf")
    low, high, low_now, high_now = (float(end or 0) for end in ends)
    return math.hypot((high - low) / 2, (high_now - low_now) / 2)


def score_card(hypothesis: Hypothesis) -> ScoreCard | None:
    """The score with its parts; None without a theme, which has nothing to score by."""
    parts = scoring.points(rows.multipliers(hypothesis))
    if not parts:
        return None
    total = round(sum(part.points for part in parts))
    better = Hypothesis.objects.filter(status__in=states.OPEN, score__gt=hypothesis.score or 0).count()
    label = _("Score %(points)d of 100") % {"points": total}
    return ScoreCard(
        points=total,
        parts=tuple(
            ScorePart(str(_PARTS[part.id][0]), round(part.points), round(part.most), charts.swatch(_part(part.id)))
            for part in parts
        ),
        drawing=charts.stack([(part.points / 100, _part(part.id)) for part in parts], label),
        rank=better + 1,
        of=Hypothesis.objects.filter(status__in=states.OPEN, score__isnull=False).count(),
    )


def _part(factor: str) -> Any:
    return _PARTS[factor][1]


def buttons(hypothesis: Hypothesis, person: Person) -> list[Button]:
    """The moves of the table that lead on from here and are made on a page, allowed ones first."""
    found_buttons = []
    for name in PAGE_MOVES:
        row = states.rule(name, hypothesis.status)
        if row is None:
            continue
        verdict = permissions.may_move(person, hypothesis, name)
        label = move_label(name, hypothesis.proposer)
        found_buttons.append(Button(name, label, bool(verdict), verdict.why_not, row.needs_note))
    return sorted(found_buttons, key=lambda button: not button.allowed)


def move_label(name: str, proposer: Person) -> str:
    """What the button says."""
    labels = {
        "accept": _("Accept to shortlist"),
        "ask": _("Ask %(name)s") % {"name": proposer.first_name},
        "answer": _("Answer"),
        "merge": _("Merge into another idea"),
        "decline": _("Decline with reason"),
        "reopen": _("Look at it again"),
    }
    return labels[name]


def _question(hypothesis: Hypothesis, moves: Sequence[Move]) -> Move | None:
    if hypothesis.status != Status.ASKED:
        return None
    return next((move for move in reversed(moves) if move.name == "ask"), None)


def _events(moves: Sequence[Move], supporters: Sequence[Supporter]) -> list[Event]:
    happened = [Event(move.at, event_text(move), move.note, _event_kind(move)) for move in moves]
    happened += [
        Event(one.joined_at, _("%(name)s joins") % {"name": one.person.first_name}, "", "") for one in supporters
    ]
    return sorted(happened, key=lambda event: event.at)


def event_text(move: Move) -> str:
    """One step in words."""
    texts = {
        "submit": _("%(name)s sends the idea"),
        "ask": _("%(name)s asks"),
        "answer": _("%(name)s answers"),
        "accept": _("%(name)s puts it on the shortlist"),
        "decline": _("%(name)s declines"),
        "merge": _("%(name)s merges it with another idea"),
        "plan": _("%(name)s plans it into a sprint"),
        "unplan": _("%(name)s puts it back on the shortlist"),
        "test": _("%(name)s starts the test"),
        "decide": _("%(name)s decides the test"),
        "release": _("%(name)s makes it live for everyone"),
        "measure": _("The effect is measured"),
        "reopen": _("%(name)s looks at it again"),
    }
    return texts[move.name] % {"name": move.actor.first_name if move.actor else "Hearback"}


def _event_kind(move: Move) -> str:
    if move.name in {"plan", "test", "decide"}:
        return "n"
    return "e" if move.name in {"release", "measure"} else ""


def idea_of(number: int, person: Person) -> Hypothesis | None:
    """The idea with this number, or None; drafts have no number."""
    hypothesis = rows.sent().select_related("duplicate_of").filter(number=number).first()
    if hypothesis is not None:
        permissions.may_see(person, hypothesis).demand()
    return hypothesis

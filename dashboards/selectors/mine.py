"""One person's ideas and what came of them: effect in people's words, the lead's note, themes without an idea."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import hypotheses.selectors.mine
from accounts import formats
from accounts.models import Person
from dashboards import rounds
from dashboards.filters import Question
from dashboards.selectors.avoided import Avoided, avoided_in
from experiments.models import Experiment, Outcome
from experiments.selectors.experiments import Sample, newest_outcomes, samples
from feedback.selectors import theme_numbers
from feedback.selectors.theme_numbers import ThemeNumbers
from hypotheses.models import Hypothesis, Move, Status
from hypotheses.selectors.mine import MyIdea, MyIdeas
from metrics.charts import Fill, LineChart, Mark, Series, Svg, time_series
from metrics.charts.lines import Frame
from metrics.estimate import Estimate

THEMES_SHOWN = 3
_THANKS = ("measure", "release", "decide")
_LITTLE = Frame(430, 130, 26, 10, 22, 6)
_OVER = [Status.DRAFT, Status.DECLINED, Status.DUPLICATE]


@dataclass(frozen=True)
class Lift:
    """What the test showed, as a ratio with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class IdeaCard:
    """An own idea. `avoided` is None without an outcome that counts; `note` what a lead wrote about its end."""

    idea: MyIdea
    experiment: Experiment | None
    sample: Sample | None
    outcome: Outcome | None
    avoided: Avoided | None
    lift: Lift | None
    drawing: Svg | None
    note: Move | None

    @property
    def big(self) -> bool:
        """Whether it is live: such an idea gets the large card."""
        return self.idea.row.hypothesis.status in {Status.RELEASED, Status.MEASURED}


@dataclass(frozen=True)
class MyPage:
    """The page of one person."""

    finding: str
    detail: str
    ideas: MyIdeas
    cards: list[IdeaCard]
    without_idea: list[ThemeNumbers]


def my_page(person: Person, question: Question, now: datetime) -> MyPage:
    """All ideas of a person with what came of them; a fixed number of queries."""
    ideas = hypotheses.selectors.mine.mine(person, now)
    tests = _tests([idea.row.hypothesis for idea in ideas.own])
    outcomes = newest_outcomes([test.release.pk for test in tests.values() if hasattr(test, "release")])
    seen = samples(tests.values())
    avoided = {
        part.release.experiment.hypothesis_id: part
        for part in avoided_in(question.period).parts
        if part.release.experiment is not None
    }
    cards = [_card(idea, tests, outcomes, seen, avoided) for idea in ideas.own]
    cards.sort(key=lambda card: not card.big)
    return MyPage(
        finding=_finding(person, cards, ideas, question),
        detail=_detail(ideas.own),
        ideas=ideas,
        cards=cards,
        without_idea=_without_idea(question),
    )


def _tests(ideas: Iterable[Hypothesis]) -> dict[int, Experiment]:
    """The newest test of each idea."""
    rows = Experiment.objects.filter(hypothesis__in=list(ideas)).select_related("release").order_by("number")
    return {test.hypothesis_id: test for test in rows}


def _card(
    idea: MyIdea,
    tests: dict[int, Experiment],
    outcomes: dict[int, Outcome],
    seen: dict[int, Sample],
    avoided: dict[int, Avoided],
) -> IdeaCard:
    test = tests.get(idea.row.hypothesis.pk)
    outcome = outcomes.get(test.release.pk) if test is not None and hasattr(test, "release") else None
    return IdeaCard(
        idea=idea,
        experiment=test,
        sample=seen.get(test.pk) if test else None,
        outcome=outcome,
        avoided=avoided.get(idea.row.hypothesis.pk) if outcome else None,
        lift=_lift(test) if test else None,
        drawing=_draw(outcome, test.release.released_on) if test and outcome else None,
        note=next((move for move in reversed(idea.moves) if move.name in _THANKS and move.note), None),
    )


def _lift(test: Experiment) -> Lift | None:
    """The best variant's lift, as it stood at the decision."""
    found: list[Lift] = []
    for variant in test.evaluation.get("variants", [])[1:]:
        lift: dict[str, Any] = variant.get("lift", {})
        if lift.get("value") is not None and lift.get("low") is not None and lift.get("high") is not None:
            found.append(Lift(lift["value"], lift["low"], lift["high"]))
    return max(found, key=lambda lift: lift.value, default=None)


def _draw(outcome: Outcome, released_on: date) -> Svg | None:
    """Observed and expected contacts per week, the difference filled from the day it went live."""
    points = [point for point in outcome.series if point.get("observed") is not None]
    if len(points) < 2:
        return None
    starts = [date.fromisoformat(point["starts_on"]) for point in points]
    live = next((at for at, day in enumerate(starts) if day >= released_on), len(points) - 1)
    observed = [float(point["observed"]) for point in points]
    expected = [None if point.get("expected") is None else float(point["expected"]) for point in points]
    chart = LineChart(
        label=_("Contacts per week, and what would have come without the change"),
        series=[Series(expected, "mute", dashed=True, dot=False), Series(observed, "green")],
        x_labels=[(0, formats.day(starts[0])), (len(points) - 1, formats.day(starts[-1]))],
        fill=Fill(expected, observed, live),
        marks=[Mark(live, _("live"), "live")],
        format=lambda value: "",
        ticks=2,
    )
    return time_series(chart, _LITTLE)


def _finding(person: Person, cards: list[IdeaCard], ideas: MyIdeas, question: Question) -> str:
    total = own_total(cards)
    if total.value is not None and total.excludes_zero and total.value > 0:
        words = ngettext(
            "%(name)s, thanks to you %(count)s customer did not have to ask in %(days)d days",
            "%(name)s, thanks to you %(count)s customers did not have to ask in %(days)d days",
            round(total.value),
        )
        return words % {
            "name": person.first_name,
            "count": formats.decimal(total.value),
            "days": question.period.days,
        }
    if ideas.own:
        words = ngettext("%(name)s, you sent %(count)d idea", "%(name)s, you sent %(count)d ideas", len(ideas.own))
        return words % {"name": person.first_name, "count": len(ideas.own)}
    return _("%(name)s, what do customers ask you again and again?") % {"name": person.first_name}


def own_total(cards: list[IdeaCard]) -> Estimate:
    """Contacts avoided by all ideas of the person together."""
    return rounds.total([card.avoided.contacts for card in cards if card.avoided])


def _detail(own: list[MyIdea]) -> str:
    """How many ideas, and where they are, in one sentence each."""
    if not own:
        return _("Send your first idea: it takes a minute, and somebody answers.")
    statuses = [idea.row.hypothesis.status for idea in own]
    live = sum(status in {Status.RELEASED, Status.MEASURED} for status in statuses)
    tested = statuses.count(Status.TESTING)
    waiting = sum(status in {Status.SUBMITTED, Status.ASKED} for status in statuses)
    parts = [
        ngettext("%(count)d is live", "%(count)d are live", live) % {"count": live} if live else "",
        ngettext("%(count)d is being tested", "%(count)d are being tested", tested) % {"count": tested}
        if tested
        else "",
        ngettext("%(count)d waits for an answer", "%(count)d wait for an answer", waiting) % {"count": waiting}
        if waiting
        else "",
    ]
    said = [part for part in parts if part]
    sent = ngettext("You sent %(count)d idea.", "You sent %(count)d ideas.", len(own)) % {"count": len(own)}
    return f"{sent} {', '.join(said)}." if said else sent


def _without_idea(question: Question) -> list[ThemeNumbers]:
    """The largest themes that nobody has an idea for."""
    taken = set(Hypothesis.objects.exclude(theme=None).exclude(status__in=_OVER).values_list("theme_id", flat=True))
    numbers, _totals = theme_numbers.theme_numbers(question.slice)
    return [one for one in numbers if one.theme.pk not in taken][:THEMES_SHOWN]

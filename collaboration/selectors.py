"""The questions of this floor: shared goals with how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import metrics.selectors
from collaboration.models import Goal
from collaboration.outlook import Outlook, outlook
from metrics import formulas
from metrics.formulas import Metric
from metrics.periods import Period, Slice

WEEKS = 52


@dataclass(frozen=True)
class GoalCard:
    """A goal, its metric and how it stands."""

    goal: Goal
    metric: Metric
    outlook: Outlook


def goal_cards(last: date) -> list[GoalCard]:
    """All goals, the first due first, as they stand on this day; four queries."""
    goals = [goal for goal in Goal.objects.select_related("cs_owner", "cro_owner") if goal.metric in formulas.REGISTRY]
    if not goals:
        return []
    book = metrics.selectors.daily_book(Slice(Period(last - timedelta(days=7 * WEEKS - 1), last)))
    return [_card(goal, book) for goal in goals]


def _card(goal: Goal, book: metrics.selectors.DailyBook) -> GoalCard:
    metric = formulas.metric(goal.metric)
    weeks = book.weekly(metric)
    # Weeks before the first data are no weeks.
    known = next((at for at, (_week, cells) in enumerate(weeks) if metric.compute(cells).n), len(weeks))
    return GoalCard(goal, metric, outlook(metric, weeks[known:], target=goal.target, due_on=goal.due_on))

"""What the sprint board shows of an idea's test, and the plan of a new one from the shop's own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

import metrics.selectors
from accounts import formats
from experiments import effects
from experiments.models import Decision, Experiment, Outcome, Status
from experiments.selectors.experiments import Sample, is_ready, newest_outcomes, samples
from metrics.periods import Slice

TRAFFIC_DAYS = 56
LONGEST_WEEKS = 12
# Relative lifts that the planner offers, smallest first.
LIFTS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class CardFacts:
    """An idea's test in one line: key of the idea and of the test, sample, words, and whether it is proven."""

    hypothesis: str
    experiment: str
    sample: Sample
    running: bool
    text: str
    proven: bool


def card_facts(keys: Sequence[str], today: date) -> list[CardFacts]:
    """The newest test of each of these ideas ("HYP-123"); ideas without one are left out. Four queries."""
    numbers = [int(key[4:]) for key in keys if key.startswith("HYP-") and key[4:].isdecimal() and len(key) <= 13]
    rows = Experiment.objects.filter(hypothesis__number__in=numbers).select_related("hypothesis", "release")
    newest = {one.hypothesis_id: one for one in rows.order_by("number")}.values()
    seen = samples(newest)
    outcomes = newest_outcomes(one.release.pk for one in newest if hasattr(one, "release"))
    return [_facts(one, seen[one.pk], outcomes, today) for one in newest]


def _facts(one: Experiment, sample: Sample, outcomes: dict[int, Outcome], today: date) -> CardFacts:
    outcome = outcomes.get(one.release.pk) if hasattr(one, "release") else None
    return CardFacts(
        hypothesis=one.hypothesis.key,
        experiment=one.key,
        sample=sample,
        running=one.status == Status.RUNNING,
        text=_text(one, sample, outcome, today),
        proven=outcome is not None and outcome.verdict == "avoided",
    )


def _text(one: Experiment, sample: Sample, outcome: Outcome | None, today: date) -> str:
    if outcome is not None and outcome.verdict == "avoided" and outcome.contacts_avoided is not None:
        return _("Live, %(count)s avoided") % {"count": formats.decimal(outcome.contacts_avoided)}
    if hasattr(one, "release"):
        return _("Live")
    if is_ready(one, today):
        return _("Planned end reached, decide")
    if one.status == Status.RUNNING:
        return _("%(share)s of sample") % {"share": formats.percent(100 * sample.share, 0)}
    return str(Decision(one.decision).label) if one.decision else str(Status(one.status).label)


# The planner ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Traffic:
    """What the shop saw in the last eight weeks: sessions a week and conversion as a ratio; 0 when not known."""

    weekly: float
    rate: float


def traffic(today: date) -> Traffic:
    """Sessions a week and conversion of the last eight weeks, all markets."""
    cell = metrics.selectors.commerce_sums(Slice(metrics.selectors.counted_days(today, TRAFFIC_DAYS))).get(())
    if cell is None or not cell.sessions:
        return Traffic(0.0, 0.0)
    return Traffic(cell.sessions / (TRAFFIC_DAYS / 7), cell.orders / cell.sessions)


@dataclass(frozen=True)
class PlanRow:
    """To see a lift four times out of five: visitors over all arms, and weeks (None: longer than a quarter)."""

    lift: float
    visitors: int
    weeks: int | None


def plan_rows(rate: float, weekly: float, arms: int) -> list[PlanRow]:
    """What it takes to see each of `LIFTS` with this baseline (ratio), visitors a week and number of arms."""
    rows = []
    for lift in LIFTS:
        per_arm = effects.visitors_per_arm(rate, lift, arms=arms)
        if per_arm is None:
            continue
        weeks = effects.weeks_needed(per_arm, arms, weekly)
        rows.append(PlanRow(lift, round(per_arm * arms), weeks if weeks and weeks <= LONGEST_WEEKS else None))
    return rows


def smallest_lift(rate: float, visitors: float, arms: int) -> float | None:
    """The smallest relative lift that so many visitors over all arms show four times out of five; None above 100 %."""
    low, high = 1e-4, min(1.0, 0.999 / rate - 1) if 0 < rate < 1 else 0.0
    needed = effects.visitors_per_arm(rate, high, arms=arms) if high > low else None
    if needed is None or needed * arms > visitors:
        return None
    # Needed visitors fall as the lift grows, so halving finds it.
    for _step in range(40):
        middle = (low + high) / 2
        needed = effects.visitors_per_arm(rate, middle, arms=arms)
        if needed is not None and needed * arms <= visitors:
            high = middle
        else:
            low = middle
    return high

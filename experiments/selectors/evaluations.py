"""The evaluation of a test from its stored totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Sum

from experiments import effects, evaluation
from experiments.effects import Mean
from experiments.models import Experiment, Result
from metrics.estimate import RATIO, Estimate, estimate, no_data

SHORTEST = timedelta(days=evaluation.SHORTEST_DAYS - 1)
REVENUE, CONTACTS = "revenue_per_visitor", "contacts_per_visitor"
_SUMS = ("visitors", "conversions", "revenue_sum", "revenue_sumsq", "contacts")


def arms_of(experiments: Iterable[Experiment]) -> dict[int, list[evaluation.Arm]]:
    """The totals of every arm by experiment id, the control first; arms without results count 0."""
    wanted = {experiment.pk: experiment for experiment in experiments}
    totals = {
        row["variant"]: row
        for row in Result.objects.filter(variant__experiment__in=wanted)
        .order_by()
        .values("variant")
        .annotate(**{f"sum_{name}": Sum(name) for name in _SUMS})
    }
    return {
        pk: [_arm(variant.key, totals.get(variant.pk, {})) for variant in experiment.variants.all()]
        for pk, experiment in wanted.items()
    }


def _arm(key: str, row: Mapping[str, Any]) -> evaluation.Arm:
    return evaluation.Arm(
        name=key,
        visitors=row.get("sum_visitors") or 0,
        conversions=row.get("sum_conversions") or 0,
        revenue_sum=row.get("sum_revenue_sum"),
        revenue_sumsq=row.get("sum_revenue_sumsq"),
        contacts=row.get("sum_contacts"),
    )


def evaluation_of(
    experiment: Experiment, *, today: date, arms: list[evaluation.Arm] | None = None
) -> evaluation.Evaluation:
    """The test as it stands on `today`; a decided test as it stood at its end."""
    arms = arms if arms is not None else arms_of([experiment])[experiment.pk]
    starts_on = experiment.starts_on or today
    plan = evaluation.Plan(
        started_on=starts_on,
        ends_on=experiment.ends_on or starts_on + SHORTEST,
        visitors=experiment.planned_visitors or sum(arm.visitors for arm in arms),
        weights=tuple(variant.weight for variant in experiment.variants.all()),
    )
    # Results of a day are complete when the day is over.
    return evaluation.evaluate_running(arms, plan, today=today - timedelta(days=1), guardrails=guardrails(arms))


def guardrails(arms: Sequence[evaluation.Arm]) -> list[evaluation.Guardrail]:
    """What must not get worse, of the variant with the highest conversion: revenue and contacts per visitor.

    Only those that were recorded in both arms.
    """
    best = max(arms[1:], key=lambda arm: arm.conversion.mean, default=None)
    if best is None or not (arms[0].valid and best.valid):
        return []
    found = []
    if arms[0].revenue is not None and best.revenue is not None:
        found.append(evaluation.Guardrail(REVENUE, arms[0].revenue, best.revenue, "lower"))
    if arms[0].contact is not None and best.contact is not None:
        found.append(evaluation.Guardrail(CONTACTS, arms[0].contact, best.contact, "higher"))
    return found


def contacts_effect(experiment: Experiment) -> Estimate:
    """Contacts per visitor in the test, variant against control, when they were recorded for both arms.

    Without the squares per visitor the interval would be narrower than the truth allows, so there is none: such a test
    does not carry a release's outcome (grade A), which is then measured against untouched themes.
    """
    arms = arms_of([experiment])[experiment.pk]
    if len(arms) != 2 or any(arm.contacts is None or not arm.valid for arm in arms):
        return no_data(RATIO, method="welch_relative")
    found = evaluation.contacts_per_visitor(arms[0], arms[1])
    if evaluation.SPREAD_ASSUMED in found.flags:
        return no_data(RATIO, method="welch_relative", n=found.n, flags=(evaluation.SPREAD_ASSUMED,))
    return found


def as_json(found: evaluation.Evaluation) -> dict[str, Any]:
    """What is kept with a decision."""
    return {
        "srm_p": found.srm_p,
        "verdict": found.verdict,
        "final": found.final,
        "flags": list(found.flags),
        "variants": [
            {
                "name": arm.name,
                "rate": arm.rate.as_json(),
                "lift": arm.lift.as_json(),
                "always_valid": arm.always_valid.as_json(),
                "shrunk": arm.shrunk.as_json(),
                "p": arm.p,
                "chance_to_win": arm.chance_to_win,
            }
            for arm in found.variants
        ],
    }


def lift_facts(found: evaluation.Evaluation) -> dict[str, Any]:
    """The lift of the best variant, for a message."""
    tested = [arm for arm in found.variants[1:] if arm.lift.value is not None]
    if not tested:
        return {}
    best = max(tested, key=lambda arm: arm.lift.value or 0)
    return {"lift": best.lift.value, "lift_low": best.lift.low, "lift_high": best.lift.high}


@dataclass(frozen=True)
class Measure:
    """One measure of a test besides conversion: its relative change in the best variant, and the way it should go."""

    key: str
    change: Estimate
    better: Literal["higher", "lower"]

    @property
    def worse(self) -> bool:
        """Whether the whole interval lies on the wrong side of no change."""
        if not self.change.excludes_zero:
            return False
        return ((self.change.value or 0) > 0) == (self.better == "lower")

    @property
    def good(self) -> bool:
        """Whether the whole interval lies on the right side of no change."""
        return self.change.excludes_zero and not self.worse


def measures_of(arms: Sequence[evaluation.Arm]) -> list[Measure]:
    """Revenue and contacts per visitor, where both arms recorded them: the variant with the highest conversion."""
    best = max(arms[1:], key=lambda arm: arm.conversion.mean, default=None)
    if best is None or not (arms[0].valid and best.valid):
        return []
    found = [Measure(CONTACTS, evaluation.contacts_per_visitor(arms[0], best), "lower")]
    if arms[0].revenue is not None and best.revenue is not None:
        found.append(Measure(REVENUE, _relative(arms[0].revenue, best.revenue), "higher"))
    return [measure for measure in found if measure.change.known]


def _relative(control: Mean, variant: Mean) -> Estimate:
    found = effects.welch(control, variant, relative=True)
    n = control.n + variant.n
    if found is None:
        return no_data(RATIO, method="welch_relative", n=n)
    return estimate(found.value, (found.low, found.high), n=n, unit=RATIO, method="welch_relative")

"""What an A/B test says, and when it says nothing: checks first, then numbers, then one verdict.

Order of precedence: a split that went wrong blocks everything; fewer than ten conversions in an arm is too few; while a
test runs only the always-valid interval may decide; after its planned end the fixed-horizon numbers do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scipy import special

from experiments import effects
from experiments.effects import Mean, Proportion
from metrics import intervals
from metrics.estimate import DEFAULT_LEVEL, IMPOSSIBLE, PERCENT, RATIO, Estimate, estimate, no_data

Verdict = Literal[
    "winner", "no_difference", "harmful", "too_few", "blocked", "running", "stopped_early", "guardrail_worse"
]

SRM_P = 0.001
"""Below this the split itself is broken (sample ratio mismatch)."""
FEWEST_CONVERSIONS = 10
SHORTEST_DAYS = 14
PRIOR_SD = 0.1
"""Most lifts that were ever real are within 20 %."""
ALPHA = 0.05
SPREAD_ASSUMED = "spread_assumed"
"""Contacts were recorded without their squares: the interval is as narrow as it can be."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant's totals. Revenue in cents, contacts per visitor within the window, each with its sum of squares."""

    name: str
    visitors: float
    conversions: float
    revenue_sum: float | None = None
    revenue_sumsq: float | None = None
    contacts: float | None = None
    contacts_sumsq: float | None = None

    @property
    def conversion(self) -> Proportion:
        """Conversions per visitor."""
        return Proportion(self.visitors, self.conversions)

    @property
    def revenue(self) -> Mean | None:
        """Revenue per visitor, when recorded."""
        if self.revenue_sum is None or self.revenue_sumsq is None:
            return None
        return Mean(self.visitors, self.revenue_sum, self.revenue_sumsq)

    @property
    def contact(self) -> Mean | None:
        """Contacts per visitor, when recorded.

        Without a sum of squares every contact counts as another visitor's, the least spread that is possible.
        """
        if self.contacts is None:
            return None
        squares = self.contacts if self.contacts_sumsq is None else self.contacts_sumsq
        return Mean(self.visitors, self.contacts, squares)

    @property
    def valid(self) -> bool:
        """Whether the totals can be true."""
        return self.visitors > 0 and 0 <= self.conversions <= self.visitors


@dataclass(frozen=True, slots=True)
class Plan:
    """When the test may be read: first and last planned day, planned visitors over all arms, traffic weights."""

    started_on: date
    ends_on: date
    visitors: float
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class VariantResult:
    """One variant against the control; `rate` of the control stands here too, without a lift.

    `lift` is the fixed-horizon relative lift (Katz), `always_valid` the one that may be read every day,
    `difference` the absolute one (Newcombe), `shrunk` the lift to plan with (winner's curse taken off), `p`
    Holm-adjusted.
    """

    name: str
    rate: Estimate
    lift: Estimate
    always_valid: Estimate
    difference: Estimate
    shrunk: Estimate
    p: float | None
    chance_to_win: float | None
    risk_keep: float | None
    risk_ship: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole test: the split check, every arm, one verdict, and whether fixed-horizon numbers count (`final`)."""

    srm_p: float | None
    blocked: bool
    variants: tuple[VariantResult, ...]
    verdict: Verdict
    final: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that must not get worse: control and variant, and the direction that is worse."""

    name: str
    control: Mean | Proportion
    variant: Mean | Proportion
    worse: Literal["higher", "lower"]

    @property
    def p_worse(self) -> float | None:
        """One-sided p of "worse", not corrected: a guardrail should rather bark too often."""
        found = effects.welch(self.control, self.variant, relative=False)
        if found is None:
            return None
        z = found.value / found.se
        return float(special.ndtr(-z if self.worse == "higher" else z))

    @property
    def violated(self) -> bool:
        """Whether the metric got worse beyond chance."""
        p = self.p_worse
        return p is not None and p < ALPHA


def split_check(arms: Sequence[Arm], weights: Sequence[float] = ()) -> float | None:
    """p of the visitor counts under the planned split (equal when no weights are given)."""
    return intervals.chi_square_p([arm.visitors for arm in arms], weights or [1.0] * len(arms))


def conversion_rate(arm: Arm, level: float = DEFAULT_LEVEL) -> Estimate:
    """Conversions per visitor (ratio) with the Wilson interval."""
    interval = intervals.wilson(arm.conversions, arm.visitors, level)
    if interval is None:
        flags = (IMPOSSIBLE,) if arm.visitors > 0 else ()
        return no_data(RATIO, method="wilson", n=arm.visitors, level=level, flags=flags)
    return estimate(arm.conversions / arm.visitors, interval, n=arm.visitors, unit=RATIO, method="wilson", level=level)


def relative_lift(control: Arm, variant: Arm, level: float = DEFAULT_LEVEL) -> Estimate:
    """Relative lift of the conversion rate (ratio; 0 = none) with Katz's log interval."""
    n = control.visitors + variant.visitors
    if not (control.valid and variant.valid and control.conversions > 0):
        return no_data(RATIO, method="katz", n=n, level=level)
    interval = intervals.katz_log_ratio(
        variant.conversions, variant.visitors, control.conversions, control.visitors, level
    )
    ends = None if interval is None else (interval.low - 1, interval.high - 1)
    value = variant.conversion.mean / control.conversion.mean - 1
    return estimate(value, ends, n=n, unit=RATIO, method="katz", level=level)


def lift_p(control: Arm, variant: Arm) -> float | None:
    """Two-sided p of the log risk ratio; None when an arm has no conversion."""
    if not (control.valid and variant.valid and control.conversions > 0 and variant.conversions > 0):
        return None
    se = intervals.katz_log_se(variant.conversions, variant.visitors, control.conversions, control.visitors)
    log_ratio = math.log(variant.conversion.mean / control.conversion.mean)
    return intervals.normal_p(log_ratio / se) if se > 0 else (1.0 if log_ratio == 0 else 0.0)


def evaluate(
    arms: Sequence[Arm],
    *,
    weights: Sequence[float] = (),
    guardrails: Sequence[Guardrail] = (),
    level: float = DEFAULT_LEVEL,
) -> Evaluation:
    """A finished test, the first arm being the control. Fewer than two arms is "too_few"."""
    srm_p = split_check(arms, weights)
    blocked = srm_p is not None and srm_p < SRM_P
    if len(arms) < 2:
        return Evaluation(srm_p, blocked, (), "too_few", final=True)
    planned = sum(arm.visitors for arm in arms)
    results = _results(arms, planned, level)
    worse = any(guardrail.violated for guardrail in guardrails)
    verdict: Verdict = "blocked" if blocked else _overall([result.verdict for result in results[1:]])
    if verdict == "winner" and worse:
        verdict = "guardrail_worse"
    return Evaluation(srm_p, blocked, results, verdict, final=True)


def evaluate_running(
    arms: Sequence[Arm],
    plan: Plan,
    *,
    today: date,
    stopped_on: date | None = None,
    guardrails: Sequence[Guardrail] = (),
    level: float = DEFAULT_LEVEL,
) -> Evaluation:
    """A test that may still be running, as a dashboard shows it on `today`.

    From the planned end on (14 days and whole weeks at least) it is read as finished. Before, only the always-valid
    interval decides: harm at any time, a win after two weeks; else "running", or "stopped_early" if it was stopped.
    """
    finished = evaluate(arms, weights=plan.weights, guardrails=guardrails, level=level)
    last_day = stopped_on or today
    days = (min(last_day, plan.ends_on) - plan.started_on).days + 1
    flags = () if days % 7 == 0 else ("not_whole_weeks",)
    if last_day >= plan.ends_on and days >= SHORTEST_DAYS:
        return Evaluation(finished.srm_p, finished.blocked, finished.variants, finished.verdict, True, flags)
    results = _results(arms, plan.visitors, level)
    verdict = _early_verdict(results, blocked=finished.blocked, days=days, stopped=stopped_on is not None)
    if verdict == "winner" and any(guardrail.violated for guardrail in guardrails):
        verdict = "guardrail_worse"
    return Evaluation(finished.srm_p, finished.blocked, results, verdict, False, flags)


def contacts_per_visitor(control: Arm, variant: Arm, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Deflection measured inside the test, the best evidence there is: relative change of contacts per visitor."""
    a, b = control.contact, variant.contact
    found = None if a is None or b is None else effects.welch(a, b, relative=True, level=level)
    n = control.visitors + variant.visitors
    if found is None:
        return no_data(RATIO, method="welch_relative", n=n, level=level)
    known = control.contacts_sumsq is not None and variant.contacts_sumsq is not None
    return estimate(
        found.value,
        (found.low, found.high),
        n=n,
        unit=RATIO,
        method="welch_relative",
        level=level,
        flags=() if known else (SPREAD_ASSUMED,),
    )


def _results(arms: Sequence[Arm], planned: float, level: float) -> tuple[VariantResult, ...]:
    control, variants = arms[0], arms[1:]
    raw = [lift_p(control, variant) for variant in variants]
    adjusted = intervals.holm([1.0 if p is None else p for p in raw])
    kept = [None if p is None else q for p, q in zip(raw, adjusted, strict=True)]
    return (
        _control_result(control, level),
        *(_result(control, arm, p, planned, level) for arm, p in zip(variants, kept, strict=True)),
    )


def _control_result(control: Arm, level: float) -> VariantResult:
    nothing = no_data(RATIO, level=level)
    return VariantResult(
        control.name,
        conversion_rate(control, level),
        nothing,
        nothing,
        nothing,
        nothing,
        None,
        None,
        None,
        None,
        "no_difference",
    )


def _result(control: Arm, variant: Arm, p: float | None, planned: float, level: float) -> VariantResult:
    n = control.visitors + variant.visitors
    lift = relative_lift(control, variant, level)
    always = effects.sequential(control.conversion, variant.conversion, planned=planned, level=level)
    belief = effects.bayes(control.conversion, variant.conversion, prior_sd=PRIOR_SD, level=level)
    difference = intervals.newcombe_difference(
        variant.conversions, variant.visitors, control.conversions, control.visitors, level
    )
    return VariantResult(
        name=variant.name,
        rate=conversion_rate(variant, level),
        lift=lift,
        always_valid=_optional(always and (always.value, always.low, always.high), n, "sequential", level),
        difference=_optional(
            difference and (variant.conversion.mean - control.conversion.mean, *difference), n, "newcombe", level
        ),
        shrunk=_optional((belief.value, belief.low, belief.high) if belief else None, n, "posterior", level),
        p=p,
        chance_to_win=belief.chance_to_win if belief else None,
        risk_keep=belief.risk_keep if belief else None,
        risk_ship=belief.risk_ship if belief else None,
        verdict=_variant_verdict(control, variant, p, lift),
    )


def _optional(found: tuple[float, float, float] | None, n: float, method: str, level: float) -> Estimate:
    if found is None:
        return no_data(RATIO, method=method, n=n, level=level)
    return estimate(found[0], found[1:], n=n, unit=RATIO, method=method, level=level)


def _variant_verdict(control: Arm, variant: Arm, p: float | None, lift: Estimate) -> Verdict:
    if min(control.conversions, variant.conversions) < FEWEST_CONVERSIONS or not (control.valid and variant.valid):
        return "too_few"
    if p is None or p >= ALPHA or lift.value is None:
        return "no_difference"
    return "winner" if lift.value > 0 else "harmful"


def _overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One winner wins; without one, harm is said before "no difference"; too few only when it is all there is."""
    for verdict in ("winner", "harmful", "no_difference"):
        if verdict in verdicts:
            return verdict
    return "too_few"


def _early_verdict(results: Sequence[VariantResult], *, blocked: bool, days: int, stopped: bool) -> Verdict:
    if blocked:
        return "blocked"
    judged = [result for result in results[1:] if result.verdict != "too_few" and result.always_valid.excludes_zero]
    wins = [result for result in judged if (result.always_valid.value or 0) > 0]
    if wins and days >= SHORTEST_DAYS:
        return "winner"
    if len(judged) > len(wins):
        return "harmful"
    return "stopped_early" if stopped else "running"


def as_percent(ratio: Estimate) -> Estimate:
    """The same estimate on 0 to 100, for pages that show percentages."""
    if ratio.value is None:
        return no_data(PERCENT, method=ratio.method, n=ratio.n, level=ratio.level, flags=ratio.flags)
    ends = None if ratio.low is None or ratio.high is None else (100 * ratio.low, 100 * ratio.high)
    return estimate(
        100 * ratio.value, ends, n=ratio.n, unit=PERCENT, method=ratio.method, level=ratio.level, flags=ratio.flags
    )

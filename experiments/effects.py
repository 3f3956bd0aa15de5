"""Effects between two groups from sums alone: frequentist, always-valid, Bayesian; and how many visitors a test needs.

Visitor-level sums are all that is stored, so nothing here asks for raw rows. Shares and lifts are ratios (0 to 1). The
numbers equal those of GrowthBook's published test suite to all printed decimals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from scipy import special

from metrics import intervals


class Group(Protocol):
    """What an effect needs to know of a group."""

    @property
    def n(self) -> float:
        """Visitors."""

    @property
    def mean(self) -> float:
        """The metric of the group."""

    @property
    def mean_variance(self) -> float:
        """The squared standard error of the metric."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A metric per visitor: visitors, sum and sum of squares."""

    n: float
    total: float
    total_sq: float

    @property
    def mean(self) -> float:
        """Per visitor; 0 without visitors."""
        return self.total / self.n if self.n > 0 else 0.0

    @property
    def mean_variance(self) -> float:
        """Squared standard error of the mean."""
        return (intervals.variance(self.n, self.total, self.total_sq) or 0.0) / self.n if self.n > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of visitors: visitors and conversions."""

    n: float
    x: float

    @property
    def mean(self) -> float:
        """The share; 0 without visitors."""
        return self.x / self.n if self.n > 0 else 0.0

    @property
    def mean_variance(self) -> float:
        """Squared standard error of the share; 0 for more conversions than visitors, which no share can be."""
        return max(0.0, self.mean * (1 - self.mean)) / self.n if self.n > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """One sum over another, both per visitor (revenue per order): n, sums, squares and the sum of products."""

    n: float
    top: float
    top_sq: float
    bottom: float
    bottom_sq: float
    product: float

    @property
    def mean(self) -> float:
        """The ratio of the sums; 0 when the lower one is 0."""
        return self.top / self.bottom if self.bottom else 0.0

    @property
    def mean_variance(self) -> float:
        """Delta method with the covariance of both sums."""
        if self.n <= 1 or not self.bottom:
            return 0.0
        over, under = self.top / self.n, self.bottom / self.n
        var_top = intervals.variance(self.n, self.top, self.top_sq) or 0.0
        var_bottom = intervals.variance(self.n, self.bottom, self.bottom_sq) or 0.0
        covariance = (self.product - self.top * self.bottom / self.n) / (self.n - 1)
        spread = var_top / under**2 + var_bottom * over**2 / under**4 - 2 * covariance * over / under**3
        return max(0.0, spread) / self.n


def cuped(n: float, y: float, yy: float, x: float, xx: float, xy: float, theta: float) -> Mean:
    """The metric y less theta times a covariate x that was measured before exposure; theta is pooled over all arms."""
    return Mean(n, y - theta * x, yy - 2 * theta * xy + theta**2 * xx)


class Effect(NamedTuple):
    """Variant less control, absolute or relative to the control, with its interval and two-sided p."""

    value: float
    se: float
    low: float
    high: float
    p: float


def effect_size(control: Group, variant: Group, *, relative: bool) -> tuple[float, float] | None:
    """Point and standard error (delta method when relative). None without visitors or with a control of 0."""
    if control.n <= 0 or variant.n <= 0:
        return None
    a, b = control.mean, variant.mean
    if not relative:
        return b - a, math.sqrt(control.mean_variance + variant.mean_variance)
    if a == 0:
        return None
    return (b - a) / abs(a), math.sqrt(variant.mean_variance / a**2 + control.mean_variance * b**2 / a**4)


def welch(control: Group, variant: Group, *, relative: bool = True, level: float = 0.95) -> Effect | None:
    """Fixed-horizon Welch t. None when there is no effect to compute or nothing varies."""
    size = effect_size(control, variant, relative=relative)
    if size is None or size[1] <= 0 or control.n <= 1 or variant.n <= 1:
        return None
    value, se = size
    df = intervals.welch_df(control.mean_variance, control.n, variant.mean_variance, variant.n)
    half = intervals.t_quantile(df, level) * se
    return Effect(value, se, value - half, value + half, intervals.t_p(value / se, df))


def sequential(
    control: Group, variant: Group, *, planned: float, relative: bool = True, level: float = 0.95
) -> Effect | None:
    """Always-valid interval: may be looked at every day (asymptotic confidence sequence).

    Waudby-Smith et al., arXiv:2103.06476, eq. 9, tightest near `planned` total visitors. Costs 1.55 to 1.73 times the
    width of a fixed-horizon interval; 28 daily looks at no difference claim one in .013 of tests, fixed ones in .273.
    """
    size = effect_size(control, variant, relative=relative)
    if size is None or size[1] <= 0 or planned <= 0:
        return None
    value, se = size
    alpha, n = 1 - level, control.n + variant.n
    rho_sq = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / planned
    t = n * rho_sq + 1
    half = se * math.sqrt(n) * math.sqrt(2 * t * math.log(math.sqrt(t) / alpha) / (n * n * rho_sq))
    log_evidence = rho_sq * (value / se) ** 2 * n / (2 * t)
    evidence = math.exp(min(700.0, log_evidence)) / math.sqrt(t)
    return Effect(value, se, value - half, value + half, min(1.0, 1 / evidence))


@dataclass(frozen=True, slots=True)
class Belief:
    """Posterior of the effect: its mean and interval, the chance that it is positive, and what a wrong choice costs.

    `risk_keep` is the expected loss of keeping the control, `risk_ship` that of shipping the variant.
    """

    value: float
    se: float
    low: float
    high: float
    chance_to_win: float
    risk_keep: float
    risk_ship: float


def bayes(
    control: Group,
    variant: Group,
    *,
    relative: bool = True,
    prior_sd: float | None = 0.1,
    prior_mean: float = 0.0,
    level: float = 0.95,
) -> Belief | None:
    """Normal posterior of the effect under N(prior_mean, prior_sd^2); `prior_sd=None` is a flat prior.

    Not a licence to peek: its error rate under daily looks is not controlled.
    """
    size = effect_size(control, variant, relative=relative)
    if size is None or size[1] <= 0:
        return None
    value, se = size
    if prior_sd is not None:
        precision = 1 / se**2 + 1 / prior_sd**2
        value, se = (value / se**2 + prior_mean / prior_sd**2) / precision, precision**-0.5
    z, half = value / se, intervals.z_quantile(level) * se
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    win = float(special.ndtr(z))
    keep = value * win + se * density
    return Belief(value, se, value - half, value + half, win, keep, keep - value)


def visitors_per_arm(
    rate: float, relative_lift: float, *, level: float = 0.95, power: float = 0.8, arms: int = 2
) -> float | None:
    """Visitors per arm to find a relative lift of a share (R's `power.prop.test`), not rounded.

    Two-sided, the error shared among the variants. None for a rate outside 0..1 or no lift.
    """
    target = rate * (1 + relative_lift)
    if not (0 < rate < 1 and 0 < target < 1 and relative_lift != 0 and arms >= 2):
        return None
    z_alpha, z_power = _planner_quantiles(level, power, arms)
    pooled = (rate + target) / 2
    root = z_alpha * math.sqrt(2 * pooled * (1 - pooled))
    root += z_power * math.sqrt(rate * (1 - rate) + target * (1 - target))
    return (root / (target - rate)) ** 2


def visitors_per_arm_mean(
    sd: float, difference: float, *, level: float = 0.95, power: float = 0.8, arms: int = 2
) -> float | None:
    """Visitors per arm to find a difference of a mean, normal approximation, not rounded."""
    if sd <= 0 or difference == 0 or arms < 2:
        return None
    z_alpha, z_power = _planner_quantiles(level, power, arms)
    return 2 * (sd * (z_alpha + z_power) / difference) ** 2


def weeks_needed(per_arm: float, arms: int, weekly_visitors: float) -> int | None:
    """Whole weeks until every arm is full, two at least; None without traffic."""
    return max(2, math.ceil(per_arm * arms / weekly_visitors)) if weekly_visitors > 0 else None


def _planner_quantiles(level: float, power: float, arms: int) -> tuple[float, float]:
    alpha = (1 - level) / (arms - 1)
    return float(special.ndtri(1 - alpha / 2)), float(special.ndtri(power))

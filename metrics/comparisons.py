"""Two periods, or a part and its whole, of one metric: the change with its interval, and whether it is more than noise.

A change is never called a cause here. Periods are compared only when the survey's wording and scale stayed the same;
that is for the caller to know.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from metrics import intervals
from metrics.estimate import (
    DEFAULT_LEVEL,
    HIDDEN,
    PER_1000_ORDERS,
    POINTS,
    RATIO,
    SCORE,
    Estimate,
    estimate,
    no_data,
)
from metrics.formulas import Metric
from metrics.measures import Duration, MeanScore, NetScore, RatePer1000, Share
from metrics.sums import Sums

Group = TypeVar("Group", bound=Hashable)

FEWEST_WEEKS = 4
VARIATION_WEEKS = 13
"""Whole weeks from which the normal variation of a rate is judged, on every page and for every program."""

MIX_SHIFT_PP = 10.0
"""From this many points on, a shift of the mix is said and the standardised rate shown beside the raw one."""


@dataclass(frozen=True, slots=True)
class Change:
    """Now, before, and the change between them.

    `change` is 0 when nothing changed: relative (unit "ratio", -0.12 = 12 % less) for rates and durations, in
    points for shares and NPS, on the scale for mean scores.
    """

    now: Estimate
    before: Estimate
    change: Estimate

    @property
    def outside_variation(self) -> bool:
        """Whether the change is more than normal variation: its interval excludes 0. Otherwise it is drawn grey."""
        return self.change.excludes_zero


def change(
    metric: Metric,
    now: Sums,
    before: Sums,
    *,
    phi: float = 1.0,
    df: float = math.inf,
    level: float = DEFAULT_LEVEL,
) -> Change:
    """A metric in two periods.

    `phi` is the weekly dispersion of the counts (rates only) and `df` the degrees of freedom on which it was estimated.
    """
    first, second = metric.compute(now, phi=phi, level=level), metric.compute(before, phi=phi, level=level)
    if first.suppressed or second.suppressed:
        unknown = Estimate(None, None, None, level, 0, metric.unit, "none", (HIDDEN,), suppressed=True)
        return Change(first, second, unknown)
    match metric.measure:
        case RatePer1000(count=count, exposure=exposure):
            found = rate_change(
                getattr(now, count),
                getattr(now, exposure),
                getattr(before, count),
                getattr(before, exposure),
                phi=phi,
                df=df,
                level=level,
            )
        case Share(of=of, hits=hits):
            found = share_change(
                getattr(now, hits), getattr(now, of), getattr(before, hits), getattr(before, of), level=level
            )
        case NetScore():
            found = nps_change(now, before, level=level)
        case Duration() as duration:
            found = duration_change(duration.read(now), duration.read(before), level=level)
        case MeanScore():
            found = mean_change(
                (now.n, now.total, now.total_sq), (before.n, before.total, before.total_sq), level=level
            )
    return Change(first, second, found)


def weekly_variation(metric: Metric, weeks: Sequence[Sums]) -> tuple[float, float]:
    """Pearson dispersion of a rate over its last 13 weeks (at least 1) and the degrees of freedom it rests on.

    1 on infinitely many for everything that is not a rate, and with fewer than four weeks that have orders.
    """
    measure = metric.measure
    if not isinstance(measure, RatePer1000):
        return 1.0, math.inf
    known = [(getattr(one, measure.count), one.orders) for one in weeks[-VARIATION_WEEKS:] if one.orders > 0]
    if len(known) < FEWEST_WEEKS:
        return 1.0, math.inf
    phi = intervals.dispersion([count for count, _orders in known], [orders for _count, orders in known])
    return max(1.0, phi), len(known) - 1


def rate_change(
    x1: float,
    t1: float,
    x0: float,
    t0: float,
    *,
    phi: float = 1.0,
    df: float = math.inf,
    level: float = DEFAULT_LEVEL,
) -> Estimate:
    """Relative change of a rate, (x1/t1)/(x0/t0) - 1, quasi-Poisson on the log scale."""
    interval = intervals.rate_ratio(x1, t1, x0, t0, level, phi, df)
    if interval is None or x0 <= 0:
        return no_data(RATIO, method="log_rate_ratio", n=x1 + x0, level=level)
    value = (x1 / t1) / (x0 / t0) - 1
    return estimate(
        value, (interval.low - 1, interval.high - 1), n=x1 + x0, unit=RATIO, method="log_rate_ratio", level=level
    )


def share_change(x1: float, n1: float, x0: float, n0: float, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Difference of two independent percentages, in points, with Newcombe's interval."""
    interval = intervals.newcombe_difference(x1, n1, x0, n0, level)
    if interval is None:
        return no_data(POINTS, method="newcombe", level=level)
    value = 100 * (x1 / n1 - x0 / n0)
    return estimate(value, interval.scaled(100), n=n1 + n0, unit=POINTS, method="newcombe", level=level)


def nps_change(now: Sums, before: Sums, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Difference of two NPS, in points, with the Wald interval."""
    after = (now.promoters, now.detractors, now.n)
    earlier = (before.promoters, before.detractors, before.n)
    interval = intervals.nps_change(after, earlier, level)
    if interval is None:
        return no_data(POINTS, method="wald", level=level)
    value = 100 * ((now.promoters - now.detractors) / now.n - (before.promoters - before.detractors) / before.n)
    return estimate(value, interval, n=now.n + before.n, unit=POINTS, method="wald", level=level)


def mean_change(
    now: tuple[float, float, float], before: tuple[float, float, float], *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Difference of two mean scores with Welch's interval; each period is (n, sum, sum of squares)."""
    if now[0] <= 0 or before[0] <= 0:
        return no_data(SCORE, method="welch", level=level)
    var1, var0 = intervals.variance(*now), intervals.variance(*before)
    mean1, mean0 = now[1] / now[0], before[1] / before[0]
    interval = (
        None if var1 is None or var0 is None else intervals.welch(now[0], mean1, var1, before[0], mean0, var0, level)
    )
    return estimate(mean1 - mean0, interval, n=now[0] + before[0], unit=SCORE, method="welch", level=level)


def duration_change(
    now: tuple[float, float, float], before: tuple[float, float, float], *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Relative change of a mean duration, on the log scale; each period is (n, sum, sum of squares)."""
    if min(now[0], now[1], before[0], before[1]) <= 0:
        return no_data(RATIO, method="log_welch", level=level)
    mean1, mean0 = now[1] / now[0], before[1] / before[0]
    ratio, var1, var0 = mean1 / mean0, intervals.variance(*now), intervals.variance(*before)
    interval = None
    if var1 is not None and var0 is not None:
        log = intervals.welch(
            now[0], math.log(mean1), var1 / mean1**2, before[0], math.log(mean0), var0 / mean0**2, level
        )
        if log is not None:
            interval = (math.exp(max(-700.0, log.low)) - 1, math.exp(min(700.0, log.high)) - 1)
    return estimate(ratio - 1, interval, n=now[0] + before[0], unit=RATIO, method="log_welch", level=level)


def gap_to_all(measure: Share, part: Sums, whole: Sums, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """A theme's percentage less that of all answers (the theme's own included), in points.

    Part and whole overlap, so the interval is that of part against the REST, shrunk by the rest's share of the answers:
    p - P = (1 - n/N) (p - p_rest) exactly. No data when the theme is everything.
    """
    x, n = getattr(part, measure.hits), getattr(part, measure.of)
    rest_x, rest_n = getattr(whole, measure.hits) - x, getattr(whole, measure.of) - n
    interval = intervals.newcombe_difference(x, n, rest_x, rest_n, level)
    if interval is None:
        return no_data(POINTS, method="newcombe_part", n=n, level=level)
    scale = 100 * rest_n / (n + rest_n)
    value = scale * (x / n - rest_x / rest_n)
    return estimate(value, interval.scaled(scale), n=n, unit=POINTS, method="newcombe_part", level=level)


def shrunk_rate(x: float, n: float, prior_rate: float, prior_n: float) -> float:
    """(x + prior_n prior_rate) / (n + prior_n): a small theme's rate pulled towards that of all. 0 without exposure."""
    return (x + prior_n * prior_rate) / (n + prior_n) if n + prior_n > 0 else 0.0


def mix_shift(now: Mapping[Group, float], before: Mapping[Group, float]) -> float:
    """The largest move of any group's share between two periods, in points (0 when either period is empty)."""
    total1, total0 = sum(now.values()), sum(before.values())
    if total1 <= 0 or total0 <= 0:
        return 0.0
    return max(100 * abs(now.get(key, 0) / total1 - before.get(key, 0) / total0) for key in {*now, *before})


def standardised_rates(
    now: Mapping[Group, tuple[float, float]], before: Mapping[Group, tuple[float, float]]
) -> tuple[Estimate, Estimate] | None:
    """Both periods per 1,000 with the pooled mix as weights (direct standardisation).

    Each period maps a group to (count, exposure). Only groups with exposure in both periods can be compared; None when
    there is none. The interval is normal on the weighted sum of Poisson counts.
    """
    groups = [key for key in now if now[key][1] > 0 and before.get(key, (0, 0))[1] > 0]
    pooled = {key: now[key][1] + before[key][1] for key in groups}
    total = sum(pooled.values())
    if total <= 0:
        return None
    weights = {key: exposure / total for key, exposure in pooled.items()}
    return _weighted(now, weights), _weighted(before, weights)


def _weighted(period: Mapping[Group, tuple[float, float]], weights: Mapping[Group, float]) -> Estimate:
    value = sum(1000 * weight * period[key][0] / period[key][1] for key, weight in weights.items())
    spread = sum((1000 * weight / period[key][1]) ** 2 * period[key][0] for key, weight in weights.items())
    half = intervals.z_quantile() * math.sqrt(spread)
    return estimate(
        value,
        (max(0.0, value - half), value + half),
        n=sum(period[key][0] for key in weights),
        unit=PER_1000_ORDERS,
        method="direct_standardisation",
    )

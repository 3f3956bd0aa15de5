"""The five shapes a metric can have, each from sums to an `Estimate`: share, mean score, net score, duration, rate.

`metrics.formulas` fills them in; `metrics.comparisons` compares two periods by shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics import intervals
from metrics.estimate import (
    DEFAULT_LEVEL,
    IMPOSSIBLE,
    NO_EXPOSURE,
    PER_1000_ORDERS,
    PERCENT,
    POINTS,
    ROUGH,
    SCORE,
    SECONDS,
    Estimate,
    estimate,
    no_data,
)
from metrics.sums import Sums

ROUGH_BELOW = 50
"""A log-t interval covers .85 to .94 at n = 50 and less below it."""


@dataclass(frozen=True, slots=True)
class Share:
    """100 x/n with a Wilson interval."""

    of: str
    hits: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The additive sums it reads."""
        return (self.hits, self.of)

    def estimate(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """In percent; `phi` has no part in it."""
        x, n = getattr(sums, self.hits), getattr(sums, self.of)
        if n <= 0:
            return no_data(PERCENT, method="wilson", level=level)
        interval = intervals.wilson(x, n, level)
        if interval is None:
            return no_data(PERCENT, method="wilson", n=n, level=level, flags=(IMPOSSIBLE,))
        return estimate(100 * x / n, interval.scaled(100), n=n, unit=PERCENT, method="wilson", level=level)


@dataclass(frozen=True, slots=True)
class MeanScore:
    """The mean answer with a Student interval, clipped to the scale."""

    low: float
    high: float
    needs: tuple[str, ...] = ("n", "total", "total_sq")

    def estimate(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """In points of the scale; `phi` has no part in it."""
        if sums.n <= 0:
            return no_data(SCORE, method="student_t", level=level)
        interval = intervals.student_t(sums.n, sums.total, sums.total_sq, level, (self.low, self.high))
        return estimate(sums.total / sums.n, interval, n=sums.n, unit=SCORE, method="student_t", level=level)


@dataclass(frozen=True, slots=True)
class NetScore:
    """Promoters less detractors, with the adjusted Wald interval."""

    needs: tuple[str, ...] = ("n", "promoters", "detractors")

    def estimate(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """In points, -100 to 100; `phi` has no part in it."""
        if sums.n <= 0:
            return no_data(POINTS, method="adjusted_wald", level=level)
        interval = intervals.nps(sums.promoters, sums.detractors, sums.n, level)
        if interval is None:
            return no_data(POINTS, method="adjusted_wald", n=sums.n, level=level, flags=(IMPOSSIBLE,))
        value = 100 * (sums.promoters - sums.detractors) / sums.n
        return estimate(value, interval, n=sums.n, unit=POINTS, method="adjusted_wald", level=level)


@dataclass(frozen=True, slots=True)
class Duration:
    """A mean of seconds with the log-t interval; `prefix` names its three sums."""

    prefix: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The additive sums it reads."""
        return (f"{self.prefix}_n", f"{self.prefix}_sum", f"{self.prefix}_sumsq")

    def read(self, sums: Sums) -> tuple[float, float, float]:
        """Count, sum and sum of squares."""
        n, total, total_sq = (getattr(sums, name) for name in self.needs)
        return n, total, total_sq

    def estimate(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """In seconds; `phi` has no part in it."""
        n, total, total_sq = self.read(sums)
        if n <= 0:
            return no_data(SECONDS, method="log_t", level=level)
        flags = (ROUGH,) if n < ROUGH_BELOW else ()
        interval = intervals.log_t(n, total, total_sq, level)
        return estimate(total / n, interval, n=n, unit=SECONDS, method="log_t", level=level, flags=flags)


@dataclass(frozen=True, slots=True)
class RatePer1000:
    """1,000 times a count over orders, with the exact Poisson interval times sqrt(phi)."""

    count: str
    exposure: str = "orders"

    @property
    def needs(self) -> tuple[str, ...]:
        """The additive sums it reads."""
        return (self.count, self.exposure)

    def estimate(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """Per 1,000 orders; `n` is the number of contacts; `phi` the dispersion of their weekly counts."""
        x, exposure = getattr(sums, self.count), getattr(sums, self.exposure)
        if exposure <= 0:
            reason = (NO_EXPOSURE,) if x > 0 else ()
            return no_data(PER_1000_ORDERS, method="poisson_exact", n=x, level=level, flags=reason)
        interval = intervals.poisson_rate(x, exposure / 1000, level, phi)
        return estimate(1000 * x / exposure, interval, n=x, unit=PER_1000_ORDERS, method="poisson_exact", level=level)


Measure = Share | MeanScore | NetScore | Duration | RatePer1000

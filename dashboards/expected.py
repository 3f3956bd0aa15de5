"""What a week was expected to bring: the range of normal variation around the weeks before. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from metrics import intervals

BASELINE_WEEKS = 12
FEWEST_WEEKS = 6
HELD_BACK = 4
"""The newest weeks are no baseline for each other: what rose and stayed up would become normal."""
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Range:
    """The 95 % range of one week's rate, in the unit of the rate (contacts per unit of exposure)."""

    low: float
    high: float

    def holds(self, rate: float) -> bool:
        """Whether the rate is within normal variation."""
        return self.low <= rate <= self.high


def expected_ranges(counts: Sequence[float], exposures: Sequence[float]) -> list[Range | None]:
    """For every week the range in which its rate falls 95 % of the time if nothing changed.

    The baseline of a week are the (up to) 12 weeks before it, and for the newest four weeks those before all four; None
    with fewer than 6 of them. The count of a week is over-dispersed Poisson around exposure × pooled rate; its variance
    is phi × mu × (1 + exposure ÷ exposure of the baseline), phi the Pearson dispersion of the baseline, at least 1.
    """
    held_back = len(counts) - HELD_BACK
    return [_range(counts, exposures, week, min(week, held_back)) for week in range(len(counts))]


def _range(counts: Sequence[float], exposures: Sequence[float], week: int, end: int) -> Range | None:
    known = [i for i in range(max(0, end - BASELINE_WEEKS), max(0, end)) if exposures[i] > 0]
    exposure = exposures[week]
    if len(known) < FEWEST_WEEKS or exposure <= 0:
        return None
    before, total = [counts[i] for i in known], sum(exposures[i] for i in known)
    rate = sum(before) / total
    phi = max(1.0, intervals.dispersion(before, [exposures[i] for i in known]))
    mu = exposure * rate
    half = _Z * math.sqrt(phi * mu * (1 + exposure / total))
    return Range(max(0.0, mu - half) / exposure, (mu + half) / exposure)

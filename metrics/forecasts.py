"""Will a shared goal be met? Two kinds: something that adds up, and a level at the end of the period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from metrics import intervals

Array = NDArray[np.float64]
Outlook = Literal["on_track", "at_risk", "off_track", "unknown"]
Scale = Literal["plain", "share", "rate"]

ON_TRACK_FROM = 0.7
OFF_TRACK_BELOW = 0.3
FEWEST_WEEKS = 12
POOLED_WEEKS = 4
LEVEL_FLOOR = 0.05
"""The level moves at least this much of the noise: a short quiet series must not promise that nothing will change."""
_EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Forecast:
    """Median at the end of the period with its 80 % and 95 % bands, and the probability that the goal is met.

    `probability` is None while there is too little history. Fields of a level are in its own unit.
    """

    median: float | None
    band80: intervals.Interval | None
    band95: intervals.Interval | None
    probability: float | None

    @property
    def outlook(self) -> Outlook:
        """On track from .7, off track below .3."""
        if self.probability is None:
            return "unknown"
        if self.probability >= ON_TRACK_FROM:
            return "on_track"
        return "off_track" if self.probability < OFF_TRACK_BELOW else "at_risk"


def additive(achieved: float, target: float, weeks_left: float, recent_weeks: Sequence[float] = ()) -> Forecast:
    """A goal that counts up, from the weekly counts of the last eight weeks (Gamma posterior, so negative binomial).

    The probability is 1 when the target is reached and 0 when no time is left; without recent weeks it is not known.
    """
    if achieved >= target or weeks_left <= 0:
        return Forecast(achieved, None, None, float(achieved >= target))
    if not recent_weeks:
        return Forecast(None, None, None, None)
    shape, weeks = sum(recent_weeks) + 0.5, float(len(recent_weeks))
    share = weeks_left / (weeks + weeks_left)
    counts = np.arange(0, math.ceil(10 * (shape / weeks * weeks_left + 10)))
    reached = 1 - special.betainc(counts + 1, shape, share)

    def quantile(p: float) -> float:
        return achieved + float(counts[min(int(np.searchsorted(reached, p)), len(counts) - 1)])

    return Forecast(
        median=quantile(0.5),
        band80=intervals.Interval(quantile(0.1), quantile(0.9)),
        band95=intervals.Interval(quantile(0.025), quantile(0.975)),
        probability=float(special.betainc(math.ceil(target - achieved), shape, share)),
    )


def level(
    weekly: Sequence[float], target: float, weeks_left: float, *, higher_is_better: bool = True, scale: Scale = "plain"
) -> Forecast:
    """A goal that is a level at the end (the last four weeks pooled), from at least twelve weekly values.

    Local level model, fitted by maximum likelihood with the level's variance at least 5 % of the noise; shares (0 to 1)
    are modelled as logits, rates as logs. The probability is rounded to 5 % and kept within 5 to 95 %.
    """
    if len(weekly) < FEWEST_WEEKS:
        return Forecast(None, None, None, None)
    y = _transformed(np.asarray(weekly, dtype=np.float64), scale)
    mean, state, noise, ratio = _local_level(y)
    spread = math.sqrt(noise * (state + ratio * max(0.0, weeks_left) + 1 / POOLED_WEEKS))
    df = len(y) - 2

    def back(x: float) -> float:
        return float(_restored(np.asarray(x), scale))

    def band(confidence: float) -> intervals.Interval:
        half = intervals.t_quantile(df, confidence) * spread
        return intervals.Interval(back(mean - half), back(mean + half))

    goal = float(_transformed(np.asarray([target], dtype=np.float64), scale)[0])
    above = float(special.stdtr(df, (mean - goal) / spread)) if spread > 0 else float(mean >= goal)
    chance = above if higher_is_better else 1 - above
    return Forecast(back(mean), band(0.8), band(0.95), min(0.95, max(0.05, round(chance * 20) / 20)))


def _local_level(y: Array) -> tuple[float, float, float, float]:
    """Last level, its variance in units of the noise, the noise variance, and level over noise variance."""
    ratios = np.concatenate([[LEVEL_FLOOR], np.geomspace(0.06, 10, 60)])
    fits = [(_filtered(y, float(ratio)), float(ratio)) for ratio in ratios]
    (_, mean, state, noise), ratio = max(fits, key=lambda fit: fit[0][0])
    return mean, state, noise, ratio


def _filtered(y: Array, ratio: float) -> tuple[float, float, float, float]:
    """Kalman filter of a local level from the first value on: log likelihood (concentrated), level, variance, noise."""
    mean, state = float(y[0]), 1.0
    squares, logs = 0.0, 0.0
    for value in y[1:]:
        state += ratio
        error, total = float(value) - mean, state + 1
        squares += error * error / total
        logs += math.log(total)
        mean += state / total * error
        state /= total
    n = len(y) - 1
    noise = squares / n
    return -0.5 * (n * math.log(max(noise, 1e-300)) + logs), mean, state, noise


def _transformed(values: Array, scale: Scale) -> Array:
    match scale:
        case "share":
            inside = np.clip(values, _EDGE, 1 - _EDGE)
            return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)
        case "rate":
            return np.asarray(np.log(np.maximum(values, _EDGE)), dtype=np.float64)
        case "plain":
            return values


def _restored(values: Array, scale: Scale) -> Array:
    match scale:
        case "share":
            return np.asarray(special.expit(values), dtype=np.float64)
        case "rate":
            return np.exp(values)
        case "plain":
            return values

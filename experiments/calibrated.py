"""The estimator under `experiments.deflection`: difference-in-differences on weekly counts, calibrated on placebos.

est = log(Y1/E1) - log(Y0/E0), quasi-Poisson variance phi (1/Y0 + 1/Y1); the same estimator on every untouched theme
against the rest shows how much themes wander by themselves (DerSimonian-Laird tau^2), which is added. Simulated false
claims at no effect: 2 to 6 % in eight of nine settings, where a before/after comparison makes 12 to 92 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics import intervals

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST_PLACEBOS = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """The log rate ratio after against before, its parts of error, and the sums behind it.

    `se` is the sampling error alone, `tau` the spread between untouched themes, `df` weeks less two. `expected` is the
    count after the release had nothing changed.
    """

    log_ratio: float
    se: float
    tau: float
    phi: float
    df: int
    before: float
    after: float
    expected: float

    @property
    def total_se(self) -> float:
        """Sampling error and wandering together."""
        return math.hypot(self.se, self.tau)

    def interval(self, level: float = 0.95) -> intervals.Interval:
        """Of the log rate ratio, Student on `df`."""
        half = intervals.t_quantile(self.df, level) * self.total_se
        return intervals.Interval(self.log_ratio - half, self.log_ratio + half)


def compare(theme: Array, controls: Array, before: Mask, after: Mask) -> Difference | None:
    """Theme (weeks,) against the sum of controls (series, weeks); `before` and `after` are boolean masks (weeks,).

    None with under three weeks or without comparison contacts in either period.
    """
    total = controls.sum(axis=0)
    df = int(before.sum() + after.sum() - 2)
    if df < 1 or min(total[before].sum(), total[after].sum()) <= 0:
        return None
    log_ratio, se, phi = _differences(theme[None, :], total[None, :], before, after)
    tau = 0.0
    rest = total - controls
    usable = (rest[:, before].sum(axis=1) > 0) & (rest[:, after].sum(axis=1) > 0)
    if usable.sum() >= FEWEST_PLACEBOS:
        placebos, errors, _ = _differences(controls[usable], rest[usable], before, after)
        tau = math.sqrt(_between_variance(placebos, errors**2))
    y0, y1 = float(theme[before].sum()), float(theme[after].sum())
    expected = y0 * float(total[after].sum() / total[before].sum())
    return Difference(float(log_ratio[0]), float(se[0]), tau, float(phi[0]), df, y0, y1, expected)


def trend_t(theme: Array, total: Array) -> float | None:
    """t of the slope per week of the log ratio of theme to comparison; None under four weeks or without comparison."""
    if len(theme) < 4 or (total <= 0).any():
        return None
    ratio = np.log((theme + 0.5) / total)
    x = np.arange(len(ratio)) - (len(ratio) - 1) / 2
    slope = float(x @ ratio / (x @ x))
    residual = ratio - ratio.mean() - slope * x
    se = math.sqrt(float(residual @ residual) / (len(ratio) - 2) / float(x @ x))
    return slope / se if se > 0 else (0.0 if slope == 0 else math.copysign(math.inf, slope))


def _differences(y: Array, e: Array, before: Mask, after: Mask) -> tuple[Array, Array, Array]:
    """Log ratio, standard error and dispersion of every row of y (rows, weeks) against the same row of e."""
    y0, y1 = y[:, before].sum(axis=1), y[:, after].sum(axis=1)
    e0, e1 = e[:, before].sum(axis=1), e[:, after].sum(axis=1)
    log_ratio = np.log((y1 + 0.5) / e1) - np.log((y0 + 0.5) / e0)
    mu = np.where(after, e * (y1 / e1)[:, None], e * (y0 / e0)[:, None])
    used = before | after
    pearson = ((y - mu) ** 2 / np.maximum(mu, 1e-9))[:, used].sum(axis=1)
    phi = np.maximum(1.0, pearson / (used.sum() - 2))
    return log_ratio, np.sqrt(phi * (1 / (y0 + 0.5) + 1 / (y1 + 0.5))), phi


def _between_variance(effects: Array, variances: Array) -> float:
    """DerSimonian-Laird estimate of the variance between effects."""
    weights = 1 / variances
    mean = (weights * effects).sum() / weights.sum()
    excess = (weights * (effects - mean) ** 2).sum() - (len(effects) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return max(0.0, float(excess / scale)) if scale > 0 else 0.0

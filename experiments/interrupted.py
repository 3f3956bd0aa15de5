"""The estimator without a comparison: a theme's own series, interrupted by the release.

Quasi-Poisson regression of daily contacts on a level step after the release, a linear trend, weekday effects and, from
sixty weeks of history on, one annual cycle, with log orders as offset. It reads every shock that hit all themes as an
effect of the release (false claims 13 to 98 % in simulation), so it is "trend evidence, not proof" and never added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.weeks import DailyCounts, Design
from metrics.glm import Fit, fit_poisson, weekday_design

Array = NDArray[np.float64]

HISTORY_WEEKS = 104
ANNUAL_CYCLE_FROM_WEEKS = 60
_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Interruption:
    """The step on the log scale with its error, and the expected count of every week of the design without it."""

    log_ratio: float
    se: float
    phi: float
    df: int
    expected: Array


def step_and_trend(counts: Array, data: DailyCounts, design: Design) -> Interruption | None:
    """Fit one series. None without exposure, without contacts, or with too few weeks for step and trend."""
    before, after = design.indexes("before"), design.indexes("after")
    df = len(before) + len(after) - 3
    if data.exposure is None or df < 1 or not after:
        return None
    exposure = np.where(data.exposure > 0, data.exposure, np.nan)
    used = np.concatenate([np.arange(i, i + 7) for i in (*before, *after)])
    used = used[np.isfinite(exposure[used])]
    y = counts[used]
    anchor = (design.released_on - data.start).days
    columns = _columns(used, anchor, data.start.weekday(), annual=len(before) >= ANNUAL_CYCLE_FROM_WEEKS)
    step = (used >= anchor).astype(float)
    if y[step == 0].sum() <= 0 or y[step == 1].sum() <= 0:
        return None
    fit = fit_poisson(y, np.column_stack([columns, step]), np.log(exposure[used]))
    phi = max(fit.phi, _weekly_dispersion(y, fit, used, anchor, df))
    se = math.sqrt(phi * float(fit.covariance[-1, -1]))
    return Interruption(float(fit.coefficients[-1]), se, phi, df, _expected(fit, exposure, data, design))


def _columns(days: NDArray[np.int64], anchor: int, first_weekday: int, *, annual: bool) -> Array:
    """Weekday effects, trend per week from the release, and the annual cycle."""
    parts: list[Array] = [weekday_design(((days + first_weekday) % 7).astype(float)), (days - anchor)[:, None] / 7.0]
    if annual:
        turn = 2 * np.pi * days / _YEAR_DAYS
        parts.append(np.column_stack([np.sin(turn), np.cos(turn)]))
    return np.column_stack(parts)


def _weekly_dispersion(y: Array, fit: Fit, days: NDArray[np.int64], anchor: int, df: int) -> float:
    """Pearson dispersion of whole weeks: days that rise and fall together spread more than days alone show."""
    _, week = np.unique((days - anchor) // 7, return_inverse=True)
    seen, fitted = np.bincount(week, y), np.bincount(week, fit.mu)
    return float(((seen - fitted) ** 2 / np.maximum(fitted, 1e-9)).sum() / df)


def _expected(fit: Fit, exposure: Array, data: DailyCounts, design: Design) -> Array:
    """Per week of the design, in its order: the fitted count without the step."""
    anchor = (design.released_on - data.start).days
    annual = len(fit.coefficients) > 9
    weeks = []
    for week in design.weeks:
        days = np.arange(week.index, week.index + 7)
        columns = _columns(days, anchor, data.start.weekday(), annual=annual)
        daily = np.exp(np.clip(columns @ fit.coefficients[:-1], -30, 30)) * np.nan_to_num(exposure[days])
        weeks.append(float(daily.sum()))
    return np.asarray(weeks, dtype=np.float64)

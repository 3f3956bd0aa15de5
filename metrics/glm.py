"""Quasi-Poisson regression with a log link, by iteratively re-weighted least squares.

Twenty lines instead of statsmodels because the detector fits every theme every day and a web page must not pay a second
of import for one fit; the tests hold it against statsmodels and R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ROUNDS = 100
_TOLERANCE = 1e-8
_ETA_LIMIT = 30.0
"""A weekday without any contact has a coefficient of minus infinity; e^-30 contacts a day is as good."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression.

    `coefficients` (k,), `mu` fitted means (n,), `covariance` (k, k) for dispersion 1, and `phi`, the Pearson dispersion
    over `df` degrees of freedom, never below 1.
    """

    coefficients: Array
    mu: Array
    covariance: Array
    phi: float
    df: float

    def se(self, index: int) -> float:
        """Quasi-Poisson standard error of one coefficient."""
        return float(np.sqrt(max(0.0, self.phi * self.covariance[index, index])))


def fit_poisson(y: Array, design: Array, offset: Array | None = None, weights: Array | None = None) -> Fit:
    """Fit counts `y` (n,) on `design` (n, k) with an offset on the log scale and frequency weights.

    `phi` is the weighted Pearson statistic over (sum of weights - k), at least 1. The counts must not all be 0.
    """
    shift = np.zeros(len(y)) if offset is None else offset
    w = np.ones(len(y)) if weights is None else weights
    mu = (y + y.mean()) / 2
    eta, deviance = np.log(np.maximum(mu, 1e-10)), np.inf
    beta = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        weighted = design * (w * mu)[:, None]
        beta = _solve(weighted.T @ design, weighted.T @ (eta - shift + (y - mu) / mu))
        eta = shift + np.clip(design @ beta, -_ETA_LIMIT, _ETA_LIMIT)
        mu = np.maximum(np.exp(eta), 1e-10)
        last, deviance = deviance, _deviance(y, mu, w)
        if abs(last - deviance) <= _TOLERANCE:
            break
    information = (design * (w * mu)[:, None]).T @ design
    df = float(max(1.0, w.sum() - design.shape[1]))
    phi = max(1.0, float((w * (y - mu) ** 2 / mu).sum() / df))
    return Fit(beta, mu, np.linalg.pinv(information, hermitian=True), phi, df)


def weekday_design(weekdays: Array) -> Array:
    """A constant and six dummies (Tuesday to Sunday), shape (n, 7); Monday is 0."""
    return np.column_stack([np.ones(len(weekdays)), np.eye(7)[weekdays.astype(int)][:, 1:]])


def _solve(matrix: Array, right: Array) -> Array:
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        found = np.full(len(right), np.nan)
    if not np.isfinite(found).all():
        found = np.linalg.lstsq(matrix, right, rcond=None)[0]
    return np.asarray(found, dtype=np.float64)


def _deviance(y: Array, mu: Array, weights: Array) -> float:
    terms = np.where(y > 0, y * np.log(np.maximum(y, 1e-300) / mu), 0.0) - (y - mu)
    return float(2 * (weights * terms).sum())

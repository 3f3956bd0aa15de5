"""Whether a shared goal will be met."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from metrics import forecasts

pytestmark = pytest.mark.slow  # the same on every database


def test_an_additive_goal_is_negative_binomial() -> None:
    found = forecasts.additive(6, 12, 4, [1, 2, 1, 0, 2, 1, 1, 2])
    shape, weeks = 10.5, 8
    assert found.probability == pytest.approx(stats.nbinom.sf(5, shape, weeks / (weeks + 4)))
    assert found.median == 6 + stats.nbinom.ppf(0.5, shape, weeks / (weeks + 4))
    assert found.band95 == tuple(6 + stats.nbinom.ppf(p, shape, weeks / (weeks + 4)) for p in (0.025, 0.975))


def test_without_recent_weeks_nothing_is_promised() -> None:
    assert forecasts.additive(0, 5, 3).outlook == "unknown"
    assert forecasts.level([0.8] * 11, 0.9, 4).outlook == "unknown"


@pytest.mark.parametrize(("target", "outlook"), [(0.7, "on_track"), (0.795, "at_risk"), (0.9, "off_track")])
def test_a_level_is_on_track_at_risk_or_off_track(target: Any, outlook: Any) -> None:
    weekly = (0.8 + np.random.default_rng(1).normal(0, 0.02, 26)).tolist()
    found = forecasts.level(weekly, target, 6, scale="share")
    assert found.outlook == outlook
    assert 0.05 <= found.probability <= 0.95  # type: ignore[operator]
    assert found.band95.low < found.band80.low < found.median < found.band80.high < found.band95.high  # type: ignore[union-attr,operator]


def test_a_contact_rate_is_better_when_lower() -> None:
    weekly = (40 + np.random.default_rng(1).normal(0, 1, 26)).tolist()
    up, down = (forecasts.level(weekly, 45, 4, higher_is_better=better, scale="rate") for better in (True, False))
    assert (up.outlook, down.outlook) == ("off_track", "on_track")


def test_a_flat_series_does_not_raise() -> None:
    assert forecasts.level([3.0] * 20, 2.5, 4).probability == 0.95


@pytest.mark.slow
def test_the_band_covers_nineteen_in_twenty() -> None:
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        truth = 80 + np.cumsum(rng.normal(0, 0.5, 34))
        seen = truth + rng.normal(0, 2, 34)
        found = forecasts.level(seen[:26].tolist(), 80, 6)
        covered += found.band95.low <= seen[30:34].mean() <= found.band95.high  # type: ignore[union-attr]
    assert covered >= 180

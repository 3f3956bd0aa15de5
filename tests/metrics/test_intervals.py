"""The closed forms against statsmodels and scipy.stats."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from metrics import intervals

pytestmark = pytest.mark.slow  # the same on every database

COUNTS = st.integers(0, 10**6)


@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (3, 7), (81, 263), (999, 1000), (12345, 987654)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_statsmodels(x: Any, n: Any, level: Any) -> None:
    assert intervals.wilson(x, n, level) == pytest.approx(
        proportion_confint(x, n, alpha=1 - level, method="wilson"), abs=1e-12
    )


@pytest.mark.parametrize("table", [(9, 10, 3, 10), (5, 56, 0, 29), (480, 600, 540, 640), (0, 10, 0, 20)])
def test_newcombe_equals_statsmodels(table: Any) -> None:
    theirs = confint_proportions_2indep(*table, method="newcomb", compare="diff")
    assert intervals.newcombe_difference(*table) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(("count", "exposure"), [(0, 3.5), (1, 1), (137, 24.19893), (20000, 1500)])
def test_exact_rate_equals_statsmodels(count: Any, exposure: Any) -> None:
    theirs = confint_poisson(count, exposure, method="exact-c")
    assert intervals.poisson_rate(count, exposure) == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_dispersion_stretches_the_exact_interval_about_its_value() -> None:
    plain, wide = intervals.poisson_rate(100, 10), intervals.poisson_rate(100, 10, phi=4)
    assert plain is not None
    assert wide is not None
    assert 10 - wide.low == pytest.approx(2 * (10 - plain.low))
    assert wide.high - 10 == pytest.approx(2 * (plain.high - 10))


def test_dispersion_is_one_for_even_weeks_and_large_for_bursts() -> None:
    assert intervals.dispersion([10, 10, 10], [1, 1, 1]) == 1.0
    assert intervals.dispersion([1, 30, 2, 40], [1, 1, 1, 1]) == pytest.approx(
        np.var([1, 30, 2, 40], ddof=1) / np.mean([1, 30, 2, 40])
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_equal_statsmodels(p_values: Any) -> None:
    assert intervals.holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())
    assert intervals.benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1].tolist())


def test_quantiles_and_tails_equal_scipy() -> None:
    assert intervals.z_quantile(0.95) == pytest.approx(stats.norm.ppf(0.975))
    assert intervals.t_quantile(7.3, 0.9) == pytest.approx(stats.t.ppf(0.95, 7.3))
    assert intervals.t_p(2.1, 11) == pytest.approx(2 * stats.t.sf(2.1, 11))
    assert intervals.chi_square_p([89, 37, 30, 28, 2], [40, 20, 20, 15, 5]) == pytest.approx(0.04059404, abs=1e-7)


def test_student_interval_is_clipped_to_the_scale() -> None:
    assert intervals.student_t(2, 9, 41, bounds=(1, 5)) == (1, 5)


def test_log_t_stays_positive_where_student_would_not() -> None:
    values = np.array([1.0, 1.0, 1.0, 50.0])
    found = intervals.log_t(len(values), values.sum(), (values**2).sum())
    assert found is not None
    assert 0 < found.low < values.mean() < found.high


def test_nps_change_is_wald() -> None:
    found = intervals.nps_change((60, 20, 100), (50, 30, 120))
    assert found is not None
    half = 1.959964 * 100 * math.sqrt((0.8 - 0.16) / 100 + (80 / 120 - (20 / 120) ** 2) / 120)
    assert found == pytest.approx((100 * (0.4 - 1 / 6) - half, 100 * (0.4 - 1 / 6) + half), abs=1e-4)


def test_beta_probability_is_symmetric() -> None:
    assert intervals.beta_higher_probability(5, 20, 5, 20) == pytest.approx(0.5, abs=1e-9)
    ahead, behind = (intervals.beta_higher_probability(*x) for x in ((9, 24, 14, 60), (14, 60, 9, 24)))
    assert ahead + behind == pytest.approx(1, abs=1e-9)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_nothing_raises_and_every_interval_holds_its_value(a: Any, b: Any, c: Any, d: Any) -> None:
    wilson, rate = intervals.wilson(a, b), intervals.poisson_rate(a, b)
    if wilson is not None:
        assert 0 <= wilson.low <= a / b <= wilson.high <= 1
    if rate is not None:
        assert 0 <= rate.low <= a / b * (1 + 1e-9)
        assert a / b <= rate.high * (1 + 1e-9)
    difference = intervals.newcombe_difference(a, b, c, d)
    if difference is not None:
        assert difference.low - 1e-12 <= a / b - c / d <= difference.high + 1e-12
    ratio = intervals.rate_ratio(a, b, c, d)
    if ratio is not None:
        assert 0 <= ratio.low <= ratio.high
    nps = intervals.nps(a, b, c)
    if nps is not None:
        assert -100 <= nps.low <= nps.high <= 100
    assert intervals.katz_log_ratio(a, b, c, d) is None or b > 0
    assert intervals.poisson_score_test(a, b, c, d) is None or a > 0

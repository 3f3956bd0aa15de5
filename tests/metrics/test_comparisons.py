"""Two periods of one metric: the change, and whether it is more than normal variation."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.comparisons import change, gap_to_all, mix_shift, shrunk_rate, standardised_rates
from metrics.formulas import REGISTRY, metric
from metrics.measures import Share
from metrics.sums import FIELDS, Sums

pytestmark = pytest.mark.slow  # the same on every database

CELLS = st.builds(Sums, **{name: st.integers(0, 500) for name in FIELDS})


def test_a_rate_is_grey_inside_normal_variation() -> None:
    now, before = Sums(contacts=130, orders=10000), Sums(contacts=100, orders=10000)
    calm, bursty = (change(metric("contacts_per_1000_orders"), now, before, phi=phi) for phi in (1.0, 3.0))
    assert calm.change.value == pytest.approx(0.3)
    assert calm.outside_variation
    assert not bursty.outside_variation, "the same change is noise when weeks vary three times as much"


def test_few_weeks_make_the_rate_less_certain() -> None:
    now, before = Sums(contacts=130, orders=10000), Sums(contacts=100, orders=10000)
    assert not change(metric("contacts_per_1000_orders"), now, before, df=3).outside_variation


def test_mean_scores_are_compared_by_welch() -> None:
    a, b = np.array([5, 4, 4, 5, 3, 5.0]), np.array([2, 3, 4, 1, 2, 3, 3.0])
    cells = [Sums(n=len(x), total=x.sum(), total_sq=(x**2).sum()) for x in (a, b)]
    found = change(metric("star"), *cells).change
    theirs = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert [found.low, found.high] == pytest.approx([theirs.low, theirs.high])


def test_durations_change_relatively() -> None:
    now, before = (Sums(handle_n=n, handle_sum=n * m, handle_sumsq=n * 2 * m * m) for n, m in ((900, 240), (800, 300)))
    found = change(metric("aht"), now, before)
    assert found.change.value == pytest.approx(-0.2)
    assert found.outside_variation


def test_hidden_values_have_no_change_either() -> None:
    found = change(metric("enps"), Sums(n=4, promoters=4), Sums(n=400, promoters=100))
    assert found.change.suppressed
    assert found.change.value is None
    assert not found.outside_variation


@given(CELLS, CELLS, st.sampled_from(sorted(REGISTRY)))
def test_changes_never_raise_and_hold_their_value(now: Any, before: Any, id: Any) -> None:
    found = change(metric(id), now, before, phi=1.7, df=7).change
    if found.value is not None and found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high


def test_a_theme_against_all_is_the_scaled_difference_to_the_rest() -> None:
    part, whole = Sums(n=100, hits=60), Sums(n=1000, hits=780)
    found = gap_to_all(Share(of="n", hits="hits"), part, whole)
    assert found.value == pytest.approx(60 - 78)
    assert found.excludes_zero
    assert gap_to_all(Share(of="n", hits="hits"), whole, whole).value is None


def test_a_small_theme_is_pulled_to_the_mean() -> None:
    assert shrunk_rate(10, 100, 0.02, 400) == pytest.approx(18 / 500)
    assert shrunk_rate(0, 0, 0.02, 0) == 0


def test_a_shifted_mix_is_seen_and_taken_out() -> None:
    before = {"phone": (100.0, 1000.0), "chat": (90.0, 3000.0)}
    now = {"phone": (300.0, 3000.0), "chat": (30.0, 1000.0)}
    assert mix_shift({k: e for k, (_, e) in now.items()}, {k: e for k, (_, e) in before.items()}) == 50
    standardised = standardised_rates(now, before)
    assert standardised is not None
    assert standardised[0].value == pytest.approx(65)
    assert standardised[1].value == pytest.approx(65), "only the mix changed"
    assert standardised_rates({}, before) is None
    assert math.isclose(mix_shift({}, before={"a": 1}), 0)

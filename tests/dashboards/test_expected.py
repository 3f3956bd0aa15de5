"""Normal variation around the weeks before, by hand."""

import math

import pytest

from dashboards.expected import expected_ranges


def test_a_steady_series_stays_within_poisson_noise() -> None:
    found = expected_ranges([100.0] * 16, [1.0] * 16)
    last = found[-1]
    assert last is not None
    half = 1.959964 * math.sqrt(100 * (1 + 1 / 12))
    assert last.low == pytest.approx(100 - half)
    assert last.high == pytest.approx(100 + half)
    assert last.holds(115)
    assert not last.holds(125)


def test_what_rose_in_the_newest_four_weeks_is_no_baseline_for_itself() -> None:
    found = expected_ranges([100.0] * 14 + [150.0] * 4, [1.0] * 18)
    assert all(one is not None and one.high < 125 for one in found[-4:])


def test_fewer_than_six_weeks_before_say_nothing() -> None:
    assert expected_ranges([10.0] * 9, [1.0] * 9)[:6] == [None] * 6
    assert expected_ranges([10.0, 10.0], [1.0, 1.0]) == [None, None]


def test_a_week_without_orders_has_no_range_and_is_no_baseline() -> None:
    exposure = [1.0] * 10 + [0.0] + [1.0] * 5
    found = expected_ranges([10.0] * 16, exposure)
    assert found[10] is None
    assert found[-1] is not None


def test_twice_the_orders_are_twice_the_contacts_at_the_same_rate() -> None:
    found = expected_ranges([100.0] * 15 + [200.0], [1.0] * 15 + [2.0])
    assert found[-1] is not None
    assert found[-1].holds(100)
    assert not found[-1].holds(200)

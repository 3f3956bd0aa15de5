"""Days between stations and contacts avoided, by hand."""

from datetime import date, timedelta

import pytest

from dashboards.rounds import Journey, avoided, leg, rounds, total

TODAY = date(2026, 11, 22)


def test_a_leg_is_a_median_from_three_on() -> None:
    assert leg([1, 2]).days is None
    assert leg([1, 2]).n == 2
    assert leg([9, 1, 2]).days == 2
    assert leg([9, 1, 2, 4]).days == 3.0


def test_a_day_before_the_start_is_a_mistake_and_does_not_count() -> None:
    assert leg([-3, 1, 2, 9]) == leg([1, 2, 9])


def test_once_round_is_said_for_the_last_half_year_and_compared_with_before() -> None:
    def journey(measured_ago: int, took: int) -> Journey:
        measured = TODAY - timedelta(days=measured_ago)
        sent = measured - timedelta(days=took)
        return Journey(
            sent, sent + timedelta(days=2), sent + timedelta(days=10), measured - timedelta(days=30), measured
        )

    found = rounds([journey(10, 50), journey(20, 60), journey(30, 40), journey(400, 70), journey(300, 80)], TODAY)
    assert (found.once.days, found.once.n) == (50, 3)
    assert (found.earlier.days, found.earlier.n) == (None, 2)
    assert (found.to_answer.days, found.to_test.days, found.to_measure.days) == (2, 10, 30)


def test_ideas_that_have_not_arrived_are_not_counted() -> None:
    found = rounds([Journey(TODAY)] * 5, TODAY)
    assert (found.to_test.n, found.to_live.n, found.once.n) == (0, 0, 0)


def test_contacts_that_still_come_are_turned_round_by_the_ratio() -> None:
    found = avoided(80, 0.8, 0.5, 1.0)
    assert [found.value, found.low, found.high] == pytest.approx([20, 0, 80])


def test_more_contacts_are_negative_and_a_ratio_of_nothing_is_unknown() -> None:
    assert avoided(110, 1.1, 1.0, 1.25).value == pytest.approx(-10)
    assert avoided(110, 0, 0, 0).value is None


def test_a_total_adds_all_parts_and_their_spread_in_squares() -> None:
    # 20 (-4 … +3) and 30 (-3 … +4): 50, minus and plus the root of 16 + 9.
    from metrics.estimate import COUNT, estimate

    parts = [estimate(20, (16, 23), n=1, unit=COUNT, method="x"), estimate(30, (27, 34), n=1, unit=COUNT, method="x")]
    found = total(parts)
    assert (found.value, found.low, found.high) == (50, 45, 55)
    assert total([]).value is None

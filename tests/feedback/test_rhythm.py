"""How often something usually comes, and when it is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import rhythm

pytestmark = pytest.mark.slow  # the same on every database

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)


def test_nothing_has_no_rhythm() -> None:
    assert rhythm.of([]) is None


def test_three_arrivals_are_too_few_to_say() -> None:
    beat = rhythm.of([MONDAY, MONDAY + DAY, MONDAY + 2 * DAY])
    assert beat == rhythm.Rhythm(MONDAY + 2 * DAY, None)
    assert beat.late_by(MONDAY + 100 * DAY) is None


def test_a_weekly_file_is_late_after_a_week_and_a_half() -> None:
    beat = rhythm.of([MONDAY + number * WEEK for number in range(5)])
    assert beat is not None
    assert beat.usual == WEEK
    last = MONDAY + 4 * WEEK
    assert beat.late_by(last + WEEK * 1.5) is None
    assert beat.late_by(last + 11 * DAY) == 4 * DAY


def test_one_long_pause_does_not_change_what_is_usual() -> None:
    days = [0, 1, 2, 3, 24, 25, 26, 27]
    beat = rhythm.of([MONDAY + day * DAY for day in days])
    assert beat is not None
    assert beat.usual == DAY


def test_a_source_that_comes_all_day_may_be_silent_at_night() -> None:
    arrivals = [MONDAY + day * DAY + hour * HOUR for day in range(10) for hour in range(10)]
    beat = rhythm.of(arrivals)
    assert beat is not None
    assert beat.usual == 15 * HOUR
    last = max(arrivals)
    assert beat.late_by(last + 15 * HOUR) is None
    assert beat.late_by(last + 30 * HOUR) == 15 * HOUR


def test_many_files_within_the_hour_are_one_delivery() -> None:
    at_once = [MONDAY + timedelta(minutes=number) for number in range(10)]
    assert rhythm.of(at_once) == rhythm.Rhythm(MONDAY + timedelta(minutes=9), None)
    weekly = rhythm.of([moment + number * WEEK for number in range(5) for moment in at_once])
    assert weekly is not None
    assert weekly.usual == WEEK


def test_minutes_are_never_late() -> None:
    beat = rhythm.of([MONDAY + timedelta(minutes=20 * number) for number in range(40)])
    assert beat is not None
    assert beat.usual == HOUR
    assert beat.late_by(beat.last + timedelta(minutes=90)) is None
    assert beat.late_by(beat.last + timedelta(minutes=130)) == timedelta(minutes=70)


@given(st.lists(st.integers(0, 10**7), min_size=4, max_size=80, unique=True), st.integers(0, 10**7))
def test_order_makes_no_difference_and_late_is_never_less_than_nothing(seconds: list[int], silence: int) -> None:
    moments = [MONDAY + timedelta(seconds=second) for second in seconds]
    beat, back = rhythm.of(moments), rhythm.of(moments[::-1])
    assert beat == back
    assert beat is not None
    late = beat.late_by(beat.last + timedelta(seconds=silence))
    assert late is None or late > timedelta()


@pytest.mark.parametrize("copies", [2, 5])
def test_the_same_moment_twice_is_one_arrival(copies: int) -> None:
    moments = [MONDAY + number * WEEK for number in range(4)]
    assert rhythm.of(moments * copies) == rhythm.of(moments)

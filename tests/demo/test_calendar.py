"""Sprints without gaps, working days, and events in the order of time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from demo.services.calendar import Fortnight, Timeline, at, fortnights, workdays_after

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize("ahead", range(14))
@pytest.mark.parametrize("days", [0, 1, 13, 14, 15, 400])
def test_fortnights_cover_every_day_once(ahead: int, days: int) -> None:
    last = MONDAY + timedelta(days=ahead)
    first = last - timedelta(days=days)
    frames = fortnights(first, last)
    assert frames[0].holds(first)
    assert frames[-1].holds(last)
    assert all(frame.starts_on.weekday() == 0 and frame.ends_on.weekday() == 4 for frame in frames)
    for number in range(days + 1):
        assert sum(frame.holds(first + timedelta(days=number)) for frame in frames) == 1


def test_a_fortnight_ends_on_the_friday_of_its_second_week() -> None:
    frame = Fortnight(MONDAY)
    assert frame.ends_on == date(2026, 11, 27)
    assert frame.holds(date(2026, 11, 29))
    assert not frame.holds(date(2026, 11, 30))
    assert not frame.holds(date(2026, 11, 15))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, date(2026, 11, 20)), (1, date(2026, 11, 23)), (3, date(2026, 11, 25)), (6, date(2026, 11, 30))],
)
def test_working_days_after_a_friday(days: int, expected: date) -> None:
    assert workdays_after(date(2026, 11, 20), days) == expected


def test_working_days_after_a_saturday_begin_on_monday() -> None:
    assert workdays_after(date(2026, 11, 21), 1) == date(2026, 11, 23)


def test_events_happen_in_the_order_of_time_and_none_after_the_end() -> None:
    told: list[str] = []
    timeline = Timeline()

    def say(word: str, when: datetime) -> None:
        timeline.add(when, lambda now: told.append(f"{word} {now:%H:%M}"))

    say("lunch", at(MONDAY, 12, 30))
    say("coffee", at(MONDAY, 10))
    say("and cake", at(MONDAY, 10))
    say("home", at(MONDAY, 17, 1))
    for when, happens in timeline.until(datetime(2026, 11, 16, 17, 0, tzinfo=UTC)):
        happens(when)
    assert told == ["coffee 10:00", "and cake 10:00", "lunch 12:30"]

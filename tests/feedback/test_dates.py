"""Dates as systems export them; day and month by the evidence of the file; the two nights of the year."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.normalise import Problem
from feedback.normalise.dates import Evidence, Order, Reader, order_of

pytestmark = pytest.mark.slow  # the same on every database

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MARCH_1 = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)


def _moment(value: str, order: Order = "") -> datetime:
    return Reader(order=order).moment("occurred_at", value, AMSTERDAM)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T14:05:00Z",
        "2026-03-01T14:05:00+0000",
        "2026-03-01T14:05:00.000+0000",
        "2026-03-01T15:05:00+01:00",
        "2026-03-01T15:05:00.000000+01:00",
        "2026-03-01 14:05:00 UTC",
        "2026-03-01 15:05:00 +0100",
        "2026-03-01 15:05",
        "2026/3/1 3:05 PM",
        "20260301150500",
        "202603011505",
        "1772373900",
        "1772373900.000",
        "1772373900000",
        "1772373900000000",
        "Sun, 01 Mar 2026 15:05:00 +0100",
        "Mar 1, 2026 3:05 PM",
        "Mar 1, 2026, 3:05:00 p.m.",
        "March 1st, 2026 at 15:05",
        "1 mrt. 2026 15:05",
        "1 maart 2026 om 15:05 uur",
        "zo 1 mrt 2026, 15:05",
        "01-mrt-26 15:05",
        "1. März 2026 um 15:05 Uhr",
        "Sonntag, 1. März 2026 15.05 Uhr",
        "01.Mär.2026 15:05",
    ],
)
def test_one_moment_in_the_ways_of_many_exports(value: str) -> None:
    assert _moment(value) == MARCH_1


@pytest.mark.parametrize(
    ("value", "order"),
    [
        ("01-03-2026 15:05", "dmy"),
        ("1/3/26 15:05", "dmy"),
        ("01.03.2026, 15:05:00", "dmy"),
        ("1-3-2026 15:05", "dmy"),
        ("01/03/2026 3:05 pm", "dmy"),
        ("3/1/2026 3:05 PM", "mdy"),
        ("03/01/2026, 15:05", "mdy"),
        ("03/01/26 03:05:00 PM", "mdy"),
        ("01/03/2026 14:05 +0000", "dmy"),
        ("01-03-2026T15:05:00", "dmy"),
    ],
)
def test_day_and_month_in_the_order_of_the_file(value: str, order: Order) -> None:
    assert _moment(value, order) == MARCH_1


@pytest.mark.parametrize("value", ["1-12-2026", "31-12-2026", "12-1-2026 10:00"])
def test_a_single_digit_does_not_make_a_date_look_like_iso(value: str) -> None:
    assert Reader(order="dmy").day("date", value).year == 2026


def test_twelve_in_the_night_and_at_noon() -> None:
    assert _moment("Nov 12, 2026 12:04 AM").hour == 23
    assert _moment("Nov 12, 2026 12:04 PM").hour == 11
    with pytest.raises(Problem, match="not_a_date"):
        _moment("Nov 12, 2026 13:04 PM")


def test_two_digits_are_a_year_of_this_century_unless_that_lies_far_ahead() -> None:
    reader = Reader(order="dmy")
    assert [reader.day("date", f"31-12-{year}").year for year in ("26", "89", "90", "99")] == [2026, 2089, 1990, 1999]


def test_days_of_analytics() -> None:
    assert Reader().day("date", "20260301") == date(2026, 3, 1)


@pytest.mark.parametrize(
    "value",
    ["", "20261301", "12 foo 2026", "31 feb 2026", "123456789", "1e9", "0000", "12:00", "-", "1/2/3/4", "٣-٣-٢٠٢٦"],
)
def test_what_is_no_date(value: str) -> None:
    with pytest.raises(Problem):
        _moment(value)


def test_an_hour_that_happens_twice_is_the_first_of_the_two() -> None:
    assert _moment("2026-10-25 02:30").hour == 0, "summer time, two hours ahead of UTC"
    assert _moment("2026-10-25 02:30+01:00").hour == 1, "unless the file says so"
    assert _moment("25-10-2026 03:00", "dmy").hour == 2


def test_an_hour_that_does_not_happen_is_shifted() -> None:
    assert _moment("2026-03-29 02:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "3:30 of summer time"
    assert _moment("2026-03-29 03:00") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_the_evidence_is_that_of_all_dates_however_late_it_comes() -> None:
    assert order_of(["03-04-2026"] * 50_000 + ["13-04-2026"]) == "dmy"
    assert order_of(["3/4/26 10:00 AM"] * 9 + ["3/14/26 10:00 AM"]) == "mdy"


def _evidence(*values: str) -> Evidence:
    evidence = Evidence()
    for value in values:
        evidence.see(value)
    return evidence


def test_what_a_person_is_asked() -> None:
    assert _evidence("2026-03-04", "1772373900", "Mar 4, 2026", "", "05/05/2026").question is None
    assert _evidence("03/04/2026", "05/05/2026").question == ("dates_ambiguous", "03/04/2026")
    assert _evidence("13/04/2026", "03/14/2026").question == ("dates_mixed", "13/04/2026 / 03/14/2026")
    assert _evidence("13/04/2026", "03/04/2026").question is None
    assert _evidence("1-12-2026").question == ("dates_ambiguous", "1-12-2026")


def test_whether_the_order_matters_at_all() -> None:
    assert not _evidence("2026-03-04", "20260304", "4 maart 2026", "5-5-2026").matters
    assert _evidence("2026-03-04", "4-3-2026").matters


def test_a_pattern_of_somebodys_own_that_cannot_be_read_is_a_problem_and_no_crash() -> None:
    for pattern in ("%d%d", "%Q", "%", "%d.%m.%y"):
        with pytest.raises(Problem, match="not_a_date"):
            Reader(pattern).moment("occurred_at", "2026-03-01", AMSTERDAM)


PIECES = st.sampled_from(
    [
        "1",
        "13",
        "2026",
        "26",
        "-",
        "/",
        ".",
        " ",
        ":",
        "T",
        "Z",
        "+01:00",
        "PM",
        "mrt",
        "March",
        ",",
        "um",
        "00",
        "\n",
        "a",
    ]
)


@settings(max_examples=500, deadline=None)
@given(
    value=st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40), order=st.sampled_from(["", "dmy", "mdy"])
)
def test_whatever_stands_in_a_cell_is_a_moment_or_a_problem(value: str, order: Order) -> None:
    _evidence(value)
    try:
        moment = _moment(value, order)
    except Problem:
        return
    assert moment.tzinfo is UTC
    assert 1989 <= moment.year <= 2101


def test_a_very_long_cell_costs_no_time() -> None:
    for value in (
        " " * 131_000 + "\n",
        "1-1-2026" + " " * 131_000 + "\nx",
        "2026-1-1 " + "," * 131_000 + "\n",
        "1" * 131_000,
    ):
        _evidence(value)
        with pytest.raises(Problem):
            _moment(value)

"""Many rows at once are the same as each by itself, on the nights when clocks are set too."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.memo import Memo
from feedback.normalise import Circumstances, Problem, contacts
from feedback.normalise.circumstances import Place, local_day
from feedback.normalise.clocks import Clock, utc
from feedback.normalise.dates import Reader
from feedback.references import Occurrences, References
from feedback.spill import Spill

pytestmark = pytest.mark.slow  # the same on every database
ZONES = [ZoneInfo(name) for name in ("Europe/Amsterdam", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe")]
AROUND = Circumstances(
    references=References("a key"),
    zone=ZONES[0],
    markets={"NL": ("NL", ZONES[0]), "IN": ("IN", ZONES[1]), "CA": ("CA", ZONES[2])},
)


def _moments() -> Iterable[str]:
    """Every 7 minutes and 3 seconds around both nights of a year, and at midnights."""
    for start in ("2026-03-07", "2026-03-28", "2026-04-04", "2026-10-24"):
        for step in range(0, 3 * 24 * 60 * 60, 423):
            yield (datetime.fromisoformat(start) + timedelta(seconds=step)).isoformat()
    yield from ("2026-06-30T23:59:59", "2026-07-01T00:00:00", "2026-12-31T23:59:59")


def _alone(cell: str, zone: ZoneInfo) -> tuple[datetime, str] | str:
    try:
        moment = Reader().moment("occurred_at", cell, zone)
    except Problem as problem:
        return problem.reason
    return moment, local_day(moment, zone).isoformat()


def _by(clock: Clock, cell: str) -> tuple[datetime, str] | str:
    try:
        text, day = clock.read("occurred_at", cell)
    except Problem as problem:
        return problem.reason
    return utc(text), day


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("suffix", ["", "Z", "+05:30", " UTC", "-0330"])
def test_a_clock_says_what_its_reader_says(zone: ZoneInfo, suffix: str) -> None:
    clock = Clock(Reader(), Place("", zone, zone))
    for moment in _moments():
        cell = moment + suffix
        assert _by(clock, cell) == _alone(cell, zone), cell


def test_a_clock_is_not_taken_in_by_texts_that_only_begin_like_a_moment() -> None:
    clock = Clock(Reader(), Place("", ZONES[0], ZONES[0]))
    assert clock.read("occurred_at", "2026-03-01T10:00:00Z") == ("2026-03-01 10:00:00", "2026-03-01")
    for cell in ("2026-03-01T10:61:00Z", "2026-03-01T25:00:00Z", "2026-03-01T10:00Z", "2026-03-01T10:00:0xZ"):
        assert _by(clock, cell) == _alone(cell, ZONES[0]), cell


CELLS = st.sampled_from(
    ["", "1", "no", "90", "1:30", "-1", "x", "NL", "in", "A > B|C", "2026-03-29T02:30:00", "9" * 130]
)
ROW = st.fixed_dictionaries({name: CELLS for name in contacts.COLUMNS if name not in {"external_id", "occurred_at"}})
TIMES = st.sampled_from(["2026-03-01T10:00:00Z", "2026-10-25 02:30:00", "", "later", "2026-03-01T18:45:10Z"])


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(ROW, TIMES), min_size=1, max_size=8))
def test_many_rows_are_what_each_is_alone(rows: list[tuple[dict[str, str], str]]) -> None:
    whole = [{**row, "external_id": f"T{at}", "occurred_at": when} for at, (row, when) in enumerate(rows)]
    fields = {name: [row[name] for row in whole] for name in contacts.COLUMNS}
    together = contacts.normaliser(AROUND).many(fields, len(whole))
    for row, result in zip(whole, together, strict=True):
        alone = _contact({name: cell for name, cell in row.items() if cell})
        assert _told(result) == _told(alone)


def _contact(row: dict[str, str]) -> contacts.ContactRow | Problem:
    try:
        return contacts.normaliser(AROUND)(row)
    except Problem as problem:
        return problem


def _told(result: contacts.ContactRow | Problem) -> object:
    return (result.column, result.reason) if isinstance(result, Problem) else result


def test_a_memo_works_once_for_each_text_and_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.memo._ENTRIES", 3)
    worked: list[str] = []

    def work(text: str) -> int:
        worked.append(text)
        return len(text)

    memo = Memo(work)
    assert [memo[text] for text in ("a", "b", "a", "c" * 300, "d", "e")] == [1, 1, 1, 300, 1, 1]
    assert worked == ["a", "b", "c" * 300, "d", "e"]
    assert list(memo) == ["e"], "full, so it began anew; a long text is not kept"


def test_what_is_on_disk_comes_back() -> None:
    spill = Spill()
    spill.put([("a", "1"), ("b", "2"), ("a", "3")])
    assert spill.find(["a", "c", "b"]) == {"a": "3", "b": "2"}
    assert spill.find([]) == {}


def test_occurrences_are_the_same_however_many_are_asked_at_once() -> None:
    rows = [["a", "b"], ["a", "b"], ["a", "c"], ["a", "b"]] * 3
    one, all_at_once = Occurrences(References("k")), Occurrences(References("k"))
    assert [one.identify(row) for row in rows] == all_at_once.identify_many(rows)
    assert utc("2026-03-01 10:00:00") == datetime(2026, 3, 1, 10, tzinfo=UTC)

"""Connectors by themselves: whatever a system answers, a page comes of it or a sentence; and walks lose nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import connectors
from feedback.connectors import signing, walking
from feedback.connectors.shapes import OVERLAP, Credentials, Page, Reply, StreamPlan
from feedback.connectors.walking import Part, address, forward, iso, moment, sweep
from outbox import troubles
from outbox.answers import Lasting, Passing, Trouble

pytestmark = pytest.mark.slow  # the same on every database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = {"since": "2026-11-01T00:00:00Z"}
PLANS = [
    pytest.param(connector.name, plan, id=f"{connector.name}-{name}")
    for connector in connectors.BY_NAME.values()
    for name, plan in connector.streams.items()
]
KEYS = (
    "id", "data", "tickets", "meta", "next_cursor", "after_cursor", "end_of_stream", "orders", "nodes", "pageInfo",
    "hasNextPage", "endCursor", "updatedAt", "updated_at", "updated_datetime", "records", "SystemModstamp", "Id",
    "conversations", "pages", "next", "starting_after", "satisfaction_ratings", "has_more", "users", "metric_sets",
    "experiments", "hasMore", "result", "rows", "rowCount", "metricHeaders", "dimensionHeaders", "name", "errors",
    "extensions", "cost", "requestedQueryCost", "throttleStatus", "currentlyAvailable", "restoreRate", "created_at",
    "date_modified_gmt", "dimensionValues", "value", "generated_timestamp", "offset", "code", "status",
)  # fmt: skip
STAMPS = st.sampled_from(
    ["2026-11-02T10:00:00Z", "2026-11-03T10:00:00.123456+00:00", 1762000000, 1e99, "", "soon", "0001-01-01"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | STAMPS
ANSWERS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)
CURSORS = st.sampled_from(
    [
        SINCE,
        {**SINCE, "mark": "x", "newest": "2026-11-02T00:00:00Z"},
        {**SINCE, "mark": 3, "newest": "2026-11-02T00:00:00Z"},
        {**SINCE, "after": "abc"},
        {**SINCE, "at": "2026-11-05T00:00:00Z", "id": "500dM00003F2OMjQAN"},
        {**SINCE, "at": "2026-11-05T00:00:00Z", "page": 2, "newest": "2026-11-05T00:00:00Z"},
        {**SINCE, "from": "2026-11-05", "to": "2026-11-06", "offset": 5, "last": ["20261101", "NL"]},
        {**SINCE, "offset": 10},
    ]
)


class Oracle:
    """Answers every question with the next of some answers, the last one for ever."""

    def __init__(self, answers: list[Any], credentials: Credentials | None = None) -> None:
        self.credentials: Credentials = credentials or {"property": "1", "address": "x"}
        self._answers = answers
        self.asked = 0

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, accept: Collection[int] = ()) -> Reply:
        self.asked += 1
        return Reply(self._answers[min(self.asked, len(self._answers)) - 1], {"x-wp-totalpages": "2"})

    def post(self, path: str, body: Any) -> Reply:
        json.dumps(body)
        return self.get(path)


@pytest.mark.parametrize(("name", "plan"), PLANS)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=3), cursor=CURSORS)
@settings(max_examples=60, deadline=None)
def test_any_answer_is_a_page_or_a_sentence(name: str, plan: StreamPlan, answers: list[Any], cursor: Any) -> None:
    oracle = Oracle(answers)
    page, trouble = _asked(plan, oracle, dict(cursor))
    if page is None:
        assert trouble in troubles.SENTENCES
        return
    assert json.loads(json.dumps(page.cursor)) == page.cursor
    assert moment(page.cursor["since"]) >= moment(SINCE["since"]) or name == "ga4"
    assert all(isinstance(item, dict) for item in page.objects)
    assert page.pause_seconds >= 0


def _asked(plan: StreamPlan, oracle: Oracle, cursor: Any) -> tuple[Page | None, str]:
    try:
        return plan.fetch(oracle, cursor, NOW), ""
    except Trouble as trouble:
        return None, trouble.kind


# ── Walks ──────────────────────────────────────────────────────────────────────
class Listed:
    """A list that others change while it is read: objects with a stamp, in pages of three."""

    def __init__(self, stamps: list[int]) -> None:
        self.rows = dict(enumerate(stamps))
        self.seen: set[tuple[int, int]] = set()

    def ordered(self, since: datetime) -> list[tuple[int, int]]:
        return sorted((stamp, key) for key, stamp in self.rows.items() if NOW + timedelta(seconds=stamp) >= since)

    def numbered(self, since: datetime, number: int) -> Part:
        rows = self.ordered(since)[(number - 1) * 3 : number * 3]
        return self._part(rows, number + 1 if len(rows) == 3 else None)

    def keyed(self, since: datetime, mark: str | None) -> Part:
        after = tuple(map(int, mark.split("|"))) if mark else (-1, -1)
        rows = [row for row in self.ordered(since) if row > after]
        return self._part(rows[:3], "|".join(map(str, rows[2])) if len(rows) > 3 else None)

    def _part(self, rows: list[tuple[int, int]], onward: Any) -> Part:
        self.seen.update(rows)
        return Part([{"id": key, "at": iso(NOW + timedelta(seconds=stamp))} for stamp, key in rows], onward)


@pytest.mark.parametrize("walk", ["forward", "sweep"])
@given(
    stamps=st.lists(st.integers(0, 6), max_size=20),
    changes=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 3)), max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_whatever_changes_in_between_every_object_is_seen_as_it_is_now(
    walk: str, stamps: list[int], changes: list[tuple[int, int]]
) -> None:
    listed, later, cursor = Listed(stamps), list(changes), {"since": iso(NOW)}
    newest = max(stamps, default=0)
    for _page in range(200):
        if walk == "forward":
            page = forward(cursor, listed.numbered, lambda item: item["at"])
        else:
            page = sweep(cursor, listed.keyed, lambda item: item["at"])
        cursor = page.cursor
        if later:
            key, more = later.pop()
            if key in listed.rows:
                # A change is always later than what is there.
                newest += more
                listed.rows[key] = max(newest, listed.rows[key])
        elif not page.has_more and _page > len(changes):
            break
    # What changed after its page was read comes with the next run.
    for _page in range(200):
        step = forward if walk == "forward" else sweep
        ask: Any = listed.numbered if walk == "forward" else listed.keyed
        page = step(cursor, ask, lambda item: item["at"])
        cursor = page.cursor
        if not page.has_more:
            break
    assert {(stamp, key) for key, stamp in listed.rows.items()} <= listed.seen
    assert moment(cursor["since"]) <= NOW + timedelta(seconds=max(newest, 0))


def test_the_beginning_moves_only_at_the_end_and_leaves_the_overlap() -> None:
    parts = [
        Part([{"at": "2026-11-10T10:00:00Z"}], "more"),
        Part([{"at": "2026-11-09T10:00:00Z"}], None),
    ]
    first = sweep(SINCE, lambda since, mark: parts[0], lambda item: item["at"])
    assert first.cursor == {**SINCE, "mark": "more", "newest": "2026-11-10T10:00:00Z"}
    last = sweep(first.cursor, lambda since, mark: parts[1], lambda item: item["at"])
    assert moment(last.cursor["since"]) == datetime(2026, 11, 10, 10, tzinfo=UTC) - OVERLAP
    nothing = sweep(last.cursor, lambda since, mark: Part([], None), lambda item: item["at"])
    assert nothing.cursor == last.cursor


def test_a_list_in_another_order_is_read_by_its_page_numbers() -> None:
    found = Part([{"at": "2026-11-10T10:00:00Z"}, {"at": "2026-11-09T10:00:00Z"}], 2)
    page = forward(SINCE, lambda since, number: found, lambda item: item["at"])
    assert (page.cursor["at"], page.cursor["page"]) == (SINCE["since"], 2)
    with pytest.raises(Passing, match="too_many_at_once"):
        forward({**page.cursor, "page": 300}, lambda since, number: found, lambda item: item["at"], last_page=300)


@pytest.mark.parametrize(
    ("entered", "domain", "expected"),
    [
        ("company", "zendesk.com", "https://company.zendesk.com"),
        (" company.zendesk.com/ ", "zendesk.com", "https://company.zendesk.com"),
        ("https://company.zendesk.com/agent/tickets/1", "zendesk.com", "https://company.zendesk.com"),
        ("HTTPS://Help.Example", "zendesk.com", "https://Help.Example"),
        ("http://127.0.0.1:8000/", "zendesk.com", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_is_taken_as_people_copy_it(entered: str, domain: str, expected: str) -> None:
    assert address(entered, domain) == expected


def test_a_shop_in_a_folder_keeps_it() -> None:
    assert address("https://shop.example/nl/", with_path=True) == "https://shop.example/nl"


def test_times_are_read_in_every_way_that_systems_write_them() -> None:
    texts = ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00+01:00", "2026-11-22T12:00:00", "2026-11-22T12:00:00.000+0000")
    assert {moment(value) for value in (*texts, NOW.timestamp())} == {NOW}
    strange: tuple[Any, ...] = ("soon", "", None, 1e99, [], {})
    for value in strange:
        with pytest.raises(Passing):
            moment(value)


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "\0"])
def test_what_is_no_private_key_is_said_so_without_quoting_it(text: str) -> None:
    with pytest.raises(Lasting) as trouble:
        signing.assertion({}, text, NOW)
    assert str(trouble.value) == "not_a_key"


def test_a_list_that_is_not_there_is_no_empty_page() -> None:
    with pytest.raises(Passing):
        walking.listed({"tickets": None}, "tickets")

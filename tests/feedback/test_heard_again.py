"""What has no version is as it was said last, also when it was said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import RawRecord, Source
from feedback.services import record_versions
from feedback.services.receiving import heard_again, insert_records
from feedback.versions import standing

THEN = datetime(2026, 11, 2, 6, tzinfo=UTC)


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(name="Analytics", system="ga4", slug="analytics", created_at=THEN)


def say(source: Source, hour: int, *values: int, version: str = "") -> int:
    """A page in which day `n` has the n-th value; how many count anew."""
    now = THEN + timedelta(hours=hour)
    raws = [
        RawRecord(
            source=source, stream="daily", external_id=f"day {day}", entity=f"day {day}", version_key=version,
            payload={"sessions": value}, payload_sha256=f"{value:064}", received_at=now,
        )
        for day, value in enumerate(values)
    ]  # fmt: skip
    return heard_again(raws) + insert_records(raws)


def now_is(source: Source) -> list[int]:
    """What each day says by now."""
    entities = set(RawRecord.objects.values_list("entity", flat=True))
    found = []
    for entity in sorted(entities):
        newest = standing(record_versions.versions_in(source, [entity])).newest
        found.append(RawRecord.objects.get(pk=newest.id).payload["sessions"])
    return found


def test_back_to_what_it_was_is_news(source: Source) -> None:
    assert [say(source, hour, value) for hour, value in enumerate([100, 101, 100])] == [1, 1, 1]
    assert now_is(source) == [100]
    assert RawRecord.objects.count() == 2
    assert RawRecord.objects.filter(mapped_at=None, payload={"sessions": 100}).exists()


def test_the_same_once_more_is_no_news(source: Source) -> None:
    say(source, 0, 100, 7)
    RawRecord.objects.update(mapped_at=THEN)
    assert say(source, 1, 100, 7) == 0
    assert not RawRecord.objects.filter(mapped_at=None).exists()


def test_with_a_version_the_system_decides(source: Source) -> None:
    say(source, 0, 100, version="1")
    say(source, 1, 101, version="2")
    assert say(source, 2, 100, version="1") == 0
    assert now_is(source) == [101]


def test_the_latest_is_the_one_that_counts_not_the_one_that_came_last(source: Source) -> None:
    say(source, 0, 100)
    say(source, 1, 101, version="1")
    RawRecord.objects.update(mapped_at=THEN)
    # A version stands above none, whenever that came: nothing would change.
    assert say(source, 2, 100) == 0
    assert now_is(source) == [101]
    assert not RawRecord.objects.filter(mapped_at=None).exists()


def test_what_came_late_but_counts_less_is_not_the_latest(source: Source) -> None:
    say(source, 3, 100)
    say(source, 1, 101)
    RawRecord.objects.update(mapped_at=THEN)
    assert say(source, 4, 100) == 0
    assert now_is(source) == [100]
    assert not RawRecord.objects.filter(mapped_at=None).exists()


def test_what_is_gone_without_a_version_stays_gone(source: Source) -> None:
    say(source, 0, 100)
    say(source, 1, 101)
    RawRecord.objects.filter(payload={"sessions": 101}).update(deleted=True)
    RawRecord.objects.update(mapped_at=THEN)
    assert say(source, 2, 100) == 0
    assert not RawRecord.objects.filter(mapped_at=None).exists()


def test_it_asks_no_more_for_more(source: Source) -> None:
    def asked(days: int, hour: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            say(source, hour, *range(hour, hour + days))
        return len(queries)

    asked(3, 0)
    # One INSERT more at most: SQLite takes a thousand parameters at once.
    assert asked(60, 2000) <= asked(3, 1000) + 1

"""Data health of systems: silent for long, never heard, paused; and of files whose rows came all at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.models import RawRecord, Source
from feedback.selectors.health import SourceHealth, health
from feedback.services import watching
from outbox.models import Message
from tests.cast import ClientFor
from tests.feedback.rows import NOW, bring_in
from tests.feedback.test_data_health import HEADER, work_off

pytestmark = pytest.mark.django_db
HOURS = 28 * 24


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor, company: Company) -> Client:
    return client_for(linking_pin)


@pytest.fixture
def zendesk(company: Company) -> Source:
    return Source.objects.create(
        name="Zen", slug="zen", system="zendesk", zone="UTC", created_at=NOW - timedelta(days=90)
    )


def heard(source: Source, hours: Iterable[int]) -> None:
    """It sent something so many hours ago, when somebody was at work."""
    moments = [NOW - timedelta(hours=hour) for hour in hours]
    RawRecord.objects.bulk_create(
        RawRecord(source=source, stream="tickets", external_id=str(at), entity=f"ticket:{at}", payload={},
                  payload_sha256=str(at), received_at=moment, mapped_at=moment)
        for at, moment in enumerate(moments) if 8 <= moment.hour < 18
    )  # fmt: skip


def one() -> SourceHealth:
    return health(now=NOW, today=NOW.date()).sources[0]


def head(browser: Client) -> str:
    with time_machine.travel(NOW, tick=False):
        page = browser.get("/data/").content.decode()
    return page.partition("<h1>")[2].partition("</p>")[0]


def test_what_has_been_silent_for_longer_than_we_look_back_is_still_late(zendesk: Source, browser: Client) -> None:
    heard(zendesk, range(40 * 24, 40 * 24 + HOURS))
    found = one()
    assert found.last == RawRecord.objects.order_by("-received_at")[0].received_at
    assert found.usual == timedelta(hours=15)
    assert found.late_by is not None
    assert found.late_by > timedelta(days=38)
    assert "Zen is silent, it is 39 days late" in head(browser)


def test_a_failure_that_was_mended_is_no_excuse_for_the_next_one(zendesk: Source) -> None:
    heard(zendesk, [hour for hour in range(40, HOURS) if not 300 < hour < 420])
    assert one().usual == timedelta(hours=15)
    assert one().late_by


def test_one_that_never_sent_anything_is_not_as_it_should(zendesk: Source, browser: Client) -> None:
    assert "Zen is connected and has not brought anything yet" in head(browser)
    heard(zendesk, range(10))
    assert "Everything comes in as it should" in head(browser)


def test_a_paused_source_is_late_for_nobody_and_is_not_forgotten(
    zendesk: Source, browser: Client, linking_pin: Person
) -> None:
    heard(zendesk, range(72, HOURS))
    assert one().late_by
    Source.objects.update(paused_at=NOW - timedelta(days=3))
    assert one().late_by is None
    assert watching.watch_sources(now=NOW) == 0
    assert "Zen is paused" in head(browser)
    with time_machine.travel(NOW, tick=False):
        assert "Paused since" in browser.get("/data/").content.decode()


def _old_rows(name: str) -> None:
    """Rows of a month that ended ten days ago, all at once and just now."""
    rows = "".join(
        f"H{back},{(NOW - timedelta(days=back)).isoformat()},phone,Delivery > Late,where is it,NL\n"
        for back in range(10, 40)
    )
    with time_machine.travel(NOW, tick=False):
        bring_in(HEADER + rows, source=name)
        work_off()


def test_whoever_brings_an_old_file_is_not_silent(browser: Client) -> None:
    """The next one may come in a month: that is not known after one file."""
    _old_rows("Desk")
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        page = browser.get("/data/").content.decode()
        assert "Rows up to 10 Mar" in page
        assert "too early to say" in page
        assert watching.watch_sources(now=NOW + timedelta(days=9)) == 0


def test_rows_of_a_system_that_came_all_at_once_are_told_by_their_days(browser: Client, linking_pin: Person) -> None:
    """They did not come a week ago, they came just now."""
    _old_rows("Desk")
    Source.objects.filter(name="Desk").update(system="generic")
    said = "Its rows usually go on every 24 hours; the last are of 10 Mar."
    assert said in head(browser)
    with time_machine.travel(NOW, tick=False):
        assert "Rows up to 10 Mar" in browser.get("/data/").content.decode()
        assert watching.watch_sources(now=NOW) == 1
        assert Message.objects.filter(kind="source_silent").exists()
        assert said in browser.get("/inbox/").content.decode()


def test_the_number_of_questions_does_not_grow_with_silent_sources(
    company: Company,
) -> None:
    asked = []
    for count in (2, 20):
        for number in range(count):
            source = Source.objects.create(
                name=f"S{count}-{number}", slug=f"s{count}-{number}", system="zendesk", created_at=NOW
            )
            heard(source, range(40 * 24, 42 * 24))
        with CaptureQueriesContext(connection) as queries:
            assert len(health(now=NOW, today=NOW.date()).late) >= count
        asked.append(len(queries))
    assert asked[0] == asked[1]

"""Days move to the market that the settings of today say, and leave nothing where they were."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Market
from feedback.models import CommerceDay, Source
from feedback.services import receiving, sources
from feedback.services.system_settings import settings_of
from feedback.systems import registry
from outbox import jobs
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk

pytestmark = pytest.mark.django_db


def source_of(system: str) -> Source:
    for position, code in enumerate(("BE", "DE"), start=2):
        Market.objects.create(code=code, name=code, zone="Europe/Berlin", position=position)
    return fake_desk.source(name="Shop", system=system)


def pull(source: Source, stream: str, *items: dict[str, Any]) -> None:
    system = registry.BY_NAME[source.system]
    records = [one for item in items for one in system.pulled[stream](item, settings_of(source))]
    receiving.store_records(source=source, system=system, records=records, now=fake_desk.NOW)
    receiving.request_mapping(source=source, now=fake_desk.NOW)
    work()


def map_again(source: Source, *, zone: str = "Europe/Amsterdam", **config: Any) -> None:
    person = people.person("linking_pin")
    sources.configure(source=source, config=config, market=None, zone=zone, actor=person, now=fake_desk.NOW)
    sources.remap(source=source, actor=person, now=fake_desk.NOW)
    source.refresh_from_db()
    work()


def work() -> None:
    for waiting in Job.objects.filter(kind__in=(receiving.MAP_JOB, sources.REMAP_JOB), state=Job.State.QUEUED):
        done = jobs.perform(waiting.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def days(*facts: str) -> list[tuple[Any, ...]]:
    return list(CommerceDay.objects.order_by("external_id").values_list("external_id", *facts))


def line(country: str, device: str, sessions: int) -> dict[str, str]:
    return {"date": "20261102", "countryId": country, "deviceCategory": device, "sessions": str(sessions)}


def order(number: int, country: str) -> dict[str, Any]:
    return {
        "id": number, "status": "completed", "total": "10.00", "currency": "EUR", "shipping": {"country": country},
        "date_created_gmt": "2026-11-02T23:30:00", "date_modified_gmt": "2026-11-03T00:00:00",
    }  # fmt: skip


def test_visits_go_to_another_market_and_are_counted_once() -> None:
    source = source_of("ga4")
    pull(source, "daily", line("BE", "mobile", 5), line("BE", "desktop", 7), line("NL", "desktop", 100))
    assert len(days()) == 3
    map_again(source, markets={"BE": "NL"})
    assert days("sessions") == [("2026-11-02|NL|desktop", 107), ("2026-11-02|NL|mobile", 5)]
    map_again(source)
    assert days("sessions") == [
        ("2026-11-02|BE|desktop", 7), ("2026-11-02|BE|mobile", 5), ("2026-11-02|NL|desktop", 100),
    ]  # fmt: skip


def test_a_day_that_is_told_again_after_its_market_changed_is_counted_once() -> None:
    source = source_of("ga4")
    pull(source, "daily", line("BE", "mobile", 5), line("NL", "desktop", 100))
    Source.objects.update(config={"markets": {"BE": "NL"}})
    source.refresh_from_db()
    pull(source, "daily", line("BE", "mobile", 6))
    assert days("sessions") == [("2026-11-02|NL|desktop", 100), ("2026-11-02|NL|mobile", 6)]


def test_orders_go_to_another_market_and_to_the_day_of_another_zone() -> None:
    source = source_of("woocommerce")
    pull(source, "orders", order(1, "BE"), order(2, "NL"))
    assert days("orders") == [("2026-11-03|BE|", 1), ("2026-11-03|NL|", 1)]
    map_again(source, markets={"BE": "NL"})
    assert days("orders") == [("2026-11-03|BE|", 0), ("2026-11-03|NL|", 2)]
    Market.objects.update(zone="UTC")
    map_again(source, markets={"BE": "NL"})
    assert [day for day in days("orders") if day[1]] == [("2026-11-02|NL|", 2)]

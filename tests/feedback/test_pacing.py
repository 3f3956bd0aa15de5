"""A shop's days are counted again with a pause, however many orders come meanwhile, and are exact whatever comes."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Market
from feedback.jobs import live
from feedback.models import CommerceDay, RawRecord, Source
from feedback.references import References
from feedback.services import erasure, mapping_records, pacing, receiving, sources
from feedback.services.mapping_records import Mapper
from feedback.systems import Record, registry
from feedback.systems.shapes import Settings
from outbox import jobs
from outbox.models import Job
from tests import people

pytestmark = pytest.mark.django_db
SHOP = registry.BY_NAME["shopify"]
PLACED = datetime(2026, 11, 2, 12, tzinfo=UTC)
WHO = "customer-7001"


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Source:
    # A version takes long, so that a pause after a few orders is one.
    monkeypatch.setattr(pacing, "VERSIONS_A_SECOND", 1)
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands", "zone": "Europe/Amsterdam", "position": 1})
    return Source.objects.create(name="Shop", slug="shop", system="shopify", created_at=PLACED)


def order(number: int, *, version: int = 0, day: int = 0, total: str = "10.00", **more: Any) -> dict[str, Any]:
    return {
        "id": number, "name": f"#{number}", "test": False, "cancelled_at": None, "financial_status": "paid",
        "processed_at": (PLACED + timedelta(days=day)).isoformat(), "currency": "EUR", "current_total_price": total,
        "updated_at": (PLACED + timedelta(days=9, minutes=version)).isoformat(),
        "shipping_address": {"country_code": "NL"}, **more,
    }  # fmt: skip


def records(*orders: dict[str, Any], topic: str = "") -> list[Record]:
    return [record for one in orders for record in SHOP.records(one, Settings(topic=topic))]


def bring(shop: Source, *orders: dict[str, Any], topic: str = "") -> None:
    """As a call of the webhook does in its transaction."""
    now = timezone.now()
    raws = receiving.redact_records(source=shop, system=SHOP, records=records(*orders, topic=topic), now=now)
    if receiving.heard_again(raws) + receiving.insert_records(raws):
        receiving.request_mapping(source=shop, now=now)


def waiting_jobs() -> list[Job]:
    return list(Job.objects.filter(kind=receiving.MAP_JOB, state=Job.State.QUEUED))


def count() -> Job:
    """The one job that waits, after its pause."""
    (job,) = waiting_jobs()
    Job.objects.filter(pk=job.pk).update(run_after=PLACED)
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE, done.error
    return done


def days() -> list[tuple[str, int | None, int | None]]:
    found = CommerceDay.objects.order_by("day").values_list("day", "orders", "revenue_cents")
    return [(day.isoformat(), orders, cents) for day, orders, cents in found]


@pytest.mark.parametrize("size", [20, 200])
def test_orders_of_a_long_day_wait_for_each_other_and_read_nothing_of_it(shop: Source, size: int) -> None:
    bring(shop, *(order(number) for number in range(size)))
    first = count()
    assert first.progress["looked_at"] == size
    costs = []
    for number in range(size, size + 10):
        with CaptureQueriesContext(connection) as asked:
            bring(shop, order(number))
        costs.append(len(asked))
        assert not [one["sql"] for one in asked if '"entity" IN' in one["sql"]], "none of its day"
    # The first one asks for the job; the others find that it waits.
    assert set(costs[1:]) == {4}, "on a day of any size"
    (job,) = waiting_jobs()
    assert first.finished_at is not None
    assert job.run_after >= first.finished_at + timedelta(seconds=size)
    assert jobs.perform(job.pk) is None, "not before its time"
    assert count().progress["looked_at"] == size + 10, "once for ten orders"
    assert days() == [("2026-11-02", size + 10, (size + 10) * 1000)]


def test_how_long_the_pause_is(shop: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()

    def pause() -> float:
        return (pacing.not_before(shop, kind=receiving.MAP_JOB, now=now) - now).total_seconds()

    assert pause() == 0, "nothing was counted yet"
    job = jobs.enqueue(receiving.MAP_JOB, {"source_id": shop.pk}, now=now)
    of_job = Job.objects.filter(pk=job.pk)
    of_job.update(state=Job.State.DONE, progress={"looked_at": 30}, finished_at=now - timedelta(seconds=10))
    assert pause() == 20
    jobs.enqueue(receiving.MAP_JOB, {"source_id": shop.pk + 1}, now=now)
    assert pause() == 20, "another shop has its own"
    of_job.update(state=Job.State.RUNNING, finished_at=None)
    assert pause() == 30, "it is still being counted"
    of_job.update(progress={"looked_at": 10**6})
    assert pause() == pacing.LONGEST.total_seconds()
    monkeypatch.setattr(pacing, "VERSIONS_A_SECOND", 10**7)
    assert pause() == 0, "too short for one"
    monkeypatch.setattr(pacing, "VERSIONS_A_SECOND", 1)
    shop.system = "zendesk"
    assert pause() == 0, "a ticket is no day"


def test_what_comes_while_days_are_counted_is_counted_next_time(shop: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(shop, order(1))
    real, seen = Mapper.look, []

    def meanwhile(self: Mapper, ids: list[int]) -> Any:
        found = real(self, ids)
        seen.append(ids)
        bring(shop, order(100 + len(seen)))
        return found

    monkeypatch.setattr(Mapper, "look", meanwhile)
    count()
    assert len(seen) == 1, "a busy shop would never come to an end"
    monkeypatch.undo()
    count()
    assert days()[0][1] == 2


def test_the_sweep_keeps_the_pause(shop: Source) -> None:
    bring(shop, *(order(number) for number in range(20)))
    first = count()
    assert first.finished_at is not None
    bring(shop, order(20))
    Job.objects.filter(state=Job.State.QUEUED).delete()
    jobs.perform(jobs.enqueue(live.SWEEP_JOB, now=timezone.now()).pk)
    (job,) = waiting_jobs()
    assert job.run_after >= first.finished_at + timedelta(seconds=20)


def test_mapping_everything_again_reads_every_day_once(shop: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECORDS_AT_ONCE", 4)
    bring(shop, *(order(number, day=number % 2) for number in range(30)))
    count()
    CommerceDay.objects.update(orders=0, row_hash="")
    job = sources.remap(source=shop, actor=people.person("linking_pin"), now=timezone.now())
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE, done.error
    assert done.progress["looked_at"] == 30
    assert [day[1] for day in days()] == [15, 15]


def test_a_job_that_is_cut_off_maps_everything_again_all_the_same(
    shop: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECORDS_AT_ONCE", 4)
    bring(shop, *(order(number, day=number % 5) for number in range(30)))
    count()
    Market.objects.create(code="BE", name="Belgium", zone="Europe/Brussels", position=2)
    Source.objects.update(config={"markets": {"NL": "BE"}})
    job = sources.remap(source=shop, actor=people.person("linking_pin"), now=timezone.now())
    turns = 0
    while (done := jobs.perform(job.pk, turn_seconds=0)) is not None and done.state != Job.State.DONE:
        turns += 1
        assert not done.error
    assert turns > 8
    found = CommerceDay.objects.order_by("day", "market__code").values_list("market__code", "orders")
    assert list(found) == [("BE", 6), ("NL", 0)] * 5


def test_a_look_that_somebody_wrote_behind_is_taken_again(shop: Source) -> None:
    bring(shop, order(1), order(2))
    early = Mapper(shop, SHOP)
    ids = list(RawRecord.objects.values_list("pk", flat=True))
    looked = early.look(ids)
    bring(shop, order(2, version=1, cancelled_at="2026-11-03T09:00:00Z"), order(3))
    count()
    early.map(ids, now=timezone.now(), looked=looked)
    early.settle(looked, 1, now=timezone.now())
    assert days() == [("2026-11-02", 2, 2000)]


def test_a_version_that_is_heard_again_after_the_look_waits_on(shop: Source) -> None:
    bring(shop, order(1, total="10.00") | {"updated_at": ""})
    mapper = Mapper(shop, SHOP)
    (first,) = RawRecord.objects.all()
    bring(shop, order(1, total="99.00") | {"updated_at": ""})
    looked = mapper.look([first.pk])
    bring(shop, order(1, total="10.00") | {"updated_at": ""})
    mapper.map([first.pk], now=timezone.now(), looked=looked)
    first.refresh_from_db()
    assert first.mapped_at is None
    count()
    assert days() == [("2026-11-02", 1, 1000)]


def test_erasing_a_customer_leaves_the_counts_and_the_next_order_counts_on(shop: Source) -> None:
    bring(shop, *(order(number, customer={"id": WHO}) for number in range(3)), order(3))
    count()
    person = people.person("linking_pin")
    assert RawRecord.objects.filter(customer_ref=References(settings.CUSTOMER_KEY).customer(WHO)).count() == 3
    assert erasure.erase(actor=person, written=[WHO], now=timezone.now()).raw_records == 3
    bring(shop, order(4))
    count()
    assert days() == [("2026-11-02", 5, 5000)]


_SENT: list[tuple[dict[str, Any], str]] = [
    *((order(number, day=number % 3, total=f"{number}.50"), "") for number in range(1, 25)),
    *((order(number, version=1, day=number % 3, total="1.00"), "") for number in range(1, 9)),
    *((order(number, version=2, day=2, cancelled_at="2026-11-09T09:00:00Z"), "") for number in range(3, 6)),
    (order(7, version=3, day=1, shipping_address={"country_code": "BE"}), ""),
    *(({"id": number}, "orders/delete") for number in (9, 10)),
]  # fmt: skip


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECORDS_AT_ONCE", 4)
    monkeypatch.setattr(live, "VERSIONS_AT_ONCE", 5)
    monkeypatch.setattr(live, "SETTLED_AT_ONCE", 3)
    monkeypatch.setattr(mapping_records, "SETTLED_AT_ONCE", 3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("small_pieces")
def test_late_twice_changed_cancelled_and_moved_ends_the_same_in_any_pieces(shop: Source, seed: int) -> None:
    sent = [*_SENT, *_SENT]
    random.Random(seed).shuffle(sent)
    for place, (body, topic) in enumerate(sent):
        bring(shop, body, topic=topic)
        if place % 11 == seed:
            count()
    if waiting_jobs():
        count()
    assert not RawRecord.objects.filter(mapped_at__isnull=True).exists()
    # As a job finds them that looks at every day in its transaction.
    live_days = sorted(CommerceDay.objects.values_list("external_id", "orders", "revenue_cents"))
    again = sources.remap(source=shop, actor=people.person("linking_pin"), now=timezone.now())
    jobs.perform(again.pk)
    assert sorted(CommerceDay.objects.values_list("external_id", "orders", "revenue_cents")) == live_days
    standing = {body["id"]: body for body, topic in sorted(_SENT, key=lambda one: one[0].get("updated_at", ""))}
    counted = [
        body for number, body in standing.items() if number not in (9, 10) and not body.get("cancelled_at")
    ]  # fmt: skip
    assert sum(day[1] or 0 for day in live_days) == len(counted)
    assert sum(day[2] or 0 for day in live_days) == sum(
        round(float(body["current_total_price"]) * 100) for body in counted
    )

"""What is particular to one system that is pulled from."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.connectors import freshdesk
from feedback.models import CommerceDay, Contact, ContactText, RawRecord
from outbox.models import Job
from outbox.rates import Rate, Turnstile
from tests.feedback.fake_systems.help_desks import (
    Freshdesk,
    Salesforce,
    Zendesk,
)
from tests.feedback.fake_systems.shops import Analytics, GrowthBook, Shopify, WooCommerce
from tests.feedback.pulled import (
    ALL,
    at,
    catch_up,
    ids,
    map_records,
    pull,
    standing,
    stream_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fakes_here")]
OBJECTS = 8


def test_zendesk_tickets_come_with_their_metrics_and_without_the_name_of_the_customer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with standing(Zendesk, monkeypatch) as desk:
        desk.put(1, at(1), "Kind regards from Joke Jansen, write to joke@customers.example")
        stream = stream_of(desk)
        pull(stream)
    map_records()
    contact = Contact.objects.get()
    assert contact.first_response_seconds == 180
    assert "Jansen" not in repr(list(RawRecord.objects.values_list()) + list(ContactText.objects.values_list()))


def test_zendesk_is_not_asked_for_the_minute_that_it_withholds(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(Zendesk, monkeypatch) as desk:
        stream = stream_of(desk, since=timezone.now())
        pull(stream)
        started = int(desk.asked[0].query["start_time"])
    assert started <= timezone.now().timestamp() - 60


def test_the_orders_of_a_shop_are_counted_once_however_often_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Shopify, WooCommerce):
        with standing(kind, monkeypatch) as desk:
            for number in range(1, OBJECTS + 1):
                desk.put(number, at(60 * number), "10.00")
            stream = stream_of(desk)
            pull(stream)
            desk.put(3, at(5000), "7.50")
            pull(stream)
        map_records()
        days = CommerceDay.objects.filter(source=stream.source)
        assert [(day.orders, day.revenue_cents) for day in days] == [(OBJECTS, 7750)]
        assert "Jansen" not in repr(list(RawRecord.objects.values_list()))


def test_shopify_says_with_status_200_that_its_points_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(Shopify, monkeypatch) as desk:
        assert isinstance(desk, Shopify)
        desk.put(1, at(1))
        desk.points, desk.throttled = 0.0, 1
        stream = stream_of(desk)
        pull(stream)
        assert stream.last_problem == "slow_down"
        desk.points = 4000.0
        catch_up(stream)
        assert len(ids(stream)) == 1


def test_analytics_is_asked_in_months_and_again_for_its_last_four_days(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(Analytics, monkeypatch) as desk:
        now = timezone.now()
        desk.put(1, now - timedelta(days=70), "4")
        desk.put(2, now - timedelta(days=3), "5")
        stream = stream_of(desk, since=now - timedelta(days=75))
        pull(stream)
        assert len(ids(stream)) == 2
        spans = [asked.json["dateRanges"][0] for asked in desk.asked if asked.path == Analytics.path]
        assert len(spans) == 3
        desk.asked.clear()
        desk.put(2, now - timedelta(days=3), "8")
        pull(stream)
        (again,) = [asked.json["dateRanges"][0] for asked in desk.asked if asked.path == Analytics.path]
        assert again["startDate"] == (now.date() - timedelta(days=4)).isoformat()
        newest = RawRecord.objects.filter(source=stream.source).order_by("pk").last()
        assert newest is not None
        assert newest.payload["sessions"] == "8"


def test_growthbook_experiments_without_results_are_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(GrowthBook, monkeypatch) as desk:
        desk.put(1, at(1))
        desk.put(2, at(1))
        desk.rows[2] = (at(1), {})
        stream = stream_of(desk)
        assert pull(stream).state == Job.State.DONE
        assert ids(stream) == ["exp_1:0"]


def test_salesforce_is_signed_in_at_with_a_key_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(Salesforce, monkeypatch) as desk:
        assert isinstance(desk, Salesforce)
        pull(stream_of(desk))
        (claims,) = desk.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        "3MVG9",
        "pin@testers.example",
        "https://login.salesforce.com",
    )
    assert claims["exp"] - claims["iat"] <= 300


def test_a_deleted_case_is_told_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(Salesforce, monkeypatch) as desk:
        desk.put(1, at(1), "My words")
        stream = stream_of(desk)
        pull(stream)
        map_records()
        assert ContactText.objects.count() == 1
        desk.put(1, at(500), "My words")["IsDeleted"] = True
        pull(stream)
        map_records()
    assert Contact.objects.count() == 1
    assert not ContactText.objects.exclude(text="").exists()


def test_freshdesk_ends_a_query_after_its_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.connectors.freshdesk.LAST_PAGE", 4)
    with standing(Freshdesk, monkeypatch) as desk:
        for number in range(30):
            desk.put(number, at(100 + number))
        stream = stream_of(desk)
        pull(stream)
        assert len(ids(stream)) == 30, "the window moves, so ten pages are no problem"
        assert all(int(asked.query["page"]) <= 4 for asked in desk.asked)


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("zendesk", Rate(10, 60)),  # of the incremental export
        ("gorgias", Rate(40, 20)),
        ("growthbook", Rate(60, 60)),
    ],
)
def test_nobody_is_asked_more_often_than_it_says(name: str, rate: Rate, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = next(kind for kind in ALL if kind.system == name)
    passed: list[tuple[Hashable, Rate]] = []

    class Counting(Turnstile):
        def wait(self, key: Hashable, rate: Rate) -> float:
            passed.append((key, rate))
            return 0.0

    monkeypatch.setattr("outbox.fetching.TURNSTILE", Counting())
    with standing(desk, monkeypatch) as fake:
        fake.put(1, at(60))
        stream = stream_of(fake)
        pull(stream)
        assert len(passed) == len(fake.asked)
    assert set(passed) == {(f"{name}:{stream.source_id}", rate)}


def test_freshdesk_gives_three_hundred_pages_of_a_hundred() -> None:
    assert (freshdesk.PER_PAGE, freshdesk.LAST_PAGE) == (100, 300)

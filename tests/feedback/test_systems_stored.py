"""Every system through the whole of the way: its webhooks and pages stored, mapped by the job, in any order."""

import json
import random
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Market
from feedback import signatures
from feedback.models import CommerceDay, Contact, Delivery, RawRecord, Source, SurveyResponse
from feedback.services import receiving
from feedback.services.system_settings import settings_of
from feedback.systems import registry
from outbox import jobs
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk, systems_run

pytestmark = pytest.mark.django_db
SYSTEMS = sorted(path.stem for path in systems_run.PAYLOADS.glob("*.json"))
_TOPICS = {"shopify": "X-Shopify-Topic", "woocommerce": "X-WC-Webhook-Topic"}


def deliveries(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What came, one by one: bodies of webhooks, and objects that were pulled."""
    sent = [{"body": one["body"], "topic": one.get("topic", "")} for one in case.get("sent", [])]
    pulled = [{"stream": stream, "item": item} for stream, items in case.get("pulled", {}).items() for item in items]
    return sent + pulled


def bring(source: Source, came: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliver it, with the job after every few, and twice at the end."""
    system = registry.BY_NAME[source.system]
    monkeypatch.setitem(signatures.SCHEMES, system.signature, signatures.SCHEMES["growthbook"])
    for at, one in enumerate(came):
        if "body" in one:
            header = {_TOPICS[source.system]: one["topic"]} if one["topic"] else {}
            answer = fake_desk.send_raw(json.dumps(one["body"]).encode(), to=source.slug, **header)
            assert answer.status_code == 200
        else:
            records = system.pulled[one["stream"]](one["item"], settings_of(source))
            receiving.store_records(source=source, system=system, records=records, now=fake_desk.NOW)
            receiving.request_mapping(source=source, now=fake_desk.NOW)
        if at % 5 == 4:
            work()
    work()


def work() -> None:
    for waiting in Job.objects.filter(kind="feedback.map_records", state=Job.State.QUEUED):
        done = jobs.perform(waiting.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def stored() -> dict[str, list[Any]]:
    facts = ("occurred_at", "channel__code", "market__code", "customer_ref", "order_ref", "row_hash", "words__text")
    return {
        "contacts": list(Contact.objects.order_by("external_id").values_list("external_id", *facts)),
        "surveys": list(
            SurveyResponse.objects.order_by("external_id").values_list(
                "external_id", "score", "instrument", "contact__external_id", "customer_ref", "words__text"
            )
        ),
        "days": list(CommerceDay.objects.order_by("external_id").values_list("external_id", "orders", "revenue_cents")),
        "problems": sorted(
            RawRecord.objects.exclude(problem="").values_list("stream", "external_id", "problem", "problem_column")
        ),
    }


def forget() -> None:
    for model in (Delivery, RawRecord, SurveyResponse, Contact, CommerceDay, Job):
        model._default_manager.all().delete()


@pytest.mark.parametrize("name", SYSTEMS)
def test_shuffled_and_twice_ends_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people.company()
    case = systems_run.case(name)
    came = deliveries(case)
    for code, zone in case.get("zones", {}).items():
        Market.objects.get_or_create(code=code, defaults={"name": code, "zone": zone, "position": 9})
    source = fake_desk.source(name=name, system=name, config=case.get("config", {}))
    cache.clear()
    bring(source, came, monkeypatch)
    straight = stored()
    assert any(straight.values())
    for seed in (1, 2, 3):
        shuffled = [*came, *came]
        random.Random(seed).shuffle(shuffled)
        forget()
        cache.clear()
        bring(source, shuffled, monkeypatch)
        assert stored() == straight, seed


@pytest.mark.parametrize("name", SYSTEMS)
def test_nobody_is_named_in_what_is_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people.company()
    case = systems_run.case(name)
    source = fake_desk.source(name=name, system=name, config=case.get("config", {}))
    cache.clear()
    bring(source, deliveries(case), monkeypatch)
    kept = json.dumps(
        [
            *RawRecord.objects.values_list("payload", "external_id", "entity", "problem_value"),
            *Contact.objects.values_list("words__text", "words__subject"),
            *SurveyResponse.objects.values_list("words__text", flat=True),
        ],
        ensure_ascii=False,
    ).lower()
    assert RawRecord.objects.exists()
    assert [value for value in case["personal"] if value.lower() in kept] == []

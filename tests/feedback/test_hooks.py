"""The address that systems send to: what proves a call, what is kept of it, what a second one changes."""

import base64
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pytest_django import Settings

from accounts import vault
from feedback import signatures
from feedback.models import Contact, Delivery, RawRecord, Source
from feedback.services import sources
from feedback.systems import Record, Unknown, registry
from feedback.systems import Settings as SystemSettings
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk
from tests.feedback.fake_desk import order, send, send_raw, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BY_NAME, "fake", fake_desk.FAKE)
    cache.clear()


@pytest.fixture
def desk() -> Source:
    return fake_desk.source()


def nothing_stored() -> bool:
    return not (Delivery.objects.exists() or RawRecord.objects.exists() or Job.objects.exists())


def test_a_proven_call_is_kept_without_personal_data_with_a_job(desk: Source) -> None:
    said = ticket(1, 1, "I am Anna de Vries, anna@example.com. Where is it?", name="Anna de Vries", customer="77")
    answer = send(said, type="ticket.created", delivery="d-1")
    assert (answer.status_code, answer.json()) == (200, {"state": "stored", "new": 1})
    delivery, raw = Delivery.objects.get(), RawRecord.objects.get()
    assert (delivery.key, delivery.event, delivery.state, delivery.records) == ("d-1", "ticket.created", "stored", 1)
    assert (raw.stream, raw.external_id, raw.entity, raw.version_key) == ("tickets", "1", "ticket:1", "0001")
    kept = json.dumps(raw.payload)
    assert "Anna" not in kept
    assert "example.com" not in kept
    assert raw.redactions >= 2
    assert len(raw.customer_ref) == 32
    assert raw.mapped_at is None
    job = Job.objects.get()
    assert (job.kind, job.arguments) == ("feedback.map_records", {"source_id": desk.pk})


def test_what_proves_nothing_gets_401_in_the_same_words_and_leaves_nothing(desk: Source) -> None:
    body = json.dumps({"items": [ticket(1, 1)]}).encode()
    signed = {"X-GrowthBook-Signature": fake_desk.sign(body)}
    fake_desk.source(name="Bare", secret="").__class__.objects.filter(name="Bare").update(secrets=[])
    wrong: list[tuple[str, bytes, dict[str, str]]] = [
        ("fake-desk", body, {}),
        ("fake-desk", body + b" ", signed),
        ("fake-desk", body, {"X-GrowthBook-Signature": fake_desk.sign(body, "another secret")}),
        ("no-such-desk", body, signed),
        ("bare", body, signed),
        ("bare", body, {"X-GrowthBook-Signature": fake_desk.sign(body, "")}),
        ("fake-desk", b"{", {}),
    ]
    answers = {
        (answer.status_code, answer.content, tuple(sorted(answer.headers.items())))
        for slug, sent, headers in wrong
        for answer in [Client().post(f"/hooks/{slug}/", sent, content_type="application/json", headers=headers)]
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401
    assert nothing_stored()


@pytest.mark.parametrize("slug", ["fake-desk", "no-such-desk", "bare"])
def test_an_address_is_refused_after_the_same_work(desk: Source, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_desk.source(name="Bare")
    Source.objects.filter(slug="bare").update(secrets=[])
    done: list[str] = []
    unseal, sign = vault.unseal, signatures.SCHEMES["growthbook"]

    def opened(sealed: str) -> str:
        done.append("opened")
        return unseal(sealed)

    def signed(call: signatures.Call, secret: str, now: datetime) -> bool:
        done.append(f"signed {len(call.body)}")
        return sign(call, secret, now)

    monkeypatch.setattr(vault, "unseal", opened)
    monkeypatch.setitem(signatures.SCHEMES, "growthbook", signed)
    assert send_raw(b"x" * 1000, to=slug, secret="another secret").status_code == 401
    assert done == ["opened", "signed 1000"]


def test_the_ping_of_woocommerce_gets_one_answer_everywhere(desk: Source) -> None:
    answers = {
        (answer.status_code, answer.content)
        for slug in ("fake-desk", "no-such-desk")
        for answer in [Client().post(f"/hooks/{slug}/", b"webhook_id=12", content_type="text/plain")]
    }
    assert [status for status, _ in answers] == [200]
    assert nothing_stored()


def test_a_source_of_files_has_no_address(desk: Source) -> None:
    Source.objects.filter(pk=desk.pk).update(system="files")
    assert send(ticket(1, 1)).status_code == 401
    assert nothing_stored()


def test_a_stale_time_is_refused_and_a_fresh_one_is_not(desk: Source, settings: Settings) -> None:
    import hashlib
    import hmac
    import time

    Source.objects.filter(pk=desk.pk).update(system="zendesk")
    body = json.dumps({"type": "zen:event-type:organization.created", "id": "E1"}).encode()

    def call(stamp: str) -> int:
        digest = hmac.new(fake_desk.SECRET.encode(), stamp.encode() + body, hashlib.sha256).digest()
        headers = {
            "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        }
        sent = Client().post("/hooks/fake-desk/", body, content_type="application/json", headers=headers)
        return sent.status_code

    now = time.time()
    stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + off)) for off in (-301, 302)]
    assert [call(stamp) for stamp in stamps] == [401, 401]
    assert nothing_stored()
    assert call(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))) == 200


def test_a_replay_changes_nothing_and_is_counted(desk: Source) -> None:
    body = json.dumps({"items": [ticket(1, 1)], "delivery": "d-1"}).encode()
    first = send_raw(body)
    rows = [list(model.objects.order_by("pk").values()) for model in (RawRecord, Job)]
    for _again in range(2):
        assert send_raw(body).status_code == 200
    assert first.json()["new"] == 1
    assert [list(model.objects.order_by("pk").values()) for model in (RawRecord, Job)] == rows
    assert Delivery.objects.get().repeats == 2


def test_the_same_object_in_another_delivery_is_stored_once(desk: Source) -> None:
    assert send(ticket(1, 1), delivery="d-1").json()["new"] == 1
    assert send(ticket(1, 1), delivery="d-2").json()["new"] == 0
    assert send(ticket(1, 2), delivery="d-3").json()["new"] == 1
    assert send(ticket(1, 2, deleted=True), delivery="d-4").json()["new"] == 1
    assert (Delivery.objects.count(), RawRecord.objects.count()) == (4, 3)


def test_the_id_of_a_delivery_may_stand_in_a_header_or_be_the_hash_of_the_body(desk: Source) -> None:
    body = json.dumps({"items": [ticket(1, 1)], "delivery": "in the body"}).encode()
    send_raw(body, **{"X-Fake-Delivery": "in a header"})
    send(ticket(2, 1))
    assert Delivery.objects.filter(key="in a header").exists()
    assert sorted(len(key) for key in Delivery.objects.values_list("key", flat=True)) == [11, 64]


def test_the_same_event_in_other_words_brings_what_is_new(desk: Source) -> None:
    send(ticket(1, 1), delivery="d-1", attempt=1)
    assert send(ticket(1, 1), delivery="d-1", attempt=2).json()["new"] == 0
    assert send(ticket(1, 1), ticket(2, 1), delivery="d-1", attempt=3).json()["new"] == 1
    delivery = Delivery.objects.get()
    assert (delivery.repeats, delivery.records) == (2, 2)


def test_an_event_nobody_needs_is_answered_and_noted(desk: Source) -> None:
    assert send(type="nothing").status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.event, delivery.problem) == ("ignored", "nothing", "")
    assert not RawRecord.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "body_not_json"),
        (b"no json", "body_not_json"),
        (b"\xff\xfe\x00", "body_not_json"),
        (b'{"items": NaN}', "body_not_json"),
        (b'{"items": 1e999}', "body_not_json"),
        (b"[" * 100_000, "body_not_json"),
        (b"[" * 200 + b"]" * 200, "body_too_deep"),
        (b"[]", "not_expected"),
        (b'{"items": [{"stream": "tickets", "id": ""}]}', "id_missing"),
        (json.dumps({"items": [ticket(1, 1) | {"id": "9" * 200}]}).encode(), "too_long"),
        (b'{"items": [], "type": "crash"}', "stumbled"),
        (b'{"items": [5]}', "stumbled"),
    ],
)
def test_a_proven_body_that_is_of_no_use_gets_200_and_a_sentence(desk: Source, body: bytes, problem: str) -> None:
    # Any other status makes GrowthBook count a failure and WooCommerce switch the webhook off.
    assert send_raw(body).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.problem, delivery.records) == ("refused", problem, 0)
    assert not RawRecord.objects.exists()


def test_an_object_without_a_version_can_go_back_to_what_it_was(desk: Source) -> None:
    def say(text: str, **delivery: str) -> int:
        RawRecord.objects.update(mapped_at=fake_desk.NOW)
        return int(send(ticket(1, 1, text) | {"v": ""}, **delivery).json()["new"])

    said = [say("open", delivery="d-1"), say("shut", delivery="d-2"), say("open", delivery="d-3")]
    assert said == [1, 1, 1]
    assert RawRecord.objects.count() == 2
    assert [raw.payload["text"] for raw in RawRecord.objects.filter(mapped_at=None)] == ["open"]
    assert RawRecord.objects.latest("received_at").payload["text"] == "open"
    assert say("shut", delivery="d-2") == 0, "a replay"


def test_without_an_id_a_call_that_says_it_again_is_a_replay(desk: Source) -> None:
    for text in ("open", "shut"):
        send(ticket(1, 1, text) | {"v": ""})
    assert send(ticket(1, 1, "open") | {"v": ""}, type="ticket.created").json()["new"] == 0
    assert RawRecord.objects.latest("received_at").payload["text"] == "shut"


@pytest.mark.parametrize("scheme", ["token", "chatwoot"])
def test_without_an_id_other_bytes_are_another_call_where_nobody_can_replay_an_old_one(
    desk: Source, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.BY_NAME, "fake", replace(fake_desk.FAKE, signature=scheme))

    def say(text: str, **more: str) -> int:
        body = json.dumps({"items": [ticket(1, 1, text) | {"v": ""}], **more}).encode()
        answer = send_raw(body, **{"X-Hearback-Token": fake_desk.SECRET})
        assert answer.status_code == 200
        return int(answer.json()["new"])

    assert [say("open"), say("shut"), say("open", seen="later")] == [1, 1, 1]
    assert RawRecord.objects.latest("received_at").payload["text"] == "open"
    # The same bytes may be what was sent twice because the answer was lost.
    assert say("shut") == 0
    assert RawRecord.objects.latest("received_at").payload["text"] == "open"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("zen:event-type:ticket.created", "zen:event-type:ticket.created"),
        ("orders/paid", "orders/paid"),
        ("anna@example.com wrote", ""),
        ("Call Anna de Vries", ""),
        ("x" * 81, ""),
    ],
)
def test_an_event_is_a_name_or_is_not_kept(desk: Source, said: str, kept: str) -> None:
    send(ticket(1, 1), type=said)
    assert Delivery.objects.get().event == kept


def test_what_a_system_calls_unknown_is_kept_only_as_a_name(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(body: Any, settings: SystemSettings) -> list[Record]:
        raise Unknown(body["said"])

    monkeypatch.setitem(registry.BY_NAME, "fake", replace(fake_desk.FAKE, records=unknown))
    for said in ("organisation.created", "Anna, anna@example.com"):
        send(said=said)
    assert list(Delivery.objects.order_by("pk").values_list("event", flat=True)) == ["organisation.created", ""]


def test_what_was_refused_is_tried_again_when_it_is_sent_again(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"items": [ticket(1, 1)], "type": "crash", "delivery": "d-1"}).encode()
    send_raw(body)
    mended = replace(fake_desk.FAKE, records=lambda body, settings: fake_desk.records({**body, "type": ""}, settings))
    monkeypatch.setitem(registry.BY_NAME, "fake", mended)
    assert send_raw(body).json() == {"state": "stored", "new": 1}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.problem, delivery.repeats, delivery.records) == ("stored", "", 1, 1)


def test_text_that_no_database_takes_is_repaired(desk: Source) -> None:
    body = json.dumps({"items": [ticket(1, 1, "zero \0 half \ud800")], "delivery": "d\0\ud800"}).encode()
    assert send_raw(body).json()["new"] == 1
    assert "\0" not in json.dumps(RawRecord.objects.get().payload)


def test_a_body_that_is_too_large_is_refused_before_it_is_verified(desk: Source, settings: Settings) -> None:
    settings.HOOK_MAX_BYTES = 1000
    assert send(ticket(1, 1, "x" * 2000)).status_code == 413
    assert nothing_stored()


def test_calls_are_counted_by_caller_and_address(desk: Source, settings: Settings) -> None:
    settings.HOOK_RATE = "2/min"
    assert [send(ticket(number, 1)).status_code for number in range(3)] == [200, 200, 429]
    refused = send(ticket(9, 1))
    assert int(refused.headers["Retry-After"]) > 0
    assert RawRecord.objects.count() == 2


def test_only_a_post_is_taken_in_and_a_look_whether_anybody_is_there_is_answered(desk: Source) -> None:
    assert Client().get("/hooks/fake-desk/").status_code == 405
    assert [Client().head(f"/hooks/{slug}/").status_code for slug in ("fake-desk", "no-such-desk")] == [200, 200]
    assert Client(enforce_csrf_checks=True).post("/hooks/fake-desk/").status_code == 401


def test_who_calls_is_told_by_our_own_proxies_alone(desk: Source, settings: Settings) -> None:
    def call(forwarded: str) -> int:
        return int(send_raw(b"{}", **{"X-Forwarded-For": forwarded}).status_code)

    settings.HOOK_RATE = "2/min"
    assert [call(f"203.0.113.{number}") for number in range(3)] == [200, 200, 429]
    cache.clear()
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    said = ["203.0.113.1, 198.51.100.1", "203.0.113.2, 198.51.100.1", "203.0.113.3, 198.51.100.1", "198.51.100.2"]
    assert [call(forwarded) for forwarded in said] == [200, 200, 429, 200]


def test_two_secrets_are_live_until_the_old_one_is_retired(desk: Source) -> None:
    person, now = people.person("linking_pin"), fake_desk.NOW
    sources.add_secret(source=desk, secret="a newer secret", actor=person, now=now)
    assert send(ticket(1, 1)).status_code == 200
    assert send(ticket(2, 1), secret="a newer secret").status_code == 200
    assert sources.retire_secret(source=desk, secret_id="first", actor=person, now=now)
    assert send(ticket(3, 1)).status_code == 401
    assert send(ticket(4, 1), secret="a newer secret").status_code == 200
    sources.add_secret(source=desk, secret="the third", actor=person, now=now)
    sources.add_secret(source=desk, secret="the fourth", actor=person, now=now)
    assert [send(ticket(5, 1), secret=one).status_code for one in ("a newer secret", "the third", "the fourth")] == [
        401, 200, 200,
    ]  # fmt: skip


def test_a_secret_sealed_with_another_key_proves_nothing(desk: Source) -> None:
    Source.objects.filter(pk=desk.pk).update(secrets=[{"id": "x", "secret": "gAAAAnonsense", "created_at": ""}])
    assert send(ticket(1, 1)).status_code == 401


def test_a_paused_source_keeps_what_comes_and_makes_no_job(desk: Source) -> None:
    person = people.person("linking_pin")
    sources.pause(source=desk, actor=person, now=fake_desk.NOW)
    assert send(ticket(1, 1)).json()["new"] == 1
    assert not Job.objects.exists()
    sources.resume(source=desk, actor=person, now=fake_desk.NOW)
    assert Job.objects.get().kind == "feedback.map_records"


def test_many_deliveries_ask_for_one_job(desk: Source) -> None:
    for number in range(5):
        send(ticket(number, 1), order(number, 1, "2026-11-19", 500))
    assert Job.objects.count() == 1
    assert not Contact.objects.exists()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=120) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_proven_call_says_the_answer_is_200(desk: Source, body: bytes) -> None:
    assert send_raw(body).status_code == 200


@trials(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60), value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_whatever_an_unproven_call_says_the_answer_is_401(desk: Source, body: bytes, value: str) -> None:
    answer: Any = Client().post(
        "/hooks/fake-desk/",
        body,
        content_type="application/json",
        headers={"X-GrowthBook-Signature": value, "Authorization": value},
    )
    assert answer.status_code == 401

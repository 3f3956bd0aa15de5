"""Signatures of webhooks against known answers, most of them made with `openssl dgst -hmac s3cret`."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.signatures import SCHEMES, TIMELESS, TOLERANCE, UNSIGNED, Call, too_short, verified

pytestmark = pytest.mark.slow  # the same on every database

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECRET = "s3cret"
BODY = '{"id": 7, "text": "café"}'.encode()
HEX = "e869e2650f1aa1339d9e03e3b539ec825a9229fadd4bd7e7822950a875e52c8e"
BASE64 = "6GniZQ8aoTOdngPjtTnsglqSKfrdS9fngilQqHXlLI4="
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD_AT = datetime.fromtimestamp(1614265330, UTC)
CALLS = {
    "zendesk": Call(
        BODY,
        {
            "x-zendesk-webhook-signature": "dfX6PBzd7hs+MmK+qPe5kn/P0QfbuHdNRgJZxSXKMhE=",
            "x-zendesk-webhook-signature-timestamp": "2026-11-22T09:00:00Z",
        },
    ),
    "hub_sha1": Call(BODY, {"x-hub-signature": "sha1=a1a409a8478f41ba2743c57e4a03c5d93a50a7f9"}),
    "typeform": Call(BODY, {"typeform-signature": f"sha256={BASE64}"}),
    "delighted": Call(BODY, {"x-delighted-webhook-signature": f"sha256={HEX}"}),
    "shopify": Call(BODY, {"x-shopify-hmac-sha256": BASE64}),
    "woocommerce": Call(BODY, {"x-wc-webhook-signature": BASE64}),
    "growthbook": Call(BODY, {"x-growthbook-signature": HEX}),
    "chatwoot": Call(
        BODY,
        {
            "x-chatwoot-signature": "sha256=1d1770db128c3c4c4b7dfbf26ea7d612e4e875e1156d7622fe3852c5c611a5b6",
            "x-chatwoot-timestamp": "1795338000",
        },
    ),
    "token": Call(BODY, token=SECRET),
}
# The example of the specification of Standard Webhooks.
STANDARD = Call(
    b'{"test": 2432232314}',
    {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
)
STAMPED = ("zendesk", "chatwoot", "standard")


def case(scheme: str) -> tuple[Call, str, datetime]:
    return (STANDARD, STANDARD_SECRET, STANDARD_AT) if scheme == "standard" else (CALLS[scheme], SECRET, NOW)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_known_answer_is_accepted_and_nothing_near_it(scheme: str) -> None:
    call, secret, now = case(scheme)
    assert verified(scheme, call, [secret], now=now)
    assert verified(scheme, call, ["another", secret], now=now), "the older of two secrets"
    assert not verified(scheme, call, ["another"], now=now)
    assert not verified(scheme, call, [], now=now)
    assert not verified(scheme, call, [""], now=now)
    assert not verified(scheme, Call(call.body), [secret], now=now), "nothing signed"
    if scheme != "token":
        assert not verified(scheme, replace(call, body=call.body + b" "), [secret], now=now), "another body"


@pytest.mark.parametrize("scheme", STAMPED)
def test_a_signed_time_may_be_five_minutes_off(scheme: str) -> None:
    call, secret, now = case(scheme)
    for off in (TOLERANCE, -TOLERANCE):
        assert verified(scheme, call, [secret], now=now + off)
    for off in (TOLERANCE + timedelta(seconds=1), -TOLERANCE - timedelta(seconds=1)):
        assert not verified(scheme, call, [secret], now=now + off)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_shown_is_compared_in_constant_time(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call, secret, now = case(scheme)
    compared: list[tuple[bytes, bytes]] = []

    def compare(said: bytes, wanted: bytes) -> bool:
        compared.append((said, wanted))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert not verified(scheme, call, [secret], now=now), "nothing else decides"
    assert any(said == wanted for said, wanted in compared)


def test_all_secrets_are_tried_also_after_the_one_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def check(call: Call, secret: str, now: datetime) -> bool:
        tried.append(secret)
        return secret == "new"

    monkeypatch.setitem(SCHEMES, "growthbook", check)
    assert verified("growthbook", CALLS["growthbook"], ["new", "old"], now=NOW)
    assert tried == ["new", "old"]


def test_schemes_without_a_time_prove_a_call_for_ever() -> None:
    for scheme in SCHEMES:
        call, secret, now = case(scheme)
        assert verified(scheme, call, [secret], now=now + timedelta(days=400)) is (scheme in TIMELESS | UNSIGNED)


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "9" * 40, "2026-13-01T00:00:00Z", "１７９５"])
@pytest.mark.parametrize("scheme", STAMPED)
def test_a_time_that_is_none_is_refused(scheme: str, stamp: str) -> None:
    call, secret, now = case(scheme)
    name = next(name for name in call.headers if "timestamp" in name)
    assert not verified(scheme, replace(call, headers={**call.headers, name: stamp}), [secret], now=now)


def test_standard_webhooks_may_carry_several_signatures_and_needs_the_first_version() -> None:
    good = STANDARD.headers["webhook-signature"]
    several = replace(STANDARD, headers={**STANDARD.headers, "webhook-signature": f"v1,bm8= {good}"})
    assert verified("standard", several, [STANDARD_SECRET], now=STANDARD_AT)
    other = replace(STANDARD, headers={**STANDARD.headers, "webhook-signature": good.replace("v1,", "v1a,")})
    assert not verified("standard", other, [STANDARD_SECRET], now=STANDARD_AT)


def test_a_shown_secret_may_stand_in_the_address_a_header_or_a_password() -> None:
    basic = base64.b64encode(b"hearback:s3cret").decode()
    for headers in (
        {"x-hearback-token": SECRET},
        {"authorization": f"Bearer {SECRET}"},
        {"authorization": f"Basic {basic}"},
    ):
        assert verified("token", Call(BODY, headers), [SECRET], now=NOW)
    for headers in ({"authorization": "Basic ???"}, {"authorization": SECRET}, {"x-hearback-token": "s3cre"}):
        assert not verified("token", Call(BODY, headers), [SECRET], now=NOW)


def test_an_older_chatwoot_shows_its_secret_and_a_wrong_signature_is_not_mended_by_it() -> None:
    assert verified("chatwoot", CALLS["token"], [SECRET], now=NOW)
    wrong = Call(BODY, {"x-chatwoot-signature": "sha256=00", "x-chatwoot-timestamp": "1795338000"}, token=SECRET)
    assert not verified("chatwoot", wrong, [SECRET], now=NOW)


def test_a_scheme_nobody_knows_proves_nothing() -> None:
    assert not verified("", CALLS["token"], [SECRET], now=NOW)
    assert not verified("plain", CALLS["token"], [SECRET], now=NOW)


@given(body=st.binary(max_size=80), value=st.text(max_size=60), token=st.text(max_size=20))
def test_whatever_comes_is_refused_and_raises_nothing(body: bytes, value: str, token: str) -> None:
    names = {name for call in (*CALLS.values(), STANDARD) for name in call.headers} | {"authorization"}
    for scheme in SCHEMES:
        assert not verified(scheme, Call(body, dict.fromkeys(names, value), token), ["fR5-none of these"], now=NOW)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_====", "whsec_=="])
def test_a_secret_without_a_key_is_not_the_key_of_everybody(secret: str) -> None:
    signed = b"msg_1." + STANDARD.headers["webhook-timestamp"].encode() + b"." + STANDARD.body
    empty = base64.b64encode(hmac.new(b"", signed, hashlib.sha256).digest()).decode()
    call = replace(STANDARD, headers={**STANDARD.headers, "webhook-id": "msg_1", "webhook-signature": f"v1,{empty}"})
    assert not verified("standard", call, [secret], now=STANDARD_AT)


@pytest.mark.parametrize(
    ("secret", "short"),
    [
        ("", True), ("seven77", True), ("eight888", False), ("whsec_", True), ("whsec_YWJj", True),
        ("whsec_" + base64.b64encode(bytes(15)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(16)).decode(), False), (STANDARD_SECRET, False),
    ],
)  # fmt: skip
def test_a_secret_that_can_be_guessed_is_too_short(secret: str, short: bool) -> None:
    assert too_short(secret) == short

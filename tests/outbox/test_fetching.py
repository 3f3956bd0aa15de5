"""What goes out: guarded addresses, pinned; limits of time and size; patience, and its end."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from django.utils import translation
from pytest_django import Settings

from outbox import troubles
from outbox.answers import Lasting, NotSignedIn, Passing, Request, SlowDown, Trouble, pause_asked
from outbox.fetching import Fetcher, Limits
from outbox.rates import Rate, Turnstile
from tests.feedback.fake_systems.server import Asked, FakeSystem, Said
from tests.outbox.outside import ask

pytestmark = pytest.mark.slow  # the same on every database

SECRET = "key-4711-secret"


@pytest.fixture
def system(settings: Settings) -> Iterator[FakeSystem]:
    settings.OUTBOUND_PRIVATE = True
    with FakeSystem() as fake:
        yield fake


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits in tests; how long they would have."""
    slept: list[float] = []
    monkeypatch.setattr("outbox.fetching.time.sleep", slept.append)
    return slept


# ── Limits ─────────────────────────────────────────────────────────────────────
def test_an_answer_that_is_too_large_is_cut_while_it_comes_in(system: FakeSystem) -> None:
    sent: list[int] = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        with contextlib.suppress(OSError):
            for _megabyte in range(50):
                handler.wfile.write(b"x" * 1024 * 1024)
                sent.append(1)

    system.raw = endless
    with pytest.raises(Lasting) as trouble:
        ask(system.url, Limits(max_bytes=2 * 1024 * 1024))
    assert (trouble.value.kind, trouble.value.parameters["limit"]) == ("too_large", "2")
    assert len(sent) < 50


def test_a_small_answer_that_unpacks_to_a_large_one_is_cut(system: FakeSystem) -> None:
    packed = gzip.compress(b"\0" * 50 * 1024 * 1024)
    assert len(packed) < 100_000
    system.disturbances.append(Said(packed, 200, {"Content-Encoding": "gzip"}))
    # The framework packs long answers once more; leave this one as it is.
    system.raw = lambda handler: _send(handler, packed, {"Content-Encoding": "gzip"})
    with pytest.raises(Lasting) as trouble:
        ask(system.url)
    assert trouble.value.kind == "too_large"


def _send(handler: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(body)


@pytest.mark.parametrize("part", ["before", "headers", "body"])
def test_who_talks_slowly_is_hung_up_on(system: FakeSystem, pauses: list[float], part: str) -> None:
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            if part == "before":
                over.wait(10)
            if part == "body":
                handler.send_response(200)
                handler.end_headers()
            while not over.wait(0.05):
                handler.wfile.write(b"H")
                handler.wfile.flush()

    system.raw = drip
    try:
        with pytest.raises(Passing) as trouble:
            ask(system.url, Limits(total_seconds=0.4, attempts=1))
    finally:
        over.set()
    assert trouble.value.kind == "timed_out"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_is_said_so(system: FakeSystem, body: bytes) -> None:
    system.disturbances.append(Said(body))
    with pytest.raises(Passing) as trouble:
        ask(system.url).json()
    assert trouble.value.kind == "not_json"


@pytest.mark.parametrize("packed", [b"no gzip at all", gzip.compress(b"x" * 5000)[:-20]], ids=["none", "cut short"])
def test_a_damaged_packing_is_no_data(system: FakeSystem, pauses: list[float], packed: bytes) -> None:
    system.raw = lambda handler: _send(handler, packed, {"Content-Encoding": "gzip"})
    with pytest.raises(Passing) as trouble:
        ask(system.url).json()
    assert trouble.value.kind == "not_json"


def test_an_answer_cut_short_is_not_taken_for_whole(system: FakeSystem, pauses: list[float]) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"half":')
        handler.close_connection = True

    system.raw = cut
    with pytest.raises(Passing) as trouble:
        ask(system.url)
    assert trouble.value.kind == "unreachable"
    assert len(system.asked) == 3


# ── Patience ───────────────────────────────────────────────────────────────────
def test_a_passing_failure_is_asked_again_after_a_growing_jittered_pause(
    system: FakeSystem, pauses: list[float]
) -> None:
    system.fail(500)
    system.fail(503)
    assert ask(f"{system.url}/a").json()["path"] == "/a"
    assert len(system.asked) == 3
    assert 0.05 <= pauses[0] <= 0.5
    assert 0.05 <= pauses[1] <= 1.0


def test_it_gives_up_after_the_last_attempt(system: FakeSystem, pauses: list[float]) -> None:
    system.fail(502, times=9)
    with pytest.raises(Passing) as trouble:
        ask(system.url)
    assert (trouble.value.kind, trouble.value.parameters["status"]) == ("broken", "502")
    assert len(system.asked) == 3


def test_what_must_not_happen_twice_is_not_asked_twice(system: FakeSystem, pauses: list[float]) -> None:
    system.fail(500)
    with pytest.raises(Passing):
        ask(system.url, method="POST", body=b"{}")
    assert len(system.asked) == 1
    system.fail(500)
    assert ask(system.url, method="POST", body=b"{}", repeatable=True).status == 200


def test_a_short_pause_is_waited_for_and_a_long_one_is_handed_back(system: FakeSystem, pauses: list[float]) -> None:
    system.slow_down(2)
    assert ask(system.url).status == 200
    assert 2 <= pauses[0] <= 2.5
    system.slow_down(90)
    with pytest.raises(SlowDown) as slow:
        ask(system.url)
    assert slow.value.seconds == 90
    assert len(pauses) == 1


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("99999999", 86_400.0),
        ("inf", 86_400.0),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text: str, seconds: float | None) -> None:
    assert pause_asked({"retry-after": text}, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, NotSignedIn, "not_signed_in"),
        (403, Lasting, "not_allowed"),
        (404, Lasting, "not_found"),
        (400, Lasting, "refused"),
        (304, Lasting, "redirected"),
    ],
)
def test_what_somebody_has_to_change_is_asked_once(
    system: FakeSystem, pauses: list[float], status: int, error: type[Trouble], kind: str
) -> None:
    system.fail(status)
    with pytest.raises(error) as trouble:
        ask(system.url)
    assert trouble.value.kind == kind
    assert len(system.asked) == 1


def test_a_status_that_the_caller_accepts_is_an_answer(system: FakeSystem) -> None:
    system.fail(404)
    with Fetcher() as fetcher:
        assert fetcher.fetch(Request("GET", system.url), accept=(404,)).status == 404


def test_nobody_there_is_said_so(settings: Settings, pauses: list[float]) -> None:
    settings.OUTBOUND_PRIVATE = True
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Passing) as trouble:
        ask(f"http://127.0.0.1:{port}/")
    assert trouble.value.kind == "unreachable"


def test_a_connection_is_used_again_and_a_closed_one_opened_anew(system: FakeSystem) -> None:
    with Fetcher() as fetcher:
        for _time in range(3):
            fetcher.fetch(Request("GET", system.url))
        first = dict(fetcher._lines)
        for line in first.values():
            line.close()
        assert fetcher.fetch(Request("GET", system.url)).status == 200


# ── Our own limit ──────────────────────────────────────────────────────────────
def test_requests_of_one_key_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("outbox.rates.time.monotonic", lambda: clock[0])
    turnstile, rate = Turnstile(), Rate(2, 60)
    assert [turnstile.wait("a", rate), turnstile.wait("a", rate), turnstile.wait("a", rate)] == [0, 0, 60]
    assert turnstile.wait("b", rate) == 0
    clock[0] = 130
    assert turnstile.wait("a", rate) == 30
    clock[0] = 160
    assert turnstile.wait("a", rate) == 0


def test_a_long_wait_for_our_own_limit_is_handed_back_before_anything_is_asked(system: FakeSystem) -> None:
    with Fetcher(key=f"test:{system.port}", rate=Rate(1, 60)) as fetcher:
        fetcher.fetch(Request("GET", system.url))
        with pytest.raises(SlowDown) as slow:
            fetcher.fetch(Request("GET", system.url))
    assert slow.value.kind == "own_pace"
    assert 0 < slow.value.seconds <= 60
    assert len(system.asked) == 1


def test_a_lease_is_kept_before_each_attempt(system: FakeSystem, pauses: list[float]) -> None:
    kept: list[int] = []
    system.fail(500)
    with Fetcher(keep_alive=lambda: kept.append(1)) as fetcher:
        fetcher.fetch(Request("GET", system.url))
    assert len(kept) == 2


# ── Sentences ──────────────────────────────────────────────────────────────────
def test_every_trouble_has_a_sentence_without_holes() -> None:
    parameters = {"host": "help.example", "status": "500", "limit": "50"}
    for kind in troubles.SENTENCES:
        with translation.override("en"):
            text = troubles.sentence(kind, parameters)
        assert text.endswith(".")
        assert "%(" not in text
    assert troubles.sentence("new kind", {}).endswith(".")


@pytest.mark.parametrize("password", [f"{SECRET}\r\nX-Evil: 1", f"{SECRET}\N{SNOWMAN}"])
def test_a_password_that_cannot_be_sent_is_not_quoted(
    system: FakeSystem, password: str, caplog: pytest.LogCaptureFixture
) -> None:
    request = Request("GET", f"{system.url}/?key={SECRET}", {"Authorization": password}, body=SECRET.encode())
    with Fetcher() as fetcher, pytest.raises(Lasting) as trouble:
        fetcher.fetch(request)
    assert trouble.value.kind == "unsendable"
    assert SECRET not in repr(trouble.value) + str(trouble.value) + repr(request) + caplog.text
    assert trouble.value.__cause__ is None
    assert trouble.value.__suppress_context__
    assert not system.asked


def test_an_answer_names_what_was_asked(system: FakeSystem) -> None:
    ask(f"{system.url}/a/b?x=1&y=%20", headers={"X-One": "1"})
    asked: Asked = system.asked[0]
    assert (asked.method, asked.path, asked.query, asked.headers["x-one"]) == ("GET", "/a/b", {"x": "1", "y": " "}, "1")

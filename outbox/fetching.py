"""Asking other systems over HTTP: the one client for everything that goes out.

It connects to public addresses only, and to the very address that was checked; follows no redirect; verifies
certificates; stops at a size and at a time however slowly the other side talks; waits a little with jitter
and asks again when that may help. What did not work is an `outbox.answers.Trouble`. It logs nothing and
takes no proxy from the environment.
"""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from django.utils import timezone
from urllib3.connection import HTTPConnection, HTTPSConnection

from outbox import addresses
from outbox.answers import Answer, Lasting, Passing, Request, SlowDown, Trouble, trouble_of
from outbox.rates import TURNSTILE, Rate

_USER_AGENT = "Hearback"
_PIECE_BYTES = 64 * 1024
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How long, how much, how often; the defaults are for small messages that go out."""

    connect_seconds: float = 5
    total_seconds: float = 5
    """From the question to the last byte of the answer, one attempt."""
    max_bytes: int = _MEGABYTE
    """Of the answer, unpacked."""
    attempts: int = 3
    patience_seconds: float = 5
    """A longer pause is not waited for here: SlowDown."""


class Fetcher:
    """A conversation with other systems; a `with` closes its connections.

    `key` and `rate` say which requests are counted together. `keep_alive` is called before each attempt, for
    a job to keep its lease.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        key: str = "",
        rate: Rate | None = None,
        keep_alive: Callable[[], None] | None = None,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._key, self._rate = key, rate
        self._keep_alive = keep_alive
        self._trusted = trusted
        self._pinned: dict[tuple[str, int], str] = {}
        self._lines: dict[tuple[str, str, int], HTTPConnection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines.values():
            line.close()

    def fetch(self, request: Request, *, accept: Collection[int] = ()) -> Answer:
        """The answer, or Trouble. Statuses in `accept` are answers too."""
        for attempt in range(1, self.limits.attempts + 1):
            self._take_turn(request)
            try:
                return self._ask(request, accept)
            except SlowDown as slow:
                if slow.seconds > self.limits.patience_seconds or attempt == self.limits.attempts:
                    raise
                pause = slow.seconds
            except Passing:
                if not request.may_repeat or attempt == self.limits.attempts:
                    raise
                pause = 0.0
            # A little later than asked, and not all at the same moment.
            time.sleep(pause + random.uniform(0.05, 0.25 * 2**attempt))  # noqa: S311 - no secret
        raise AssertionError("the last attempt returns or raises")

    def _take_turn(self, request: Request) -> None:
        if self._keep_alive:
            self._keep_alive()
        if not self._rate:
            return
        while wait := TURNSTILE.wait(self._key, self._rate):
            if wait > self.limits.patience_seconds:
                raise SlowDown(wait, "own_pace", host=urlsplit(request.url).hostname or "")
            time.sleep(wait)

    def _ask(self, request: Request, accept: Collection[int]) -> Answer:
        url = _parts(request.url)
        host = url.hostname or ""
        with _explained(host):
            line = self._line(url, fresh=not request.may_repeat)
            try:
                answer = _exchange(line, request, url, self.limits)
            except BaseException:
                line.close()
                raise
        trouble = trouble_of(answer.status, answer.headers, host, timezone.now())
        if trouble and answer.status not in accept:
            raise trouble
        return answer

    def _line(self, url: SplitResult, *, fresh: bool) -> HTTPConnection:
        """A connection to the address that was checked at this conversation's beginning."""
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        place = (url.scheme, host, port)
        known = self._lines.get(place)
        if known is not None and known.is_connected and not fresh:
            return known
        if known is not None:
            known.close()
        address = self._pinned.get((host, port))
        if address is None:
            address = addresses.checked(host, port, private=settings.OUTBOUND_PRIVATE)
            self._pinned[host, port] = address
        line: HTTPConnection
        if url.scheme == "https":
            line = HTTPSConnection(address, port, server_hostname=host, ssl_context=self._trusted or _usual_trust())
        else:
            line = HTTPConnection(address, port)
        line.timeout = self.limits.connect_seconds
        line.connect()
        line.timeout = self.limits.total_seconds
        self._lines[place] = line
        return line


@cache
def _usual_trust() -> ssl.SSLContext:
    """The certificates that this machine trusts; read once, they are many."""
    return ssl.create_default_context()


def _parts(address: str) -> SplitResult:
    """The parts of an address that may be asked; raises Trouble."""
    try:
        url = urlsplit(address)
        usable = bool(url.hostname) and url.port != 0 and url.scheme in {"https", "http"} and "@" not in url.netloc
    except ValueError:
        raise Lasting("not_an_address") from None
    if not usable:
        raise Lasting("not_an_address")
    if url.scheme != "https" and not settings.OUTBOUND_PRIVATE:
        raise Lasting("not_https")
    return url


def _exchange(line: HTTPConnection, request: Request, url: SplitResult, limits: Limits) -> Answer:
    host = url.hostname or ""
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    headers = {
        "Host": url.netloc,
        "User-Agent": _USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        **request.headers,
    }
    with _ended_after(limits.total_seconds, line):
        line.request(request.method, target, body=request.body, headers=headers, preload_content=False)
        response = line.getresponse()
        body = bytearray()
        while piece := response.read1(_PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > limits.max_bytes:
                raise Lasting("too_large", host=host, limit=str(limits.max_bytes // _MEGABYTE))
    if "close" in response.headers.get("connection", "").lower():
        line.close()
    return Answer(
        status=response.status,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=bytes(body),
        host=host,
    )


@contextmanager
def _ended_after(seconds: float, line: HTTPConnection) -> Iterator[None]:
    """Cuts the connection when time is up: time-outs of a socket begin anew with every byte."""
    late = threading.Event()
    # Held here, because the line hands it to an answer of unknown length.
    connected = line.sock

    def cut() -> None:
        late.set()
        if isinstance(connected, socket.socket):
            # Below TLS, whose own way out would wait for the other side.
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if late.is_set():
            raise TimeoutError
    except Trouble:
        raise
    except Exception as error:
        raise TimeoutError if late.is_set() else error from None
    finally:
        timer.cancel()


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """What the network raised, as Trouble, and without it: it may hold what was sent."""
    try:
        yield
    except Trouble:
        raise
    except (ssl.SSLCertVerificationError, urllib3.exceptions.SSLError):
        raise Lasting("certificate", host=host) from None
    except urllib3.exceptions.NewConnectionError:
        # A kind of time-out to urllib3.
        raise Passing("unreachable", host=host) from None
    except (TimeoutError, urllib3.exceptions.TimeoutError):
        raise Passing("timed_out", host=host) from None
    except urllib3.exceptions.DecodeError:
        raise Passing("not_json", host=host) from None
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError):
        raise Passing("unreachable", host=host) from None
    except ValueError:
        # http.client quotes a header that it cannot send, and with it the password.
        raise Lasting("unsendable", host=host) from None

"""The one server that every fake system is: it notes what was asked, and errs when it is told to."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def basic(self) -> str:
        """User and password of basic authentication, "user:password"."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(value).decode() if kind == "Basic" else ""

    @property
    def bearer(self) -> str:
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        return value if kind == "Bearer" else ""


@dataclass
class Said:
    """One answer."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class FakeSystem:
    """A server on a free port of this machine, for the length of a `with`."""

    # Requests that are always let through, such as signing in.
    undisturbed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        # What the next requests get instead of an answer, first in, first out; None lets one through.
        self.disturbances: deque[Said | None] = deque()
        self.raw: Callable[[BaseHTTPRequestHandler], None] | None = None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def slow_down(self, seconds: float | str) -> None:
        """The next request is asked to wait."""
        self.disturbances.append(Said({"error": "slow"}, 429, {"Retry-After": str(seconds)}))

    def fail(self, status: int = 500, times: int = 1) -> None:
        """The next requests fail."""
        self.disturbances.extend(Said({"error": "oops"}, status) for _time in range(times))

    def answer(self, asked: Asked) -> Said:
        """What this system says; a system of its own overrides it."""
        return Said({"path": asked.path, "query": asked.query})

    def take(self, asked: Asked) -> Said:
        with self._lock:
            self.asked.append(asked)
            if asked.path not in self.undisturbed and self.disturbances:
                said = self.disturbances.popleft()
                if said:
                    return said
            return self.answer(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who is hung up on says nothing."""


def _handler(system: FakeSystem) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                method=self.command,
                path=url.path,
                query=dict(parse_qsl(url.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            if system.raw:
                system.asked.append(asked)
                system.raw(self)
                return
            said = system.take(asked)
            body = said.bytes()
            headers = {"Content-Type": "application/json", **said.headers}
            if "gzip" in asked.headers.get("accept-encoding", "") and len(body) > 1000:
                body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
            self.send_response(said.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _take

        def log_message(self, format: str, *args: Any) -> None:
            """A test reads `asked`."""

    return Handler

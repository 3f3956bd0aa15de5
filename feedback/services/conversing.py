"""A conversation with the system of a source: signed in with what the vault keeps, within its limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from accounts import vault
from feedback.connectors.shapes import Connector, Credentials, Reply
from feedback.connectors.walking import bearer
from feedback.models import Source
from outbox.answers import Answer, Lasting, NotSignedIn, Request
from outbox.fetching import Fetcher, Limits

MEGABYTE = 1024 * 1024
# An attempt ends before the lease of its job does.
PULLING = Limits(total_seconds=40, max_bytes=50 * MEGABYTE)
# Somebody waits in front of the page.
TRYING = Limits(total_seconds=8, max_bytes=MEGABYTE, attempts=1, patience_seconds=0)


class Conversation:
    """An `Asking`: what a connector talks through."""

    def __init__(self, connector: Connector, credentials: Credentials, fetcher: Fetcher) -> None:
        self.credentials = credentials
        self._connector = connector
        self._fetcher = fetcher
        self._token = ""

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, accept: Collection[int] = ()) -> Reply:
        """Ask for a path."""
        return self._send("GET", path + (f"?{urlencode(query)}" if query else ""), None, accept)

    def post(self, path: str, body: Any) -> Reply:
        """Ask a question that is put as JSON."""
        return self._send("POST", path, json.dumps(body).encode(), ())

    def _send(self, method: str, path: str, body: bytes | None, accept: Collection[int]) -> Reply:
        had_token = bool(self._token)
        try:
            answer = self._fetcher.fetch(self._request(method, path, body), accept=accept)
        except NotSignedIn:
            if not had_token:
                raise
            # It ran out in the middle.
            self._token = ""
            answer = self._fetcher.fetch(self._request(method, path, body), accept=accept)
        return _read(answer)

    def _request(self, method: str, path: str, body: bytes | None) -> Request:
        own = bearer(self._signed_in()) if self._connector.sign_in else self._connector.headers(self.credentials)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        url = self._connector.base(self.credentials) + path
        # Nothing here changes anything there, so everything may be asked twice.
        return Request(method, url, {**own, **kind}, body, repeatable=True)

    def _signed_in(self) -> str:
        if not self._token and self._connector.sign_in:
            self._token = self._connector.sign_in(self.credentials, self._ask_token, timezone.now())
            if not self._token:
                raise NotSignedIn("no_token")
        return self._token

    def _ask_token(self, address: str, form: bytes) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = Request("POST", address, headers, form, repeatable=True)
        # OAuth says with 400 that it does not know us.
        answer = self._fetcher.fetch(request, accept=(400,))
        if answer.status == 400:
            raise NotSignedIn("not_signed_in", host=answer.host)
        return _read(answer)


def _read(answer: Answer) -> Reply:
    """Its JSON; an answer that is no success is accepted for its status, and has no body."""
    return Reply(answer.json() if answer.status < 300 else None, answer.headers, answer.status)


@contextmanager
def with_system(
    connector: Connector,
    credentials: Credentials,
    *,
    key: str,
    limits: Limits = PULLING,
    keep_alive: Callable[[], None] | None = None,
) -> Iterator[Conversation]:
    """A conversation, closed at the end. Requests with the same `key` are counted together."""
    with Fetcher(limits, key=key, rate=connector.rate, keep_alive=keep_alive) as fetcher:
        yield Conversation(connector, credentials, fetcher)


@dataclass(frozen=True)
class Entered:
    """What was entered for a source, when and by whom."""

    values: Credentials = field(repr=False)
    at: datetime
    by: str


def entered(source: Source) -> Entered:
    """What the vault keeps for a source. Raises Trouble when nothing is there, or cannot be read."""
    if not source.credentials:
        raise Lasting("no_credentials")
    try:
        kept: dict[str, Any] = json.loads(vault.unseal(source.credentials))
    except vault.CannotUnseal:
        raise Lasting("vault_key") from None
    values = {name: str(value) for name, value in kept["values"].items()}
    return Entered(values, datetime.fromisoformat(kept["at"]), str(kept["by"]))


def credentials_of(source: Source) -> Credentials:
    """What to sign in with. Raises Trouble as `entered` does."""
    return entered(source).values

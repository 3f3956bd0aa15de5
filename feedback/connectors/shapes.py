"""The shapes that every connector shares. Pure: what goes over the wire is handed in as an `Asking`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from outbox.rates import Rate

Payload = dict[str, Any]
Cursor = dict[str, Any]
"""Where a stream stands, as JSON. A new stream stands at {"since": the first moment wanted}."""
Credentials = Mapping[str, str]
"""What a person entered, by the names in `Connector.fields`."""


@dataclass(frozen=True)
class Reply:
    """What a system said: parsed JSON, and headers with names in lower case."""

    body: Any
    headers: Mapping[str, str]
    status: int = 200


class Asking(Protocol):
    """A conversation with one system, signed in. Its methods raise `outbox.answers.Trouble`."""

    credentials: Credentials

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, accept: Collection[int] = ()) -> Reply:
        """Ask for a path; statuses in `accept` are answers too, with no body."""

    def post(self, path: str, body: Any) -> Reply:
        """Ask a question that is put as JSON and changes nothing there."""


@dataclass(frozen=True)
class Page:
    """One page: its objects, and where to go on once they are stored."""

    objects: Sequence[Payload]
    cursor: Cursor
    has_more: bool = False
    pause_seconds: float = 0
    """So long the next page would have to wait for the system's own limit."""


class SignIn(Protocol):
    """How a token is asked for, before anything else can be."""

    def __call__(self, credentials: Credentials, token: Callable[[str, bytes], Reply], now: datetime) -> str:
        """The token, from `token(address, form)`."""


@dataclass(frozen=True)
class StreamPlan:
    """One kind of object that a connector pulls."""

    fetch: Callable[[Asking, Cursor, datetime], Page]
    """Cursor and now → the next page. Asked again with the same cursor, it gives the same or newer objects."""
    pulled: str = ""
    """The function of `System.pulled` that reads the objects; empty: the one of the stream's own name."""
    every_minutes: int = 15
    is_wanted: bool = True
    """Whether it is on until somebody says otherwise."""


@dataclass(frozen=True)
class Connector:
    """How one system is asked. The version field comes from the system's mapper, not from here."""

    name: str
    """As in `feedback.systems`."""
    fields: Sequence[str]
    """What a person has to enter."""
    base: Callable[[Credentials], str]
    """The beginning of every address."""
    headers: Callable[[Credentials], Mapping[str, str]]
    """What every request carries, where no token is asked for."""
    streams: Mapping[str, StreamPlan]
    check: Callable[[Asking], object]
    """One cheap request that works when the key is right and may read."""
    rate: Rate
    secrets: frozenset[str] = frozenset()
    """Which fields are never shown."""
    sign_in: SignIn | None = None


OVERLAP = timedelta(minutes=10)
"""Read again at each run: clocks differ, and what is written at the same moment shows up a little later."""

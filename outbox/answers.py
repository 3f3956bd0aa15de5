"""What another system answered, and everything that can go wrong with it. Pure: no network, clock or Django.

A `Trouble` carries a kind and its parameters; `outbox.troubles.sentence` writes it out in the reader's
language. Neither holds a password, a header or a query.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_PAUSE_SECONDS = 86_400
USUAL_PAUSE_SECONDS = 60


class Trouble(Exception):
    """It did not work: `kind` is a key of `outbox.troubles.SENTENCES`, `parameters` fill it in."""

    def __init__(self, kind: str, **parameters: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.parameters = parameters

    def __str__(self) -> str:
        return " ".join((self.kind, *self.parameters.values()))


class Lasting(Trouble):
    """Trying again does not help: somebody has to change something."""


class NotSignedIn(Lasting):
    """401: what we sign in with is wrong, or ran out."""


class Passing(Trouble):
    """May work later without anybody doing anything."""


class SlowDown(Passing):
    """Ask again after `seconds`: the other system wants it so ("slow_down"), or our own limit ("own_pace")."""

    def __init__(self, seconds: float, kind: str = "slow_down", **parameters: str) -> None:
        super().__init__(kind, **parameters)
        self.seconds = seconds


@dataclass(frozen=True)
class Request:
    """A question to another system."""

    method: str
    url: str = field(repr=False)
    """Whole, with its query."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    repeatable: bool | None = None
    """Does asking twice do no more than asking once? None: judged by the method."""

    @property
    def may_repeat(self) -> bool:
        """Whether it is asked again when nobody knows if the first one arrived."""
        return self.method in {"GET", "HEAD", "PUT", "DELETE"} if self.repeatable is None else self.repeatable


@dataclass(frozen=True)
class Answer:
    """An answer with a status below 300, or one that the caller said it accepts."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)
    host: str = ""

    def json(self) -> Any:
        """The body as JSON; raises Trouble "not_json"."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Passing("not_json", host=self.host) from None


def pause_asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or as a date; None when it does not say."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), float(LONGEST_PAUSE_SECONDS))


def trouble_of(status: int, headers: Mapping[str, str], host: str, now: datetime) -> Trouble | None:
    """What a status means; None when all is well."""
    if status < 300:
        return None
    if status < 400:
        return Lasting("redirected", host=host)
    if status == 429 or (status == 503 and "retry-after" in headers):
        asked = pause_asked(headers, now)
        return SlowDown(USUAL_PAUSE_SECONDS if asked is None else asked, host=host)
    if status == 401:
        return NotSignedIn("not_signed_in", host=host)
    if status == 403:
        return Lasting("not_allowed", host=host)
    if status in (404, 410):
        return Lasting("not_found", host=host)
    if status == 408 or status >= 500:
        return Passing("broken", host=host, status=str(status))
    return Lasting("refused", host=host, status=str(status))

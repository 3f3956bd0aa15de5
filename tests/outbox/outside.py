"""A question to a fake system, and names that lead where a test wants."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from outbox.answers import Answer, Request
from outbox.fetching import Fetcher, Limits


def ask(url: str, limits: Limits | None = None, **request: Any) -> Answer:
    with Fetcher(limits) as fetcher:
        return fetcher.fetch(Request(request.pop("method", "GET"), url, **request))


def names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Every name has the next of these addresses; which names were looked up."""
    looked_up: list[str] = []
    left, real = list(answers), socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host in answers:
            return list(real(host, port, *rest, **more))
        looked_up.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return looked_up

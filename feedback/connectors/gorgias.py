"""Gorgias: tickets, each asked for once more for its messages, and satisfaction surveys. Pure.

Lists cannot be asked for what changed since; they are read newest first, until what is older than that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, Payload, StreamPlan
from feedback.connectors.walking import Part, address, basic, inner, listed, moment, sweep
from outbox.rates import Rate

TICKETS, SURVEYS = "/api/tickets", "/api/satisfaction-surveys"
# Every ticket costs a request of the 40 in 20 seconds.
TICKETS_PER_PAGE, SURVEYS_PER_PAGE = 10, 100
_ANSWERED_WITHIN = timedelta(days=14)
_GONE = 404


def _newest_first(
    ask: Asking, path: str, stamp: str, limit: int, whole: Callable[[Payload], Payload | None]
) -> Callable[[datetime, str | None], Part]:
    def part(since: datetime, mark: str | None) -> Part:
        query = {"limit": limit, "order_by": f"{stamp}:desc", **({"cursor": mark} if mark else {})}
        body = ask.get(path, query).body
        found = listed(body, "data")
        wanted = [item for item in found if not item.get(stamp) or moment(item[stamp]) >= since]
        onward = inner(body, "meta", "next_cursor") if len(wanted) == len(found) else None
        return Part([item for one in wanted if (item := whole(one))], onward or None)

    return part


def _tickets(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def whole(found: Payload) -> Payload | None:
        reply = ask.get(f"{TICKETS}/{quote(str(found.get('id')), safe='')}", accept=[_GONE])
        return reply.body if isinstance(reply.body, dict) and reply.status != _GONE else None

    part = _newest_first(ask, TICKETS, "updated_datetime", TICKETS_PER_PAGE, whole)
    return sweep(cursor, part, lambda ticket: ticket.get("updated_datetime"))


def _surveys(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    part = _newest_first(ask, SURVEYS, "created_datetime", SURVEYS_PER_PAGE, lambda survey: survey)
    return sweep(cursor, part, lambda survey: survey.get("created_datetime"), overlap=_ANSWERED_WITHIN)


CONNECTOR = Connector(
    name="gorgias",
    fields=("address", "email", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given["address"], "gorgias.com"),
    headers=lambda given: basic(given["email"], given["token"]),
    rate=Rate(40, 20),
    streams={"tickets": StreamPlan(_tickets), "surveys": StreamPlan(_surveys, every_minutes=60)},
    check=lambda ask: ask.get(TICKETS, {"limit": 1}),
)

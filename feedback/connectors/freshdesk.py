"""Freshdesk: tickets by when they changed, and satisfaction ratings. Pure.

A query ends after 300 pages, and a page number counts differently once a ticket before it changes; so the
window moves forward with every page instead.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, StreamPlan
from feedback.connectors.walking import Part, address, basic, forward, listed, seconds, sweep
from outbox.rates import Rate

TICKETS, RATINGS = "/api/v2/tickets", "/api/v2/surveys/satisfaction_ratings"
PER_PAGE, LAST_PAGE = 100, 300
_A_SECOND = timedelta(seconds=1)
_ANSWERED_WITHIN = timedelta(days=3)


def _tickets(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, number: int) -> Part:
        query = {
            "updated_since": seconds(since - _A_SECOND),
            "order_by": "updated_at",
            "order_type": "asc",
            "include": "stats,description,requester",
            "per_page": PER_PAGE,
            "page": number,
        }
        found = listed(ask.get(TICKETS, query).body)
        return Part(found, number + 1 if len(found) == PER_PAGE else None)

    return forward(cursor, part, lambda ticket: ticket.get("updated_at"), last_page=LAST_PAGE)


def _ratings(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, number: int | None) -> Part:
        query = {"created_since": seconds(since), "per_page": PER_PAGE, "page": number or 1}
        found = listed(ask.get(RATINGS, query).body)
        return Part(found, (number or 1) + 1 if len(found) == PER_PAGE else None)

    return sweep(cursor, part, lambda rating: rating.get("created_at"), overlap=_ANSWERED_WITHIN)


CONNECTOR = Connector(
    name="freshdesk",
    fields=("address", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given["address"], "freshdesk.com"),
    headers=lambda given: basic(given["token"], "X"),
    # Of the smallest plan that has an API.
    rate=Rate(50, 60),
    streams={"tickets": StreamPlan(_tickets), "ratings": StreamPlan(_ratings, every_minutes=60)},
    check=lambda ask: ask.get(TICKETS, {"per_page": 1}),
)

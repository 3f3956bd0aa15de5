"""Zendesk: the incremental export of tickets with their metrics, and legacy satisfaction ratings. Pure.

The export withholds the last minute by itself and its cursor jumps over nothing, so tickets need no overlap.
Ratings are listed by when they were asked for; those of the last days are read again, for the answers to come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, Payload, StreamPlan
from feedback.connectors.walking import Part, address, basic, epoch, inner, listed, moment, sweep
from feedback.systems.reading import objects
from outbox.rates import Rate

TICKETS = "/api/v2/incremental/tickets/cursor.json"
RATINGS = "/api/v2/satisfaction_ratings.json"
PER_PAGE, RATINGS_PER_PAGE = 500, 100
# Zendesk refuses a start within the last minute.
_WITHHELD = timedelta(minutes=5)
_ANSWERED_WITHIN = timedelta(days=3)


def _tickets(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    after = cursor.get("after")
    start = {"cursor": after} if after else {"start_time": epoch(min(moment(cursor["since"]), now - _WITHHELD))}
    body = ask.get(TICKETS, {**start, "per_page": PER_PAGE, "include": "users,metric_sets"}).body
    found = listed(body, "tickets")
    requesters = {user.get("id"): user for user in objects(inner(body, "users"))}
    metrics = {metric.get("ticket_id"): metric for metric in objects(inner(body, "metric_sets"))}
    ahead = inner(body, "after_cursor") or after
    done = inner(body, "end_of_stream") is not False or not ahead
    return Page(
        [_whole(ticket, requesters, metrics) for ticket in found],
        {"since": cursor["since"], "after": ahead} if ahead else cursor,
        has_more=not done,
    )


def _whole(ticket: Payload, requesters: dict[object, Payload], metrics: dict[object, Payload]) -> Payload:
    """The ticket with what came beside it: its metrics, and its requester, whose name is taken out of the words."""
    beside = {
        "metric_set": ticket.get("metric_set") or metrics.get(ticket.get("id")),
        "requester": requesters.get(ticket.get("requester_id")),
    }
    return ticket | {key: value for key, value in beside.items() if value}


def _ratings(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, mark: str | None) -> Part:
        after = {"page[after]": mark} if mark else {}
        body = ask.get(RATINGS, {"start_time": epoch(since), "page[size]": RATINGS_PER_PAGE, **after}).body
        more = inner(body, "meta", "has_more") is True
        return Part(listed(body, "satisfaction_ratings"), inner(body, "meta", "after_cursor") if more else None)

    return sweep(cursor, part, lambda rating: rating.get("created_at"), overlap=_ANSWERED_WITHIN)


CONNECTOR = Connector(
    name="zendesk",
    fields=("address", "email", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given["address"], "zendesk.com"),
    headers=lambda given: basic(f"{given['email']}/token", given["token"]),
    # Of the incremental export; other requests have a far wider one.
    rate=Rate(10, 60),
    streams={"tickets": StreamPlan(_tickets), "ratings": StreamPlan(_ratings, every_minutes=60)},
    check=lambda ask: ask.get("/api/v2/tickets.json", {"page[size]": 1}),
)

"""Shopify: orders by when they changed, through the GraphQL Admin API. Pure.

Nothing is asked for that is not counted: no name, address or cart. A question costs points, and says how many are
left; before they run out we wait.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, StreamPlan
from feedback.connectors.walking import Part, address, inner, listed, seconds, sweep
from feedback.systems.reading import number, objects
from outbox.answers import Lasting, Passing, SlowDown
from outbox.rates import Rate

GRAPHQL = "/admin/api/2026-07/graphql.json"
PER_PAGE = 100
_ORDERS = """query Orders($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      id name test createdAt processedAt updatedAt cancelledAt displayFinancialStatus
      currentTotalPriceSet { shopMoney { amount currencyCode } }
      shippingAddress { countryCodeV2 }
      customer { id }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


def _orders(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, mark: str | None) -> Part:
        wanted = {"first": PER_PAGE, "after": mark, "query": f"updated_at:>='{seconds(since)}'"}
        body = _asked(ask, _ORDERS, wanted)
        paging = inner(body, "data", "orders", "pageInfo")
        onward = inner(paging, "endCursor") if inner(paging, "hasNextPage") is True else None
        return Part(listed(body, "data", "orders", "nodes"), onward, _missing_seconds(body))

    return sweep(cursor, part, lambda order: order.get("updatedAt"))


def _asked(ask: Asking, query: str, variables: dict[str, Any] | None = None) -> Any:
    """The answer; GraphQL says with status 200 that something was wrong."""
    body = ask.post(GRAPHQL, {"query": query, "variables": variables or {}}).body
    codes = {inner(error, "extensions", "code") for error in objects(inner(body, "errors"))}
    if "THROTTLED" in codes:
        raise SlowDown(_missing_seconds(body) or 2.0, host="Shopify")
    if "ACCESS_DENIED" in codes:
        raise Lasting("not_allowed", host="Shopify")
    if inner(body, "errors"):
        raise Passing("not_expected")
    return body


def _missing_seconds(body: Any) -> float:
    """Until there are points enough for another question like this one."""
    cost = inner(body, "extensions", "cost")
    wanted = number(inner(cost, "requestedQueryCost"))
    left = number(inner(cost, "throttleStatus", "currentlyAvailable"))
    restored = number(inner(cost, "throttleStatus", "restoreRate"))
    if wanted is None or left is None or not restored or left >= wanted:
        return 0.0
    return (wanted - left) / restored


CONNECTOR = Connector(
    name="shopify",
    fields=("address", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given["address"], "myshopify.com"),
    headers=lambda given: {"X-Shopify-Access-Token": given["token"]},
    rate=Rate(2, 1),
    streams={"orders": StreamPlan(_orders)},
    check=lambda ask: _asked(ask, "{ orders(first: 1) { nodes { id } } }"),
)

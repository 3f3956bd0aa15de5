"""WooCommerce: orders by when they changed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.connectors.shapes import Asking, Connector, Cursor, Page, StreamPlan
from feedback.connectors.walking import Part, address, basic, forward, listed, seconds
from feedback.systems.reading import number
from outbox.rates import Rate

ORDERS = "/wp-json/wc/v3/orders"
PER_PAGE = 100
# Only what is counted: no name, address or cart.
_FIELDS = (
    "id", "number", "status", "currency", "total", "refunds", "customer_id", "date_created", "date_created_gmt",
    "date_modified", "date_modified_gmt", "shipping.country", "billing.country",
)  # fmt: skip
_A_SECOND = timedelta(seconds=1)


def _orders(ask: Asking, cursor: Cursor, now: datetime) -> Page:
    def part(since: datetime, page: int) -> Part:
        query = {
            # Later than, so a second earlier.
            "modified_after": seconds(since - _A_SECOND),
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "status": "any",
            "per_page": PER_PAGE,
            "page": page,
            "_fields": ",".join(_FIELDS),
        }
        reply = ask.get(ORDERS, query)
        found = listed(reply.body)
        pages = number(reply.headers.get("x-wp-totalpages"))
        more = bool(found) and (len(found) == PER_PAGE if pages is None else page < pages)
        return Part(found, page + 1 if more else None)

    return forward(cursor, part, lambda order: order.get("date_modified_gmt"))


CONNECTOR = Connector(
    name="woocommerce",
    fields=("address", "key", "token"),
    secrets=frozenset({"token"}),
    base=lambda given: address(given["address"], with_path=True),
    headers=lambda given: basic(given["key"], given["token"]),
    # A shop's own server: gently.
    rate=Rate(60, 60),
    streams={"orders": StreamPlan(_orders)},
    check=lambda ask: ask.get(ORDERS, {"per_page": 1, "_fields": "id"}),
)

"""Shopify: orders of webhooks (REST) and of the Admin API (GraphQL), counted by day and market. Pure.

Test orders, cancelled and voided ones do not count. The sum is what remains after refunds and edits, in the shop's
own money. A retried delivery carries the order as it was: `updated_at` tells which one is newer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, shops
from feedback.systems.reading import LAST_VERSION, dig, identity, moment_or_none, objects, text, version_of, written
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

_NOT_COUNTED = frozenset({"voided"})


def records(body: Any, settings: Settings) -> list[Record]:
    """Of a webhook about an order; the topic stands in a header. A page of the API is read as well."""
    if settings.topic and not settings.topic.startswith("orders/"):
        raise Unknown(settings.topic)
    if settings.topic == "orders/delete":
        return [_deleted(identity("id", dig(body, "id")))]
    order = dig(body, "order") if isinstance(dig(body, "order"), dict) else body
    found = objects(dig(body, "orders")) or objects([order])
    nodes = objects(dig(body, "data", "orders", "nodes"))
    made = [record for item in (nodes or found) if "id" in item for record in orders(item, settings)]
    if not made and not isinstance(dig(body, "orders"), list):
        raise Unmappable("not_expected", system="Shopify")
    return made


def orders(item: Payload, settings: Settings) -> list[Record]:
    """An order of either API: counted facts only, no address, no cart, no name."""
    key = identity("id", item.get("id")).rsplit("/", 1)[-1]
    placed = moment_or_none(
        item.get("processed_at") or item.get("processedAt") or item.get("created_at") or item.get("createdAt"),
        settings.zone,
    )
    money = (
        dig(item, "current_total_price_set", "shop_money")
        or dig(item, "currentTotalPriceSet", "shopMoney")
        or {"amount": item.get("current_total_price") or item.get("total_price"), "currency": item.get("currency")}
    )
    country = text(
        dig(item, "shipping_address", "country_code")
        or dig(item, "shippingAddress", "countryCodeV2")
        or dig(item, "shippingAddress", "countryCode")
    ).upper()
    changed = item.get("updated_at") or item.get("updatedAt")
    return [
        Record(
            stream="orders",
            external_id=key,
            entity=shops.day_entity(settings, placed, country),
            payload={
                "id": key,
                "test": item.get("test") is True,
                "cancelled_at": text(item.get("cancelled_at") or item.get("cancelledAt")),
                "financial_status": text(item.get("financial_status") or item.get("displayFinancialStatus")).lower(),
                "processed_at": written(placed),
                "total": text(dig(money, "amount")),
                "currency": text(dig(money, "currency_code") or dig(money, "currencyCode") or dig(money, "currency")),
                "country_code": country,
            },
            version=version_of(changed),
            occurred_at=placed,
            people=People(
                customer=text(dig(item, "customer", "id")).rsplit("/", 1)[-1],
                order=desks.order_number(item.get("name") or item.get("order_number") or key),
            ),
        )
    ]


def _deleted(key: str) -> Record:
    return Record(stream="orders", external_id=key, payload={"id": key}, version=LAST_VERSION, deleted=True)


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The day as counts."""
    return shops.rows(entity, found, _counts, lambda order: shops.amount("current_total_price", order.get("total")))


def _counts(order: Payload) -> bool:
    return (
        order.get("test") is not True
        and not order.get("cancelled_at")
        and order.get("financial_status") not in _NOT_COUNTED
    )


SHOPIFY = System(
    name="shopify",
    label="Shopify",
    records=records,
    rows=rows,
    entity=shops.entity,
    keep=frozenset(
        {"id", "test", "cancelled_at", "financial_status", "processed_at", "total", "currency", "country_code"}
    ),
    pulled={"orders": orders},
    counts_days=True,
    signature="shopify",
    delivery_id=("X-Shopify-Event-Id", "X-Shopify-Webhook-Id"),
)

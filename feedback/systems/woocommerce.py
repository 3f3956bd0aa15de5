"""WooCommerce: orders by webhook and pulled. Pure.

Orders count while they are processing or completed; what was refunded of them is taken off. `date_created_gmt` is UTC
without saying so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback.systems import desks, shops
from feedback.systems.reading import (
    LAST_VERSION,
    dig,
    identity,
    moment_or_none,
    number,
    objects,
    plain,
    text,
    version_of,
)
from feedback.systems.shapes import Mapped, Payload, People, Record, Settings, System, Unknown, Unmappable

COUNTED = frozenset({"processing", "completed"})


def records(body: Any, settings: Settings) -> list[Record]:
    """Of a webhook about an order; the topic stands in a header. A page of the API is read as well."""
    if settings.topic and not settings.topic.startswith("order."):
        raise Unknown(settings.topic)
    if isinstance(body, dict) and "webhook_id" in body and "id" not in body:
        # What WooCommerce sends when the webhook is made.
        raise Unknown("ping")
    if settings.topic == "order.deleted":
        return [_deleted(identity("id", dig(body, "id")))]
    items = objects(body) if isinstance(body, list) else objects([body])
    found = [record for item in items if "id" in item for record in orders(item, settings)]
    if not found and body != []:
        raise Unmappable("not_expected", system="WooCommerce")
    return found


def orders(item: Payload, settings: Settings) -> list[Record]:
    """An order: its state and its total, no address, no cart, no name."""
    key = identity("id", item.get("id"))
    placed = moment_or_none(item.get("date_created_gmt")) or moment_or_none(item.get("date_created"), settings.zone)
    country = text(dig(item, "shipping", "country") or dig(item, "billing", "country")).upper()
    customer = text(item.get("customer_id"))
    refunded = sum(number(refund.get("total")) or 0.0 for refund in objects(item.get("refunds")))
    return [
        Record(
            stream="orders",
            external_id=key,
            entity=shops.day_entity(settings, placed, country),
            payload={
                "id": key,
                "status": text(item.get("status")).lower(),
                "date_created_gmt": text(item.get("date_created_gmt")),
                "total": text(item.get("total")),
                "refunded": plain(abs(refunded)),
                "currency": text(item.get("currency")),
                "country": country,
            },
            version=version_of(item.get("date_modified_gmt")) or version_of(item.get("date_modified"), settings.zone),
            occurred_at=placed,
            people=People(
                customer="" if customer == "0" else customer, order=desks.order_number(item.get("number") or key)
            ),
        )
    ]


def _deleted(key: str) -> Record:
    return Record(stream="orders", external_id=key, payload={"id": key}, version=LAST_VERSION, deleted=True)


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The day as counts."""
    return shops.rows(entity, found, _counts, _total)


def _counts(order: Payload) -> bool:
    return order.get("status") in COUNTED


def _total(order: Payload) -> float:
    return shops.amount("total", order.get("total")) - (number(order.get("refunded")) or 0.0)


WOOCOMMERCE = System(
    name="woocommerce",
    label="WooCommerce",
    records=records,
    rows=rows,
    entity=shops.entity,
    keep=frozenset({"id", "status", "date_created_gmt", "total", "refunded", "currency", "country"}),
    pulled={"orders": orders},
    counts_days=True,
    signature="woocommerce",
    delivery_id=("X-WC-Webhook-Delivery-ID",),
)

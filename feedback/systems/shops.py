"""Orders as counts of a day: what all shop systems share. Pure.

An order says on which day of its market it was placed; all orders of a day and a market are one entity and become one
row. Nothing of an order is kept but its day, its state and its total.

Settings of a source that shops read: {"markets": {country: market}}.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from feedback.systems import making
from feedback.systems.reading import number, plain, text, zone_of
from feedback.systems.shapes import Mapped, Payload, Record, Settings, Unmappable

_DAY = "day:"


def market_of(settings: Settings, country: str) -> str:
    """The market of a country: as the settings say, else its own code; "" without a country."""
    return making.named(settings, "markets", country, country.upper())[:12]


def day_entity(settings: Settings, placed: datetime | None, country: str) -> str:
    """The day of an order in the zone of its market; "" for an order that says no time."""
    if placed is None:
        return ""
    market = market_of(settings, country)
    zone = zone_of(settings.zones.get(market) or settings.zone)
    return f"{_DAY}{placed.astimezone(zone).date().isoformat()}:{market}"


def entity(order: Record, settings: Settings) -> str:
    """The entity of a stored order by the settings of today; "" for one that is gone or says no time."""
    country = text(order.payload.get("country") or order.payload.get("country_code"))
    return "" if order.deleted else day_entity(settings, order.occurred_at, country)


def day_of(entity: str) -> tuple[str, str] | None:
    """(day, market) of such an entity; None for any other."""
    if not entity.startswith(_DAY):
        return None
    _, day, market = entity.split(":", 2)
    return day, market


def rows(
    entity: str, orders: Sequence[Record], counts: Callable[[Payload], bool], total: Callable[[Payload], float]
) -> list[Mapped]:
    """One row for the day: how many orders count, and what they come to.

    A day whose orders are all gone has none; orders in more than one currency have no sum.
    """
    at = day_of(entity)
    if at is None:
        undated = next((order for order in orders if not order.deleted), None)
        if undated is not None:
            raise Unmappable("date_missing", "date", undated.external_id)
        return []
    counted = [order.payload for order in orders if not order.deleted and counts(order.payload)]
    one_currency = len({text(order.get("currency")) for order in counted}) < 2
    return [
        making.row(
            "commerce",
            date=at[0],
            market=at[1],
            orders=str(len(counted)),
            revenue=plain(sum(map(total, counted))) if one_currency else "",
        )
    ]


def amount(column: str, value: object) -> float:
    """An amount of money; raises Unmappable for what is none."""
    found = number(value)
    if found is None:
        raise Unmappable("not_a_number", column, text(value)[:200])
    return found

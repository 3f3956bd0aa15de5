"""Google Analytics 4: sessions by day and country, of the Data API. Pure.

Numbers are text; `(not set)` and `(other)` are no country. Days and amounts are in the zone and the currency of the
property. Orders come from the shop: what Analytics counts misses everybody who did not consent, so its transactions
are taken only where the settings say {"orders": true}. A day is pulled again for four days, and the last word wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from feedback.systems import making, shops
from feedback.systems.countries import code_of
from feedback.systems.reading import figure, number, objects, plain, text
from feedback.systems.shapes import Mapped, Payload, Record, Settings, System, Unmappable

_NOTHING = frozenset({"", "(not set)", "(other)", "(none)", "zz"})
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_SESSIONS = ("sessions",)
_ORDERS = ("transactions", "ecommercePurchases")
_REVENUE = ("purchaseRevenue", "totalRevenue", "grossPurchaseRevenue")
_CHECKOUTS = ("checkouts",)
_DEVICES = ("", "desktop", "mobile", "tablet", "smart tv")
_COUNTS = (*_SESSIONS, *_ORDERS, *_REVENUE, *_CHECKOUTS)


def flattened(response: Any) -> list[Payload]:
    """The rows of a runReport response as objects: {dimension: value, metric: value, "currencyCode", "timeZone"}."""
    names = [
        text(header.get("name"))
        for key in ("dimensionHeaders", "metricHeaders")
        for header in objects(response.get(key) if isinstance(response, dict) else None)
    ]
    beside = response.get("metadata") if isinstance(response, dict) else None
    told = making.picked(beside, ("currencyCode", "timeZone")) if isinstance(beside, dict) else {}
    return [
        told | dict(zip(names, _values(line), strict=False))
        for line in objects(response.get("rows") if isinstance(response, dict) else None)
    ]


def _values(line: Payload) -> list[str]:
    return [text(cell.get("value")) for key in ("dimensionValues", "metricValues") for cell in objects(line.get(key))]


def records(body: Any, settings: Settings) -> list[Record]:
    """Analytics sends no webhooks; a runReport response that somebody passes on is read as one that was pulled."""
    if not isinstance(body, dict) or not isinstance(body.get("metricHeaders"), list):
        raise Unmappable("not_expected", system="Google Analytics")
    return [record for item in flattened(body) for record in daily(item, settings)]


def daily(item: Payload, settings: Settings) -> list[Record]:
    """One line of a report as `flattened` gives it: by date, country or countryId, and device where that was asked."""
    match = _DATE.fullmatch(text(item.get("date")))
    if match is None:
        raise Unmappable("not_a_date", "date", text(item.get("date"))[:200])
    day = "-".join(match.groups())
    country = text(item.get("countryId")) or text(item.get("country"))
    device = text(item.get("deviceCategory")).lower()
    return [
        Record(
            stream="daily",
            external_id="|".join(filter(None, (day, country[:60], device[:20]))),
            entity=_entity(day, country, settings),
            payload=making.picked(item, _COUNTS)
            | {"date": day, "country": country, "device": device}
            | making.picked(item, ("currencyCode", "timeZone")),
        )
    ]


def entity(line: Record, settings: Settings) -> str:
    """The day of a stored line and its market by the settings of today."""
    return _entity(text(line.payload.get("date")), text(line.payload.get("country")), settings)


def _entity(day: str, country: str, settings: Settings) -> str:
    return f"day:{day}:{_market(settings, country)}"


def _market(settings: Settings, country: str) -> str:
    """A market by the settings, else the country's code. A name that nobody knows is told when it is mapped."""
    if country.lower() in _NOTHING:
        return ""
    return making.named(settings, "markets", country) or making.named(
        settings, "markets", code_of(country), code_of(country) or country[:40]
    )


def rows(entity: str, found: Sequence[Record], settings: Settings) -> list[Mapped]:
    """The day of a market, by device where the report has it: countries of one market are added up.

    Rows that its countries made before they went to another market are taken back.
    """
    at = shops.day_of(entity)
    if at is None:
        return []
    day, market = at
    if len(market) > 12:
        if not found:
            return []
        raise Unmappable("country_unknown", "country", market, name=market)
    devices = sorted({_device(record.payload) for record in found})
    made = [
        _row(day, market, device, [it.payload for it in found if _device(it.payload) == device], settings)
        for device in devices
    ]
    # Lines without a country never move, and their rows may stand under the market of the source.
    left = [device for device in _DEVICES if device not in devices] if market else []
    return made + [making.gone_day(day, market, device) for device in left]


def _device(line: Payload) -> str:
    device = text(line.get("device"))
    return "" if device in _NOTHING else device


def _row(day: str, market: str, device: str, lines: list[Payload], settings: Settings) -> Mapped:
    with_orders = settings.config.get("orders") is True
    one_currency = len({text(line.get("currencyCode")) for line in lines}) < 2
    return making.row(
        "commerce",
        date=day,
        market=market,
        device=device,
        sessions=_sum(lines, _SESSIONS),
        checkouts=_sum(lines, _CHECKOUTS),
        orders=_sum(lines, _ORDERS) if with_orders else "",
        revenue=_sum(lines, _REVENUE) if with_orders and one_currency else "",
    )


def _sum(lines: Iterable[Payload], names: Sequence[str]) -> str:
    """Of the first of these metrics that a line has; "" when none has any."""
    found = [
        (name, line[name])
        for line in lines
        if (name := next((name for name in names if line.get(name) not in (None, "")), ""))
    ]
    return plain(sum(number(figure(name, value)) or 0.0 for name, value in found)) if found else ""


GA4 = System(
    name="ga4",
    label="Google Analytics 4",
    records=records,
    rows=rows,
    entity=entity,
    keep=frozenset({*_COUNTS, "date", "country", "device", "currencyCode", "timeZone"}),
    pulled={"daily": daily},
    signature="token",
)

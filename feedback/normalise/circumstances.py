"""What a row does not say itself: zones, markets, scale, date order, the key of the hashes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feedback.normalise.dates import Reader
from feedback.normalise.problem import Problem
from feedback.redaction import redact
from feedback.references import References

MAX_MARKET = 12


class Place(NamedTuple):
    """A market by its code ("" when the row names none), and two zones."""

    market: str
    # In which its days are counted.
    zone: ZoneInfo
    # In which a time without a zone was written down.
    written: ZoneInfo


@dataclass(frozen=True)
class Circumstances:
    """Everything around the rows of one import."""

    references: References
    # Of the source: for times without a zone and days without a market.
    zone: ZoneInfo
    # Of the mapping; it wins for times without a zone.
    written_zone: ZoneInfo | None = None
    # (code, zone) by code and by name, both in capitals.
    markets: Mapping[str, tuple[str, ZoneInfo]] = field(default_factory=dict)
    # The market of the source, for rows that name none.
    default_market: str = ""
    dates: Reader = field(default_factory=Reader)
    scale: tuple[float, float] | None = None
    decimal: str = ""

    def place(self, values: Mapping[str, str]) -> Place:
        """The market of a row. A code never seen is taken without what it says of a person, in the source's zone."""
        name = values.get("market") or self.default_market
        if not name:
            return Place("", self.zone, self.written_zone or self.zone)
        known = self.markets.get(name.upper())
        if known:
            return Place(known[0], known[1], self.written_zone or known[1])
        # Here and not where markets are made: the code stands in ids, hashes and previews of rows as well.
        code = redact(name).text.upper() if len(name) <= MAX_MARKET else name
        if len(code) > MAX_MARKET:
            raise Problem("market", name, "too_long", limit=MAX_MARKET)
        return Place(code, self.zone, self.written_zone or self.zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day in this zone: the one place where days are cut."""
    return moment.astimezone(zone).date()

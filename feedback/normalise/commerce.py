"""A row of the shop's counts per day, or a `Problem`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from feedback.normalise import values as cell
from feedback.normalise.circumstances import Circumstances
from feedback.normalise.problem import Problem
from feedback.redaction import redact

# `detail` tells the rows of one day apart (a page, an order) and is not stored: the rows of a day are added up.
COLUMNS = ("date", "market", "sessions", "orders", "revenue", "checkouts", "device", "detail")


class CommerceRow(NamedTuple):
    """What the shop counted on one day; null is not known."""

    external_id: str
    row_hash: str
    local_day: date
    market: str
    device: str
    sessions: int | None
    orders: int | None
    checkouts: int | None
    revenue_cents: int | None


def normaliser(around: Circumstances) -> Callable[[Mapping[str, str]], CommerceRow]:
    """A function from the fields of a row to a day's counts; it raises Problem."""

    def counted(row: Mapping[str, str], column: str) -> int | None:
        value = row.get(column)
        return None if value is None else cell.count(column, value, around.decimal)

    def normalise(row: Mapping[str, str]) -> CommerceRow:
        value = row.get("date")
        if value is None:
            raise Problem("date", "", "date_missing")
        day = around.dates.day("date", value)
        market = around.place(row).market
        # It stands in the id of the day.
        device = redact(cell.name(row, "device", 40)).text
        revenue = row.get("revenue")
        sums = (
            counted(row, "sessions"),
            counted(row, "orders"),
            counted(row, "checkouts"),
            None if revenue is None else cell.cents("revenue", revenue, around.decimal),
        )
        if all(value is None for value in sums):
            raise Problem("orders", "", "nothing_counted")
        facts = (day, market, device, *sums)
        detail = row.get("detail")
        own = f"|{around.references.row((detail,))}" if detail else ""
        return CommerceRow(f"{day.isoformat()}|{market}|{device.lower()}{own}", around.references.row(facts), *facts)

    return normalise

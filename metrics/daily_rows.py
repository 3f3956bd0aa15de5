"""Rows of a file with `date,series,contacts[,exposure]` as dense daily arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DailyRows:
    """Contacts per series (days,) from `start` on; a day that a series does not mention counts 0.

    `exposure` holds the same for the exposure column, None when the file has none; a day without its own value takes
    that of another series on the same day.
    """

    start: date
    contacts: dict[str, Array]
    exposure: dict[str, Array] | None

    @property
    def days(self) -> int:
        """From the first to the last date of the file, both included."""
        return len(next(iter(self.contacts.values())))


def read(rows: Iterable[Mapping[str, str]]) -> DailyRows:
    """Read the rows; several of one day and series add up. Raises ValueError with a sentence that names the line."""
    cells = [_cell(line, row) for line, row in enumerate(rows, start=2)]
    if not cells:
        raise ValueError("The file has no rows.")
    start, end = min(cell[0] for cell in cells), max(cell[0] for cell in cells)
    days = (end - start).days + 1
    contacts = {name: np.zeros(days) for name in dict.fromkeys(cell[1] for cell in cells)}
    exposure = {name: np.full(days, np.nan) for name in contacts}
    for day, name, count, orders in cells:
        at = (day - start).days
        contacts[name][at] += count
        if orders is not None:
            exposure[name][at] = orders
    return DailyRows(start, contacts, _completed(exposure))


def number(row: Mapping[str, str], column: str, line: int) -> float | None:
    """A cell as a number that is not negative; None when empty or missing. Raises ValueError naming line and column."""
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"Line {line}: {column} is not a number of 0 or more: {text!r}.")
    return value


def _cell(line: int, row: Mapping[str, str]) -> tuple[date, str, float, float | None]:
    name = (row.get("series") or "").strip()
    if not name:
        raise ValueError(f"Line {line}: the series has no name.")
    text = (row.get("date") or "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"Line {line}: not a date like 2026-11-22: {text!r}.") from None
    count = number(row, "contacts", line)
    if count is None:
        raise ValueError(f"Line {line}: contacts is empty.")
    return day, name, count, number(row, "exposure", line)


def _completed(exposure: dict[str, Array]) -> dict[str, Array] | None:
    stacked = np.stack(list(exposure.values()))
    if np.isnan(stacked).all():
        return None
    of_the_day = np.where(np.isnan(stacked), -np.inf, stacked).max(axis=0)
    shared = np.where(np.isfinite(of_the_day), of_the_day, np.nan)
    return {name: np.where(np.isnan(values), shared, values) for name, values in exposure.items()}

"""The weeks of a before/after comparison: seven-day blocks anchored at the release, never calendar weeks.

Dropped: the week of the release itself (washout), and, when the filing date of the idea is known, every earlier week
that touches the 28 days before it, because a theme that was picked on a spike falls back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Role = Literal["before", "selection", "washout", "after"]

WEEKS_BEFORE = 12
WEEKS_AFTER = 12
SELECTION_DAYS = 28


@dataclass(frozen=True)
class DailyCounts:
    """Contacts per day and series from `start` on, without gaps, all arrays equally long.

    `exposure` is one number a day (orders) for all series, or None when not known. `everything` counts every contact
    once, where series overlap or leave some out; without it the series together are everything.
    """

    start: date
    series: Mapping[str, Array]
    exposure: Array | None = None
    everything: Array | None = None

    @property
    def days(self) -> int:
        """How many days there are."""
        return min((len(counts) for counts in self.series.values()), default=0)


@dataclass(frozen=True, slots=True)
class Week:
    """One block: its first day, where it starts in the arrays, and its part in the comparison."""

    starts_on: date
    index: int
    role: Role


@dataclass(frozen=True, slots=True)
class Design:
    """The comparison's weeks in order of time; frozen when the release is recorded, extended as weeks complete."""

    released_on: date
    weeks: tuple[Week, ...]

    def indexes(self, role: Role) -> list[int]:
        """Array positions of the weeks with this role."""
        return [week.index for week in self.weeks if week.role == role]


def lay_out(
    data: DailyCounts, released_on: date, *, filed_on: date | None = None, weeks_before: int = WEEKS_BEFORE
) -> Design:
    """Whole weeks that the data cover: up to `weeks_before` before, one of washout, up to 12 after.

    Weeks that touch the selection window are kept for the chart with the role "selection" and replaced by earlier ones.
    """
    anchor = (released_on - data.start).days
    before: list[Week] = []
    number, kept = 1, 0
    while kept < weeks_before and anchor - 7 * number >= 0:
        index = anchor - 7 * number
        if index + 7 <= data.days:
            picked = _picked_on(data.start + timedelta(days=index), filed_on)
            before.append(Week(data.start + timedelta(days=index), index, "selection" if picked else "before"))
            kept += not picked
        number += 1
    after = [
        Week(released_on + timedelta(days=7 * k), anchor + 7 * k, "after" if k else "washout")
        for k in range(WEEKS_AFTER + 1)
        if anchor + 7 * k >= 0 and anchor + 7 * k + 7 <= data.days
    ]
    return Design(released_on, (*reversed(before), *after))


def weekly(counts: Array, indexes: list[int]) -> Array:
    """Sums of seven days from each position, shape (len(indexes),)."""
    running = np.concatenate([[0.0], np.cumsum(counts)])
    at = np.asarray(indexes, dtype=int)
    return np.asarray(running[at + 7] - running[at], dtype=np.float64)


def _picked_on(starts_on: date, filed_on: date | None) -> bool:
    """Whether a week touches the 28 days before the idea was filed."""
    if filed_on is None:
        return False
    return starts_on < filed_on and starts_on + timedelta(days=7) > filed_on - timedelta(days=SELECTION_DAYS)

"""How long the loop takes: days between its stations, and contacts that a change keeps away. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from metrics.estimate import COUNT, Estimate, estimate, no_data

FEWEST = 3
RECENT = timedelta(days=182)
"""Once round is said for ideas that came home in the last half-year, and for those before, to compare."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The days on which one idea reached its stations; None where it has not (or never will)."""

    sent: date
    answered: date | None = None
    tested: date | None = None
    live: date | None = None
    measured: date | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """The median of days between two stations, and how many ideas it rests on; None below three."""

    days: float | None
    n: int

    @property
    def whole(self) -> int:
        """The median in whole days, as it is said."""
        return round(self.days or 0)


@dataclass(frozen=True, slots=True)
class Rounds:
    """All legs; `once` is from sent to measured, `earlier` the same for ideas measured more than half a year ago."""

    to_answer: Leg
    to_test: Leg
    to_live: Leg
    to_measure: Leg
    once: Leg
    earlier: Leg


def leg(days: Iterable[int]) -> Leg:
    """The median of days that are not negative; None for fewer than three."""
    known = [count for count in days if count >= 0]
    return Leg(float(median(known)) if len(known) >= FEWEST else None, len(known))


def rounds(journeys: Sequence[Journey], today: date) -> Rounds:
    """The legs of these journeys."""
    home = [(one, one.measured) for one in journeys if one.measured]
    recent = [(day - one.sent).days for one, day in home if day > today - RECENT]
    earlier = [(day - one.sent).days for one, day in home if day <= today - RECENT]
    return Rounds(
        to_answer=leg((one.answered - one.sent).days for one in journeys if one.answered),
        to_test=leg((one.tested - one.sent).days for one in journeys if one.tested),
        to_live=leg((one.live - one.tested).days for one in journeys if one.live and one.tested),
        to_measure=leg((one.measured - one.live).days for one in journeys if one.measured and one.live),
        once=leg(recent),
        earlier=leg(earlier),
    )


def avoided(contacts: float, ratio: float, ratio_low: float, ratio_high: float) -> Estimate:
    """Contacts that a change kept away in some days, from the `contacts` that still came and its measured rate ratio.

    Without the change there would have been contacts ÷ ratio, so contacts × (1 ÷ ratio − 1) are missing; the ends are
    those of the ratio, turned round. Negative when the change brings contacts.
    """
    if min(ratio, ratio_low) <= 0:
        return no_data(COUNT, method="rate_ratio")
    ends = (contacts * (1 / ratio_high - 1), contacts * (1 / ratio_low - 1))
    return estimate(contacts * (1 / ratio - 1), ends, n=contacts, unit=COUNT, method="rate_ratio")


def total(parts: Sequence[Estimate]) -> Estimate:
    """Independent estimates added up, those without a shown effect included: no picking of winners.

    The distance from the total to each end is the root of the summed squares of the parts' distances.
    """
    known = [part for part in parts if part.value is not None and part.low is not None and part.high is not None]
    if not known:
        return no_data(COUNT, method="root_sum_of_squares")
    value = sum(part.value or 0 for part in known)
    below = math.sqrt(sum(((part.value or 0) - (part.low or 0)) ** 2 for part in known))
    above = math.sqrt(sum(((part.high or 0) - (part.value or 0)) ** 2 for part in known))
    n = sum(part.n for part in known)
    return estimate(value, (value - below, value + above), n=n, unit=COUNT, method="root_sum_of_squares")

"""Additive sufficient statistics: the only thing that is stored, and all that a formula may read.

Every field is a count, a sum or a sum of squares, so two days, two channels or two markets are added field by field and
the result is exact. The fields of the daily series in the database carry the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Sums:
    """One cell of the series, or any number of cells added up.

    Contacts: `contacts`, `complaints`; per duration a count, a sum and a sum of squares in seconds: `handle` (talk,
    hold and follow-up of handled contacts), `wait` (queue time of handled calls), `first` (first response, over
    RESOLVED tickets), `reply` (n = customer turns that were answered); `fcr_known` and `fcr_yes`.
    Surveys, one instrument at a time: `invited`, `n` (answers), `hits` (satisfied, agreed or yes), `promoters`,
    `detractors`, `total` and `total_sq` of the score (CSAT on 1 to 5; VES the mean of both items).
    Commerce: `sessions`, `orders`, `revenue_cents`, `checkouts`.
    """

    contacts: float = 0
    complaints: float = 0
    handle_n: float = 0
    handle_sum: float = 0
    handle_sumsq: float = 0
    wait_n: float = 0
    wait_sum: float = 0
    wait_sumsq: float = 0
    first_n: float = 0
    first_sum: float = 0
    first_sumsq: float = 0
    reply_n: float = 0
    reply_sum: float = 0
    reply_sumsq: float = 0
    fcr_known: float = 0
    fcr_yes: float = 0
    invited: float = 0
    n: float = 0
    hits: float = 0
    promoters: float = 0
    detractors: float = 0
    total: float = 0
    total_sq: float = 0
    sessions: float = 0
    orders: float = 0
    revenue_cents: float = 0
    checkouts: float = 0

    def __add__(self, other: Sums) -> Sums:
        """Field by field: the cell of both."""
        return Sums(*(a + b for a, b in zip(_VALUES(self), _VALUES(other), strict=True)))

    def __sub__(self, other: Sums) -> Sums:
        """What is left of a whole without one of its parts (all themes but this one)."""
        return Sums(*(a - b for a, b in zip(_VALUES(self), _VALUES(other), strict=True)))

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Sums:
        """From a database row: unknown keys are ignored, NULL (nothing to add up) is 0."""
        return cls(**{name: float(str(row[name])) for name in FIELDS if row.get(name) is not None})


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Sums))
_VALUES = attrgetter(*FIELDS)


def add_up(cells: Iterable[Sums]) -> Sums:
    """The sum of any number of cells; nothing adds up to an empty cell."""
    columns = list(zip(*(_VALUES(cell) for cell in cells), strict=True))
    return Sums(*(sum(column) for column in columns)) if columns else Sums()

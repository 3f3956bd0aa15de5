"""A number that never travels alone: value, interval, count, unit, method and what is wrong with it.

One convention for shares, stated once: the metric registry (`metrics.formulas`) speaks **percent, 0 to 100**, because
CSAT, FCR, GCR and NPS are read that way by everybody; experiment arithmetic (`experiments.evaluation`) speaks **ratio,
0 to 1**, because lifts multiply. The `unit` says which of the two an estimate is; nothing has to be guessed.

No data is `None`, never 0 and never 100. A value that is too thin to show is `None` as well, with `suppressed=True`:
what is hidden on a page must not travel in the JSON either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

PERCENT = "percent"
"""A share on 0 to 100."""
POINTS = "points"
"""NPS on -100 to 100, and the difference between two percentages."""
SCORE = "score"
"""A mean on the scale of its survey question."""
SECONDS = "seconds"
PER_1000_ORDERS = "per_1000_orders"
RATIO = "ratio"
"""A share or a relative change on 0 to 1; also one rate divided by another (1 = the same)."""
CENTS = "cents"
COUNT = "count"

UNITS = (PERCENT, POINTS, SCORE, SECONDS, PER_1000_ORDERS, RATIO, CENTS, COUNT)

NO_DATA = "no_data"
"""Nothing was counted."""
NO_EXPOSURE = "no_exposure"
"""Contacts were counted, the orders (or sessions) to set them against were not."""
IMPOSSIBLE = "impossible"
"""The sums contradict each other, such as more orders than sessions."""
SMALL = "small"
"""Shown, in grey: fewer answers than the metric's minimum."""
ROUGH = "rough"
"""A mean duration over fewer than 50 contacts: its interval is approximate."""
PROVISIONAL = "provisional"
"""Its youngest days can still change: a contact that was solved may be reopened."""
HIDDEN = "hidden"
"""Too few answers to show without pointing at people or at noise."""
NO_INTERVAL = "no_interval"
"""A value that one observation gives, without anything to judge its spread by."""

DEFAULT_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """One statistic with its uncertainty.

    `value`, `low` and `high` are in `unit`; `level` is the confidence level of the interval (0.95); `n` is the number
    of observations behind the value (answers, contacts, sessions); `method` names the interval; `flags` are the
    constants of this module and of the caller; `suppressed` means that a value exists but may not be shown, so it is
    not here.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    unit: str
    method: str
    flags: tuple[str, ...] = ()
    suppressed: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a value to show."""
        return self.value is not None

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0 (for differences and lifts)."""
        return self.excludes(0.0)

    def excludes(self, point: float) -> bool:
        """Whether the interval exists and does not contain `point`."""
        return self.low is not None and self.high is not None and not self.low <= point <= self.high

    def with_flags(self, *flags: str) -> Estimate:
        """The same estimate with flags added, each at most once."""
        return replace(self, flags=tuple(dict.fromkeys((*self.flags, *flags))))

    def as_json(self) -> dict[str, object]:
        """Plain JSON types: the shape that the API and the commands print."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "n": self.n,
            "unit": self.unit,
            "method": self.method,
            "flags": list(self.flags),
            "suppressed": self.suppressed,
        }


def estimate(
    value: float,
    interval: tuple[float, float] | None,
    *,
    n: float,
    unit: str,
    method: str,
    level: float = DEFAULT_LEVEL,
    flags: tuple[str, ...] = (),
) -> Estimate:
    """An estimate whose interval always contains its value.

    Rounding in a quantile function can put an end on the wrong side of the value by the last bit (Wilson at x = 0); the
    end is then moved to the value. Values that are not finite become "no data".
    """
    if not math.isfinite(value):
        return no_data(unit, method=method, n=n, level=level, flags=(*flags, IMPOSSIBLE))
    if interval is None or not (math.isfinite(interval[0]) and math.isfinite(interval[1])):
        return Estimate(value, None, None, level, round(n), unit, method, tuple(dict.fromkeys((*flags, NO_INTERVAL))))
    low, high = interval
    return Estimate(value, min(low, value), max(high, value), level, round(n), unit, method, flags)


def no_data(
    unit: str,
    *,
    method: str = "none",
    n: float = 0,
    level: float = DEFAULT_LEVEL,
    flags: tuple[str, ...] = (),
) -> Estimate:
    """The estimate of nothing: no value, and a flag that says why (`no_data` when the caller gives no reason)."""
    return Estimate(None, None, None, level, round(n), unit, method, flags or (NO_DATA,))


def hidden(shown: Estimate) -> Estimate:
    """The same estimate with its value withheld, the count kept."""
    return replace(shown, value=None, low=None, high=None, flags=(HIDDEN,), suppressed=True)

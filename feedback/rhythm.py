"""How often a source usually brings something, and whether it is late. Pure.

A source that comes a few times a week has a usual pause: the median of its pauses. One that comes all day
long is silent at night, every night; its usual pause is the longest of the last weeks. Of whole weeks the two longest
are left out, so that a failure that was mended is no excuse for the next one; weekends are there three times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

LEAST_ARRIVALS = 4
BUSY_ARRIVALS = 60
TOLERANCE = 1.5
_WHOLE_WEEKS = timedelta(days=24)
_FAILURES = 2
# A pause of minutes is never worth a word, and several files within the hour are one delivery.
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class Rhythm:
    """`usual` is None when too few arrivals are known to say."""

    last: datetime
    usual: timedelta | None

    def late_by(self, now: datetime) -> timedelta | None:
        """How much longer than usual it has been silent; None while it is on time, or nobody can say."""
        if self.usual is None:
            return None
        silence = now - self.last
        return silence - self.usual if silence > max(TOLERANCE * self.usual, self.usual + GRACE) else None


def of(arrivals: Sequence[datetime]) -> Rhythm | None:
    """The rhythm of these arrivals, in any order; None when there are none."""
    if not arrivals:
        return None
    last, moments = max(arrivals), _deliveries(sorted(arrivals))
    if len(moments) < LEAST_ARRIVALS:
        return Rhythm(last, None)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    if len(moments) >= BUSY_ARRIVALS:
        failures = _FAILURES if moments[-1] - moments[0] >= _WHOLE_WEEKS else 0
        return Rhythm(last, sorted(pauses)[-1 - failures])
    return Rhythm(last, timedelta(seconds=median(pause.total_seconds() for pause in pauses)))


def _deliveries(moments: Sequence[datetime]) -> list[datetime]:
    """The first of every hour in which something came."""
    found: list[datetime] = []
    for moment in moments:
        if not found or moment - found[-1] >= GRACE:
            found.append(moment)
    return found

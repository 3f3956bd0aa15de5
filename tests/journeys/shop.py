"""A made-up shop whose truth is known: the files that its help desk and its web shop would upload.

Every day each theme brings a Poisson number of contacts. From the day the change goes live the first
theme's contacts fall to 55 %; no other theme knows of it. One seed, so every run reads the same rows.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np

FIRST = date(2026, 1, 5)
FILED = date(2026, 4, 27)
STARTED = date(2026, 5, 11)
DECIDED = date(2026, 5, 26)
LIVE = date(2026, 6, 1)
# Eight whole weeks after the week in which it went live.
WEEKS_AFTER = 8
MEASURED = LIVE + timedelta(weeks=WEEKS_AFTER + 1)

LABEL = "Return label"
REASONS = (
    f"Returns > {LABEL}", "Returns > Refund", "Returns > Exchange", "Delivery > Late", "Delivery > Lost",
    "Delivery > Address", "Payment > Card refused", "Payment > Invoice", "Product > Size", "Product > Broken",
    "Account > Password", "Account > Newsletter", "Store > Opening hours",
)  # fmt: skip
WORDS = "Where do I find the return label for my parcel?"
PER_DAY = 8.0
OTHERS_PER_DAY = 4.0
FALLS_TO = 0.55
ORDERS = 2000
SEED = 11


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def days(first: date, until: date) -> Iterator[date]:
    """Every day from the first one, up to and without the last one."""
    return (first + timedelta(days=offset) for offset in range((until - first).days))


@cache
def counts() -> dict[tuple[str, date], int]:
    """How many contacts each reason brings each day."""
    rng = np.random.default_rng(SEED)
    found = {}
    for place, reason in enumerate(REASONS):
        for day in days(FIRST, MEASURED):
            rate = (OTHERS_PER_DAY if place else PER_DAY) * (0.7 if day.weekday() > 4 else 1.1)
            falls = place == 0 and day >= LIVE
            found[reason, day] = int(rng.poisson(rate * (FALLS_TO if falls else 1)))
    return found


def came(reason: str, first: date, until: date) -> int:
    """How many contacts there were about a reason."""
    return sum(counts()[reason, day] for day in days(first, until))


def truly_avoided() -> float:
    """What the change spared, on average, in the weeks that are measured."""
    a_week = PER_DAY * (5 * 1.1 + 2 * 0.7)
    return WEEKS_AFTER * a_week * (1 - FALLS_TO)


def contacts(first: date, until: date) -> str:
    """The help desk's file of these days."""
    lines = ["external_id,occurred_at,channel,market,reason,handle_seconds,text"]
    for day in days(first, until):
        for reason in REASONS:
            for number in range(counts()[reason, day]):
                key = f"{day:%m%d}-{REASONS.index(reason)}-{number}"
                text = f'"{WORDS}"' if reason == REASONS[0] and number == 0 else ""
                channel = "chat" if number % 2 else "phone"
                lines.append(f"{key},{at(day, 8 + number % 9).isoformat()},{channel},NL,{reason},300,{text}")
    return "\n".join(lines) + "\n"


def commerce(first: date, until: date) -> str:
    """The web shop's file of these days."""
    lines = ["date,market,sessions,orders,revenue"]
    lines += [f"{day.isoformat()},NL,{20 * ORDERS},{ORDERS},{ORDERS * 50}.00" for day in days(first, until)]
    return "\n".join(lines) + "\n"

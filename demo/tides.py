"""The common pull on every day: season, weekday, public holidays, and shocks that all themes share.

Pure numpy. A tide is a factor with mean 1 over the story, so that a rate times its tide keeps
the rate's average.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from demo import world

Floats = NDArray[np.float64]

_CONTACT_WEEKDAYS = (1.22, 1.10, 1.04, 1.01, 0.99, 0.88, 0.76)
_ORDER_WEEKDAYS = (1.01, 0.96, 0.95, 0.97, 0.94, 1.01, 1.16)
_PEAKS = (
    # (month, day, width in days, height): sale weeks, Black Friday, Sinterklaas and Christmas,
    # the returns of January, and the quiet of August.
    (1, 6, 12.0, 0.20),
    (6, 28, 11.0, 0.12),
    (8, 8, 20.0, -0.10),
    (11, 27, 4.0, 0.24),
    (12, 8, 14.0, 0.26),
)
_SHOCK_MEMORY = 0.85
_SHOCK_SD = 0.05


def days(last_day: date) -> list[date]:
    """Every day of the story, oldest first."""
    start = world.first_day(last_day)
    return [start + timedelta(days=offset) for offset in range(world.DAYS)]


def utc_offsets(last_day: date, zone: str) -> NDArray[np.int64]:
    """Seconds by which each local day is ahead of UTC (taken at noon; nobody calls at 02:30)."""
    there = ZoneInfo(zone)
    gaps = [
        datetime.combine(day, time(12), tzinfo=UTC).astimezone(there).utcoffset() or timedelta()
        for day in days(last_day)
    ]
    return np.array([int(gap.total_seconds()) for gap in gaps], dtype=np.int64)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int, market: str) -> frozenset[date]:
    """Public holidays on which the desks of this market are thinly staffed."""
    sunday = easter(year)
    shared = {
        date(year, 1, 1),
        date(year, 12, 25),
        sunday,
        sunday + timedelta(days=1),
        sunday + timedelta(days=39),
        sunday + timedelta(days=50),
    }
    own = {
        "NL": {date(year, 4, 27), date(year, 12, 26)},
        "BE": {date(year, 5, 1), date(year, 7, 21), date(year, 11, 1), date(year, 11, 11)},
    }
    return frozenset(shared | own.get(market, set()))


def season(when: list[date]) -> Floats:
    """The year's shape shared by contacts and orders, around 1."""
    values = np.ones(len(when))
    for index, day in enumerate(when):
        for month, number, width, height in _PEAKS:
            gap = (day - date(day.year, month, number)).days
            gap = min(gap, gap + 365, gap - 365, key=abs)
            values[index] += height * np.exp(-0.5 * (gap / width) ** 2)
    return values


def shocks(rng: np.random.Generator, length: int) -> Floats:
    """Stationary AR(1) noise on the log scale: news, weather, a carrier on strike."""
    steps = rng.normal(0.0, _SHOCK_SD * np.sqrt(1 - _SHOCK_MEMORY**2), size=length)
    values = np.empty(length)
    values[0] = rng.normal(0.0, _SHOCK_SD)
    for index in range(1, length):
        values[index] = _SHOCK_MEMORY * values[index - 1] + steps[index]
    return values


def tides(rng: np.random.Generator, last_day: date) -> tuple[Floats, Floats]:
    """Factors of contacts and of orders, each (markets, days) with mean 1 in every market."""
    when = days(last_day)
    weekday = np.array([day.weekday() for day in when])
    common, shock = season(when), shocks(rng, len(when))
    growth = np.linspace(0.97, 1.03, len(when))
    contacts = np.empty((len(world.MARKETS), len(when)))
    orders = np.empty_like(contacts)
    for row, market in enumerate(world.MARKETS):
        free = np.array([day in holidays(day.year, market.code) for day in when])
        contacts[row] = common * np.take(_CONTACT_WEEKDAYS, weekday) * np.exp(shock) * np.where(free, 0.45, 1.0)
        orders[row] = (
            growth * common * np.take(_ORDER_WEEKDAYS, weekday) * np.exp(0.6 * shock) * np.where(free, 0.92, 1.0)
        )
    contacts /= contacts.mean(axis=1, keepdims=True)
    orders /= orders.mean(axis=1, keepdims=True)
    return contacts, orders


def rates(last_day: date, contact_tides: Floats) -> Floats:
    """Expected contacts per reason, market and day: (reasons, markets, days).

    A release multiplies its theme's rate by `1 + effect` from the day it went live (reached in
    steps over the first week) in every market, and touches nothing else.
    """
    when = days(last_day)
    year = 2 * np.pi * np.array([day.timetuple().tm_yday for day in when]) / 365.25
    base = np.empty((len(world.REASONS), len(when)))
    for row, reason in enumerate(world.REASONS):
        base[row] = reason.per_day * (1 + reason.season * np.sin(year + row))
    for item in world.EXPERIMENTS:
        if item.release is not None:
            base[world.REASON_INDEX[item.reason]] *= _step(item, last_day)
    base[world.REASON_INDEX[world.RISING], -world.RISING_DAYS :] *= world.RISING_FACTOR
    shares = np.array([market.contact_ratio for market in world.MARKETS])
    expected: Floats = base[:, None, :] * shares[None, :, None] * contact_tides[None, :, :]
    return np.asarray(expected * (world.CONTACTS_EXPECTED / expected.sum()))


def _step(experiment: world.Experiment, last_day: date) -> Floats:
    """The factor of one release on every day of the story."""
    effect = experiment.release.effect if experiment.release else 0.0
    start = (world.released_on(experiment, last_day) - world.first_day(last_day)).days
    since = np.arange(world.DAYS) - start
    reached = np.clip((since + 1) / 7, 0.0, 1.0)
    return np.asarray(1 + effect * reached)


def counts(rng: np.random.Generator, expected: Floats) -> NDArray[np.int64]:
    """Contacts drawn around their expectation: gamma-mixed Poisson, variance 1.1 to 1.5 x mean."""
    spread = rng.uniform(0.1, 0.5, size=(expected.shape[0], 1, 1))
    mixed = rng.gamma(np.maximum(expected, 1e-9) / spread, spread)
    return rng.poisson(mixed).astype(np.int64)

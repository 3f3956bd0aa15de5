"""Visits, checkouts, orders and revenue per day, market and device."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from demo import tides, world
from demo.contacts import Row

HEADER: Row = ("date", "market", "sessions", "orders", "revenue", "checkouts", "device")
DEVICES = (("mobile", 0.62, 0.82), ("desktop", 0.38, 1.29))
"""Device, share of visits, conversion against the average."""


def rows(rng: np.random.Generator, last_day: date, order_tides: NDArray[np.float64]) -> list[Row]:
    """Cells under `HEADER`, oldest day first; `order_tides` is (markets, days)."""
    shape = (len(DEVICES), *order_tides.shape)
    shares = np.array([market.order_ratio for market in world.MARKETS])
    visits = np.array([share for _, share, _ in DEVICES])
    ratios = world.CONVERSION_RATIO * np.array([factor for _, _, factor in DEVICES])
    per_day = world.ORDERS_PER_DAY / world.CONVERSION_RATIO
    expected = per_day * visits[:, None, None] * shares[None, :, None] * order_tides[None]
    # Visits swing less than orders: on a sale day more of the visitors buy.
    sessions = rng.poisson(expected / order_tides[None] ** 0.25)
    wanted = ratios[:, None, None] * order_tides[None] ** 0.25
    checkouts = rng.binomial(sessions, np.clip(wanted * 1.85, 0, 1))
    orders = rng.binomial(checkouts, 1 / 1.85)
    basket = np.array([market.basket_cents for market in world.MARKETS])[None, :, None]
    cents = orders * basket * rng.normal(1.0, 0.025, shape)
    when = [day.isoformat() for day in tides.days(last_day)]
    return [
        (
            when[day],
            world.MARKETS[market].code,
            str(sessions[device, market, day]),
            str(orders[device, market, day]),
            f"{cents[device, market, day] / 100:.2f}",
            str(checkouts[device, market, day]),
            DEVICES[device][0],
        )
        for day in range(len(when))
        for market in range(len(world.MARKETS))
        for device in range(len(DEVICES))
    ]

"""Results of De Linde's tests, day by day and variant by variant.

A test's totals are drawn again until they tell the story that `world.Experiment.ending` names
(a winner is really significant, a loser really loses, only one test has a broken split), so that
the story does not depend on the seed. The contacts, where the desk counted them, are those that `demo.contacts` tagged.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from demo import world
from demo.contacts import Contacts, Row

HEADER: Row = ("experiment", "variant", "date", "visitors", "conversions", "revenue_sum", "revenue_sumsq", "contacts")
VARIANTS = ("A", "B")

_ORDER_EUROS = 76.0
_ORDER_SD_EUROS = 58.0
_BROKEN_SPLIT = 0.485
_TRIES = 5_000
_BOUNDS = {
    # ending: lowest and highest z of the relative change in conversion
    "won": (2.5, 5.5),
    "lost": (-5.5, -2.5),
    "inconclusive": (-1.1, 1.1),
    "ready": (-0.9, 0.9),
    "invalid": (-9.0, 9.0),
    "running": (-1.5, 2.2),
}

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def rows(rng: np.random.Generator, last_day: date, drawn: Contacts, keys: dict[str, str]) -> list[Row]:
    """Cells under `HEADER` for every test that has started, up to `last_day`."""
    start_of_story = world.first_day(last_day)
    lines: list[Row] = []
    for index, item in enumerate(world.EXPERIMENTS):
        if not item.has_results:
            continue
        start, end = world.run_period(item, last_day)
        length = (min(end, last_day) - start).days + 1
        visitors, conversions = _daily(rng, item, length)
        revenue, squares = _revenue(rng, conversions)
        tagged = drawn.experiment == index
        first = (start - start_of_story).days
        contacts = np.stack(
            [
                np.bincount(drawn.day[tagged & (drawn.variant == arm)] - first, minlength=item.days)[:length]
                for arm in range(len(VARIANTS))
            ]
        )
        lines += [
            (
                keys[item.slug],
                VARIANTS[arm],
                (start + timedelta(days=day)).isoformat(),
                str(visitors[arm, day]),
                str(conversions[arm, day]),
                f"{revenue[arm, day]:.2f}",
                f"{squares[arm, day]:.2f}",
                str(contacts[arm, day]) if item.counts_contacts else "",
            )
            for day in range(length)
            for arm in range(len(VARIANTS))
        ]
    return lines


def _daily(rng: np.random.Generator, item: world.Experiment, length: int) -> tuple[Integers, Integers]:
    """Visitors and conversions as (variants, days)."""
    visitors, conversions = _totals(rng, item, length / item.days)
    weights = 1 + 0.15 * np.cos(2 * np.pi * np.arange(length) / 7)
    shares = weights / weights.sum()
    by_day = rng.multinomial(visitors, shares)
    # Who converts is spread over the visitors actually there, so no day has more orders than visitors.
    spread = np.stack(
        [rng.multivariate_hypergeometric(by_day[arm], int(conversions[arm])) for arm in range(len(VARIANTS))]
    )
    return by_day.astype(np.int64), spread.astype(np.int64)


def _totals(rng: np.random.Generator, item: world.Experiment, progress: float) -> tuple[Integers, Integers]:
    """Visitors and conversions per variant that fit the story.

    Raises `RuntimeError` when the catalogue asks for a story its own numbers cannot tell.
    """
    low, high = _BOUNDS[item.ending]
    broken = item.ending == "invalid"
    rates = np.array([item.rate, item.rate * (1 + item.lift)])
    for _ in range(_TRIES):
        total = int(2 * item.visitors * progress * rng.uniform(0.98, 1.02))
        second = int(rng.binomial(total, _BROKEN_SPLIT if broken else 0.5))
        visitors = np.array([total - second, second])
        conversions = rng.binomial(visitors, rates)
        split = float(stats.chisquare(visitors).pvalue)
        if (split < 1e-6) == broken and (broken or split > 0.05) and low <= _z(visitors, conversions) <= high:
            return visitors, conversions
    raise RuntimeError(f"{item.slug}: the numbers of the catalogue cannot end as {item.ending}")


def _z(visitors: Integers, conversions: Integers) -> float:
    """z of the log ratio of conversion, B against A (Katz)."""
    rate = conversions / visitors
    error = np.sqrt(((1 - rate) / conversions).sum())
    return float(np.log(rate[1] / rate[0]) / error)


def _revenue(rng: np.random.Generator, conversions: Integers) -> tuple[Floats, Floats]:
    """Sum and sum of squares of revenue per visitor, in euros, given the orders."""
    noise = rng.normal(0.0, 1.0, (2, *conversions.shape)) * np.sqrt(conversions)
    total = conversions * _ORDER_EUROS + 0.5 * _ORDER_SD_EUROS * noise[0]
    second_moment = _ORDER_EUROS**2 + _ORDER_SD_EUROS**2
    squares = np.maximum(
        conversions * second_moment + 0.5 * second_moment * noise[1], total**2 / np.maximum(conversions, 1)
    )
    return total, squares

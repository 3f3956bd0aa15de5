"""The contacts of De Linde as columns, drawn all at once, and as the files a desk would export.

Numbers that a real desk does not know are left out: no handling time for a call that was given
up, no resolution for a mail that is still open on the last day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from demo import texts, tides, world

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Row = tuple[str, ...]

HEADER: Row = (
    "external_id", "occurred_at", "channel", "reason", "subject", "text", "language", "market",
    "location", "stage", "page", "customer", "order", "handle_seconds", "wait_seconds",
    "abandoned", "first_response_seconds", "reply_seconds", "resolved_first_contact",
    "resolved_at", "is_complaint", "agent", "team", "product", "experiment", "variant",
)  # fmt: skip

PHONE, CHAT, EMAIL, SOCIAL, STORE = range(5)

_TEXT_RATIO = np.array([0.07, 0.34, 0.62, 0.92, 0.05])
_HANDLE_FACTOR = np.array([1.0, 1.15, 0.9, 0.8, 1.1])
_ABANDONED_RATIO = np.array([0.055, 0.03, 0.0, 0.0, 0.0])
_FIRST_RESPONSE_SECONDS = np.array([0.0, 38.0, 14_400.0, 5_200.0, 0.0])
_KNOWN_OUTCOME_RATIO = np.array([0.93, 0.90, 0.78, 0.60, 0.85])
_ORDER_RATIO = {"Orientation": 0.03, "Checkout": 0.35, "Delivery": 0.93, "Aftersales": 0.90}
_TAGGED_RATIO = 0.85
_CUSTOMERS = 52_000


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every contact once, oldest first; arrays of equal length.

    `occurred` and `resolved` are seconds since 1970 in UTC (`resolved` -1: still open or not
    known), `day` counts from the first day of the story, `untagged` marks contacts whose reason
    nobody entered, `experiment` is the position in `world.EXPERIMENTS` or -1 and `variant` 0 or 1.
    """

    reason: Integers
    market: Integers
    day: Integers
    occurred: Integers
    channel: Integers
    untagged: Booleans
    dutch: Booleans
    abandoned: Booleans
    wait: Integers
    handle: Integers
    resolved: Integers
    first_contact: Booleans
    outcome_known: Booleans
    customer: Integers
    order: Integers
    experiment: Integers
    variant: Integers

    def __len__(self) -> int:
        return len(self.reason)


def draw(rng: np.random.Generator, last_day: date, drawn: Integers) -> Contacts:
    """Spell out `drawn` (reasons, markets, days) counts into single contacts."""
    reason, market, day = (np.repeat(index, drawn.ravel()) for index in np.indices(drawn.shape).reshape(3, -1))
    size = len(reason)
    channel = _pick(rng, np.array([item.mix for item in world.REASONS]), reason)
    clock = _clock(rng, channel)
    occurred = _epoch(last_day, market, day) + clock
    order = np.lexsort((rng.random(size), occurred))
    reason, market, day, channel, occurred = (values[order] for values in (reason, market, day, channel, occurred))
    abandoned = rng.random(size) < _ABANDONED_RATIO[channel]
    experiment, variant = _assign_variants(rng, last_day, reason, day, channel)
    handle = _handle(rng, reason, channel)
    first, known, resolved = _outcome(rng, last_day, reason, channel, occurred + handle)
    has_order = rng.random(size) < np.array([_ORDER_RATIO[r.stage] for r in world.REASONS])[reason]
    return Contacts(
        reason=reason,
        market=market,
        day=day,
        occurred=occurred,
        channel=channel,
        untagged=(rng.random(size) < world.UNTAGGED_RATIO) & ~abandoned,
        dutch=rng.random(size) < np.array([m.dutch_ratio for m in world.MARKETS])[market],
        abandoned=abandoned,
        wait=_wait(rng, channel, abandoned),
        handle=handle,
        resolved=np.where(abandoned, -1, resolved),
        first_contact=first,
        outcome_known=known & ~abandoned,
        customer=(_CUSTOMERS * rng.random(size) ** 1.5).astype(np.int64),
        order=np.where(has_order, rng.integers(0, 700, size) + 1_250 * day, -1),
        experiment=experiment,
        variant=variant,
    )


def _pick(rng: np.random.Generator, weights: Floats, rows: Integers) -> Integers:
    """One column per row of `weights[rows]`, in proportion to the weights."""
    edges = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    return np.asarray((rng.random(len(rows))[:, None] > edges[rows]).sum(axis=1), dtype=np.int64)


def _clock(rng: np.random.Generator, channel: Integers) -> Integers:
    """Local seconds after midnight: desks open at 8, shops at 10, mails come until late."""
    size = len(channel)
    desk = rng.triangular(8.0, 11.0, 21.0, size)
    late = rng.triangular(7.0, 19.5, 23.9, size)
    shop = rng.triangular(10.0, 15.0, 19.0, size)
    hours = np.where(channel >= EMAIL, late, desk)
    return (np.where(channel == STORE, shop, hours) * 3_600).astype(np.int64)


def _epoch(last_day: date, market: Integers, day: Integers) -> Integers:
    """UTC seconds of local midnight of each contact's day."""
    midnight = np.datetime64(world.first_day(last_day), "s").astype(np.int64)
    offsets = np.stack([tides.utc_offsets(last_day, item.zone) for item in world.MARKETS])
    return np.asarray(midnight + 86_400 * day - offsets[market, day])


def _wait(rng: np.random.Generator, channel: Integers, abandoned: Booleans) -> Integers:
    """Queue seconds on phone and chat (others wait in an inbox: -1)."""
    mean = np.where(channel == PHONE, 82.0, 34.0) * np.where(abandoned, 2.4, 1.0)
    seconds = rng.gamma(1.3, mean / 1.3).astype(np.int64)
    return np.where(channel <= CHAT, seconds, -1)


def _handle(rng: np.random.Generator, reason: Integers, channel: Integers) -> Integers:
    """Handling seconds, skewed as they are: log-normal with the reason's mean."""
    spread = 0.55
    mean = 60 * np.array([item.minutes for item in world.REASONS])[reason] * _HANDLE_FACTOR[channel]
    seconds = mean * np.exp(rng.normal(-(spread**2) / 2, spread, len(reason)))
    return np.asarray(np.maximum(20, seconds), dtype=np.int64)


def _outcome(
    rng: np.random.Generator, last_day: date, reason: Integers, channel: Integers, ended: Integers
) -> tuple[Booleans, Booleans, Integers]:
    """Solved at once? known? and when solved (-1 when that lies after the last day, or never)."""
    size = len(reason)
    level = np.array([item.csat for item in world.REASONS])[reason]
    first = rng.random(size) < 0.68 + 0.22 * (level - 3.8)
    later = (86_400 * rng.gamma(1.4, 1.3, size)).astype(np.int64)
    resolved = ended + np.where(first, 0, later)
    end = np.datetime64(last_day, "s").astype(np.int64) + 82_000
    still_open = (resolved > end) | (rng.random(size) < 0.015)
    known = (rng.random(size) < _KNOWN_OUTCOME_RATIO[channel]) & ~still_open
    return first, known, np.where(still_open, -1, resolved)


def _assign_variants(
    rng: np.random.Generator, last_day: date, reason: Integers, day: Integers, channel: Integers
) -> tuple[Integers, Integers]:
    """Which running test each contact's visitor was in, and which variant they saw.

    The variant's visitors contact `1 + contact_effect` times as often, so of the contacts in the
    test a share of (1 + e) / (2 + e) saw it; the theme's total is left as it is.
    """
    experiment = np.full(len(reason), -1, dtype=np.int64)
    variant = np.zeros(len(reason), dtype=np.int64)
    chance = rng.random((2, len(reason)))
    start_of_story = world.first_day(last_day)
    for index, item in enumerate(world.EXPERIMENTS):
        if not item.counts_contacts:
            continue
        start, end = world.run_period(item, last_day)
        inside = (
            (reason == world.REASON_INDEX[item.reason])
            & (day >= (start - start_of_story).days)
            & (day <= (end - start_of_story).days)
            & (channel != STORE)
            & (chance[0] < _TAGGED_RATIO)
        )
        share = (1 + item.contact_effect) / (2 + item.contact_effect)
        experiment[inside] = index
        variant[inside] = chance[1, inside] < share
    return experiment, variant


def stamp(seconds: Integers) -> list[str]:
    """ISO 8601 in UTC for each instant, "" where it is -1."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    return [f"{value}Z" if second >= 0 else "" for value, second in zip(text, seconds, strict=True)]


def _numbers(values: Integers, keep: Booleans) -> list[str]:
    return [str(v) if k else "" for v, k in zip(values.tolist(), keep.tolist(), strict=True)]


def _words(names: tuple[str, ...] | list[str], index: Integers, keep: Booleans) -> list[str]:
    return [names[i] if k else "" for i, k in zip(index.tolist(), keep.tolist(), strict=True)]


def identifiers(size: int) -> list[str]:
    """The ids that the ticket system gave, in order of arrival."""
    return [f"T{number:07d}" for number in range(2_400_001, 2_400_001 + size)]


def customers(numbers: Integers) -> list[str]:
    """Customer references as the shop writes them."""
    return [f"K{number:06d}" for number in (100_000 + numbers).tolist()]


def rows(rng: np.random.Generator, drawn: Contacts, keys: dict[str, str]) -> list[Row]:
    """The contacts as cells under `HEADER`; `keys` names the experiments."""
    size, every = len(drawn), np.ones(len(drawn), dtype=np.bool_)
    reasons, team_of = world.REASONS, [item.team for item in world.REASONS]
    has_text = drawn.untagged | (rng.random(size) < _TEXT_RATIO[drawn.channel])
    has_text &= ~drawn.abandoned
    written = np.isin(drawn.channel, (CHAT, EMAIL, SOCIAL)) & ~drawn.abandoned
    handled = ~drawn.abandoned
    orders = _numbers(drawn.order + 7_310_000, drawn.order >= 0)
    orders = [f"LN{number}" if number else "" for number in orders]
    places = _places(rng, drawn)
    agents = _agents(rng, drawn)
    complaint = rng.random(size) < np.array([r.complaint_ratio for r in reasons])[drawn.reason]
    in_test = drawn.experiment >= 0
    names = [keys[item.slug] for item in world.EXPERIMENTS]
    columns = (
        identifiers(size),
        stamp(drawn.occurred),
        _words(world.CHANNELS, drawn.channel, every),
        _words([item.path for item in reasons], drawn.reason, ~drawn.untagged),
        _sparse(
            has_text & (drawn.channel == EMAIL),
            lambda kept: texts.subjects(drawn.reason[kept], drawn.dutch[kept]),
        ),
        _sparse(
            has_text,
            lambda kept: texts.messages(rng, drawn.reason[kept], drawn.dutch[kept], [orders[i] for i in kept.tolist()]),
        ),
        _words(("en", "nl"), drawn.dutch.astype(np.int64), every),
        _words([item.code for item in world.MARKETS], drawn.market, every),
        places,
        _words([item.stage for item in reasons], drawn.reason, ~drawn.untagged),
        _words([item.page for item in reasons], drawn.reason, ~drawn.untagged),
        customers(drawn.customer),
        orders,
        _numbers(drawn.handle, handled),
        _numbers(drawn.wait, drawn.wait >= 0),
        _words(("false", "true"), drawn.abandoned.astype(np.int64), drawn.channel <= CHAT),
        _first_responses(rng, drawn, written),
        _replies(rng, drawn, written),
        _words(("false", "true"), drawn.first_contact.astype(np.int64), drawn.outcome_known),
        stamp(drawn.resolved),
        _words(("false", "true"), complaint.astype(np.int64), every),
        agents,
        _words(team_of, drawn.reason, every),
        _words(world.PRODUCTS, rng.integers(0, len(world.PRODUCTS), size), rng.random(size) < 0.7),
        _words(names, drawn.experiment, in_test),
        _words(("A", "B"), drawn.variant, in_test),
    )
    return list(zip(*columns, strict=True))


def _sparse(keep: Booleans, make: Callable[[Integers], list[str]]) -> list[str]:
    """Cells made for the kept rows only, "" elsewhere."""
    kept = np.flatnonzero(keep)
    cells = [""] * len(keep)
    for index, cell in zip(kept.tolist(), make(kept), strict=True):
        cells[index] = cell
    return cells


def _places(rng: np.random.Generator, drawn: Contacts) -> list[str]:
    """The shop where a store contact happened."""
    shops = [market.shops for market in world.MARKETS]
    number = rng.integers(0, 60, len(drawn)).tolist()
    return _sparse(
        drawn.channel == STORE,
        lambda kept: [
            shops[market][number[index] % len(shops[market])]
            for index, market in zip(kept.tolist(), drawn.market[kept].tolist(), strict=True)
        ],
    )


def _agents(rng: np.random.Generator, drawn: Contacts) -> list[str]:
    """Who took it: four times in five somebody of the reason's own team."""
    everyone = [name for name, _ in world.AGENTS]
    own = {reason.team: [name for name, team in world.AGENTS if team == reason.team] for reason in world.REASONS}
    teams = [own[reason.team] for reason in world.REASONS]
    number, helps_out = rng.integers(0, 5_040, len(drawn)).tolist(), rng.random(len(drawn)) < 0.2
    pools = [
        everyone if helping else teams[reason]
        for reason, helping in zip(drawn.reason.tolist(), helps_out.tolist(), strict=True)
    ]
    return _sparse(
        ~drawn.abandoned,
        lambda kept: [pools[i][number[i] % len(pools[i])] for i in kept.tolist()],
    )


def _first_responses(rng: np.random.Generator, drawn: Contacts, written: Booleans) -> list[str]:
    """Seconds to the first answer on chat, mail and social."""
    seconds = _FIRST_RESPONSE_SECONDS[drawn.channel] * np.exp(rng.normal(-0.18, 0.6, len(drawn)))
    return _numbers(seconds.astype(np.int64) + 3, written)


def _replies(rng: np.random.Generator, drawn: Contacts, written: Booleans) -> list[str]:
    """Seconds before each answer of the agent, one per customer turn, joined by bars."""
    turns = 1 + rng.poisson(np.where(drawn.channel == CHAT, 1.6, 0.5))
    mean = np.array([1.0, 46.0, 11_000.0, 4_100.0, 1.0])[drawn.channel]
    waits = (rng.gamma(1.2, 1 / 1.2, (len(drawn), 4)) * mean[:, None]).astype(np.int64) + 2
    return _sparse(
        written & (rng.random(len(drawn)) < 0.9),
        lambda kept: [
            "|".join(map(str, line[:count]))
            for line, count in zip(waits[kept].tolist(), turns[kept].tolist(), strict=True)
        ],
    )

"""Answers to De Linde's surveys, with invitations that nobody answered.

After a contact: CSAT, CES and VES. On the site: goal completion and stars. By mail after an order:
NPS. Every quarter: eNPS among the own people, with one department too small to show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from demo import contacts, texts, world
from demo.contacts import CHAT, Contacts, Row, stamp

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

HEADER: Row = (
    "external_id", "invited_at", "responded_at", "instrument", "score", "score2", "scale_min",
    "scale_max", "comment", "contact", "customer", "channel", "market", "stage", "page",
    "language", "department",
)  # fmt: skip

SCALES = {
    "csat": (1, 5),
    "star": (1, 5),
    "nps": (0, 10),
    "enps": (0, 10),
    "ces": (1, 7),
    "ves": (1, 7),
    "gcr": (0, 1),
}
EMPLOYEE_WAVES = (512, 421, 330, 239, 148, 57)
"""Days before the last day on which employees were asked."""


@dataclass(frozen=True, slots=True)
class _Wave:
    """One instrument's invitations, oldest first; `score` -1 where nobody answered."""

    instrument: str
    invited: Integers
    responded: Integers
    score: Integers
    score2: Integers | None = None


def _scores(rng: np.random.Generator, mean: Floats, sd: float, instrument: str) -> Integers:
    low, high = SCALES[instrument]
    return np.clip(np.rint(rng.normal(mean, sd)), low, high).astype(np.int64)


def _end(last_day: date) -> int:
    """The last second of the story that can have been exported."""
    return int(np.datetime64(last_day, "s").astype(np.int64)) + 79_200


def _after_contacts(rng: np.random.Generator, last_day: date, drawn: Contacts) -> list[tuple[_Wave, Integers]]:
    """CSAT, CES and VES invitations with the contacts they followed; a contact gets at most one of them."""
    lot = rng.random(len(drawn))
    level = np.array([reason.csat for reason in world.REASONS])[drawn.reason]
    mood = level + np.where(drawn.first_contact, 0.22, -0.35) - 0.12 * np.log1p(np.maximum(drawn.wait, 0) / 120)
    waves = []
    for instrument, share, answers in (("csat", (0.0, 0.25), 0.46), ("ces", (0.25, 0.30), 0.42),
                                       ("ves", (0.30, 0.335), 0.40)):  # fmt: skip
        picked = np.flatnonzero((lot >= share[0]) & (lot < share[1]) & ~drawn.abandoned)
        invited = drawn.occurred[picked] + drawn.handle[picked] + 1_800
        responded = invited + (3_600 * rng.gamma(0.8, 9.0, len(picked))).astype(np.int64)
        answered = rng.random(len(picked)) < answers * np.where(drawn.channel[picked] == CHAT, 1.15, 0.95)
        answered &= responded < _end(last_day)
        feeling = mood[picked]
        if instrument == "csat":
            score, second = _scores(rng, feeling + 0.28, 1.0, "csat"), None
        elif instrument == "ces":
            score, second = _scores(rng, 5.1 + 1.2 * (feeling - 4.0), 1.4, "ces"), None
        else:
            own = rng.normal(5.0 + 0.8 * (feeling - 4.0), 0.9)
            score, second = _scores(rng, own, 0.7, "ves"), _scores(rng, own - 0.2, 0.7, "ves")
        keep = invited < _end(last_day)
        scores = np.where(answered, score, -1)[keep]
        wave = _Wave(instrument, invited[keep], responded[keep], scores, None if second is None else second[keep])
        waves.append((wave, picked[keep]))
    return waves


def _continuous(
    rng: np.random.Generator,
    last_day: date,
    instrument: str,
    *,
    per_day: float,
    answers: float,
    means: tuple[float, float],
) -> _Wave:
    """A survey that runs every day; its mean moves in a straight line between the two `means`."""
    size = rng.poisson(per_day * world.DAYS)
    day = np.sort(rng.integers(0, world.DAYS, size))
    start = int(np.datetime64(world.first_day(last_day), "s").astype(np.int64))
    invited = start + 86_400 * day + (3_600 * rng.triangular(7.0, 17.0, 21.5, size)).astype(np.int64)
    delay = rng.gamma(0.9, 40_000.0, size) if answers < 1 else np.zeros(size)
    responded = invited + delay.astype(np.int64)
    centre = means[0] + (means[1] - means[0]) * day / world.DAYS
    if instrument == "gcr":
        score = (rng.random(size) < centre).astype(np.int64)
    else:
        score = _scores(rng, centre, {"nps": 2.1, "star": 1.1}[instrument], instrument)
    answered = (rng.random(size) < answers) & (responded < _end(last_day))
    return _Wave(instrument, invited, responded, np.where(answered, score, -1))


def service_rows(rng: np.random.Generator, last_day: date, drawn: Contacts) -> list[Row]:
    """Surveys sent after a contact, each tied to its contact where the desk knew it."""
    waves = _after_contacts(rng, last_day, drawn)
    known = contacts.identifiers(len(drawn))
    rows: list[Row] = []
    for wave, at in waves:
        # The shops' tablets forget which contact a survey belonged to.
        tied = [
            known[index] if channel != contacts.STORE else ""
            for index, channel in zip(at.tolist(), drawn.channel[at].tolist(), strict=True)
        ]
        reasons = [world.REASONS[index] for index in drawn.reason[at].tolist()]
        rows += _cells(
            rng,
            wave,
            drawn.dutch[at],
            contact=tied,
            customer=contacts.customers(drawn.customer[at]),
            channel=[world.CHANNELS[index] for index in drawn.channel[at].tolist()],
            market=[world.MARKETS[index].code for index in drawn.market[at].tolist()],
            stage=[reason.stage for reason in reasons],
            page=[reason.page for reason in reasons],
        )
    return rows


def site_rows(rng: np.random.Generator, last_day: date) -> list[Row]:
    """NPS by mail, stars and goal completion on the site."""
    rows: list[Row] = []
    for wave in (
        _continuous(rng, last_day, "nps", per_day=11.0, answers=0.34, means=(7.7, 8.15)),
        _continuous(rng, last_day, "star", per_day=6.0, answers=1.0, means=(4.15, 4.3)),
        _continuous(rng, last_day, "gcr", per_day=9.0, answers=1.0, means=(0.71, 0.77)),
    ):
        size = len(wave.invited)
        market = (rng.random(size) > world.MARKETS[0].order_ratio).tolist()
        pages = [world.REASONS[index] for index in rng.integers(0, len(world.REASONS), size).tolist()]
        on_site = wave.instrument == "gcr"
        rows += _cells(
            rng,
            wave,
            rng.random(size) < 0.83,
            customer=contacts.customers(rng.integers(0, 52_000, size)) if not on_site else None,
            market=[world.MARKETS[index].code for index in market],
            stage=[page.stage if on_site else "Aftersales" for page in pages],
            page=[page.page if on_site else "" for page in pages],
        )
    return rows


def team_rows(rng: np.random.Generator, last_day: date) -> list[Row]:
    """eNPS: every wave asks everybody, two in three answer."""
    end = int(np.datetime64(last_day, "s").astype(np.int64))
    departments = [name for name, heads in world.DEPARTMENTS for _ in range(heads)]
    mood = {"Customer service": 7.2, "E-commerce": 8.0, "Logistics": 7.1, "Stores": 7.5}
    base = np.array([mood.get(name, 7.4) for name in departments])
    rows: list[Row] = []
    for number, days in enumerate(EMPLOYEE_WAVES):
        invited = np.full(len(base), end - 86_400 * days + 32_400)
        responded = invited + (86_400 * rng.gamma(1.2, 1.5, len(base))).astype(np.int64)
        score = _scores(rng, base + 0.12 * number, 1.7, "enps")
        answered = rng.random(len(base)) < 0.68
        wave = _Wave("enps", invited, responded, np.where(answered, score, -1))
        rows += _cells(rng, wave, np.ones(len(base), dtype=np.bool_), department=departments, wave_number=number + 1)
    return rows


def _cells(
    rng: np.random.Generator,
    wave: _Wave,
    dutch: Booleans,
    *,
    contact: Sequence[str] | None = None,
    customer: Sequence[str] | None = None,
    channel: Sequence[str] | None = None,
    market: Sequence[str] | None = None,
    stage: Sequence[str] | None = None,
    page: Sequence[str] | None = None,
    department: Sequence[str] | None = None,
    wave_number: int = 0,
) -> list[Row]:
    """Rows under `HEADER`; a column that a survey does not have is left empty."""
    size = len(wave.invited)
    blank = [""] * size
    answered = wave.score >= 0
    low, high = SCALES[wave.instrument]
    prefix = f"S-{wave.instrument}-{wave_number}" if wave_number else f"S-{wave.instrument}"
    second = blank
    if wave.score2 is not None:
        second = _answers(wave.score2, answered)
    return list(
        zip(
            [f"{prefix}-{number:06d}" for number in range(1, size + 1)],
            stamp(wave.invited),
            stamp(np.where(answered, wave.responded, -1)),
            [wave.instrument] * size,
            _answers(wave.score, answered),
            second,
            [str(low)] * size,
            [str(high)] * size,
            _comments(rng, wave, answered, dutch),
            contact or blank,
            customer or blank,
            channel or blank,
            market or blank,
            stage or blank,
            page or blank,
            ["nl" if is_dutch else "en" for is_dutch in dutch.tolist()],
            department or blank,
            strict=True,
        )
    )


def _answers(score: Integers, answered: Booleans) -> list[str]:
    return [str(value) if given else "" for value, given in zip(score.tolist(), answered.tolist(), strict=True)]


def _comments(rng: np.random.Generator, wave: _Wave, answered: Booleans, dutch: Booleans) -> list[str]:
    """Remarks under one answer in five, and under twice as many of the bad ones."""
    low, high = SCALES[wave.instrument]
    height = (wave.score - low) / (high - low)
    mood = np.where(height < 0.4, 0, np.where(height < 0.72, 1, 2))
    wanted = answered & (rng.random(len(height)) < np.where(mood == 0, 0.4, 0.2))
    kept = np.flatnonzero(wanted)
    cells = [""] * len(height)
    for index, remark in zip(kept.tolist(), texts.comments(rng, mood[kept], dutch[kept]), strict=True):
        cells[index] = remark
    return cells

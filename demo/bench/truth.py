"""De Linde's truth, five times: how often does the product's own measurement find what is so?

Each seed's contacts go into the daily series as the import would count them (without the rows, which
take minutes), and the year is told through the services: releases freeze their design, and the
nightly measurement reads the series. What it stores is held against the truth. Each seed is rolled back.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from django.db import transaction
from scipy import stats

from accounts.models import Market
from demo import commerce, contacts, generate, results, tides, world
from demo.bench.lines import CannotMeasure, Line, at_least, at_most
from demo.services import company, story
from experiments.models import Outcome
from feedback import bulk
from feedback.models import ContactReason, DimensionValue, Theme
from metrics.models import CommerceCell, ContactCell

SEEDS = range(101, 106)
LAST_DAY = date(2026, 11, 21)
COVERED = 0.9
CLAIM_RATE = 0.05
_CELL = ("day", "market", "theme", "contacts", "channel", "stage")


@dataclass(frozen=True, slots=True)
class Finding:
    """The true rate ratio of a release, and the interval that the product gives."""

    true: float
    low: float
    high: float

    @property
    def is_inside(self) -> bool:
        """Does the interval hold the truth?"""
        return self.low <= self.true <= self.high


def measure(folder: Path) -> list[Line]:
    """Two lines over all seeds; raises CannotMeasure when a release that ran long enough has no interval."""
    found: list[Finding] = []
    for seed in SEEDS:
        with transaction.atomic():
            found += findings(seed, folder)
            transaction.set_rollback(True)
    return judged(found)


def judged(found: list[Finding]) -> list[Line]:
    """The share of intervals that hold the truth, and how many true zeros are claimed to be something."""
    zeros = [finding for finding in found if finding.true == 1]
    if not found or not zeros:
        raise CannotMeasure("No release was measured.")
    inside = sum(finding.is_inside for finding in found) / len(found)
    claimed = sum(not finding.is_inside for finding in zeros)
    most = float(stats.binom.ppf(0.99, len(zeros), CLAIM_RATE))
    return [
        at_least(
            f"De Linde's truth: true effects inside their 95 % intervals ({len(found)})", inside, COVERED, "share"
        ),
        at_most(f"De Linde's truth: true zeros claimed as effects ({len(zeros)})", claimed, most, "claims"),
    ]


def findings(seed: int, folder: Path, *, last_day: date = LAST_DAY) -> list[Finding]:
    """What the product measures at the end of De Linde's year of this seed, in the database as it is now."""
    rng = np.random.default_rng(seed)
    keys = world.keys()
    now = datetime.combine(last_day + timedelta(days=1), time(8, 30), UTC)
    contact_tides, order_tides = tides.tides(rng, last_day)
    drawn = contacts.draw(rng, last_day, tides.counts(rng, tides.rates(last_day, contact_tides)))
    people = company.found(password=f"linden {seed}", now=now)
    _count(drawn, _themes(now), last_day)
    _count_orders(commerce.rows(rng, last_day, order_tides))
    path = _save(folder / f"results-{seed}.csv", results.rows(rng, last_day, drawn, keys))
    story.tell(people=people, truth=_truth(seed, last_day, len(drawn)), results=[path], now=now)
    story.measure_all(today=now.date(), now=now)
    return _compare(generate.releases(last_day, keys))


def _compare(releases: tuple[generate.TrueRelease, ...]) -> list[Finding]:
    newest: dict[str, Outcome] = {}
    for outcome in Outcome.objects.select_related("release__experiment").order_by("measured_at", "pk"):
        if outcome.release.experiment:
            newest[outcome.release.experiment.key] = outcome
    found: list[Finding] = []
    for release in releases:
        if release.weeks_after < 2:
            continue
        measured = newest.get(release.experiment)
        if measured is None or measured.rate_ratio_low is None or measured.rate_ratio_high is None:
            raise CannotMeasure(f"{release.slug} ran for {release.weeks_after} weeks and has no interval.")
        found.append(Finding(release.rate_ratio, measured.rate_ratio_low, measured.rate_ratio_high))
    return found


def _themes(now: datetime) -> dict[str, int]:
    """A theme for each reason, as an import of tagged contacts makes them; keys by the reason's slug."""
    made: dict[str, int] = {}
    for reason in world.REASONS:
        stage, _ = DimensionValue.objects.get_or_create(
            dimension="stage", code=reason.stage.lower(), defaults={"label": reason.stage}
        )
        theme = Theme.objects.create(name=reason.name, stage=stage, created_at=now)
        ContactReason.objects.create(path=reason.path.replace("::", " > "), name=reason.name, theme=theme)
        made[reason.slug] = theme.pk
    return made


def _count(drawn: contacts.Contacts, themes: dict[str, int], last_day: date) -> None:
    """Contacts per day, market and theme, and once per day and market for all: the counts of `feedback.counting`."""
    markets = _market_keys()
    shape = (world.DAYS, len(world.MARKETS), len(world.REASONS))
    place = np.ravel_multi_index((drawn.day, drawn.market, drawn.reason), shape)
    size = int(np.prod(shape))
    tagged = np.bincount(place[~drawn.untagged], minlength=size).reshape(shape)
    every = np.bincount(place, minlength=size).reshape(shape).sum(axis=2)
    by_reason = [themes[reason.slug] for reason in world.REASONS]
    first = world.first_day(last_day)
    sums = [field.name for field in ContactCell._meta.concrete_fields if field.name not in {"id", *_CELL}]
    nothing = (0,) * len(sums)
    bulk.insert(
        ContactCell,
        (*_CELL, *sums),
        [
            (first + timedelta(days=day), markets[market], theme, count, 0, 0, *nothing)
            for day in range(world.DAYS)
            for market in range(len(world.MARKETS))
            for theme, count in [
                (0, int(every[day, market])),
                *zip(by_reason, tagged[day, market].tolist(), strict=True),
            ]
            if count
        ],
    )


def _count_orders(rows: list[contacts.Row]) -> None:
    """The shop's days, all devices together."""
    markets = {market.code: key for market, key in zip(world.MARKETS, _market_keys(), strict=True)}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in rows:
        cells = dict(zip(commerce.HEADER, line, strict=True))
        cell = sums[cells["date"], cells["market"]]
        cell[0] += int(cells["sessions"])
        cell[1] += int(cells["orders"])
    CommerceCell.objects.bulk_create(
        CommerceCell(day=date.fromisoformat(day), market=markets[code], sessions=sessions, orders=orders)
        for (day, code), (sessions, orders) in sums.items()
    )


def _market_keys() -> list[int]:
    keys = dict(Market.objects.values_list("code", "pk"))
    return [keys[market.code] for market in world.MARKETS]


def _save(path: Path, rows: list[contacts.Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([results.HEADER, *rows])
    return path


def _truth(seed: int, last_day: date, size: int) -> generate.Truth:
    return generate.Truth(
        seed=seed,
        first_day=world.first_day(last_day),
        last_day=last_day,
        contacts=size,
        untagged=0,
        rising=world.REASONS[world.REASON_INDEX[world.RISING]].path,
        rising_from=last_day - timedelta(days=world.RISING_DAYS - 1),
        releases=generate.releases(last_day, world.keys()),
        files={},
    )

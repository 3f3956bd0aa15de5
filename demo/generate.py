"""Writes De Linde's eighteen months as the files that its systems would export.

`write` needs only a folder, a seed and the last day; the same three always give the same bytes.
The files go through the ordinary import, so they also hold what real exports hold: rows that were
exported twice, rows that changed since, and rows that are broken. `truth.json` beside them says
what is really so, for the tests that check what the product finds.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from demo import commerce, contacts, results, surveys, tides, world
from demo.contacts import Row
from demo.defects import Batch, broken_commerce, broken_surveys, exported, with_repeats

ORDER = ("commerce", "contacts", "surveys", "results")
"""Kinds of files in the order in which they should be imported."""

SEED = 3
"""The seed of the demonstration; the tests try others as well."""


@dataclass(frozen=True, slots=True)
class TrueRelease:
    """What one release really did. `rate_ratio` is the theme's rate after over before (1: nothing).

    `weeks_after` are the whole weeks up to the last day without the first one, at most 12; with
    fewer than two the product has to say that it is too early.
    """

    experiment: str
    slug: str
    title: str
    reason: str
    filed_on: date
    released_on: date
    rate_ratio: float
    weeks_after: int


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What an import of one file, in order, must report."""

    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a test may hold against the product."""

    seed: int
    first_day: date
    last_day: date
    contacts: int
    untagged: int
    rising: str
    rising_from: date
    releases: tuple[TrueRelease, ...]
    files: Mapping[str, FileCounts]


@dataclass(frozen=True, slots=True)
class Written:
    """The files by kind, kinds and files in import order, and the truth behind them."""

    files: Mapping[str, tuple[Path, ...]]
    truth_path: Path
    truth: Truth


def write(folder: Path, *, seed: int, last_day: date, first_key: int = 1) -> Written:
    """Write all files into `folder` (made when missing) and return their paths.

    `first_key` is the number of the first experiment's key: EXP-1 unless the installation has
    experiments already. Files of the same name are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    keys = world.keys(first=first_key)
    contact_tides, order_tides = tides.tides(rng, last_day)
    drawn = contacts.draw(rng, last_day, tides.counts(rng, tides.rates(last_day, contact_tides)))
    batches = {
        "commerce": [_commerce(rng, last_day, commerce.rows(rng, last_day, order_tides))],
        "contacts": exported(rng, last_day, contacts.rows(rng, drawn, keys)),
        "surveys": _surveys(rng, last_day, drawn),
        "results": [_plain("experiment-results.csv", results.HEADER, results.rows(rng, last_day, drawn, keys))],
    }
    files = {kind: tuple(_save(folder, batch) for batch in batches[kind]) for kind in ORDER}
    truth = Truth(
        seed=seed,
        first_day=world.first_day(last_day),
        last_day=last_day,
        contacts=len(drawn),
        untagged=int(drawn.untagged.sum()),
        rising=world.REASONS[world.REASON_INDEX[world.RISING]].path,
        rising_from=last_day - timedelta(days=world.RISING_DAYS - 1),
        releases=releases(last_day, keys),
        files={batch.name: _counts(batch) for kind in ORDER for batch in batches[kind]},
    )
    truth_path = folder / "truth.json"
    truth_path.write_text(json.dumps(asdict(truth), default=str, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return Written(files=files, truth_path=truth_path, truth=truth)


def releases(last_day: date, keys: Mapping[str, str]) -> tuple[TrueRelease, ...]:
    """The true effect of every released experiment, oldest release first."""
    found = [
        TrueRelease(
            experiment=keys[item.slug],
            slug=item.slug,
            title=item.title,
            reason=world.REASONS[world.REASON_INDEX[item.reason]].path,
            filed_on=world.day_before(last_day, item.filed_before),
            released_on=world.released_on(item, last_day),
            rate_ratio=round(1 + item.release.effect, 4),
            weeks_after=min(12, ((last_day - world.released_on(item, last_day)).days + 1) // 7 - 1),
        )
        for item in world.EXPERIMENTS
        if item.release is not None
    ]
    return tuple(sorted(found, key=lambda release: release.released_on))


def _plain(name: str, header: Row, rows: Sequence[Row]) -> Batch:
    return Batch(name, header, tuple(rows), new=len(rows))


def _commerce(rng: np.random.Generator, last_day: date, rows: list[Row]) -> Batch:
    broken = broken_commerce(last_day)
    mixed = [*rows, *broken]
    return Batch("shop-days.csv", commerce.HEADER, tuple(mixed), new=len(rows), rejected=len(broken))


def _surveys(rng: np.random.Generator, last_day: date, drawn: contacts.Contacts) -> list[Batch]:
    service = surveys.service_rows(rng, last_day, drawn)
    site = surveys.site_rows(rng, last_day)
    broken = broken_surveys(rng, service)
    return [
        with_repeats(rng, "survey-after-contact.csv", surveys.HEADER, service, broken, repeats=110),
        _plain("survey-site.csv", surveys.HEADER, site),
        _plain("survey-employees.csv", surveys.HEADER, surveys.team_rows(rng, last_day)),
    ]


def _counts(batch: Batch) -> FileCounts:
    unchanged = len(batch.rows) - batch.new - batch.changed - batch.rejected
    return FileCounts(len(batch.rows), batch.new, batch.changed, unchanged, batch.rejected)


def _save(folder: Path, batch: Batch) -> Path:
    path = folder / batch.name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(batch.header)
        writer.writerows(batch.rows)
    return path

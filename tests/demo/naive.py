"""The shortest import there can be, to hold De Linde's files against their own truth without the product."""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from demo import world
from demo.generate import FileCounts, Truth, Written
from experiments.deflection import Case, Deflection, measure
from experiments.weeks import DailyCounts


def _is_instant(value: str) -> bool:
    try:
        return value == "" or datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_count(value: str) -> bool:
    return value == "" or value.isdigit()


def contact_is_good(row: Mapping[str | None, str]) -> bool:
    """Whether a contact may be imported: right number of cells, real instants, durations from 0."""
    return (
        None not in row
        and row["occurred_at"] != ""
        and _is_instant(row["occurred_at"])
        and _is_instant(row["resolved_at"])
        and _is_count(row["handle_seconds"])
        and _is_count(row["wait_seconds"])
    )


def survey_is_good(row: Mapping[str | None, str]) -> bool:
    """Whether an answer may be imported: a known instrument and no score, or one inside its scale."""
    if None in row or row["instrument"] not in {"csat", "star", "nps", "enps", "ces", "ves", "gcr"}:
        return False
    scores = [row["score"], row["score2"]]
    on_scale = all(
        score == "" or (score.isdigit() and int(row["scale_min"]) <= int(score) <= int(row["scale_max"]))
        for score in scores
    )
    return on_scale and _is_instant(row["responded_at"])


def commerce_is_good(row: Mapping[str | None, str]) -> bool:
    """Whether a day of the shop may be imported."""
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        return False
    return row["sessions"].isdigit() and row["orders"].isdigit()


GOOD = {"contacts": contact_is_good, "surveys": survey_is_good, "commerce": commerce_is_good}


def load(paths: tuple[Path, ...], kind: str) -> tuple[dict[str, dict[str | None, str]], dict[str, FileCounts]]:
    """Rows by id after importing the files in order, and what each file's import would report."""
    kept: dict[str, dict[str | None, str]] = {}
    reports: dict[str, FileCounts] = {}
    for path in paths:
        seen: Counter[str] = Counter()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                seen[_take(kept, row, kind)] += 1
        reports[path.name] = FileCounts(
            sum(seen.values()), seen["new"], seen["changed"], seen["unchanged"], seen["rejected"]
        )
    return kept, reports


def _take(kept: dict[str, dict[str | None, str]], row: dict[str | None, str], kind: str) -> str:
    if not GOOD[kind](row):
        return "rejected"
    key = row.get("external_id") or "|".join((row["date"], row["market"], row["device"]))
    old = kept.get(key)
    kept[key] = row
    return "new" if old is None else "unchanged" if old == row else "changed"


def daily(written: Written) -> DailyCounts:
    """Contacts per reason and day of the market, counted from the files."""
    files = [
        pd.read_csv(path, usecols=["external_id", "occurred_at", "reason"], dtype=str, on_bad_lines="skip")
        for path in written.files["contacts"]
    ]
    rows = pd.concat(files)
    when = pd.to_datetime(rows["occurred_at"], format="%Y-%m-%dT%H:%M:%SZ", utc=True, errors="coerce")
    good = when.notna() & rows["external_id"].str.startswith("T")
    rows = rows.assign(when=when)[good].drop_duplicates("external_id", keep="last").dropna(subset=["reason"])
    # Amsterdam and Brussels have kept the same time since 1946.
    rows["day"] = (
        rows["when"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None) - pd.Timestamp(written.truth.first_day)
    ).dt.days
    return DailyCounts(
        start=written.truth.first_day,
        series={
            str(reason): np.bincount(group.to_numpy(), minlength=world.DAYS).astype(np.float64)
            for reason, group in rows.groupby("reason")["day"]
        },
    )


def untouched(truth: Truth, released_on: date) -> set[str]:
    """Reasons that no release touched between half a year before this one and a quarter after it."""
    first, last = released_on - timedelta(weeks=22), released_on + timedelta(weeks=13)
    touched = {release.reason for release in truth.releases if first <= release.released_on < last}
    return {reason.path for reason in world.REASONS} - touched


def outcomes(written: Written) -> dict[str, tuple[float, Deflection]]:
    """Per released experiment its true rate ratio and what the product's estimator finds."""
    data = daily(written)
    return {
        release.slug: (
            release.rate_ratio,
            measure(
                data,
                Case(
                    theme=release.reason,
                    released_on=release.released_on,
                    filed_on=release.filed_on,
                    controls=untouched(written.truth, release.released_on),
                ),
            ),
        )
        for release in written.truth.releases
    }

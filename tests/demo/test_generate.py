import csv
import hashlib
import json
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from demo import commerce, contacts, generate, results, surveys, world
from tests.demo import naive
from tests.demo.conftest import LAST_DAY

CONTRACT = {
    "contacts": "external_id occurred_at channel reason subject text language market location stage page customer "
    "order handle_seconds wait_seconds abandoned first_response_seconds reply_seconds resolved_first_contact "
    "resolved_at is_complaint agent team product experiment variant",
    "surveys": "external_id invited_at responded_at instrument score score2 scale_min scale_max comment contact "
    "customer channel market stage page language department",
    "commerce": "date market sessions orders revenue checkouts device",
    "results": "experiment variant date visitors conversions revenue_sum revenue_sumsq contacts",
}


def _digests(written: generate.Written) -> dict[str, str]:
    paths = [path for kind in generate.ORDER for path in written.files[kind]] + [written.truth_path]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _rows(paths: tuple[Path, ...]) -> list[dict[str | None, str]]:
    rows: list[dict[str | None, str]] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


@pytest.fixture(scope="session")
def imported(linde: generate.Written) -> dict[str, dict[str | None, str]]:
    """The contacts after importing every file in order."""
    return naive.load(linde.files["contacts"], "contacts")[0]


@pytest.mark.slow
def test_the_same_seed_and_day_give_the_same_bytes_and_another_seed_does_not(
    linde: generate.Written, folder: Path
) -> None:
    started = time.process_time()
    again = generate.write(folder, seed=generate.SEED, last_day=LAST_DAY)
    assert time.process_time() - started < 8
    assert _digests(again) == _digests(linde)
    other = generate.write(folder, seed=generate.SEED + 1, last_day=LAST_DAY)
    assert _digests(other) != _digests(linde)
    # The story's endings do not depend on the luck of the draw.
    assert [release.released_on for release in other.truth.releases] == [
        release.released_on for release in linde.truth.releases
    ]


@pytest.mark.parametrize("kind", generate.ORDER)
def test_headings_are_those_an_import_understands_without_a_mapping(linde: generate.Written, kind: str) -> None:
    for path in linde.files[kind]:
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == CONTRACT[kind].split(), path.name


@pytest.mark.parametrize("kind", ["contacts", "surveys", "commerce"])
def test_each_file_holds_what_its_truth_says(linde: generate.Written, kind: str) -> None:
    _, reports = naive.load(linde.files[kind], kind)
    assert reports == {path.name: linde.truth.files[path.name] for path in linde.files[kind]}
    assert sum(report.rejected for report in reports.values()) > 0
    if kind == "contacts":
        assert sum(report.changed for report in reports.values()) > 50
        assert sum(report.unchanged for report in reports.values()) > 500


def test_there_are_about_120000_contacts_of_eighteen_months(
    linde: generate.Written, imported: dict[str, dict[str | None, str]]
) -> None:
    assert len(imported) == linde.truth.contacts
    assert 118_000 <= len(imported) <= 125_000
    days = sorted(row["occurred_at"] for row in imported.values())
    assert days[0] >= (LAST_DAY - timedelta(days=546)).isoformat()
    assert days[-1] < (LAST_DAY + timedelta(days=1)).isoformat()
    without = [row for row in imported.values() if not row["reason"]]
    assert 0.03 < len(without) / len(imported) < 0.05
    assert all(row["text"] for row in without)
    assert len({row["reason"] for row in imported.values()} - {""}) == len(world.REASONS) >= 40
    assert {row["channel"] for row in imported.values()} == set(world.CHANNELS)
    assert {row["market"] for row in imported.values()} == {"NL", "BE"}


def test_contacts_leave_out_what_a_desk_cannot_know(imported: dict[str, dict[str | None, str]]) -> None:
    for row in imported.values():
        if row["abandoned"] == "true":
            assert not any(row[name] for name in ("handle_seconds", "resolved_at", "agent", "text"))
        if row["resolved_at"]:
            assert row["resolved_at"] > row["occurred_at"]
        assert bool(row["location"]) == (row["channel"] == "store")
        assert bool(row["wait_seconds"]) == (row["channel"] in {"phone", "chat"})
        assert bool(row["experiment"]) == bool(row["variant"])


def test_orders_and_visits_fit_the_contacts(
    linde: generate.Written, imported: dict[str, dict[str | None, str]]
) -> None:
    rows = [row for row in _rows(linde.files["commerce"]) if naive.commerce_is_good(row)]
    orders = np.array([int(row["orders"]) for row in rows])
    sessions = np.array([int(row["sessions"]) for row in rows])
    per_day = orders.sum() / world.DAYS
    assert len(rows) == world.DAYS * len(world.MARKETS) * len(commerce.DEVICES)
    assert (orders <= sessions).all()
    assert 1_000 < per_day < 1_600
    assert 0.025 < orders.sum() / sessions.sum() < 0.035
    assert 150 < 1000 * len(imported) / orders.sum() < 200


def test_every_instrument_has_answers_and_silence(linde: generate.Written) -> None:
    rows, _ = naive.load(linde.files["surveys"], "surveys")
    answered: dict[str, list[int]] = {instrument: [] for instrument in surveys.SCALES}
    silent = dict.fromkeys(surveys.SCALES, 0)
    for row in rows.values():
        if row["score"]:
            answered[row["instrument"]].append(int(row["score"]))
        else:
            silent[row["instrument"]] += 1
    assert all(len(scores) > 400 for scores in answered.values()), {k: len(v) for k, v in answered.items()}
    assert all(silent[instrument] > 100 for instrument in ("csat", "ces", "ves", "nps", "enps"))
    assert 0.10 < len(answered["csat"]) / linde.truth.contacts < 0.14
    assert 0.70 < np.mean(np.array(answered["csat"]) >= 4) < 0.85
    pairs = [
        (int(row["score"]), int(row["score2"])) for row in rows.values() if row["instrument"] == "ves" and row["score"]
    ]
    assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.3
    finance = [row for row in rows.values() if row["department"] == "Finance" and row["score"]]
    assert 0 < len(finance) / len(surveys.EMPLOYEE_WAVES) < 5


def test_scores_follow_the_reason(linde: generate.Written, imported: dict[str, dict[str | None, str]]) -> None:
    rows, _ = naive.load(linde.files["surveys"], "surveys")
    by_reason: dict[str, list[int]] = {}
    for row in rows.values():
        if row["instrument"] == "csat" and row["score"] and row["contact"] in imported:
            by_reason.setdefault(imported[row["contact"]]["reason"], []).append(int(row["score"]))
    found = [np.mean(by_reason[reason.path]) for reason in world.REASONS]
    assert np.corrcoef(found, [reason.csat for reason in world.REASONS])[0, 1] > 0.8


def test_one_theme_rises_in_the_last_days(imported: dict[str, dict[str | None, str]], linde: generate.Written) -> None:
    stamps = [row["occurred_at"] for row in imported.values() if row["reason"] == linde.truth.rising]
    lately = sum(stamp >= linde.truth.rising_from.isoformat() for stamp in stamps)
    assert LAST_DAY - linde.truth.rising_from < timedelta(days=10)
    usual = (len(stamps) - lately) / (world.DAYS - world.RISING_DAYS)
    assert lately / world.RISING_DAYS > 5 * usual


def test_truth_is_written_beside_the_files(linde: generate.Written) -> None:
    told = json.loads(linde.truth_path.read_text(encoding="utf-8"))
    assert told["contacts"] == linde.truth.contacts
    assert [release["rate_ratio"] for release in told["releases"]] == [
        release.rate_ratio for release in linde.truth.releases
    ]
    assert date.fromisoformat(told["last_day"]) == LAST_DAY


def test_customers_come_back_and_orders_look_like_orders(imported: dict[str, dict[str | None, str]]) -> None:
    customers = {row["customer"] for row in imported.values()}
    assert 20_000 < len(customers) < len(imported)
    assert all(row["order"] == "" or row["order"].startswith("LN73") for row in list(imported.values())[:1000])


def test_headers_of_the_modules_are_the_contract() -> None:
    for kind, module in (("contacts", contacts), ("surveys", surveys), ("commerce", commerce), ("results", results)):
        assert list(module.HEADER) == CONTRACT[kind].split()

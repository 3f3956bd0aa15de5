"""What the product's estimator finds in De Linde, held against what is so."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from scipy import stats

from demo import generate, world
from experiments.deflection import Deflection
from tests.demo import naive
from tests.demo.conftest import LAST_DAY

Outcomes = dict[str, tuple[float, Deflection]]


def _inside(outcomes: Iterable[tuple[float, Deflection]]) -> list[bool]:
    return [
        found.rate_ratio.low <= ratio <= found.rate_ratio.high
        for ratio, found in outcomes
        if found.rate_ratio.low is not None and found.rate_ratio.high is not None
    ]


def _claimed(outcomes: Iterable[tuple[float, Deflection]]) -> list[bool]:
    return [not inside for inside in _inside(pair for pair in outcomes if pair[0] == 1)]


def _assert_true_effects_are_found(outcomes: list[tuple[float, Deflection]]) -> None:
    inside, claimed = _inside(outcomes), _claimed(outcomes)
    assert sum(inside) >= 0.9 * len(inside)
    assert sum(claimed) <= stats.binom.ppf(0.99, len(claimed), 0.05)


@pytest.fixture(scope="module")
def outcomes(linde: generate.Written) -> Outcomes:
    return naive.outcomes(linde)


def test_true_effects_lie_in_their_intervals(outcomes: Outcomes) -> None:
    _assert_true_effects_are_found(list(outcomes.values()))
    assert len(_inside(outcomes.values())) == 11


def test_real_falls_are_found_and_none_is_invented(outcomes: Outcomes) -> None:
    for slug, (ratio, found) in outcomes.items():
        if found.weeks_after < 2:
            continue
        assert found.grade == "B", (slug, found.flags)
        if ratio < 1:
            assert found.verdict == "avoided", slug
            assert (found.avoided.low or 0) > 0, slug
        else:
            assert found.verdict in {"no_difference", "too_early"}, slug


def test_the_latest_release_is_too_early_to_say(outcomes: Outcomes) -> None:
    _, found = outcomes["collect-status"]
    assert (found.grade, found.verdict, found.rate_ratio.value) == ("D", "too_early", None)


def test_every_release_has_its_comparison(linde: generate.Written) -> None:
    data = naive.daily(linde)
    for release in linde.truth.releases:
        controls = naive.untouched(linde.truth, release.released_on)
        assert len(controls) >= 12
        day = (release.released_on - linde.truth.first_day).days
        theme = data.series[release.reason]
        comparison = sum(data.series[name][day - 84 : day].sum() for name in controls)
        assert comparison >= 5 * theme[day - 84 : day].sum(), release.slug
        assert theme.mean() >= 10, release.slug


@pytest.mark.slow
def test_true_effects_lie_in_their_intervals_over_five_seeds(tmp_path: Path) -> None:
    pooled: list[tuple[float, Deflection]] = []
    for seed in range(101, 106):
        written = generate.write(tmp_path, seed=seed, last_day=LAST_DAY)
        pooled += naive.outcomes(written).values()
    assert len(_inside(pooled)) == 55
    assert len(_claimed(pooled)) == 15
    _assert_true_effects_are_found(pooled)


@pytest.mark.slow
@pytest.mark.parametrize("last_day", [date(2027, 1, 3), date(2026, 7, 1), date(2028, 3, 1)])
def test_the_story_ends_on_any_day(tmp_path: Path, last_day: date) -> None:
    written = generate.write(tmp_path, seed=generate.SEED, last_day=last_day)
    assert 118_000 <= written.truth.contacts <= 125_000
    _, reports = naive.load(written.files["contacts"], "contacts")
    assert reports == {path.name: written.truth.files[path.name] for path in written.files["contacts"]}
    found = naive.outcomes(written)
    assert sum(_inside(found.values())) >= 9
    assert all(release.released_on.weekday() < 5 for release in written.truth.releases)
    assert written.truth.first_day == world.first_day(last_day)

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from demo import texts, tides, world
from feedback.redaction import redact
from tests.demo.conftest import LAST_DAY


def test_the_story_has_what_it_promises() -> None:
    released = [item for item in world.EXPERIMENTS if item.release]
    endings = Counter(item.ending for item in world.EXPERIMENTS)
    zeros = [item for item in released if item.release and item.release.is_zero]
    effects = [item.release.effect for item in released if item.release and not item.release.is_zero]
    assert len(released) >= 10
    assert 2 <= len(zeros) <= 3
    assert len(effects) >= 7
    assert all(-0.55 <= effect <= -0.30 for effect in effects)
    assert len({item.reason for item in released}) == len(released)
    assert endings["running"] == 2
    assert all(endings[ending] >= 1 for ending in ("ready", "planned", "invalid", "lost", "inconclusive"))


def test_dates_of_an_experiment_follow_each_other() -> None:
    for item in world.EXPERIMENTS:
        start, end = world.run_period(item, LAST_DAY)
        assert world.day_before(LAST_DAY, item.filed_before) < start
        if item.release:
            assert end < world.released_on(item, LAST_DAY)
    with pytest.raises(ValueError, match="never released"):
        world.released_on(world.EXPERIMENTS[-1], LAST_DAY)


def test_reasons_are_paths_of_two_steps_and_known_by_one_name() -> None:
    paths = [reason.path for reason in world.REASONS]
    assert len(set(paths)) == len(paths) == len(world.REASON_INDEX)
    assert all(len(path.split("::")) == 2 and "|" not in path and ">" not in path for path in paths)
    assert {item.reason for item in world.EXPERIMENTS} <= set(world.REASON_INDEX)


@pytest.mark.parametrize(
    ("year", "day"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))]
)
def test_easter(year: int, day: date) -> None:
    assert tides.easter(year) == day


def test_a_tide_has_mean_one_and_quiet_holidays() -> None:
    contacts, orders = tides.tides(np.random.default_rng(3), LAST_DAY)
    assert contacts.mean(axis=1) == pytest.approx([1, 1])
    assert orders.mean(axis=1) == pytest.approx([1, 1])
    christmas = tides.days(LAST_DAY).index(date(2025, 12, 25))
    assert contacts[0, christmas] < 0.6 * contacts[0, christmas - 7]


def test_a_release_multiplies_its_theme_and_nothing_else() -> None:
    flat = np.ones((len(world.MARKETS), world.DAYS))
    rates = tides.rates(LAST_DAY, flat).sum(axis=1)
    item = next(item for item in world.EXPERIMENTS if item.slug == "return-label")
    assert item.release
    day = (world.released_on(item, LAST_DAY) - world.first_day(LAST_DAY)).days
    theme = rates[world.REASON_INDEX[item.reason]]
    assert theme[day + 6] / theme[day - 1] == pytest.approx(1 + item.release.effect)
    assert theme[day] > theme[day + 6]
    untouched = rates[world.REASON_INDEX["material"]]
    assert untouched[day + 6] / untouched[day - 1] == pytest.approx(1, abs=0.01)


def test_offsets_know_summer_time() -> None:
    offsets = tides.utc_offsets(LAST_DAY, "Europe/Amsterdam")
    first = world.first_day(LAST_DAY)
    assert offsets[(date(2025, 7, 1) - first).days] == 7200
    assert offsets[(date(2026, 1, 1) - first).days] == 3600
    assert first + timedelta(days=len(offsets) - 1) == LAST_DAY


def test_messages_vary_in_both_languages() -> None:
    rng = np.random.default_rng(5)
    size = 4_000
    reasons = rng.integers(0, len(world.REASONS), size)
    dutch = rng.random(size) < 0.5
    found = texts.messages(rng, reasons, dutch, ["LN7310001"] * size)
    assert len(set(found)) > 0.9 * size
    assert all(text[0] == text[0].upper() and "{" not in text for text in found)
    for tongue in (texts.ENGLISH, texts.DUTCH):
        assert set(tongue.bodies) == set(world.REASON_INDEX)
        assert all(len(set(bodies)) >= 4 for _, bodies in tongue.bodies.values())


def test_personal_data_in_messages_can_be_redacted() -> None:
    rng = np.random.default_rng(6)
    size = 4_000
    found = texts.messages(rng, rng.integers(0, len(world.REASONS), size), rng.random(size) < 0.5, [""] * size)
    with_mail = [text for text in found if "@example." in text]
    assert len(with_mail) > 20
    assert not any("@example." in redact(text).text for text in with_mail)

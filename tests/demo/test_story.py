"""De Linde's story on whatever day somebody starts the demo. Without contacts, so that it is quick."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from demo import contacts, generate, results, world
from demo.services import company, story
from experiments.models import Experiment, Release
from feedback.models import ContactReason, Theme
from hypotheses.models import Hypothesis, Sprint, Status

Tell = Callable[[datetime, date, int], None]


@pytest.fixture
def tell(db: None, tmp_path: Path, settings: Settings) -> Tell:
    """`tell(now, last_day, seed)`: De Linde's people, a theme for every reason, and the whole story."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def run(now: datetime, last_day: date, seed: int) -> None:
        people = company.found(password="linden and oaks", now=now)
        for reason in world.REASONS:
            theme = Theme.objects.create(name=reason.name, origin=Theme.Origin.REASON, created_at=now)
            ContactReason.objects.create(path=reason.path.replace("::", " > "), name=reason.name, theme=theme)
        story.tell(people=people, truth=_truth(last_day, seed), results=[_results(tmp_path, last_day, seed)], now=now)

    return run


def _truth(last_day: date, seed: int) -> generate.Truth:
    return generate.Truth(
        seed=seed,
        first_day=world.first_day(last_day),
        last_day=last_day,
        contacts=0,
        untagged=0,
        rising=world.REASONS[world.REASON_INDEX[world.RISING]].path,
        rising_from=last_day - timedelta(days=world.RISING_DAYS - 1),
        releases=generate.releases(last_day, world.keys()),
        files={},
    )


def _results(folder: Path, last_day: date, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    nobody = contacts.draw(rng, last_day, np.zeros((len(world.REASONS), len(world.MARKETS), world.DAYS), np.int64))
    path = folder / "results.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([results.HEADER, *results.rows(rng, last_day, nobody, world.keys())])
    return path


HYPOTHESIS_AFTER = {
    "won": {Status.RELEASED, Status.MEASURED},
    "lost": {Status.DECIDED},
    "inconclusive": {Status.DECIDED},
    "invalid": {Status.DECIDED},
    "ready": {Status.TESTING},
    "running": {Status.TESTING},
    "planned": {Status.PLANNED, Status.ACCEPTED},
}


# The story is laid out in days before its last one, so only the weekday on which it ends can trip it.
@pytest.mark.slow
@pytest.mark.parametrize("ahead", range(7))
def test_the_story_can_be_told_on_any_day(tell: Tell, ahead: int) -> None:
    last_day = date(2026, 12, 28) + timedelta(days=ahead)
    # From shortly after midnight in Amsterdam to shortly before the next.
    now = datetime(2026, 12, 28, 23, 5, tzinfo=UTC) + timedelta(days=ahead, hours=23 * ahead / 6)
    tell(now, last_day, 40 + ahead)

    for test in world.EXPERIMENTS:
        idea = Hypothesis.objects.get(title=test.title)
        assert idea.status in HYPOTHESIS_AFTER[test.ending], (test.slug, idea.status)
        assert idea.experiments.count() == (test.ending != "planned"), test.slug
    _assert_sprints_follow_each_other(last_day)
    tested = Release.objects.exclude(experiment=None).order_by("released_on")
    assert [(made.experiment.key, made.released_on) for made in tested if made.experiment] == [
        (release.experiment, release.released_on) for release in generate.releases(last_day, world.keys())
    ]
    for made in tested:
        assert made.design["controls"]
        assert made.theme_id not in made.design["controls"]
    statuses = set(Hypothesis.objects.values_list("status", flat=True))
    assert {Status.SUBMITTED, Status.ASKED, Status.ACCEPTED, Status.DECLINED, Status.DUPLICATE} <= statuses
    # Nothing happens after now.
    assert not Hypothesis.objects.filter(updated_at__gt=now).exists()
    assert not Experiment.objects.filter(created_at__gt=now).exists()


def _assert_sprints_follow_each_other(last_day: date) -> None:
    sprints = list(Sprint.objects.order_by("number"))
    assert len(sprints) >= 25
    for earlier, later in pairwise(sprints):
        assert later.starts_on - earlier.starts_on == timedelta(days=14)
        assert earlier.state in {Sprint.State.CLOSED, Sprint.State.RUNNING}
    assert [sprint.state for sprint in sprints].count(Sprint.State.RUNNING) <= 1
    assert sprints[-1].ends_on >= last_day
    waived = sum(bool(sprint.waiver_reason) for sprint in sprints)
    # Most sprints keep the agreement.
    assert 1 <= waived < len(sprints) / 2

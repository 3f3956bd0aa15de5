"""De Linde's files through the real import, its story through the services: does the product find what is so?"""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.db.models import Model
from pytest_django import Settings
from scipy import stats

from accounts.models import AuditEntry, Person
from demo import selectors, services, world
from demo.generate import SEED, FileCounts, Truth, Written
from demo.services import files, story
from experiments.models import Experiment, Outcome, Release, Result
from feedback.models import Contact, Import, SurveyResponse, Theme
from hypotheses.models import Evidence, Hypothesis, Sprint
from outbox.models import Message
from tests.demo.conftest import LAST_DAY

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
STORED: tuple[type[Model], ...] = (
    Contact, SurveyResponse, Theme, Hypothesis, Evidence, Sprint, Experiment, Result, Release, Outcome, Message,
    Person, AuditEntry,
)  # fmt: skip


class Interrupted(Exception):
    """Somebody pressed Control-C."""


def _interrupt(**_: object) -> None:
    raise Interrupted


def _counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in STORED}


def _assert_imports_report_the_truth(truth: Truth) -> None:
    first: dict[str, Import] = {}
    for done in Import.objects.order_by("created_at", "pk"):
        assert done.state == Import.State.FINISHED, done.file_name
        first.setdefault(done.file_name, done)
    assert set(first) == set(truth.files)
    for name, expected in truth.files.items():
        done = first[name]
        found = FileCounts(
            done.read_count, done.new_count, done.changed_count, done.unchanged_count, done.rejected_count
        )
        if done.kind == "results":
            # The story has entered those of the decided tests when it came to them.
            assert (found.read, found.changed, found.rejected) == (expected.read, 0, 0)
            assert found.new + found.unchanged == expected.new
            assert found.new > 0
        else:
            assert found == expected, name
    assert Contact.objects.count() == truth.contacts
    assert Contact.objects.filter(reason_tags=None).count() == truth.untagged


def _newest_outcomes() -> dict[str, Outcome]:
    newest: dict[str, Outcome] = {}
    for outcome in Outcome.objects.select_related("release__experiment").order_by("measured_at", "pk"):
        if outcome.release.experiment:
            newest[outcome.release.experiment.key] = outcome
    return newest


def _assert_true_effects_are_found(truth: Truth) -> None:
    newest = _newest_outcomes()
    assert set(newest) == {release.experiment for release in truth.releases}
    measured = 0
    missed: dict[str, tuple[float, float, float]] = {}
    claimed: list[bool] = []
    for release in truth.releases:
        outcome = newest[release.experiment]
        assert outcome.weeks_after == max(0, release.weeks_after), release.slug
        if release.weeks_after < 2:
            assert (outcome.grade, outcome.verdict, outcome.rate_ratio) == ("D", "too_early", None)
            continue
        # The test tool's file has contacts without their squares per visitor, so no test carries an outcome by itself.
        assert outcome.grade == "B", (release.slug, outcome.flags)
        assert outcome.rate_ratio_low is not None
        assert outcome.rate_ratio_high is not None
        measured += 1
        if not outcome.rate_ratio_low <= release.rate_ratio <= outcome.rate_ratio_high:
            missed[release.slug] = (release.rate_ratio, outcome.rate_ratio_low, outcome.rate_ratio_high)
        if release.rate_ratio == 1:
            claimed.append(not outcome.rate_ratio_low <= 1 <= outcome.rate_ratio_high)
        else:
            assert outcome.verdict == "avoided", release.slug
            assert (outcome.avoided_low or 0) > 0, release.slug
    assert measured == 11
    assert len(missed) <= 0.1 * measured, missed
    assert sum(claimed) <= stats.binom.ppf(0.99, len(claimed), 0.05)


def _assert_every_page_has_something_to_show() -> None:
    assert Theme.objects.active().count() >= 40
    statuses = Counter(Hypothesis.objects.values_list("status", flat=True))
    assert all(statuses[status] for status in ("submitted", "asked", "accepted", "declined", "testing", "measured"))
    assert Evidence.objects.filter(kind=Evidence.Kind.QUOTE).exists()
    assert Evidence.objects.filter(kind=Evidence.Kind.THEME).count() >= 30
    assert Sprint.objects.filter(state=Sprint.State.RUNNING).count() == 1
    assert Sprint.objects.exclude(waiver_reason="").exists()
    assert {"won", "lost", "inconclusive", "invalid"} == set(
        Experiment.objects.exclude(decision="").values_list("decision", flat=True)
    )
    told = set(Message.objects.values_list("kind", flat=True))
    assert {"hypothesis_accept", "hypothesis_decline", "hypothesis_measure"} <= told
    summary = selectors.summary(today=NOW.date(), seconds=1.0)
    assert summary["contacts"] > 100_000
    assert len(summary["themes"]) == 5
    assert all(theme["per_1000_orders"] > 0 for theme in summary["themes"])
    assert len(summary["outcomes"]) >= len(world.EXPERIMENTS) / 2


@pytest.mark.slow
@pytest.mark.django_db
@time_machine.travel(NOW)
def test_what_is_so_is_found_and_an_interrupted_start_goes_on(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One load for all of it: the contacts take their time."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    written: list[Written] = []
    write = files.write

    def remember(folder: Path, *, last_day: date) -> Written:
        written.append(write(folder, last_day=last_day))
        return written[-1]

    monkeypatch.setattr(files, "write", remember)
    folder = tmp_path / "demo"
    with monkeypatch.context() as patched:
        patched.setattr(story, "tell", _interrupt)
        with pytest.raises(Interrupted):
            services.load(folder=folder, last_day=LAST_DAY, password="linden", now=NOW)
    assert Contact.objects.count() == written[0].truth.contacts
    assert not Hypothesis.objects.exists()

    # The files of the first start are taken in again, though the day has changed meanwhile.
    services.load(folder=folder, last_day=date(2026, 11, 22), password="linden", now=NOW)
    truth = written[-1].truth
    assert (truth.last_day, truth.seed) == (LAST_DAY, SEED)
    assert not folder.exists()
    _assert_imports_report_the_truth(truth)
    _assert_true_effects_are_found(truth)
    _assert_every_page_has_something_to_show()

    before = _counts()
    services.load(folder=folder, last_day=date(2026, 11, 22), password="linden", now=NOW)
    assert _counts() == before
    assert len(written) == 2

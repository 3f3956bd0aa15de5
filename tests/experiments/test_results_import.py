"""Result files: into the right arms and units, twice without harm, and never into a test that is over."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from experiments import services
from experiments.models import Result
from feedback import services as feedback
from feedback.mapping import FieldMap
from feedback.models import Import, ImportReject
from feedback.rejections import sentence
from outbox import jobs
from tests import people
from tests.experiments import shop

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "experiment,variant,date,visitors,conversions,revenue_sum,revenue_sumsq,contacts\n"
DAY = shop.STARTED.isoformat()


@pytest.fixture(autouse=True)
def _uploads(settings: LazySettings, tmp_path: Path) -> None:
    settings.UPLOAD_DIR = tmp_path


def _import(text: str) -> Import:
    now = shop.at(shop.DECIDED)
    started = feedback.receive(
        file=io.BytesIO((HEADER + text).encode()),
        file_name="results.csv",
        kind=Import.Kind.RESULTS,
        source=feedback.source_named(name="Test tool", now=now),
        door=Import.Door.COMMAND,
        fields=FieldMap(),
        now=now,
    )
    assert started.job is not None
    done = jobs.perform(started.job.pk)
    assert done is not None
    assert done.state == "done", done.error
    started.refresh_from_db()
    return started


def _counts(found: Import) -> tuple[int, int, int, int]:
    return found.new_count, found.changed_count, found.unchanged_count, found.rejected_count


def _why() -> list[tuple[int, str]]:
    return [(one.line, sentence(one.reason, one.parameters)) for one in ImportReject.objects.order_by("line")]


def test_results_arrive_in_their_arms_with_revenue_in_cents() -> None:
    shop.running()
    found = _import(f"EXP-1,A,{DAY},1000,100,5000.50,260000.25,7\nexp-1,B,{DAY},1001,120,6000,310000,\n")
    assert _counts(found) == (2, 0, 0, 0)
    first, second = Result.objects.order_by("variant__position")
    assert (first.visitors, first.conversions, first.contacts) == (1000, 100, 7)
    assert first.revenue_sum == 500_050
    assert first.revenue_sumsq == pytest.approx(2_600_002_500)
    assert (second.variant.key, second.contacts) == ("B", None)


def test_the_same_rows_again_change_nothing_and_others_replace_them() -> None:
    shop.running()
    rows = f"EXP-1,A,{DAY},1000,100,5000.50,260000.25,7\nEXP-1,B,{DAY},1001,120,6000,310000,\n"
    _import(rows)
    # Not the same bytes: the file is read, row by row.
    assert _counts(_import(rows + "\n")) == (0, 0, 2, 0)
    assert _counts(_import(rows.replace("1001,120", "1001,121"))) == (0, 1, 1, 0)
    assert list(Result.objects.order_by("variant__position").values_list("conversions", flat=True)) == [100, 121]


def test_rows_that_cannot_be_are_rejected_with_a_sentence_each() -> None:
    shop.running()
    late = (shop.STARTED + timedelta(days=14)).isoformat()
    found = _import(
        f"EXP-9,A,{DAY},10,1,,,\n"
        f"banner,A,{DAY},10,1,,,\n"
        f"EXP-1,Z,{DAY},10,1,,,\n"
        f"EXP-1,A,{DAY},10,11,,,\n"
        f"EXP-1,A,{late},10,1,,,\n"
        f"EXP-1,A,{DAY},,1,,,\n"
        f"EXP-1,A,{DAY},10,1,-5,,\n"
        f"EXP-1,A,{DAY},10,1,,,\n"
    )
    assert _counts(found) == (1, 0, 0, 7)
    assert [line for line, _ in _why()] == [2, 3, 4, 5, 6, 7, 8]
    said = " ".join(words for _, words in _why())
    days = "ran from 2026-05-04 to 2026-05-17"
    for words in ("no experiment with this key", "it has A, B", "more conversions", days):
        assert words in said


def test_a_decided_test_takes_the_same_rows_and_no_others() -> None:
    experiment = shop.running()
    rows = f"EXP-1,A,{DAY},20000,2000,,,\nEXP-1,B,{DAY},20000,2300,,,\n"
    _import(rows)
    services.decide(
        experiment=experiment,
        decision="won",
        learning="It helps.",
        actor=people.person("cro_lead"),
        today=shop.DECIDED,
        now=shop.at(shop.DECIDED),
    )
    assert _counts(_import(rows + "\n")) == (0, 0, 2, 0)
    other = rows.replace("2300", "2400") + f"EXP-1,A,{shop.STARTED + timedelta(days=1)},5,1,,,\n"
    assert _counts(_import(other)) == (0, 0, 1, 2)
    assert all("not running" in words for _, words in _why())
    assert sorted(Result.objects.values_list("conversions", flat=True)) == [2000, 2300]


def test_a_test_that_has_not_started_has_no_results() -> None:
    shop.made()
    assert _counts(_import(f"EXP-1,A,{DAY},10,1,,,\n")) == (0, 0, 0, 1)

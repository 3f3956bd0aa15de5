"""The nightly sweep: one release a chunk, again without harm, and the words of the last reading."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import translation

from accounts.models import Person
from experiments.jobs import MEASURE
from experiments.models import Outcome
from outbox import jobs, schedules
from outbox.messages import write_out
from outbox.models import Job, Message
from tests.experiments import shop

PARAMETERS: dict[str, Any] = {
    "key": "HYP-112",
    "title": "A label on the order page",
    "experiment": "EXP-1",
    "verdict": "avoided",
    "grade": "B",
    "contacts_avoided": 1410.4,
    "low": 1020.2,
    "high": 1790.0,
    "weeks": 12,
    "more_weeks": 0,
}


@pytest.mark.django_db(transaction=True)
def test_the_sweep_measures_what_is_due_and_repeats_nothing(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.6)
    shop.released(themes[0])
    with time_machine.travel(shop.at(shop.weeks_after(6)), tick=False):
        for _ in range(2):
            done = jobs.perform(jobs.enqueue(MEASURE, now=shop.at(shop.weeks_after(6))).pk)
            assert done is not None
            assert (done.state, done.cursor, done.total) == (Job.State.DONE, 1, 1)
            assert done.progress == {"measured": 1}
    outcome = Outcome.objects.get()
    assert outcome.weeks_after == 6
    assert outcome.measured_through == shop.weeks_after(6) - timedelta(days=1)
    assert Message.objects.filter(recipient=agent, kind="hypothesis_measure").count() == 1


@pytest.mark.django_db
def test_it_is_due_every_night() -> None:
    assert schedules.registered()[MEASURE].latest_due(shop.at(shop.LIVE)).hour == 3


def test_the_last_word_says_how_many_and_how_sure() -> None:
    with translation.override("en"):
        said = write_out("outcome_final", PARAMETERS)
    assert said.title == "1,410 contacts did not have to happen, somewhere between 1,020 and 1,790"
    assert "12 weeks" in said.body
    assert said.url == "/experiments/EXP-1/"
    assert said.tone == "good"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verdict": "no_difference"}, "no difference in contacts"),
        ({"verdict": "insufficient", "contacts_avoided": None, "low": None, "high": None}, "cannot say"),
        (
            {"verdict": "more_contacts", "contacts_avoided": -300.0, "low": -500.0, "high": -100.0},
            "300 contacts more than expected, somewhere between 100 and 500",
        ),
    ],
)
def test_the_last_word_may_be_no_news_or_bad(change: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        said = write_out("outcome_final", PARAMETERS | change)
    assert words in said.title
    assert said.tone == ""

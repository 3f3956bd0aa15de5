"""Every connector against a fake of its system, through the real client and the real job: all of it, exactly once."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Person
from feedback.models import Contact, ContactText, RawRecord
from feedback.services import pulling, receiving
from outbox import jobs
from outbox.models import Job, Message
from tests.feedback.fake_systems.desk import Desk
from tests.feedback.fake_systems.help_desks import (
    PEM,
    SECRET,
    WithToken,
)
from tests.feedback.pulled import (
    ALL,
    HELP_DESKS,
    PER_PAGE,
    START,
    at,
    catch_up,
    ids,
    map_records,
    pull,
    standing,
    stream_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fakes_here")]
OBJECTS = 8


@pytest.fixture(params=ALL, ids=lambda kind: f"{kind.system}-{kind.stream}")
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A fake of every system in turn, with objects a minute apart, in small pages."""
    with standing(request.param, monkeypatch) as fake:
        for number in range(1, OBJECTS + 1):
            fake.put(number, at(60 * number))
        yield fake


def test_everything_comes_in_exactly_once(desk: Desk) -> None:
    stream = stream_of(desk)
    assert pull(stream).state == Job.State.DONE
    assert len(ids(stream)) == len(set(ids(stream))) == OBJECTS
    assert stream.last_success_at is not None
    assert (stream.last_problem, stream.failures) == ("", 0)
    assert stream.last_count >= OBJECTS
    assert stream.next_run_at > timezone.now() + timedelta(minutes=14)


def test_again_brings_nothing_twice(desk: Desk) -> None:
    stream = stream_of(desk)
    pull(stream)
    pull(stream)
    assert len(ids(stream)) == OBJECTS
    desk.put(99, at(3600))
    pull(stream)
    assert len(ids(stream)) == OBJECTS + 1


def test_failures_pauses_and_repeated_pages_lose_and_double_nothing(desk: Desk) -> None:
    stream = stream_of(desk)
    desk.disturbances.extend([None])
    desk.fail(500)
    desk.slow_down(1)
    desk.disturbances.extend([None, None])
    desk.fail(503)
    desk.repeat_page = True
    pull(stream)
    catch_up(stream)
    assert sorted(ids(stream)) == sorted(set(ids(stream)))
    assert len(ids(stream)) == OBJECTS
    assert stream.last_problem == ""


def test_a_long_pause_ends_the_turn_and_the_job_goes_on_by_itself(desk: Desk) -> None:
    stream = stream_of(desk)
    desk.disturbances.extend([None])
    desk.slow_down(600)
    done = pull(stream)
    assert done.state == Job.State.DONE
    assert stream.last_problem == "slow_down"
    assert "nothing for you to do" in stream.problem
    assert stream.paused_until is not None
    assert 590 < (stream.paused_until - timezone.now()).total_seconds() <= 600
    assert stream.failures == 0
    asked = len(desk.asked)
    pull(stream)
    assert len(desk.asked) == asked, "nobody asks before the pause is over"
    assert Job.objects.get(kind=pulling.JOB_KIND, state=Job.State.QUEUED).run_after == stream.paused_until
    assert catch_up(stream) >= 1
    assert len(ids(stream)) == OBJECTS
    assert stream.paused_until is None


def test_the_newest_version_wins_though_an_older_one_arrives_later(desk: Desk) -> None:
    if desk.system == "ga4":
        # A report has no version: it is as of now, and what was said last wins.
        return
    stream = stream_of(desk)
    older = desk.make(2, at(10), "1 old words")
    desk.put(2, at(5000), "2 new words")
    pull(stream)
    desk.stale.append(older)
    desk.put(5, at(5100), "5 new words")
    pull(stream)
    found = RawRecord.objects.filter(source=stream.source, stream=stream.name).order_by("version_key", "pk")
    newest = {raw.external_id: raw for raw in found}
    assert len(newest) == OBJECTS
    texts = [json.dumps(newest[key].payload) for key in newest]
    assert sum("old words" in text for text in texts) == 0
    if desk.system in {kind.system for kind in HELP_DESKS} and desk.stream != "ratings":
        map_records()
        assert Contact.objects.count() == OBJECTS
        words = list(ContactText.objects.values_list("text", flat=True))
        assert sum("new words" in text for text in words) == 2
        assert not any("old words" in text for text in words)


class Killed(BaseException):
    """What a SIGKILL looks like to the code: nothing runs after it."""


@pytest.mark.parametrize("moment", ["before the page is written", "inside its transaction"])
def test_a_worker_that_dies_between_two_pages_is_followed_by_one_that_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    stream = stream_of(desk)
    kept = itertools.count()
    real = receiving.insert_records if moment == "inside its transaction" else pulling.keep_page

    def die_once(*rest: Any, **arguments: Any) -> int:
        number = next(kept)
        if number == 1 and moment != "inside its transaction":
            raise Killed
        stored: int = real(*rest, **arguments)
        if number == 1:
            raise Killed
        return stored

    monkeypatch.setattr(pulling, real.__name__, die_once)
    job = jobs.enqueue(pulling.JOB_KIND, {"stream_id": stream.pk}, now=timezone.now())
    if desk.system == "ga4" or OBJECTS > PER_PAGE:
        with pytest.raises(Killed):
            jobs.perform(job.pk)
    stream.refresh_from_db()
    # What is stored and where the stream stands tell the same story.
    assert len(ids(stream)) == len(set(ids(stream))) <= PER_PAGE
    Job.objects.filter(pk=job.pk).update(lease_until=START)
    again = jobs.perform(job.pk)
    assert again is not None
    assert again.state == Job.State.DONE
    stream.refresh_from_db()
    assert sorted(ids(stream)) == sorted(set(ids(stream)))
    assert len(ids(stream)) == OBJECTS


def test_objects_that_change_between_two_pages_hide_none_of_the_others(desk: Desk) -> None:
    stream = stream_of(desk)

    def change(page: int) -> None:
        if page < 4:
            desk.put(page, at(3000 + page), "9 changed")

    desk.between = change
    pull(stream)
    pull(stream)
    found = RawRecord.objects.filter(source=stream.source, stream=stream.name).order_by("version_key", "pk")
    assert len({raw.external_id for raw in found}) == OBJECTS
    assert len(ids(stream)) <= OBJECTS + 3


def test_a_whole_second_of_objects_is_not_cut_at_the_page(desk: Desk) -> None:
    for number in range(20, 20 + 2 * PER_PAGE + 1):
        desk.put(number, at(6000))
    stream = stream_of(desk)
    pull(stream)
    assert len(set(ids(stream))) == len(ids(stream)) == OBJECTS + 2 * PER_PAGE + 1


def test_what_shows_up_late_is_read_at_the_next_run(desk: Desk) -> None:
    hidden = OBJECTS if desk.stream == "tickets" and desk.system == "zendesk" else OBJECTS - 1
    desk.withheld.add(hidden)
    stream = stream_of(desk)
    pull(stream)
    assert len(ids(stream)) == OBJECTS - 1
    desk.withheld.clear()
    pull(stream)
    assert len(ids(stream)) == len(set(ids(stream))) == OBJECTS


def test_a_dead_key_keeps_the_cursor_tells_the_linking_pin_once_and_goes_on_with_a_new_one(
    desk: Desk, linking_pin: Person
) -> None:
    stream = stream_of(desk)
    dead_after = 2

    def end(page: int) -> None:
        desk.is_token_dead = page >= dead_after

    desk.between = end
    done = pull(stream)
    if isinstance(desk, WithToken):
        # It signs in once more by itself.
        assert done.state == Job.State.DONE
        assert len(desk.tokens) > 1
        assert len(ids(stream)) == OBJECTS
        return
    assert done.state == Job.State.FAILED
    assert (stream.last_problem, stream.failures) == ("not_signed_in", 1)
    assert done.error == stream.problem
    assert "does not accept what we sign in with" in stream.problem
    pull(stream)
    assert Message.objects.filter(recipient=linking_pin, kind="pull_failed").count() == 1
    assert stream.cursor != {}
    desk.between, desk.is_token_dead = None, False
    pull(stream)
    assert (stream.failures, stream.last_problem) == (0, "")
    assert len(ids(stream)) == len(set(ids(stream))) == OBJECTS


def test_trouble_that_passes_is_told_after_several_times(desk: Desk, linking_pin: Person) -> None:
    stream = stream_of(desk)
    for failures in range(1, pulling.TELL_AFTER + 1):
        desk.disturbances.clear()
        desk.fail(500, times=3)
        done = pull(stream)
        assert (stream.failures, stream.last_problem) == (failures, "broken")
        assert Message.objects.filter(kind="pull_failed").count() == (failures == pulling.TELL_AFTER)
        assert done.state == (Job.State.FAILED if failures == pulling.TELL_AFTER else Job.State.DONE)
        assert stream.next_run_at > timezone.now()
    catch_up(stream)
    assert len(ids(stream)) == OBJECTS
    assert stream.failures == 0


def test_no_password_stands_anywhere_in_clear(
    desk: Desk, caplog: pytest.LogCaptureFixture, linking_pin: Person
) -> None:
    caplog.set_level(logging.DEBUG)
    stream = stream_of(desk)
    pull(stream)
    desk.fail(401, times=5)
    pull(stream)
    desk.disturbances.clear()
    desk.fail(400, times=5)
    pull(stream)
    desk.disturbances.clear()
    if isinstance(desk, WithToken):
        desk.is_token_dead = True
        pull(stream)
    dumped = repr([list(model._default_manager.values_list()) for model in apps.get_models()])
    assert SECRET not in dumped
    assert SECRET not in caplog.text
    assert PEM[60:120] not in dumped + caplog.text
    assert "PRIVATE KEY" not in dumped + caplog.text

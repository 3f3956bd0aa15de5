"""The job that fetches: when it is due, who may do it, and what it does with what nobody expected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from feedback.models import Delivery, Source, Stream
from feedback.services import pulling
from outbox import jobs
from outbox.models import Job, Message
from tests.feedback.fake_systems.desk import Desk
from tests.feedback.fake_systems.help_desks import (
    ZendeskRatings,
)
from tests.feedback.fake_systems.server import Said
from tests.feedback.pulled import (
    START,
    at,
    catch_up,
    ids,
    pull,
    sealed,
    standing,
    stream_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fakes_here")]
OBJECTS = 8


@pytest.fixture
def ratings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with standing(ZendeskRatings, monkeypatch) as fake:
        for number in range(1, OBJECTS + 1):
            fake.put(number, at(60 * number))
        yield fake


def test_due_streams_are_asked_for_once(ratings: Desk) -> None:
    stream = stream_of(ratings)
    now = timezone.now()
    assert pulling.enqueue_due(now=now) == 1
    assert pulling.enqueue_due(now=now) == 1
    assert Job.objects.filter(kind=pulling.JOB_KIND).count() == 1
    catch_up(stream)
    assert pulling.enqueue_due(now=timezone.now()) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda stream: Stream.objects.update(is_active=False),
        lambda stream: Stream.objects.update(paused_until=timezone.now() + timedelta(hours=1)),
        lambda stream: Stream.objects.update(next_run_at=timezone.now() + timedelta(hours=1)),
        lambda stream: Source.objects.update(paused_at=START),
        lambda stream: Source.objects.update(credentials=""),
    ],
)
def test_what_is_off_paused_or_not_signed_in_is_not_asked_for(ratings: Desk, change: Any) -> None:
    change(stream_of(ratings))
    assert pulling.enqueue_due(now=timezone.now()) == 0


def test_a_turn_that_ends_goes_on_at_the_cursor(ratings: Desk) -> None:
    stream = stream_of(ratings)
    job = jobs.enqueue(pulling.JOB_KIND, {"stream_id": stream.pk}, now=timezone.now())
    for _page in range(2):
        done = jobs.perform(job.pk, turn_seconds=0)
        assert done is not None
        assert done.state == Job.State.QUEUED
    catch_up(stream)
    assert len(ids(stream)) == OBJECTS
    assert len(ratings.asked) == 5, "the page that was asked for when the turn ended is asked for again"


def test_two_workers_on_one_stream_store_one_page_once(ratings: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stream_of(ratings)

    real = pulling.read_page

    def overtaken(**arguments: Any) -> Any:
        # While this one reads its page, another one stores it and moves on.
        Stream.objects.filter(pk=stream.pk).update(cursor={"since": at(240).isoformat(), "mark": "3"})
        monkeypatch.setattr(pulling, "read_page", real)
        return real(**arguments)

    monkeypatch.setattr(pulling, "read_page", overtaken)
    assert pull(stream).state == Job.State.DONE
    assert not ids(stream)
    assert stream.cursor["mark"] == "3", "the cursor of the other one stays"


def test_an_object_that_cannot_be_read_is_shown_and_holds_up_nothing(ratings: Desk) -> None:
    ratings.rows[2][1]["id"] = None
    stream = stream_of(ratings)
    assert pull(stream).state == Job.State.DONE
    assert len(ids(stream)) == OBJECTS - 1
    refused = Delivery.objects.get(state=Delivery.State.REFUSED)
    assert (refused.event, refused.problem) == ("ratings", "id_missing")
    pull(stream)
    assert Delivery.objects.get().repeats == 1


def test_an_answer_in_another_shape_is_no_empty_page(ratings: Desk) -> None:
    stream = stream_of(ratings)
    before = stream.cursor
    shapes: tuple[Any, ...] = ({}, [], {"satisfaction_ratings": None}, {"satisfaction_ratings": {"a": 1}}, "text", None)
    for strange in shapes:
        ratings.disturbances.append(Said(strange))
        pull(stream)
        assert stream.last_problem == "not_expected"
        assert stream.cursor == before
    ratings.disturbances.append(Said(b"<html>maintenance</html>"))
    pull(stream)
    assert stream.last_problem == "not_json"


def test_another_vault_key_is_said_so(ratings: Desk, settings: Settings) -> None:
    stream = stream_of(ratings)
    settings.VAULT_KEY = "another"
    assert pull(stream).state == Job.State.FAILED
    assert stream.last_problem == "vault_key"
    assert not ratings.asked


def test_a_private_address_is_refused_by_a_real_installation(ratings: Desk, settings: Settings) -> None:
    stream = stream_of(ratings)
    settings.OUTBOUND_PRIVATE = False
    given = {**ratings.credentials(), "address": f"https://127.0.0.1:{ratings.port}"}
    Source.objects.update(credentials=sealed(given))
    assert pull(stream).state == Job.State.FAILED
    assert stream.last_problem == "private"
    assert not ratings.asked


def test_a_page_that_leads_to_itself_is_not_asked_for_for_ever(ratings: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stream_of(ratings)
    page = Said({"satisfaction_ratings": [], "meta": {"has_more": True, "after_cursor": "same"}})
    ratings.disturbances.extend([page] * 20)
    pull(stream)
    assert stream.last_problem == "not_expected"
    assert len(ratings.asked) < 10


@pytest.mark.parametrize("passing", [1, 2, 4])
def test_what_only_a_person_can_mend_is_told_also_after_what_passes(
    ratings: Desk, linking_pin: Person, passing: int
) -> None:
    stream = stream_of(ratings)
    for _ in range(passing):
        ratings.disturbances.clear()
        ratings.fail(500, times=3)
        pull(stream)
    ratings.disturbances.clear()
    ratings.is_token_dead = True
    for _ in range(2):
        assert pull(stream).state == Job.State.FAILED
    told = Message.objects.filter(recipient=linking_pin, kind="pull_failed").order_by("pk")
    problems = [message.parameters["problem"] for message in told]
    assert problems == ["broken"] * (passing >= pulling.TELL_AFTER) + ["not_signed_in"]

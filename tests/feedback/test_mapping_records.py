"""Raw records become rows, and the rows depend on what came, never on when."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from feedback import versions
from feedback.jobs import live
from feedback.models import (
    CommerceDay,
    Contact,
    ContactText,
    ContactTheme,
    Delivery,
    RawRecord,
    Source,
    SurveyResponse,
    Theme,
)
from feedback.services import sources
from feedback.services.mapping_records import Mapper
from feedback.systems import registry
from metrics.models import DirtyDay
from outbox import jobs
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk
from tests.feedback.fake_desk import order, send, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BY_NAME, "fake", fake_desk.FAKE)
    cache.clear()


@pytest.fixture
def desk() -> Source:
    return fake_desk.source()


def message(number: int, version: int, of: int, text: str, **more: Any) -> dict[str, Any]:
    return {"stream": "messages", "id": str(number), "v": f"{version:04}", "ticket": str(of), "text": text, **more}


def rating(number: int, version: int, of: int, score: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {
        "stream": "ratings", "id": f"r{number}", "v": f"{version:04}", "ticket": str(of), "score": score,
        "at": "2026-11-19T12:00:00Z", "text": text, **more,
    }  # fmt: skip


def work() -> Job:
    """Do the jobs that map; the last one."""
    kinds = ("feedback.map_records", sources.REMAP_JOB)
    job = None
    for waiting in Job.objects.filter(kind__in=kinds, state=Job.State.QUEUED).order_by("id"):
        job = jobs.perform(waiting.pk)
        assert job is not None
        assert job.state == Job.State.DONE, job.error
    assert job is not None
    return job


def bring(*items: dict[str, Any]) -> Job:
    assert send(*items).status_code == 200
    return work()


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that came of the records, as far as people see it."""
    return {
        "contacts": list(
            Contact.objects.order_by("external_id").values_list(
                "external_id", "occurred_at", "channel__code", "customer_ref", "words__text", "row_hash"
            )
        ),
        "surveys": list(
            SurveyResponse.objects.order_by("external_id").values_list(
                "external_id", "score", "contact__external_id", "words__text", "row_hash"
            )
        ),
        "days": list(CommerceDay.objects.order_by("day").values_list("day", "orders", "revenue_cents")),
    }


def test_a_ticket_with_its_messages_and_its_rating_becomes_rows(desk: Source) -> None:
    job = bring(
        ticket(1, 1, "Where is it?", tags=["Delivery::Late"], customer="C7"),
        message(1, 1, 1, "It said Monday."),
        rating(1, 1, 1, 2, "Too slow"),
    )
    contact, response = Contact.objects.get(), SurveyResponse.objects.get()
    assert contact.words.text == "Where is it? It said Monday."
    assert [tag.reason.path for tag in contact.reason_tags.all()] == ["Delivery > Late"]
    assert contact.imported_id is None
    assert len(contact.customer_ref) == 32
    assert contact.customer_ref == response.customer_ref == RawRecord.objects.get(stream="tickets").customer_ref
    assert (response.contact_id, response.score, response.words.text) == (contact.pk, 2.0, "Too slow")
    assert [theme.name for theme in Theme.objects.all()] == ["Late"], "sorted by its reason at once"
    assert contact.theme_links.count() == response.theme_links.count() == 1
    assert not RawRecord.objects.filter(mapped_at__isnull=True).exists()
    assert {mark.day.isoformat() for mark in DirtyDay.objects.all()} == {"2026-11-19"}
    assert Job.objects.filter(kind="feedback.recount", state="queued").exists()
    assert job.progress == {"read": 3, "new": 2}


def test_words_without_a_reason_wait_for_each_other(desk: Source) -> None:
    for number in range(3):
        bring(ticket(number, 1, "The parcel did not come"))
    job = Job.objects.get(kind="feedback.discover_themes")
    assert job.run_after > job.created_at
    assert job.arguments == {
        "rows": {"contacts": sorted(Contact.objects.values_list("id", flat=True)), "responses": []}
    }
    done = jobs.perform(job.pk)
    assert done is None, "not before its time"
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE, done.error


def test_the_newest_version_wins_whenever_it_arrives(desk: Source) -> None:
    bring(ticket(1, 5, "the newest"))
    job = bring(ticket(1, 3, "an older one"))
    assert ContactText.objects.get().text == "the newest"
    assert job.progress == {"read": 1, "unchanged": 1}


def test_the_same_records_again_change_nothing(desk: Source) -> None:
    bring(ticket(1, 1, tags=["A"]), rating(1, 1, 1, 5))
    before = stored()
    DirtyDay.objects.all().delete()
    sources.remap(source=desk, actor=people.person("linking_pin"), now=fake_desk.NOW)
    job = work()
    assert {name: job.progress[name] for name in ("read", "unchanged")} == {"read": 2, "unchanged": 2}
    assert stored() == before
    assert not DirtyDay.objects.exists()


def test_a_day_is_counted_again_from_its_orders(desk: Source) -> None:
    bring(order(1, 1, "2026-11-18", 1000), order(2, 1, "2026-11-18", 500))
    bring(order(3, 1, "2026-11-18", 250))
    assert stored()["days"] == [(stored()["days"][0][0], 3, 1750)]
    bring(order(3, 2, "2026-11-18", 250, deleted=True))
    assert [day[1:] for day in stored()["days"]] == [(2, 1500)]


def test_an_order_that_moves_leaves_its_former_day(desk: Source) -> None:
    bring(order(1, 1, "2026-11-18", 1000))
    bring(order(1, 2, "2026-11-19", 1000))
    assert [(day.isoformat(), *rest) for day, *rest in stored()["days"]] == [
        ("2026-11-18", 0, 0), ("2026-11-19", 1, 1000),
    ]  # fmt: skip


def test_a_record_that_no_row_can_be_made_of_says_why_and_stops_nobody(desk: Source) -> None:
    bad = ticket(1, 1, channel="x" * 200)
    job = bring(bad, ticket(2, 1, crash=True), {**ticket(3, 1), "at": "someday"}, ticket(4, 1))
    assert [contact.external_id for contact in Contact.objects.all()] == ["4"]
    problems = {raw.external_id: (raw.problem, raw.problem_column) for raw in RawRecord.objects.exclude(problem="")}
    assert problems == {"1": ("too_long", "channel"), "2": ("stumbled", ""), "3": ("not_a_date", "occurred_at")}
    assert job.progress == {"read": 4, "new": 1, "rejected": 3}
    assert not RawRecord.objects.filter(mapped_at__isnull=True).exists()


def test_a_problem_goes_when_a_later_version_or_a_better_mapper_has_none(desk: Source) -> None:
    bring({**ticket(1, 1), "at": "someday"}, {**ticket(2, 1), "at": "someday"})
    bring(ticket(1, 2))
    assert [raw.external_id for raw in RawRecord.objects.exclude(problem="")] == ["2"]
    raw = RawRecord.objects.exclude(problem="").get()
    raw.payload["at"] = "2026-11-19T10:00:00Z"
    raw.save()
    person = people.person("linking_pin")
    assert sources.retry_problems(source=desk, actor=person, now=fake_desk.NOW) == 1
    work()
    assert not RawRecord.objects.exclude(problem="").exists()
    assert Contact.objects.count() == 2


def test_a_value_in_a_problem_holds_no_personal_data(desk: Source) -> None:
    bring({**ticket(1, 1), "at": "ask anna@example.com"})
    assert RawRecord.objects.get().problem_value == "ask [email]"


def test_what_is_deleted_loses_its_words_everywhere_and_keeps_counting(desk: Source) -> None:
    bring(ticket(1, 1, "secret words", tags=["Delivery"]), message(1, 1, 1, "more secret words"))
    bring(ticket(1, 2, "other secret words", tags=["Delivery"]))
    bring({"stream": "tickets", "id": "1", "v": "0003", "deleted": True})
    contact = Contact.objects.get()
    assert (contact.channel.code, contact.reason_tags.count()) == ("mail", 1)  # type: ignore[union-attr]
    assert not ContactText.objects.exists()
    assert "secret" not in json.dumps(list(RawRecord.objects.values_list("payload", flat=True)))
    assert RawRecord.objects.count() == 4, "the records stay"
    # What comes late loses its words on arrival.
    bring(message(2, 1, 1, "late secret words"))
    bring(ticket(1, 2, "another secret second version"))
    assert not ContactText.objects.exists()
    assert "secret" not in json.dumps(list(RawRecord.objects.values_list("payload", flat=True)))


def test_one_message_that_is_taken_back_leaves_the_others(desk: Source) -> None:
    bring(ticket(1, 1, "first"), message(1, 1, 1, "second secret"), message(2, 1, 1, "third"))
    bring({"stream": "messages", "id": "1", "v": "0002", "ticket": "1", "deleted": True})
    assert ContactText.objects.get().text == "first third"
    assert "secret" not in json.dumps(list(RawRecord.objects.values_list("payload", flat=True)))


def test_a_contact_that_loses_its_words_keeps_the_theme_that_they_gave_it(desk: Source) -> None:
    bring(ticket(1, 1, "words"))
    theme = Theme.objects.create(name="Found", origin=Theme.Origin.TEXT, created_at=fake_desk.NOW)
    ContactTheme.objects.create(contact=Contact.objects.get(), theme=theme, origin="text", confidence=0.7)
    bring(ticket(1, 2, deleted=True))
    assert not ContactText.objects.exists()
    assert ContactTheme.objects.get().theme == theme


def test_something_deleted_before_it_was_ever_here_is_no_problem(desk: Source) -> None:
    bring({"stream": "tickets", "id": "1", "v": "0003", "deleted": True})
    assert not RawRecord.objects.exclude(problem="").exists()
    assert not Contact.objects.exists()


def test_a_row_that_is_taken_back_goes_with_its_words(desk: Source) -> None:
    bring(ticket(1, 1, tags=["A"]), ticket(2, 1))
    DirtyDay.objects.all().delete()
    bring(ticket(1, 2, merged=True))
    assert [contact.external_id for contact in Contact.objects.all()] == ["2"]
    assert DirtyDay.objects.exists()


def test_a_job_that_is_cut_off_goes_on_where_it_stood(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECORDS_AT_ONCE", 2)
    whole, calls = Mapper.map, []

    def broken(self: Mapper, ids: list[int], *, now: datetime) -> Counter[str]:
        counts = whole(self, ids, now=now)
        calls.append(ids)
        if len(calls) == 2:
            raise RuntimeError("the worker is gone, after it wrote and before it was kept")
        return counts

    monkeypatch.setattr(Mapper, "map", broken)
    send(*(ticket(number, 1) for number in range(5)))
    job = Job.objects.get()
    jobs.perform(job.pk)
    assert Contact.objects.count() == 2, "the chunk that was not kept wrote nothing"
    Job.objects.filter(pk=job.pk).update(run_after=fake_desk.NOW)
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.progress, done.cursor) == (Job.State.DONE, {"read": 5, "new": 5}, 5)
    assert sorted(Contact.objects.values_list("external_id", flat=True)) == ["0", "1", "2", "3", "4"]


def test_waiting_records_are_swept_up_unless_their_source_is_paused(desk: Source) -> None:
    send(ticket(1, 1))
    Job.objects.all().delete()
    person = people.person("linking_pin")
    sources.pause(source=desk, actor=person, now=fake_desk.NOW)

    def sweep() -> None:
        jobs.perform(jobs.enqueue("feedback.map_waiting", now=fake_desk.NOW).pk)

    sweep()
    assert not Job.objects.filter(kind="feedback.map_records").exists()
    Source.objects.update(paused_at=None)
    sweep()
    work()
    assert Contact.objects.count() == 1


def test_jobs_are_forgotten_after_a_week_and_deliveries_after_a_hundred_days(desk: Source) -> None:
    bring(ticket(1, 1))
    Delivery.objects.update(received_at=timezone.now() - timedelta(days=101))
    Job.objects.filter(kind="feedback.map_records").update(finished_at=timezone.now() - timedelta(days=8))
    bring(ticket(2, 1))
    jobs.perform(jobs.enqueue("feedback.map_waiting", now=fake_desk.NOW).pk)
    assert Job.objects.filter(kind="feedback.map_records").count() == 1
    assert Delivery.objects.count() == 1
    assert send(ticket(1, 1)).json() == {"state": "stored", "new": 0}


_EVENTS: list[dict[str, Any]] = [
    *(ticket(number, version, f"said {number} {version}", tags=["A" if version % 2 else "B"])
      for number in range(3) for version in range(1, 4)),
    ticket(2, 4, "gone", deleted=True),
    *(message(number, version, number % 3, f"message {number} {version}")
      for number in range(4) for version in (1, 2)),
    message(3, 3, 0, "", deleted=True),
    *(rating(number, version, number, version) for number in range(3) for version in (1, 2)),
    *(order(number, version, f"2026-11-{10 + (number * version) % 4}", 100 * number)
      for number in range(1, 5) for version in (1, 2, 3)),
    order(4, 4, "2026-11-10", 1, deleted=True),
]  # fmt: skip


def _result_of(events: list[dict[str, Any]], cuts: int) -> tuple[Any, ...]:
    """What is stored after these events, delivered in pieces, with a job after each."""
    for model in (Delivery, RawRecord, SurveyResponse, Contact, CommerceDay, Job):
        model._default_manager.all().delete()
    size = max(1, len(events) // cuts)
    for start in range(0, len(events), size):
        send(*events[start : start + size])
        for waiting in Job.objects.filter(kind="feedback.map_records", state=Job.State.QUEUED):
            jobs.perform(waiting.pk)
    silent = "gone" not in json.dumps(list(RawRecord.objects.values_list("payload", flat=True)))
    # A day that an order only passed through stands there with nothing, or not at all.
    rows = stored()
    rows["days"] = [day for day in rows["days"] if day[1]]
    return rows, silent


@trials(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(), cuts=st.integers(1, 8))
def test_shuffled_and_twice_ends_the_same(desk: Source, seed: int, cuts: int) -> None:
    straight = _result_of(_EVENTS, 1)
    shuffled = [*_EVENTS, *_EVENTS]
    random.Random(seed).shuffle(shuffled)
    assert _result_of(shuffled, cuts) == straight


def test_words_are_what_is_no_moment_number_or_kept_key() -> None:
    payload = {
        "id": 7, "at": "2026-11-19T10:00:00Z", "open": True, "subject": "Late", "tags": ["late one"],
        "parts": [{"body": "words", "n": 1.5, "via": {"channel": "web", "title": "x"}}], "nothing": None,
    }  # fmt: skip
    keep = frozenset({"tags", "parts.via.channel"})
    assert versions.without_words(payload, keep) == {
        "id": 7, "at": "2026-11-19T10:00:00Z", "open": True, "subject": "", "tags": ["late one"],
        "parts": [{"body": "", "n": 1.5, "via": {"channel": "web", "title": ""}}], "nothing": None,
    }  # fmt: skip

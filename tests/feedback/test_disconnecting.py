"""A source is disconnected: at once for whoever sends, piece by piece for what it sent; nothing comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from feedback.jobs import live
from feedback.models import CommerceDay, Contact, Delivery, RawRecord, Source, Stream
from feedback.services import disconnecting, receiving, sources
from feedback.services.mapping_records import Disconnected, Mapper
from feedback.services.record_versions import waiting
from feedback.systems import registry
from outbox import jobs
from outbox.models import Job
from tests import people
from tests.feedback import fake_desk
from tests.feedback.fake_desk import order, send, ticket
from tests.feedback.fake_systems.desk import Desk
from tests.feedback.fake_systems.help_desks import ZendeskRatings
from tests.feedback.fake_systems.server import Asked, Said
from tests.feedback.fake_systems.shops import Shopify
from tests.feedback.pulled import at, standing, stream_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BY_NAME, "fake", fake_desk.FAKE)
    cache.clear()


@pytest.fixture
def desk() -> Source:
    return fake_desk.source()


def disconnect(source: Source) -> Job:
    job = disconnecting.disconnect(source=source, actor=people.person("linking_pin"), now=timezone.now())
    assert job is not None
    return job


def work(kind: str = "feedback.map_records") -> None:
    for job in Job.objects.filter(kind=kind, state=Job.State.QUEUED):
        done = jobs.perform(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def finish(job: Job) -> None:
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE, done.error


def test_what_it_sent_goes_and_its_rows_stay(desk: Source) -> None:
    send(ticket(1, 1), ticket(2, 1))
    work()
    job = disconnect(desk)
    assert (job.total, job.created_by) == (3, people.person("linking_pin"))
    assert send(ticket(3, 1)).status_code == 401, "before the job has begun"
    finish(job)
    desk.refresh_from_db()
    assert (desk.system, desk.slug, desk.secrets) == ("files", "", [])
    assert Contact.objects.count() == 2
    assert not RawRecord.objects.exists()
    assert not Delivery.objects.exists()
    entry = AuditEntry.objects.get(action="disconnect")
    assert entry.details == {"deliveries": 1, "records": 2, "system": "fake"}
    assert disconnecting.disconnect(source=desk, actor=people.person("linking_pin"), now=timezone.now()) is None


def test_a_source_without_rows_goes_as_a_whole(desk: Source) -> None:
    send({**ticket(1, 1), "at": "someday"})
    work()
    finish(disconnect(desk))
    assert not Source.objects.exists()


def test_a_job_that_is_cut_off_goes_on_and_touches_nobody_elses(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "DELETED_AT_ONCE", 2)
    other = fake_desk.source(name="Other desk")
    send(*(ticket(number, 1) for number in range(5)))
    send(ticket(1, 1), to=other.slug)
    work()
    job = disconnect(desk)
    real, calls = disconnecting.delete, []

    def dies(name: str, ids: list[int]) -> None:
        real(name, ids)
        calls.append(ids)
        if len(calls) == 3:
            raise RuntimeError("after it deleted and before that was kept")

    monkeypatch.setattr(disconnecting, "delete", dies)
    jobs.perform(job.pk)
    assert RawRecord.objects.filter(source=desk).count() == 3
    Job.objects.filter(pk=job.pk).update(run_after=fake_desk.NOW)
    finish(job)
    job.refresh_from_db()
    assert job.cursor == job.total == 6
    assert max(map(len, calls)) == 2
    assert list(Delivery.objects.values_list("source", flat=True)) == [other.pk]
    assert list(RawRecord.objects.values_list("source", flat=True)) == [other.pk]


def test_rows_are_not_made_of_what_is_left_of_its_records(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    send(order(1, 1, "2026-11-18", 1000), order(2, 1, "2026-11-18", 500))
    work()
    send(order(3, 1, "2026-11-18", 1))
    asked: list[Job] = []

    def meanwhile(*given: Any, **more: Any) -> list[int]:
        found = waiting(*given, **more)
        asked.append(disconnect(desk))
        RawRecord.objects.order_by("pk")[0].delete()
        return found

    monkeypatch.setattr("feedback.jobs.live.waiting", meanwhile)
    work()
    assert len(asked) == 1, "the job does not look again"
    assert CommerceDay.objects.get().orders == 2
    assert RawRecord.objects.filter(mapped_at__isnull=True).exists()


def test_a_day_whose_records_go_while_it_is_looked_at_is_not_counted(desk: Source) -> None:
    send(order(1, 1, "2026-11-18", 1000), order(2, 1, "2026-11-18", 500))
    mapper, ids = Mapper(desk, fake_desk.FAKE), list(RawRecord.objects.values_list("pk", flat=True))
    looked = mapper.look(ids)
    finish(disconnect(desk))
    with pytest.raises(Disconnected), transaction.atomic():
        mapper.map(ids, now=timezone.now(), looked=looked)
    assert not CommerceDay.objects.exists()


def test_a_call_that_was_proven_before_finds_nobody_there(desk: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    real = receiving._redacted

    def meanwhile(*given: Any) -> Any:
        disconnect(desk)
        return real(*given)

    monkeypatch.setattr(receiving, "_redacted", meanwhile)
    assert send(ticket(1, 1)).status_code == 401
    assert not RawRecord.objects.exists()
    assert not Delivery.objects.exists()


def test_it_is_connected_again_when_all_is_gone(desk: Source) -> None:
    send(ticket(1, 1))
    work()
    job = disconnect(desk)
    person = people.person("linking_pin")
    with pytest.raises(sources.NotPossible, match="still being deleted"):
        sources.connect(name=desk.name, system="fake", actor=person, now=timezone.now())
    finish(job)
    again = sources.connect(name=desk.name, system="fake", actor=person, now=timezone.now())
    sources.add_secret(source=again, secret=fake_desk.SECRET, actor=person, now=timezone.now())
    assert send(ticket(1, 2), to=again.slug).status_code == 200
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, run_after=fake_desk.NOW)
    finish(job)
    assert RawRecord.objects.count() == 1, "a job that is done twice deletes nothing that came since"


@pytest.mark.parametrize("state", [Job.State.FAILED, Job.State.CANCELLED])
def test_a_deletion_that_failed_or_was_stopped_goes_on_for_whoever_connects_it_again(desk: Source, state: str) -> None:
    send(ticket(1, 1))
    work()
    job = disconnect(desk)
    person = people.person("admin")
    Job.objects.filter(pk=job.pk).update(state=state, attempts=5, error="no", finished_at=timezone.now())
    with pytest.raises(sources.NotPossible, match="still being deleted"):
        sources.connect(name=desk.name, system="fake", actor=person, now=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (Job.State.QUEUED, "", 0)
    assert AuditEntry.objects.get(action="retry").actor == person
    finish(job)
    assert not RawRecord.objects.exists()
    assert sources.connect(name=desk.name, system="fake", actor=person, now=timezone.now()) == desk


@pytest.fixture(params=[ZendeskRatings, Shopify], ids=lambda kind: kind.system)
def pulled(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fakes_here: None
) -> Iterator[tuple[Desk, Stream]]:
    with standing(request.param, monkeypatch) as fake:
        for number in range(1, 9):
            fake.put(number, at(60 * number))
        yield fake, stream_of(fake)


@pytest.mark.django_db(transaction=True)
def test_a_pull_that_is_under_way_brings_nothing_after_it(pulled: tuple[Desk, Stream]) -> None:
    """The system answers the second page while its source is disconnected, and is asked for no third one."""
    fake, stream = pulled
    source = stream.source
    people.person("linking_pin")
    asked: list[Job] = []

    def at_page(number: int) -> None:
        if number == 2:
            asked.append(disconnect(source))
            connection.close()

    fake.between = at_page
    job = jobs.enqueue("feedback.pull", {"stream_id": stream.pk}, now=timezone.now())
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.error) == (Job.State.DONE, "")
    assert asked
    assert fake.pages == 2
    assert 0 < RawRecord.objects.count() < 8, "the first page, until the job of the other one"
    work()
    finish(asked[0])
    assert not RawRecord.objects.exists()
    assert not Delivery.objects.exists()
    assert not Source.objects.exists(), "it brought no rows yet"
    assert not Job.objects.filter(state=Job.State.QUEUED, kind="feedback.pull").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("disturb", ["fail", "slow_down"])
def test_a_pull_that_fails_or_is_told_to_wait_meanwhile_is_over(pulled: tuple[Desk, Stream], disturb: str) -> None:
    fake, stream = pulled
    people.person("linking_pin")
    real = fake.take

    def at_once(asked: Asked) -> Said:
        if not Job.objects.filter(kind=disconnecting.JOB_KIND).exists():
            disconnect(stream.source)
        connection.close()
        return real(asked)

    fake.take = at_once  # type: ignore[method-assign]
    fake.fail(500, times=9) if disturb == "fail" else fake.slow_down(3600)
    job = jobs.enqueue("feedback.pull", {"stream_id": stream.pk}, now=timezone.now())
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE, done.error
    assert not Job.objects.filter(state=Job.State.QUEUED, kind="feedback.pull").exists()
    assert not RawRecord.objects.exists()

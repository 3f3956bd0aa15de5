"""What a job row promises: claimed once, written once, tried again, and in the end failed with a reason."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.utils import timezone, translation
from structlog.testing import capture_logs

from accounts.models import AuditEntry, Person
from outbox import jobs, services
from outbox.jobs import Run
from outbox.models import Job, Message
from tests.outbox import copying

pytestmark = pytest.mark.django_db
SAID = "duplicate key\nDETAIL:  Key (name)=(Jan de Vries) already exists.\nCONTEXT:  COPY x"


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The handlers, for a test to add its own to."""
    handlers = dict(jobs._handlers)
    monkeypatch.setattr(jobs, "_handlers", handlers)
    return handlers


def _copy(recipient: Person, rows: int = 50, step: int = 10) -> Job:
    arguments = {"rows": rows, "step": step, "pause": 0, "recipient": recipient.pk}
    return jobs.enqueue("test.copy", arguments, now=timezone.now() - timedelta(days=1))


def _numbers() -> list[int | None]:
    return list(Message.objects.filter(about_kind="row").order_by("about_id").values_list("about_id", flat=True))


def test_a_job_runs_to_its_end_and_shows_how_far_it_was(agent: Person) -> None:
    copying.register()
    job = jobs.perform(_copy(agent).pk)
    assert job is not None
    assert (job.state, job.cursor, job.total, job.progress) == (Job.State.DONE, 50, 50, {"copied": 50})
    assert job.started_at is not None
    assert job.finished_at is not None
    assert _numbers() == list(range(50))


def test_the_same_key_is_the_same_job() -> None:
    now = timezone.now()
    first = jobs.enqueue("a", key="k", now=now)
    assert jobs.enqueue("a", {"other": 1}, key="k", now=now).pk == first.pk
    assert jobs.enqueue("a", now=now).pk != jobs.enqueue("a", now=now).pk


def test_work_that_waits_already_is_not_asked_for_twice() -> None:
    now = timezone.now()
    first = jobs.enqueue_unless_waiting("recount", now=now)
    assert jobs.enqueue_unless_waiting("recount", now=now).pk == first.pk
    assert jobs.enqueue_unless_waiting("recount", {"day": 1}, now=now).pk != first.pk
    assert jobs.claim(first.pk, now=now)
    assert jobs.enqueue_unless_waiting("recount", now=now).pk != first.pk, "the one at work may have passed it already"


def test_a_job_is_claimed_by_one_and_not_before_its_time() -> None:
    now = timezone.now()
    job = jobs.enqueue("a", now=now, run_after=now + timedelta(minutes=1))
    assert jobs.claim(job.pk, now=now) is None
    later = now + timedelta(minutes=2)
    assert jobs.claim(job.pk, now=later) is not None
    assert jobs.claim(job.pk, now=later) is None


def test_a_worker_that_lost_its_lease_writes_nothing(agent: Person) -> None:
    now = timezone.now()
    job = _copy(agent)
    old = jobs.claim(job.pk, now=now - timedelta(hours=1))
    new = jobs.claim(job.pk, now=now)
    assert old is not None
    assert new is not None
    with pytest.raises(jobs.LostLease), old.chunk(to=10):
        services.tell(recipient=agent, kind="never", parameters={}, now=now)
    with pytest.raises(jobs.LostLease):
        old.extend()
    old.end(Job.State.DONE)
    old.put_back()
    assert not Message.objects.filter(kind="never").exists()
    with new.chunk(to=10):
        services.tell(recipient=agent, kind="written", parameters={}, now=now)
    job.refresh_from_db()
    assert (job.cursor, job.state, job.owner) == (10, Job.State.RUNNING, new.owner)
    assert Message.objects.filter(kind="written").count() == 1


def test_a_chunk_that_fails_leaves_neither_rows_nor_cursor(agent: Person) -> None:
    job = _copy(agent)
    run = jobs.claim(job.pk, now=timezone.now())
    assert run is not None

    def write_half(run: Run) -> None:
        with run.chunk(to=10):
            services.tell(recipient=agent, kind="half", parameters={}, now=timezone.now())
            run.progress["copied"] = 10
            raise ValueError("row 7")

    with pytest.raises(ValueError, match="row 7"):
        write_half(run)
    job.refresh_from_db()
    assert (job.cursor, job.progress) == (0, {})
    assert not Message.objects.filter(kind="half").exists()


def test_what_a_database_says_of_a_row_is_neither_shown_nor_logged(kinds: dict[str, Any]) -> None:
    def fail(run: Run) -> None:
        raise IntegrityError(SAID)

    def fail_after(run: Run) -> None:
        try:
            fail(run)
        except IntegrityError as error:
            raise ValueError("no row") from error

    kinds["test.fail"], kinds["test.after"] = fail, fail_after
    with capture_logs() as logs:
        done = [jobs.perform(jobs.enqueue(kind, now=timezone.now()).pk) for kind in ("test.fail", "test.after")]
    assert [job.error for job in done if job] == ["IntegrityError: duplicate key", "ValueError: no row"]
    stumbled = [entry for entry in logs if entry["event"] == "job stumbled"]
    assert ["exc_info" in entry for entry in stumbled] == [False, False]
    assert "in fail" in "".join(stumbled[0]["where"])
    assert "Jan de Vries" not in repr(stumbled)


def test_what_any_error_says_of_a_customer_is_neither_shown_nor_logged(kinds: dict[str, Any]) -> None:
    written = "jan.devries@mail.example"

    def fail(run: Run) -> None:
        raise ValueError(f"cannot read {written}")

    kinds["test.fail"] = fail
    with capture_logs() as logs:
        job = jobs.perform(jobs.enqueue("test.fail", now=timezone.now()).pk)
    assert job is not None
    assert job.error == "ValueError: cannot read [email]"
    assert "devries" not in repr(logs)


def test_a_job_that_fails_is_tried_later_and_later_and_then_ends_with_its_reason(
    kinds: dict[str, Any], settings: Any
) -> None:
    def fail(run: Run) -> None:
        raise ValueError("line 7 is broken")

    kinds["test.fail"] = fail
    job = jobs.enqueue("test.fail", now=timezone.now())
    pauses = []
    for _attempt in range(settings.JOB_MAX_ATTEMPTS):
        assert job.state == Job.State.QUEUED
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        job = jobs.perform(job.pk) or job
        pauses.append((job.run_after - timezone.now()).total_seconds())
    assert [round(pause) for pause in pauses[:4]] == [2, 8, 32, 128]
    assert (job.state, job.error) == (Job.State.FAILED, "ValueError: line 7 is broken")
    assert job.finished_at is not None


def test_getting_on_gives_all_attempts_back(kinds: dict[str, Any], settings: Any) -> None:
    settings.JOB_MAX_ATTEMPTS = 2

    def one_step_and_stumble(run: Run) -> None:
        with run.chunk(to=run.cursor + 1):
            pass
        if run.cursor < 6:
            raise OSError("the network is away")

    kinds["test.steps"] = one_step_and_stumble
    job = jobs.enqueue("test.steps", now=timezone.now())
    for _attempt in range(6):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        job = jobs.perform(job.pk) or job
    assert (job.state, job.cursor) == (Job.State.DONE, 6)


def test_a_job_that_kills_its_worker_every_time_is_given_up(settings: Any) -> None:
    start = timezone.now() - timedelta(days=1)
    job = jobs.enqueue("a", now=start)
    for hour in range(settings.JOB_MAX_CUT_OFFS):
        assert jobs.claim(job.pk, now=start + timedelta(hours=hour)), "a dead worker never gives it back"
    ended = jobs.perform(job.pk)
    assert ended is not None
    assert (ended.state, ended.error) == (Job.State.FAILED, jobs.CUT_OFF)


def test_ten_dead_workers_at_one_place_cost_no_attempt_of_the_work(kinds: dict[str, Any], settings: Any) -> None:
    def stumble(run: Run) -> None:
        raise OSError("the network is away")

    kinds["test.stumble"] = stumble
    start = timezone.now() - timedelta(days=1)
    job = jobs.enqueue("test.stumble", now=start)
    for hour in range(10):
        assert jobs.claim(job.pk, now=start + timedelta(hours=hour))
    stumbled = jobs.perform(job.pk)
    assert stumbled is not None
    assert (stumbled.state, stumbled.attempts, stumbled.cut_offs) == (Job.State.QUEUED, 1, 10)


def test_getting_on_forgets_how_often_workers_died_before(kinds: dict[str, Any]) -> None:
    def one_step(run: Run) -> None:
        with run.chunk(to=1):
            pass

    kinds["test.step"] = one_step
    start = timezone.now() - timedelta(days=1)
    job = jobs.enqueue("test.step", now=start)
    for hour in range(3):
        assert jobs.claim(job.pk, now=start + timedelta(hours=hour))
    done = jobs.perform(job.pk)
    assert done is not None
    assert (done.state, done.cut_offs) == (Job.State.DONE, 0)


def test_a_refusal_is_not_tried_again(kinds: dict[str, Any]) -> None:
    def refuse(run: Run) -> None:
        raise jobs.Refused("This is a picture, not a table.")

    kinds["test.refuse"] = refuse
    job = jobs.perform(jobs.enqueue("test.refuse", now=timezone.now()).pk)
    assert job is not None
    assert (job.state, job.error, job.attempts) == (Job.State.FAILED, "This is a picture, not a table.", 1)


def test_an_unknown_kind_waits_for_a_worker_that_knows_it() -> None:
    job = jobs.perform(jobs.enqueue("nobody.knows", now=timezone.now()).pk)
    assert job is not None
    assert job.state == Job.State.QUEUED
    assert "nobody.knows" in job.error


def test_a_turn_ends_after_a_chunk_and_the_job_goes_on_from_there(agent: Person) -> None:
    copying.register()
    job = _copy(agent)
    for expected in (10, 20):
        performed = jobs.perform(job.pk, turn_seconds=0)
        assert performed is not None
        assert (performed.state, performed.cursor, performed.attempts) == (Job.State.QUEUED, expected, 0)
    done = jobs.perform(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE
    assert _numbers() == list(range(50))


def test_a_stopping_worker_gives_its_job_back(agent: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    copying.register()
    monkeypatch.setattr(jobs, "stopping", Event())
    jobs.stopping.set()
    job = jobs.perform(_copy(agent).pk)
    assert job is not None
    assert (job.state, job.cursor, job.attempts) == (Job.State.QUEUED, 0, 0)


def test_a_job_that_was_stopped_writes_no_more_and_can_be_started_again(agent: Person) -> None:
    copying.register()
    now = timezone.now()
    job = jobs.enqueue(
        "test.copy", {"rows": 5, "step": 5, "pause": 0, "recipient": agent.pk}, now=now, created_by=agent
    )
    run = jobs.claim(job.pk, now=now)
    assert run is not None
    services.stop(job=job, actor=agent, now=now)
    with pytest.raises(jobs.LostLease), run.chunk(to=5):
        pass
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    services.retry(job=job, actor=agent, now=now)
    performed = jobs.perform(job.pk)
    assert performed is not None
    assert performed.state == Job.State.DONE
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["stop", "retry"]


def test_only_its_owner_the_linking_pin_and_administrators_steer_a_job(
    agent: Person, other_agent: Person, linking_pin: Person
) -> None:
    now = timezone.now()
    job = jobs.enqueue("a", now=now, created_by=agent)
    with pytest.raises(PermissionDenied):
        services.stop(job=job, actor=other_agent, now=now)
    services.stop(job=job, actor=linking_pin, now=now)
    with pytest.raises(PermissionDenied):
        services.stop(job=job, actor=linking_pin, now=now)


def test_pauses_grow_and_end_at_ten_minutes() -> None:
    assert [jobs.pause_after(attempts) for attempts in range(1, 8)] == [2, 8, 32, 128, 512, 600, 600]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_hanging_worker_does_not_hang_the_next_one(agent: Person) -> None:
    """On PostgreSQL a worker inside a chunk holds the row's lock; a second one goes on without waiting.

    SQLite has one writer: nobody can be inside a chunk while another one claims.
    """
    now = timezone.now()
    job = _copy(agent)
    old = jobs.claim(job.pk, now=now - timedelta(hours=1))
    assert old is not None
    answers: list[Run | None] = []

    def claim() -> None:
        try:
            answers.append(jobs.claim(job.pk, now=datetime.now(UTC)))
        finally:
            connection.close()

    with old.chunk(to=10):
        second = Thread(target=claim)
        second.start()
        second.join(timeout=5)
        assert not second.is_alive()
    assert answers == [None]


def test_work_speaks_the_language_of_whoever_asked_for_it(agent: Person, kinds: dict[str, Any]) -> None:
    def refuse(run: Run) -> None:
        raise jobs.Refused(translation.gettext("The file is empty."))

    kinds["test.refuse"] = refuse
    agent.language = "nl"
    agent.save()
    asked = jobs.perform(jobs.enqueue("test.refuse", now=timezone.now(), created_by=agent).pk)
    by_itself = jobs.perform(jobs.enqueue("test.refuse", now=timezone.now()).pk)
    assert asked is not None
    assert by_itself is not None
    assert (asked.error, by_itself.error) == ("Het bestand is leeg.", "The file is empty.")

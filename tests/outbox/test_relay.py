"""The relay sends what is due, once, and again when nobody came; and it is the scheduler."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from kombu.exceptions import OperationalError

from outbox import jobs, relay, schedules
from outbox.models import Job, Pulse, ScheduleTick
from outbox.relay import Relay

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_schedules(monkeypatch: pytest.MonkeyPatch) -> dict[str, schedules.Schedule]:
    """Only the schedules of the test itself."""
    own: dict[str, schedules.Schedule] = {}
    monkeypatch.setattr(schedules, "_schedules", own)
    return own


def test_a_due_row_is_sent_once_by_two_relays_and_again_when_nobody_claims_it() -> None:
    job = jobs.enqueue("a", now=NOON)
    jobs.enqueue("b", now=NOON, run_after=NOON + timedelta(hours=1))
    sent: list[int] = []
    first, second = Relay(sent.append), Relay(sent.append)
    for moment in (NOON, NOON + timedelta(seconds=1)):
        first.go_round(now=moment)
        second.go_round(now=moment)
    assert sent == [job.pk]
    first.go_round(now=NOON + timedelta(seconds=relay.RESEND_SECONDS + 1))
    assert sent == [job.pk, job.pk]


def test_a_row_whose_worker_went_silent_is_sent_as_soon_as_its_lease_lapses(settings: object) -> None:
    job = jobs.enqueue("a", now=NOON)
    sent: list[int] = []
    one = Relay(sent.append)
    one.go_round(now=NOON)
    settings.JOB_LEASE_SECONDS = 3  # type: ignore[attr-defined]
    assert jobs.claim(job.pk, now=NOON + timedelta(seconds=1))
    one.go_round(now=NOON + timedelta(seconds=3))
    assert sent == [job.pk], "its lease still holds"
    one.go_round(now=NOON + timedelta(seconds=5))
    one.go_round(now=NOON + timedelta(seconds=6))
    assert sent == [job.pk, job.pk], "once for the lapsed lease, not in every round"


def test_while_the_broker_is_away_rows_wait_and_nothing_is_lost() -> None:
    job = jobs.enqueue("a", now=NOON)
    sent: list[int] = []
    away = True

    def send(job_id: int) -> None:
        if away:
            raise OperationalError("connection refused")
        sent.append(job_id)

    one = Relay(send)
    assert one.go_round(now=NOON) == 0
    job.refresh_from_db()
    assert job.sent_at is None
    away = False
    assert one.go_round(now=NOON + timedelta(seconds=1)) == 1
    assert sent == [job.pk]


def test_a_long_queue_waits_in_the_table_and_not_at_the_broker() -> None:
    for _number in range(relay.IN_FLIGHT + 10):
        jobs.enqueue("a", now=NOON)
    sent: list[int] = []
    one = Relay(sent.append)
    one.go_round(now=NOON)
    one.go_round(now=NOON + timedelta(seconds=1))
    assert len(sent) == relay.IN_FLIGHT
    Job.objects.filter(pk__in=sent[:4]).update(state=Job.State.DONE)
    one.go_round(now=NOON + timedelta(seconds=2))
    assert len(sent) == relay.IN_FLIGHT + 4


def test_a_relay_leaves_a_sign_of_life_now_and_then() -> None:
    one = Relay(lambda job_id: None)
    for second in (0, 1, 2, 6):
        one.go_round(now=NOON + timedelta(seconds=second))
        expected = NOON + timedelta(seconds=6 if second == 6 else 0)
        assert Pulse.objects.get().at == expected


def test_two_relays_make_one_job_per_due_time() -> None:
    schedules.every("recount", minutes=5)
    first, second = Relay(lambda job_id: None), Relay(lambda job_id: None)
    for minute in (0, 1, 5, 6):
        for one in (first, second):
            one.go_round(now=NOON + timedelta(minutes=minute))
        Job.objects.update(state=Job.State.DONE)
    assert [tick.due_at.minute for tick in ScheduleTick.objects.order_by("due_at")] == [0, 5]
    assert Job.objects.filter(kind="recount").count() == 2


def test_after_a_standstill_one_job_makes_up_for_all_that_was_missed() -> None:
    schedules.daily("measure", at="03:00")
    one = Relay(lambda job_id: None)
    for day in (0, 5):
        one.go_round(now=NOON + timedelta(days=day))
    assert [tick.due_at for tick in ScheduleTick.objects.order_by("due_at")] == [
        datetime(2026, 3, 2, 3, tzinfo=UTC),
        datetime(2026, 3, 7, 3, tzinfo=UTC),
    ]
    assert Job.objects.count() == 1, "the first was still waiting"


def test_before_its_hour_the_last_due_time_was_yesterday() -> None:
    schedules.daily("measure", at="03:00")
    schedules.insert_due(now=datetime(2026, 3, 2, 2, 59, tzinfo=UTC))
    assert ScheduleTick.objects.get().due_at == datetime(2026, 3, 1, 3, tzinfo=UTC)


def test_a_schedule_is_registered_once() -> None:
    schedules.every("recount", minutes=5)
    with pytest.raises(ValueError, match="Two schedules"):
        schedules.daily("recount", at="03:00")


def test_a_relay_that_knows_asks_the_database_only_when_something_falls_due(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    schedules.every("recount", minutes=5)
    seen: dict[str, datetime] = {}
    schedules.insert_due(now=NOON, seen=seen)
    with django_assert_num_queries(0):  # type: ignore[operator]
        schedules.insert_due(now=NOON + timedelta(seconds=30), seen=seen)


@pytest.mark.django_db(transaction=True)
def test_the_loop_survives_trouble_and_stops_when_told(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    from django.db import DatabaseError

    settings.RELAY_SECONDS = 0.01  # type: ignore[attr-defined]
    monkeypatch.setattr(relay, "BROKER_PAUSE_SECONDS", 0.01)
    rounds = []

    class Troubled(Relay):
        def go_round(self, *, now: datetime) -> int:
            rounds.append(now)
            if len(rounds) == 1:
                raise DatabaseError("the server closed the connection")
            return 0

    def run() -> None:
        Troubled().run(stop)
        connection.close()

    stop = threading.Event()
    loop = threading.Thread(target=run)
    loop.start()
    deadline = time.monotonic() + 5
    while len(rounds) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    loop.join(timeout=5)
    assert not loop.is_alive()
    assert len(rounds) >= 3

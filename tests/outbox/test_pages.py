"""The inbox, the jobs on screen, and the doors for machines."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Person
from outbox import health, jobs, messages, selectors, services
from outbox.models import Job, Message, Pulse
from tests.cast import ApiClientFor, ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of message: plain news, and good news."""
    own: dict[str, messages.Renderer] = {}
    monkeypatch.setattr(messages, "_renderers", own)

    @messages.renders("news")
    def news(parameters: dict[str, Any]) -> messages.Rendered:
        return messages.Rendered(f"News {parameters['n']}", "First.\n\nSecond <b>.", "/ideas/HYP-1/", about="HYP-1")

    @messages.renders("good")
    def good(parameters: dict[str, Any]) -> messages.Rendered:
        return messages.Rendered("It worked", tone="good")


def _tell(person: Person, kind: str = "news", **options: Any) -> Message:
    now = options.pop("now", timezone.now() - timedelta(minutes=5))
    return services.tell(recipient=person, kind=kind, parameters={"n": options.pop("n", 1)}, now=now, **options)


def test_an_undo_takes_back_what_was_not_delivered_yet(agent: Person, settings: Any) -> None:
    settings.UNDO_SECONDS = 60
    now = timezone.now()
    about = ("hypothesis", 7)
    _tell(agent, now=now, about=about, undoable=True)
    _tell(agent, now=now - timedelta(minutes=5), about=about, undoable=True)
    assert selectors.unread_count(agent, now) == 1
    assert services.take_back(about=about, since=now, kind="other", now=now + timedelta(seconds=59)) == 0
    assert services.take_back(about=about, since=now + timedelta(seconds=1), now=now + timedelta(seconds=59)) == 0
    assert services.take_back(about=about, since=now, now=now + timedelta(seconds=59)) == 1
    assert selectors.unread_count(agent, now + timedelta(hours=1)) == 1


def test_the_inbox_says_what_is_new_and_opening_a_letter_reads_it(agent: Person, client_for: ClientFor) -> None:
    _tell(agent, now=timezone.now() - timedelta(hours=1))
    good = _tell(agent, "good")
    browser = client_for(agent)
    page = browser.get("/inbox/").content.decode()
    assert "<h1>2 new messages, 1 brings good news</h1>" in page
    assert page.index("It worked") < page.index("News 1")
    assert selectors.unread_count(agent, timezone.now()) == 2, "looking at the list reads nothing"
    assert "It worked" in browser.get(f"/inbox/{good.pk}/").content.decode()
    assert selectors.unread_count(agent, timezone.now()) == 1
    assert "<h1>1 new message</h1>" in browser.get("/inbox/?show=new").content.decode()
    assert browser.post("/inbox/read/").status_code == 302
    assert "You have read everything" in browser.get("/inbox/").content.decode()


def test_a_letter_is_escaped_and_in_paragraphs(agent: Person, client_for: ClientFor) -> None:
    letter = _tell(agent)
    page = client_for(agent).get(f"/inbox/{letter.pk}/").content.decode()
    assert "<p>First.</p>" in page
    assert "<p>Second &lt;b&gt;.</p>" in page
    assert 'href="/ideas/HYP-1/"' in page


def test_a_letter_to_somebody_else_or_not_delivered_is_not_there(
    agent: Person, other_agent: Person, client_for: ClientFor
) -> None:
    letter, taken_back = _tell(agent), _tell(agent, now=timezone.now(), about=("idea", 1), undoable=True)
    assert client_for(other_agent).get(f"/inbox/{letter.pk}/").status_code == 404
    assert client_for(agent).get(f"/inbox/{taken_back.pk}/").status_code == 404
    client_for(other_agent).post("/inbox/read/", {"message": letter.pk})
    letter.refresh_from_db()
    assert letter.read_at is None


def test_a_kind_that_no_app_writes_any_more_is_still_a_sentence(agent: Person, client_for: ClientFor) -> None:
    _tell(agent, "forgotten")
    assert "A message from an earlier version" in client_for(agent).get("/inbox/").content.decode()


def test_pages_of_the_inbox_meet_without_gap_or_double(agent: Person) -> None:
    now = timezone.now()
    for number in range(60):
        # Three at the same moment each, so that the marker has to tell them apart.
        _tell(agent, n=number, now=now - timedelta(minutes=number // 3))
    titles, after = [], ""
    while True:
        page = selectors.inbox(agent, now, after=after)
        titles += [letter.words.title for letter in page.letters]
        after = page.older
        if not after:
            break
    assert len(titles) == 60
    assert set(titles) == {f"News {number}" for number in range(60)}
    assert selectors.inbox(agent, now, after="nonsense").letters


@pytest.mark.parametrize("address", ["/inbox/", "/jobs/"])
def test_a_list_asks_the_database_as_often_for_one_row_as_for_twenty(
    address: str, linking_pin: Person, agent: Person, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_for(linking_pin)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    for sender in (agent, linking_pin):
        _tell(linking_pin, sender=sender)
        jobs.enqueue("a", now=timezone.now(), created_by=sender)
    queries()
    few = queries()
    for _number in range(20):
        _tell(linking_pin, sender=agent)
        jobs.enqueue("a", now=timezone.now(), created_by=agent)
    assert queries() == few


def test_the_bar_moves_while_the_job_runs_and_loads_the_page_when_it_is_over(
    agent: Person, client_for: ClientFor
) -> None:
    job = jobs.enqueue("a", now=timezone.now(), created_by=agent, total=200)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, cursor=50)
    browser = client_for(agent)
    address = f"/jobs/{job.pk}/progress/"
    fragment = browser.get(address, headers={"HX-Request": "true"})
    text = fragment.content.decode()
    assert 'hx-trigger="every 1s"' in text
    assert 'width="25"' in text
    assert "50 of 200" in text
    assert "HX-Refresh" not in fragment.headers
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, cursor=200)
    fragment = browser.get(address, headers={"HX-Request": "true"})
    assert "hx-trigger" not in fragment.content.decode()
    assert fragment.headers["HX-Refresh"] == "true"
    assert browser.get(address).headers["Location"] == f"/jobs/{job.pk}/"


def test_a_failed_job_shows_its_reason_and_is_started_again(agent: Person, client_for: ClientFor) -> None:
    job = jobs.enqueue("a", now=timezone.now(), created_by=agent)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="Line 3 <is> odd", cursor=2, attempts=5)
    browser = client_for(agent)
    for address in ("/jobs/", f"/jobs/{job.pk}/"):
        page = browser.get(address).content.decode()
        assert "Line 3 &lt;is&gt; odd" in page
        assert f'action="/jobs/{job.pk}/retry/"' in page
    assert browser.post(f"/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts, job.cursor, job.error) == (Job.State.QUEUED, 0, 2, "")
    assert browser.post(f"/jobs/{job.pk}/retry/").status_code == 403, "it is queued already"
    assert browser.post(f"/jobs/{job.pk}/stop/").status_code == 302
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_jobs_of_others_are_for_the_linking_pin_and_administrators(
    agent: Person, other_agent: Person, linking_pin: Person, admin: Person, client_for: ClientFor
) -> None:
    job = jobs.enqueue("nightly.count", now=timezone.now(), created_by=agent)
    for person, status in ((agent, 200), (linking_pin, 200), (admin, 200), (other_agent, 404)):
        assert client_for(person).get(f"/jobs/{job.pk}/").status_code == status
        listed = "nightly.count" in client_for(person).get("/jobs/").content.decode()
        assert listed is (status == 200)


def test_the_api_answers_for_the_jobs_of_its_own_token(
    agent: Person, api_client: Person, api_client_for: ApiClientFor
) -> None:
    own = jobs.enqueue("feedback.import", now=timezone.now(), created_by=api_client, total=10)
    Job.objects.filter(pk=own.pk).update(cursor=4, progress={"new": 3, "changed": 1, "line": 99})
    other = jobs.enqueue("feedback.import", now=timezone.now(), created_by=agent)
    program = api_client_for(api_client, ["metrics:read"])
    body = program.get(f"/api/v1/jobs/{own.pk}/").json()
    assert (body["state"], body["cursor"], body["total"]) == ("queued", 4, 10)
    assert body["counts"] == {"new": 3, "changed": 1}
    assert program.get(f"/api/v1/jobs/{other.pk}/").status_code == 404
    assert Client().get(f"/api/v1/jobs/{own.pk}/").status_code == 401


def test_ready_means_that_the_relay_goes_round(db: None) -> None:
    stranger = Client()
    assert stranger.get("/healthz").content == b"ok\n"
    silent = stranger.get("/readyz")
    assert (silent.status_code, silent.json()["relay"]) == (503, "silent")
    now = timezone.now()
    Pulse.objects.create(name="relay", at=now)
    jobs.enqueue("a", now=now - timedelta(minutes=2))
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert 119 < answer.json()["oldest_job_seconds"] < 180
    later = health.readiness(now=now + timedelta(minutes=5))
    assert (later.ready, later.relay) == (False, "silent")


def test_without_a_database_it_is_not_ready_and_says_so(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError, connection

    def refuse() -> None:
        raise OperationalError("no route to db.internal")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        patched.setattr(connection, "close", lambda: None)
        found = health.readiness(now=timezone.now())
    assert found.as_json()["database"] == "OperationalError"
    assert found.ready is False


def test_metrics_are_for_this_machine_or_the_token(db: None, settings: Any) -> None:
    Job.objects.create(kind="a", state="failed", run_after=timezone.now(), created_at=timezone.now())
    here = Client().get("/metrics")
    assert here.status_code == 200
    assert 'hearback_jobs{kind="a",state="failed"} 1.0' in here.content.decode()
    away = Client(REMOTE_ADDR="10.0.0.9")
    proxied = Client(headers={"X-Forwarded-For": "203.0.113.5"})
    assert away.get("/metrics").status_code == 404
    assert proxied.get("/metrics").status_code == 404
    assert away.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404, "no token is set"
    settings.METRICS_TOKEN = "scrape-me"
    assert away.get("/metrics", headers={"Authorization": "Bearer scrape-me"}).status_code == 200
    assert away.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 404


def test_a_constant_reason_is_shown_in_the_readers_language(agent: Person) -> None:
    job = jobs.enqueue("a", now=timezone.now(), created_by=agent)
    job.error = jobs.CUT_OFF
    with translation.override("en"):
        assert selectors.job_card(job, agent).error == jobs.CUT_OFF

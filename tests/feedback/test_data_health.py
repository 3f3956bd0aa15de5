"""Data health: the one sentence, every source with what is wrong, values mapped in bulk, silence that is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.models import Contact, DimensionValue, Import, Source, ValueMapping
from feedback.selectors.health import SourceHealth, health
from feedback.services import watching
from outbox import jobs
from outbox.models import Job, Message
from tests.feedback.rows import CONTACTS, NOW, bring_in, queue

ClientFor = Callable[[Person], Client]
HEADER = "external_id,occurred_at,channel,reason,text,market\n"


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor, company: Company) -> Client:
    return client_for(linking_pin)


def work_off() -> None:
    """Everything that may run now, but for finding themes in texts."""
    Job.objects.filter(kind="feedback.discover_themes").delete()
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


def weekly(weeks: int, *, name: str = "Store desks", ends: datetime = NOW) -> None:
    """A source that brought a file a week, the last one now."""
    for week in range(weeks):
        moment = ends - timedelta(weeks=weeks - 1 - week)
        imported = bring_in(
            HEADER + f"{name}{week},{moment.isoformat()},phone,Delivery > Late,where is it,NL\n", source=name
        )
        Import.objects.filter(pk=imported.pk).update(finished_at=moment)
    work_off()


def one(now: datetime, name: str = "Store desks") -> SourceHealth:
    found = {source.name: source for source in health(now=now, today=now.date()).sources}
    return found[name]


def _title(browser: Client) -> str:
    page = browser.get("/data/").content.decode()
    return page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.django_db
class TestSources:
    def test_counts_and_shares_of_a_source(self, company: Company) -> None:
        rows = (
            "A1,2026-03-18T10:00:00Z,phone,Delivery > Late,where is it,NL\n"
            "A2,2026-03-18T10:00:00Z,phone,,,NL\n"
            "A3,2026-03-19T10:00:00Z,phone,,hello there,NL\n"
            "A4,no date,phone,,hello,NL\n"
        )
        with time_machine.travel(NOW, tick=False):
            bring_in(HEADER + rows, source="Store desks")
            bring_in(HEADER + rows + "A5,2026-03-19T11:00:00Z,fax,,by fax,NL\n", source="Store desks")
            work_off()
            found = one(NOW)
        assert found.rows_a_day[-3:] == (0, 2, 2)
        assert (found.read, found.rejected, found.duplicates, found.to_map) == (9, 2, 3, 1)
        assert found.without_reason_percent == 75
        assert found.with_text_percent == 75
        assert found.usual is None

    def test_a_weekly_source_is_late_after_a_week_and_a_half(self, company: Company) -> None:
        weekly(5)
        assert one(NOW + timedelta(days=8)).late_by is None
        late = one(NOW + timedelta(days=11)).late_by
        assert late == timedelta(days=4)

    def test_dry_runs_and_undone_imports_brought_nothing(self, company: Company) -> None:
        weekly(5)
        bring_in(HEADER + "X,2026-03-20T10:00:00Z,phone,,hi,NL\n", source="Store desks", dry_run=True)
        assert one(NOW + timedelta(days=11)).late_by == timedelta(days=4)


@pytest.mark.django_db
class TestFirstStep:
    def test_without_sources(self, browser: Client) -> None:
        assert _title(browser) == "Nothing comes in yet"

    def test_what_never_brought_anything_is_called_by_its_name(self, browser: Client) -> None:
        Source.objects.create(name="Our desk", slug="our-desk", system="generic", created_at=NOW)
        page = browser.get("/data/").content.decode()
        assert "Signed webhook" in page
        assert ">generic<" not in page

    def test_all_is_well(self, browser: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            weekly(5)
            assert _title(browser) == "Everything comes in as it should"

    def test_a_silent_source_comes_first(self, browser: Client) -> None:
        weekly(5)
        Job.objects.create(kind="feedback.recount", state="failed", run_after=NOW, created_at=NOW)
        with time_machine.travel(NOW + timedelta(days=11), tick=False):
            assert _title(browser) == "Store desks is silent, it is 4 days late"

    def test_its_file_may_be_waiting(self, browser: Client) -> None:
        weekly(5)
        held = queue(HEADER, source="Store desks")
        Import.objects.filter(pk=held.pk).update(state=Import.State.DRAFT)
        with time_machine.travel(NOW + timedelta(days=11), tick=False):
            assert _title(browser) == "Map the file of Store desks first, it is 4 days late"

    def test_then_what_failed_then_what_is_new(self, browser: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            weekly(5)
            bring_in(HEADER + "B,2026-03-20T10:00:00Z,telefoon,Delivery > Late,hi,NL\n", source="Store desks")
            work_off()
            failed = Job.objects.create(kind="feedback.recount", state="failed", run_after=NOW, created_at=NOW)
            assert _title(browser) == "Start the job that did not finish again"
            failed.delete()
            assert _title(browser) == "Say what one new value means"

    def test_rejected_rows_come_before_new_values(self, browser: Client) -> None:
        with time_machine.travel(NOW, tick=False):
            weekly(5)
            bring_in(HEADER + "B,2026-03-20T10:00:00Z,telefoon,,hi,NL\nC,,phone,,hi,NL\n", source="Store desks")
            work_off()
            assert _title(browser) == "Look at the rejected rows of Store desks first"

    def test_only_importers_see_it(self, agent: Person, client_for: ClientFor) -> None:
        assert client_for(agent).get("/data/").status_code == 403


@pytest.mark.django_db
class TestValues:
    def test_a_value_is_mapped_with_the_guess_that_is_offered(self, browser: Client) -> None:
        bring_in(CONTACTS)
        bring_in(HEADER + "B1,2026-03-03T10:00:00Z,telefoon,,hallo,NL\n", source="second")
        work_off()
        page = browser.get("/data/values/").content.decode()
        phone = DimensionValue.objects.get(code="phone")
        assert f'<option value="{phone.pk}" selected>' in page
        name = f"value-channel-{DimensionValue.objects.get(code='telefoon').pk}"
        answer = browser.post("/data/values/", {name: str(phone.pk)}, follow=True)
        assert "1 value is being mapped." in answer.content.decode()
        work_off()
        assert Contact.objects.get(external_id="B1").channel == phone
        assert "Every value has a meaning" in browser.get("/data/values/").content.decode()

    def test_all_of_a_dimension_are_kept_at_once_and_the_rest_is_left(self, browser: Client) -> None:
        bring_in(CONTACTS)
        bring_in(HEADER + "B1,2026-03-03T10:00:00Z,fax,Something > New,hi,NL\n", source="second")
        work_off()
        page = browser.get("/data/values/").content.decode()
        fields = {part.split('"')[0]: "" for part in page.split('<select class="in" name="')[1:]}
        assert len(fields) == 2
        browser.post("/data/values/", {**fields, "all": "reason"})
        page = browser.get("/data/values/").content.decode()
        assert "Something &gt; New" not in page
        assert "Fax" in page

    def test_a_mapping_is_taken_back(self, browser: Client, linking_pin: Person) -> None:
        self.test_a_value_is_mapped_with_the_guess_that_is_offered(browser)
        mapping = ValueMapping.objects.get()
        assert "Take back" in browser.get("/data/values/").content.decode()
        browser.post(f"/data/values/{mapping.pk}/take-back/")
        work_off()
        channel = Contact.objects.get(external_id="B1").channel
        assert channel is not None
        assert channel.code == "telefoon"

    def test_what_somebody_else_did_meanwhile_is_said(self, browser: Client) -> None:
        bring_in(CONTACTS)
        bring_in(HEADER + "B1,2026-03-03T10:00:00Z,telefoon,,hallo,NL\n", source="second")
        phone = DimensionValue.objects.get(code="phone")
        name = f"value-channel-{DimensionValue.objects.get(code='telefoon').pk}"
        browser.post("/data/values/", {name: str(phone.pk)})
        answer = browser.post("/data/values/", {name: str(phone.pk)})
        assert answer.status_code == 422
        assert "said meanwhile what this value means" in answer.content.decode()

    @pytest.mark.parametrize("name", ["value-channel-x", "value-fax-1", "value-channel-" + "9" * 40, "value", "x-y-1"])
    def test_nonsense_changes_nothing(self, browser: Client, name: str) -> None:
        assert browser.post("/data/values/", {name: "1\0"}).status_code == 302
        assert browser.post("/data/values/", {name: "9" * 30}).status_code == 302
        assert not ValueMapping.objects.exists()


@pytest.mark.django_db
class TestSilence:
    def test_the_linking_pin_is_told_once(self, linking_pin: Person, agent: Person, company: Company) -> None:
        weekly(5)
        now = NOW + timedelta(days=11)
        assert watching.watch_sources(now=NOW) == 0
        assert watching.watch_sources(now=now) == 1
        assert watching.watch_sources(now=now + timedelta(days=1)) == 0
        assert list(Message.objects.values_list("recipient", "kind")) == [(linking_pin.pk, "source_silent")]

    def test_and_again_when_it_falls_silent_again(self, linking_pin: Person, company: Company) -> None:
        weekly(5)
        watching.watch_sources(now=NOW + timedelta(days=11))
        imported = bring_in(HEADER + "N,2026-04-01T10:00:00Z,phone,,hi,NL\n", source="Store desks")
        Import.objects.filter(pk=imported.pk).update(finished_at=NOW + timedelta(days=12))
        assert watching.watch_sources(now=NOW + timedelta(days=13)) == 0
        assert watching.watch_sources(now=NOW + timedelta(days=40)) == 1

    def test_the_message_says_what_is_the_matter(self, browser: Client) -> None:
        weekly(5)
        watching.watch_sources(now=NOW + timedelta(days=11))
        assert "Store desks is silent, it is 4 days late" in browser.get("/inbox/").content.decode()

    def test_it_is_looked_for_every_day(self, company: Company, linking_pin: Person) -> None:
        weekly(5)
        Source.objects.update(silence_told_at=None)
        job = jobs.enqueue("feedback.watch_sources", now=timezone.now())
        with time_machine.travel(NOW + timedelta(days=11), tick=False):
            jobs.perform(jobs.enqueue("feedback.watch_sources", now=timezone.now()).pk)
        assert Message.objects.filter(kind="source_silent").count() == 1
        assert job.pk

"""Values of rows that were rejected: they last as long as words do, and an erased customer is in none of them."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Company, Person
from feedback import erasing
from feedback.jobs.retention import WORDS_KIND
from feedback.models import Import, ImportReject
from feedback.services import erasure, leftovers, retention
from outbox import jobs
from outbox.models import Job
from tests.cast import ClientFor
from tests.feedback.rows import NOW, bring_in

pytestmark = pytest.mark.django_db
WHO = "Wilhelmina.Quist@example.nl"
SAID = "Waar blijft mijn paarse parasol met de gouden franje"
FIRST, SECOND = "2025-01-10T10:00:00Z", "2025-09-19T10:00:00Z"
CONTACTS = f"""external_id,occurred_at,channel,text,market,customer
OLD1,{FIRST},chat,{SAID},NL,{WHO}
OLD2,{SECOND},chat,Where is my second parcel,NL,K2
"""


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with time_machine.travel(datetime(2026, 3, 20, 12, tzinfo=NOW.tzinfo), tick=True):
        yield


def work() -> None:
    """A night."""
    done = jobs.perform(jobs.enqueue(WORDS_KIND, now=timezone.now()).pk)
    assert done
    assert done.state == Job.State.DONE, done.error


def keep(company: Company, months: int) -> None:
    company.retention_months = months
    company.save()


def test_rejected_rows_of_old_imports_keep_where_and_why_and_no_value(company: Company) -> None:
    bad = CONTACTS.replace(FIRST, "somewhere in spring").replace(",K2\n", ",K2,one cell too many\n")
    old, new = bring_in(bad), bring_in(bad, source="other")
    assert (old.rejected_count, new.rejected_count) == (2, 2)
    before = list(ImportReject.objects.order_by("pk").values("line", "column", "reason", "parameters"))
    Import.objects.filter(pk=old.pk).update(created_at=datetime(2025, 9, 19, 12, tzinfo=NOW.tzinfo))
    Import.objects.filter(pk=new.pk).update(created_at=datetime(2025, 9, 20, 12, tzinfo=NOW.tzinfo))
    keep(company, 6)
    assert retention.due(date(2025, 9, 20))["rejects"] == 1, "the other row has no value"

    work()

    values = ImportReject.objects.order_by("pk").values_list("imported_id", "value")
    assert list(values) == [(old.pk, ""), (old.pk, ""), (new.pk, "somewhere in spring"), (new.pk, "")]
    assert list(ImportReject.objects.order_by("pk").values("line", "column", "reason", "parameters")) == before
    old.refresh_from_db()
    assert old.rejected_count == 2
    assert AuditEntry.objects.get(action="delete old words").details["rejects"] == 1
    assert retention.due(date(2025, 9, 20))["rejects"] == 0


def test_the_page_says_how_many_rejected_rows_lose_their_value(
    client_for: ClientFor, linking_pin: Person, company: Company
) -> None:
    old = bring_in(CONTACTS.replace(FIRST, "somewhere in spring"))
    keep(company, 6)
    says = "lose the value that was rejected: 1."
    assert says not in client_for(linking_pin).get("/data/privacy/").text
    Import.objects.filter(pk=old.pk).update(created_at=datetime(2025, 9, 1, tzinfo=NOW.tzinfo))
    assert says in client_for(linking_pin).get("/data/privacy/").text


@pytest.mark.usefixtures("company")
def test_reports_of_rejected_rows_go_when_words_of_their_day_go(
    company: Company, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    reports = []
    for number, day in ((1, "2025-09-19"), (2, "2025-09-20")):
        report = leftovers.report_path(Import(pk=number))
        report.parent.mkdir(exist_ok=True)
        report.write_text("3,market,a value,This is not a date.")
        moment = datetime.fromisoformat(f"{day}T12:00:00Z").timestamp()
        os.utime(report, (moment, moment))
        reports.append(report)
    work()
    assert all(report.exists() for report in reports)
    keep(company, 6)
    work()
    assert [report.exists() for report in reports] == [False, True]


def test_out_of_rejected_rows_goes_what_repeats_an_erased_customer(
    linking_pin: Person, tmp_path: Path, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DATA_DIR = tmp_path
    imported = bring_in(CONTACTS)
    values = [f"it is {WHO}", SAID, "half a date"]
    for line, value in enumerate(values):
        ImportReject.objects.create(imported=imported, line=line, value=value, reason="not_a_date", parameters={})
    mine, other = (leftovers.report_path(Import(pk=number)) for number in (1, 2))
    mine.parent.mkdir()
    mine.write_text(f"2,occurred_at,{WHO.upper()},This is not a date.")
    other.write_text("2,occurred_at,half a date,This is not a date.")

    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(actor=linking_pin, written=[WHO], now=NOW)

    kept = list(ImportReject.objects.order_by("line").values_list("value", flat=True))
    assert kept == [f"it is {erasing.ERASED}", erasing.ERASED, "half a date"]
    assert (mine.exists(), other.exists()) == (False, True)

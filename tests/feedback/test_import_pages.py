"""Imports in the browser: upload, map, try, import, and read what was left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.models import Contact, Import, Source, SurveyResponse
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import CONTACTS, bring_in, counts, queue
from tests.feedback.test_export_journeys import controls

ClientFor = Callable[[Person], Client]
STORE = (
    "Bonnr;Datum;Land;Onderwerp;Toelichting;Duur\n"
    "W1;09-11-2026 10:04;NL;RETOUR > LABEL;Kadokaart doet het café niet, mail jan@winkel.nl;4,5\n"
    "W2;15-11-2026 10:04;NL;STOMERIJ;hoi;6\n"
    "W3;00-00-0000;BE;;<script>alert(1)</script>;1\n"
)
STORE_CHOICES = {
    "column-0": "external_id",
    "column-1": "occurred_at",
    "column-2": "market",
    "column-3": "reason",
    "column-4": "text",
    "column-5": "handle_seconds",
    "fixed-field-0": "channel",
    "fixed-value-0": "In store",
}


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Settings) -> Path:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor) -> Client:
    return client_for(linking_pin)


def _upload(browser: Client, data: bytes, *, kind: str = "contacts", source: str = "Store desks") -> Any:
    file = SimpleUploadedFile("winkel.csv", data)
    return browser.post("/imports/", {"kind": kind, "source": source, "file": file})


def test_the_preview_speaks_the_readers_language(browser: Client, linking_pin: Person) -> None:
    linking_pin.language = "nl"
    linking_pin.save()
    rows = b"date,market,sessions,orders\n2026-11-09,NL,40123,1204\n"
    page = browser.get(_upload(browser, rows, kind="commerce").headers["Location"]).content.decode()
    assert "40.123 bezoeken" in page
    assert "1.204 bestellingen" in page


def test_from_upload_to_rows(browser: Client, uploads: Path) -> None:
    answer = _upload(browser, STORE.encode("cp1252"))
    imported = Import.objects.get()
    assert answer.headers["Location"] == f"/imports/{imported.pk}/map/"
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "We know all 6 columns" in page
    assert "Kadokaart doet het café niet, mail <span" in page
    assert "jan@winkel.nl" not in page, "the preview is redacted too"
    assert "<script>alert" not in page

    answer = browser.post(answer.headers["Location"], {**STORE_CHOICES, "action": "dry-run"})
    imported.refresh_from_db()
    assert imported.job_id
    jobs.perform(imported.job_id)
    assert "2 rows can go in, 1 row is not" in browser.get(answer.headers["Location"]).content.decode()
    assert not Contact.objects.exists()

    browser.post(f"/imports/{imported.pk}/map/", {**STORE_CHOICES, "action": "import"})
    imported.refresh_from_db()
    assert imported.job_id
    assert "is being read" in browser.get(f"/imports/{imported.pk}/").content.decode()
    jobs.perform(imported.job_id)
    imported.refresh_from_db()
    assert counts(imported) == (3, 2, 0, 0, 1)
    contact = Contact.objects.select_related("channel").get(external_id="W1")
    assert (contact.handle_seconds, contact.channel and contact.channel.label) == (4.5, "In store")
    page = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "2 rows are in, 1 row is not" in page
    assert "00-00-0000" in page
    assert "This is not a date." in page
    rejected = browser.get(f"/imports/{imported.pk}/rejects/").getvalue().decode("utf-8-sig")
    assert rejected.splitlines() == ["line,column,value,reason", "4,Datum,00-00-0000,This is not a date."]
    assert list(uploads.iterdir()) == []


def test_the_mapping_is_proposed_for_the_next_file_of_this_source(browser: Client) -> None:
    _upload(browser, STORE.encode())
    first = Import.objects.get()
    browser.post(f"/imports/{first.pk}/map/", {**STORE_CHOICES, "action": "import"})
    answer = _upload(browser, STORE.replace("W1", "V1").replace("Duur", "Minuten").encode())
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "We know 5 of the 6 columns, one is new" in page
    assert 'value="In store"' in page
    other = _upload(browser, STORE.encode(), source="Another desk")
    assert "We know all 6 columns" in browser.get(other.headers["Location"]).content.decode()


def test_a_column_that_was_left_out_stays_out(browser: Client) -> None:
    _upload(browser, CONTACTS.encode())
    imported = Import.objects.get()
    choices = {"column-0": "external_id", "column-1": "occurred_at", "column-4": "text", "action": "import"}
    browser.post(f"/imports/{imported.pk}/map/", choices)
    imported.refresh_from_db()
    assert imported.job_id
    jobs.perform(imported.job_id)
    assert not Contact.objects.filter(channel__isnull=False).exists()
    assert not Contact.objects.exclude(customer_ref="").exists()
    assert Source.objects.get().mappings["contacts"]["columns"]["customer"] is None


def test_a_mapping_that_does_not_fit_is_said_and_nothing_starts(browser: Client) -> None:
    _upload(browser, STORE.encode())
    imported = Import.objects.get()
    answer = browser.post(f"/imports/{imported.pk}/map/", {"column-0": "external_id", "action": "import"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Not started yet" in page
    assert '<a href="#column-1">Date and time</a>: No column says when it was.' in page
    answer = browser.post(f"/imports/{imported.pk}/map/", {**STORE_CHOICES, "timezone": "Mars", "action": "import"})
    assert (answer.status_code, Import.objects.get().job_id) == (422, None)


def test_a_survey_has_its_scale_on_the_page(browser: Client) -> None:
    _upload(browser, b"text,score\nfine,3\nbad,-5\nworse,-6\n", kind="surveys")
    imported = Import.objects.get()
    browser.post(
        f"/imports/{imported.pk}/map/",
        {"column-0": "comment", "column-1": "score", "fixed-field-0": "instrument", "fixed-value-0": "csat",
         "fixed-field-1": "responded_at", "fixed-value-1": "2026-03-01", "as-1": "scale", "low-1": "-5", "high-1": "5",
         "action": "import"},
    )  # fmt: skip
    imported.refresh_from_db()
    assert imported.job_id
    jobs.perform(imported.job_id)
    assert set(SurveyResponse.objects.values_list("standard_score", flat=True)) == {1, 4.2}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7 a report", "neither a text file nor a workbook"),
        (b",,,\n1,2,3,4\n", "no line with the names of its columns"),
        (b"a," * 300_000, "more than 2,000 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence_and_can_be_deleted(
    browser: Client, uploads: Path, data: bytes, sentence: str
) -> None:
    answer = browser.get(_upload(browser, data).headers["Location"])
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    browser.post(f"/imports/{Import.objects.get().pk}/discard/")
    assert not Import.objects.exists()
    assert list(uploads.iterdir()) == []


def test_an_upload_without_a_file_or_too_large_says_so(
    browser: Client, settings: Settings, uploads: Path, tmp_path: Path
) -> None:
    answer = browser.post("/imports/", {"kind": "contacts", "source": "desk"})
    assert answer.status_code == 422
    assert "Choose a file that is not empty." in answer.content.decode()
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    answer = _upload(browser, b"id,text\n" + b"1,abc\n" * 500_000)
    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in answer.content.decode()
    assert not Import.objects.exists()
    assert not uploads.exists()
    assert not list(tmp_path.glob("*.upload*")), "the temporary file is gone"


def test_a_started_import_cannot_be_mapped_or_deleted(browser: Client) -> None:
    imported = queue(CONTACTS, door=Import.Door.UPLOAD)
    assert browser.get(f"/imports/{imported.pk}/map/").headers["Location"] == f"/imports/{imported.pk}/"
    assert browser.post(f"/imports/{imported.pk}/discard/").status_code == 404
    assert Import.objects.filter(pk=imported.pk).exists()


def test_only_those_who_import_come_in(agent: Person, client_for: ClientFor) -> None:
    assert client_for(agent).get("/imports/").status_code == 403
    assert _upload(client_for(agent), CONTACTS.encode()).status_code == 403
    assert not Import.objects.exists()


def test_how_a_file_was_read_is_said_in_words(browser: Client, company: Company) -> None:
    imported = bring_in(CONTACTS)
    imported.mapping |= {"encoding": "cp1252", "date_format": "dmy"}
    imported.save(update_fields=["mapping"])
    page = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "Windows-1252" in page
    assert "Day first" in page
    assert "cp1252" not in page
    assert "dmy" not in page


def test_the_history_finds_files_and_says_what_waits(browser: Client, company: Company) -> None:
    bring_in(CONTACTS, source="phone system")
    bring_in(CONTACTS + "x\n", source="chat")
    queue(CONTACTS, source="mail")
    _upload(browser, STORE.encode())
    page = browser.get("/imports/").content.decode()
    assert "1 import is running, 1 file waits for you" in page
    assert "In, 1 left out" in page
    assert "phone system" in browser.get("/imports/?q=phone").content.decode()
    none = browser.get("/imports/?q=nothing-of-that-name").content.decode()
    assert "Nothing matches these filters." in none
    assert browser.get("/imports/?after=zzz&state=x&kind=y&source=%00").status_code == 200


def test_the_number_of_queries_does_not_grow_with_imports(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    for at in range(12):
        bring_in(CONTACTS + f"x{at}\n", source=f"desk {at % 3}")
    browser.get("/imports/")
    with django_assert_max_num_queries(20):
        browser.get("/imports/")


def test_what_comes_next_is_said_and_asks_until_it_is_counted(browser: Client) -> None:
    data = b"external_id,occurred_at,text\n1,2026-03-02,Where is it\n"
    address = _upload(browser, data).headers["Location"]
    browser.post(address, {**controls(browser.get(address).content.decode()), "action": "import"})
    imported = Import.objects.get()
    assert imported.job_id
    jobs.perform(imported.job_id)
    page = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert '<a class="btn" href="/themes/">See the themes</a>' in page
    assert "are being counted with these rows" in page
    assert "hx-trigger" in page
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)
    after = browser.get(f"/imports/{imported.pk}/").content.decode()
    assert "See the themes" in after
    assert "being counted" not in after


def test_the_upload_begins_with_what_a_link_says(browser: Client) -> None:
    page = browser.get("/imports/?kind=commerce&source=Shop").content.decode()
    assert '<option value="commerce" selected>' in page
    assert 'name="source" value="Shop"' in page

"""Whole files through the import: what is asked, what is refused with a sentence, and the pitfalls of real exports."""

import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import Company, Market, Person
from feedback import judging, parsing, rejections
from feedback.models import CommerceDay, Contact, Import, ImportReject, SurveyResponse
from tests.cast import ClientFor
from tests.feedback.rows import bring_in
from tests.feedback.workbooks import DATE, Cell, styled, workbook
from tests.passes import SHARED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def said(imported: Import) -> str:
    """Why the whole file was refused."""
    return rejections.sentence(imported.problem, imported.problem_parameters)


def reasons(imported: Import) -> list[tuple[int, str]]:
    return list(ImportReject.objects.filter(imported=imported).order_by("line").values_list("line", "reason"))


def tickets(*dates: str) -> str:
    return "external_id,occurred_at,resolved_at\n" + "".join(f"T{at},{day},\n" for at, day in enumerate(dates))


# ── Day and month ──────────────────────────────────────────────────────────────
def test_the_last_date_of_a_long_file_settles_the_first(company: Company) -> None:
    imported = bring_in(tickets(*["03-04-2026 10:00"] * 6_000, "13-04-2026 10:00"))
    assert (imported.state, imported.new_count) == (Import.State.FINISHED, 6_001)
    assert Contact.objects.get(external_id="T0").local_day == date(2026, 4, 3)


def test_a_column_that_is_empty_at_first_is_looked_at_too(company: Company) -> None:
    data = tickets(*["2026-04-03T10:00:00Z"] * 6_000) + "L1,2026-04-03T10:00:00Z,04/05/2026\n"
    imported = bring_in(data)
    assert (imported.problem, imported.problem_parameters["name"]) == ("dates_ambiguous", "resolved_at")


def test_a_file_that_does_not_tell_is_asked_about_and_nothing_is_stored(company: Company) -> None:
    data = tickets("03-04-2026 10:00", "05-06-2026")
    imported = bring_in(data)
    assert (imported.state, imported.new_count) == (Import.State.FAILED, 0)
    assert said(imported) == (
        "Day and month cannot be told apart in “occurred_at”: 03-04-2026 10:00 could be either. Say which comes first."
    )
    answered = bring_in(data, fields={"date_format": "mdy"})
    assert answered.new_count == 2
    assert Contact.objects.get(external_id="T0").local_day == date(2026, 3, 4)


def test_a_file_that_contradicts_itself_is_asked_about(company: Company) -> None:
    data = tickets("13/04/2026", "04/14/2026")
    assert said(bring_in(data)).startswith("“occurred_at” has dates with the day first and dates with the month first")
    answered = bring_in(data, fields={"date_format": "dmy"})
    assert reasons(answered) == [(3, "not_a_date")]


def test_one_column_settles_the_others_of_the_file(company: Company) -> None:
    imported = bring_in("external_id,occurred_at,resolved_at\nT1,03/04/2026,\nT2,05/04/2026,25/04/2026\n")
    assert imported.new_count == 2
    assert Contact.objects.get(external_id="T1").local_day == date(2026, 4, 3)


def test_an_upload_keeps_its_file_for_the_answer(company: Company) -> None:
    imported = bring_in(tickets("03-04-2026"), door=Import.Door.UPLOAD)
    assert (imported.state, bool(imported.path)) == (Import.State.DRAFT, True)


def test_the_command_says_how_to_answer(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(tickets("03-04-2026"))
    with pytest.raises(CommandError) as refusal:
        call_command("import_feedback", str(path), "--kind", "contacts", "--source", "desk")
    assert str(refusal.value).startswith("Day and month cannot be told apart in “occurred_at”")
    assert '"date_format": "dmy"' in str(refusal.value)


# ── Ids that a spreadsheet has shortened ───────────────────────────────────────
@pytest.mark.parametrize(
    "data",
    [
        "external_id,occurred_at\n1.23457E+17,2026-03-01\n1.23457E+17,2026-03-02\n",
        "external_id;occurred_at\n1,23457E+17;2026-03-01\n",
        "external_id,occurred_at\n" + "T,2026-03-01\n" * 6_000 + "1.23457E+17,2026-03-02\n",
        "external_id,occurred_at\n" + "".join(f"{at}45678901234500000,2026-03-01\n" for at in range(10, 16)),
        workbook({"A": [["external_id", "occurred_at"], [123456789012345678.0, styled(46082, DATE)]]}),
    ],
    ids=["sci", "sci with comma", "late in the file", "zeros at the end", "workbook"],
)
def test_a_file_whose_ids_excel_has_shortened_is_refused(company: Company, data: str | bytes) -> None:
    imported = bring_in(data)
    assert (imported.problem, imported.new_count) == ("ids_shortened", 0)
    assert "“external_id”" in said(imported)
    assert "as text" in said(imported)


def test_a_shortened_reference_costs_its_row_alone(company: Company) -> None:
    imported = bring_in("external_id,occurred_at,order\nT1,2026-03-01,1.23457E+17\nT2,2026-03-01,LN-1\n")
    assert reasons(imported) == [(2, "id_shortened")]
    assert imported.new_count == 1


def test_long_ids_that_are_whole_go_in(company: Company) -> None:
    ids = [str(123456789012345678 + at) for at in range(20)]
    data = "external_id,occurred_at,text\n" + "".join(f"{one},2026-03-01,about 1.5E+17\n" for one in ids)
    assert bring_in(data).new_count == 20
    sheet: list[Sequence[Cell]] = [("external_id", "occurred_at"), *((one, styled(46082, DATE)) for one in ids)]
    assert bring_in(workbook({"A": sheet}), source="other").new_count == 20


# ── Workbooks, packed files, JSON ──────────────────────────────────────────────
def test_the_date_of_an_excel_cell_is_in_the_zone_of_the_source(company: Company) -> None:
    sheet: list[Sequence[Cell]] = [
        ["external_id", "occurred_at"],
        ["T1", styled(46082.0 + 0.5 / 24, DATE)],
        ["T2", styled(46204.5, DATE)],
    ]
    imported = bring_in(gzip.compress(workbook({"A": sheet})))
    assert imported.new_count == 2
    assert Contact.objects.get(external_id="T1").occurred_at == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert Contact.objects.get(external_id="T2").occurred_at == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_a_mapping_may_name_the_sheet(company: Company) -> None:
    rows: list[Sequence[Cell]] = [["external_id", "occurred_at"], ["T1", "2026-03-01"], ["T2", "2026-03-01"]]
    data = workbook({"All": rows, "Open": rows[:2]})
    assert bring_in(data, fields={"sheet": "Open"}).read_count == 1
    refused = bring_in(data, source="other", fields={"sheet": "Closed"})
    assert said(refused) == "The workbook has no sheet “Closed”. It has: All, Open."


def test_records_of_a_tap_go_in_with_dotted_headings(company: Company) -> None:
    messages = [
        {"type": "SCHEMA", "stream": "tickets", "schema": {}},
        {"type": "RECORD", "stream": "tickets", "record": {"id": 1, "created": 1772359200, "via": {"channel": "web"}}},
        {"type": "STATE", "value": {}},
    ]
    fields = {"columns": {"external_id": "id", "occurred_at": "created", "channel": "via.channel"}}
    imported = bring_in("\n".join(map(json.dumps, messages)), fields=fields)
    assert (imported.read_count, imported.new_count, imported.rejected_count) == (1, 1, 0)


# ── Limits ─────────────────────────────────────────────────────────────────────
def test_too_many_rows_are_refused_before_the_first_is_stored(company: Company, settings: Settings) -> None:
    settings.UPLOAD_MAX_ROWS = 2
    imported = bring_in(tickets("2026-03-01", "2026-03-01", "2026-03-01"))
    assert (imported.state, imported.new_count) == (Import.State.FAILED, 0)
    assert said(imported) == "The file has more than 2 rows. Split it by month and upload the parts."


def test_a_cell_past_the_limit_says_the_limit(company: Company, settings: Settings) -> None:
    settings.UPLOAD_MAX_CELL = 1_000
    imported = bring_in("external_id,occurred_at,text\nT1,2026-03-01," + "x" * 1_001 + "\nT2,2026-03-01,y\n")
    reject = ImportReject.objects.get(imported=imported)
    assert rejections.sentence(reject.reason, reject.parameters).startswith("A cell is longer than 1,000 characters.")
    assert imported.new_count == 1


# ── Pitfalls of real exports ───────────────────────────────────────────────────
PLAY = (
    "Package Name,Reviewer Language,Review Submit Date and Time,Review Last Update Date and Time,Star Rating,"
    "Review Text,Review Link\n"
)
LINK = "http://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId="
NOVEMBER = PLAY + (
    f'com.example,nl,2026-11-05T14:40:32Z,2026-11-05T14:40:32Z,5,"goed, snel",{LINK}aaa\n'
    "com.example,nl,2026-11-06T14:40:32Z,2026-11-06T14:40:32Z,2,,\n"
    "com.example,nl,2026-11-06T14:40:32Z,2026-11-06T14:40:32Z,2,,\n"
)
DECEMBER = PLAY + f"com.example,nl,2026-11-05T14:40:32Z,2026-12-09T09:00:00Z,1,nu traag,{LINK}aaa\n"
REVIEWS = {
    "columns": {
        "external_id": "Review Link", "responded_at": "Review Submit Date and Time", "score": "Star Rating",
        "comment": "Review Text", "language": "Reviewer Language",
    },
    "constants": {"instrument": "star"},
    "transforms": {"external_id": {"kind": "part", "sign": "reviewId=", "keep": "after"}},
}  # fmt: skip


def test_reviews_of_an_app_store_in_utf_16(company: Company) -> None:
    """Stars without text have no id and are counted all the same; an edited review comes again and replaces itself."""
    first = bring_in(NOVEMBER.encode("utf-16"), "surveys", fields=REVIEWS)
    assert (first.read_count, first.new_count, first.rejected_count) == (3, 3, 0)
    again = bring_in((NOVEMBER + "\n").encode("utf-16"), "surveys", fields=REVIEWS)
    assert (again.new_count, again.unchanged_count) == (0, 3)
    later = bring_in(DECEMBER.encode("utf-16"), "surveys", fields=REVIEWS)
    assert (later.new_count, later.changed_count) == (0, 1)
    assert SurveyResponse.objects.get(external_id="aaa").score == 1
    assert SurveyResponse.objects.count() == 3


@pytest.mark.shared_data
def test_reviews_as_google_delivers_them(company: Company) -> None:
    data = (SHARED / "reference/payloads/googleplay/reviews_com.example.shop_202511.csv").read_bytes()
    assert data.startswith(b"\xff\xfe")
    imported = bring_in(data, "surveys", fields=REVIEWS)
    assert (imported.read_count, imported.new_count, imported.rejected_count) == (2, 2, 0)
    assert SurveyResponse.objects.filter(external_id="d2b07a18-0000", score=5).exists()


def test_sessions_of_analytics_below_comments_and_totals(company: Company) -> None:
    data = (
        "# ----------------------------------------\n# Free form 1\n# De Linde-20260301-20260302\n"
        "# ----------------------------------------\n\nDate,Country,Sessions,Transactions\n"
        ",,1500,90,Grand total\n20260301,NL,1000,50\n20260302,NL,500,40\n"
    )
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands", "zone": "Europe/Amsterdam"})
    fields = {"columns": {"date": "Date", "market": "Country", "sessions": "Sessions", "orders": "Transactions"}}
    imported = bring_in(data, "commerce", fields=fields)
    assert (imported.read_count, imported.new_count, imported.rejected_count) == (2, 2, 0)
    assert sorted(CommerceDay.objects.values_list("day", "sessions")) == [
        (date(2026, 3, 1), 1000),
        (date(2026, 3, 2), 500),
    ]


def test_a_view_of_tickets_has_no_zone_and_the_night_of_the_clock_has_two_threes(company: Company) -> None:
    data = 'Id,Requested,Subject\n1,"2026-10-25 02:30",a\n2,"2026-03-29 02:30",b\n3,"25 Oct 2026 03:30",c\n'
    bring_in(data, fields={"columns": {"external_id": "Id", "occurred_at": "Requested", "subject": "Subject"}})
    moments = dict(Contact.objects.values_list("external_id", "occurred_at"))
    assert moments == {
        "1": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "2": datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        "3": datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    }


# ── Nothing a file contains makes an error page ────────────────────────────────
AWFUL: dict[str, bytes] = {
    "bytes": bytes(range(256)) * 8,
    "cut archive": gzip.compress(b"external_id,occurred_at\nT1,2026-03-01\n" * 99)[:-20],
    "bomb": gzip.compress(b"a" * (20 << 20)),
    "cut workbook": workbook({"A": [["id"], ["1"]]})[:300],
    "corner": workbook({"A": '<row r="1"><c r="XFD1048576"><v>1</v></c></row>'}),
    "surrogates": b'{"\\ud800": "\\ud800", "occurred_at": "\\u0000"}\n[',
    "wide": b"a," * 5_000,
    "nul": b"external_id\0,occurred_at\nT\0,\0\n",
    "ambiguous": b"external_id,occurred_at\nT1,03/04/2026\n",
    "shortened": b"external_id,occurred_at\n1.2E+17,2026-03-04\n",
    "quote": b'external_id,occurred_at\n"T1,2026-03-01\n' + b"x,y\n" * 50_000,
    "percent": b"%(name)s,%s,occurred_at\n%d,%(limit)s,%\n",
}


@pytest.mark.parametrize("name", AWFUL)
def test_the_pages_of_an_upload_answer_whatever_it_is(
    company: Company, linking_pin: Person, client_for: ClientFor, name: str
) -> None:
    browser: Client = client_for(linking_pin)
    file = SimpleUploadedFile("export.csv", AWFUL[name])
    address = browser.post("/imports/", {"kind": "contacts", "source": "desk", "file": file}).headers["Location"]
    assert browser.get(address).status_code in {200, 422}
    for encoding in ("utf-16", "cp1252"):
        sent = {"encoding": encoding, "delimiter": "ab", "action": "import", "sheet": "none", "column-0": "external_id"}
        assert browser.post(address, sent).status_code in {200, 302, 422}


def test_a_file_in_iso_is_judged_by_its_first_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("external_id,occurred_at\n" + "T1,2026-03-01T10:00:00Z\n" * 20_000)
    shape = parsing.sniff(path)
    read: list[parsing.Row] = []
    plain = parsing.rows

    def watched(path: Path, shape: parsing.Shape) -> Iterator[parsing.Row]:
        for row in plain(path, shape):
            read.append(row)
            yield row

    monkeypatch.setattr(parsing, "rows", watched)
    assert judging.judge(path, shape, (1,), 0) == judging.Verdict("")
    assert len(read) == 5_000
    assert judging.judge(path, shape, (1,), 0) == judging.Verdict("")
    assert len(read) == 5_000, "and asked again, it is not read at all"

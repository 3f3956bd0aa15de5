"""Scores in a file of contacts: found, taken out of the file, and imported beside its contacts."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Company, Person
from feedback import evidence, mapping, ratings
from feedback.models import Contact, Import, ImportReject, SurveyResponse
from outbox import jobs
from outbox.models import Job
from tests.feedback.test_export_journeys import controls
from tests.feedback.workbooks import Cell, workbook

ClientFor = Callable[[Person], Client]
FIELDS = ("external_id", "occurred_at", "resolved_at", "channel", "market", "team", "text", "customer")
HEADER = ("Id", "Created", "Solved", "Via", "Words", "Rating")
ROWS = (
    ("1", "2026-03-02 09:00", "2026-03-02 10:00", "Mail", "Where is it?", "5"),
    ("2", "2026-03-02 09:30", "", "Chat", "No label", ""),
    ("3", "2026-03-03 09:00", "2026-03-04 10:00", "Mail", "Broken", "2"),
)
CHOSEN: dict[str, Any] = {
    "columns": {"external_id": "Id", "occurred_at": "Created", "resolved_at": "Solved", "channel": "Via"},
    "transforms": {"channel": {"kind": "values", "values": {"Mail": "email"}}},
    "constants": {"market": "NL"},
}


def find(
    header: Sequence[str] = HEADER, rows: Sequence[Sequence[str]] = ROWS, chosen: dict[str, Any] = CHOSEN
) -> ratings.Ratings | None:
    return ratings.find(evidence.columns(header, rows), rows, mapping.read(chosen, FIELDS))


def renamed(heading: str, *scores: str) -> ratings.Ratings | None:
    rows = [(*row[:-1], score) for row, score in zip(ROWS, scores, strict=True)]
    return find((*HEADER[:-1], heading), rows)


def test_an_answer_is_of_its_contact_and_of_the_day_that_it_was_solved() -> None:
    found = find()
    assert found
    assert (found.heading, found.count) == ("Rating", 2)
    # "Rating" does not say which survey; a person does.
    assert found.guess == ""
    assert "csat" in found.instruments
    assert found.as_survey("csat") == {
        "columns": {
            "external_id": ["Id"], "contact": ["Id"], "responded_at": ["Solved"], "score": ["Rating"],
            "channel": ["Via"],
        },
        "constants": {"market": "NL", "instrument": "csat"},
        "transforms": {"channel": {"kind": "values", "values": {"Mail": "email"}}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "scores", "guess", "instruments"),
    [
        ("Satisfaction Score", ("Good", "Not Offered", "Bad"), "csat", ("csat",)),
        ("Tevredenheid", ("Goed", "Aangeboden", "Slecht"), "csat", ("csat",)),
        ("NPS", ("9", "", "0"), "nps", ("nps", "enps")),
        # Seven is on no scale of CSAT.
        ("CSAT", ("7", "", "2"), "", ("nps", "enps", "ces")),
    ],
)
def test_only_surveys_on_whose_scale_the_scores_are_can_be_chosen(
    heading: str, scores: tuple[str, ...], guess: str, instruments: tuple[str, ...]
) -> None:
    found = renamed(heading, *scores)
    assert found
    assert (found.guess, found.instruments, found.count) == (guess, instruments, 2)


def test_words_that_this_file_does_not_have_are_known_in_the_next() -> None:
    found = renamed("Satisfaction", "Good", "Offered", "Good")
    assert found
    assert found.mapping["transforms"]["score"]["values"]["bad"] == "1"


@pytest.mark.parametrize("scores", [("", "", ""), ("fine", "so so", "poor"), ("Offered", "Offered", "Offered")])
def test_a_column_without_scores_is_no_survey(scores: tuple[str, ...]) -> None:
    assert renamed("Rating", *scores) is None


def test_without_an_id_no_answer_can_be_told_from_another() -> None:
    assert find(chosen={"columns": {"occurred_at": "Created"}}) is None


def test_a_score_that_is_something_else_already_is_left_alone() -> None:
    taken = {"columns": {**CHOSEN["columns"], "team": "Rating"}}
    assert find(chosen=taken) is None


def test_an_answer_about_what_was_never_solved_is_of_the_day_it_was_asked() -> None:
    found = renamed("Rating", "5", "4", "")
    assert found
    assert found.mapping["columns"]["responded_at"] == ["Created"]


FILE = (
    "# From the desk\n"
    "# ------------\n"
    "\n"
    "Id;Aangevraagd;Onderwerp;Bericht;Tevredenheid;Tevredenheid toelichting\n"
    '1;02-03-2026 09:00;Label;"Geen label,\nwel een doos";Goed;Prima\n'
    "2;02-03-2026 09:30;Label;Waar is het?;Aangeboden;\n"
    "3;31-02-2026 10:00;Late;Nog niet hier;Slecht;Te laat\n"
    "4;14-03-2026 10:00;Late;Nog niet hier;Slecht;Mail jan@example.com\n"
)


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor, company: Company, tmp_path: Path, settings: Settings) -> Client:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return client_for(linking_pin)


def upload(browser: Client, text: str = FILE) -> str:
    file = SimpleUploadedFile("desk.csv", text.encode("cp1252"))
    answer = browser.post("/imports/", {"kind": "contacts", "source": "Desk", "file": file})
    return str(answer.headers["Location"])


def start(browser: Client, address: str, **more: str) -> None:
    chosen = {
        "column-0": "external_id", "column-1": "occurred_at", "column-2": "reason", "column-3": "text",
        "column-4": "-", "column-5": "-", "encoding": "cp1252", "timezone": "Europe/Amsterdam",
    }  # fmt: skip
    answer = browser.post(address, {**chosen, "action": "import", **more})
    assert answer.status_code == 302, answer.content.decode()


def work_off() -> None:
    Job.objects.filter(kind="feedback.discover_themes").delete()
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)


@pytest.mark.django_db(transaction=True)
class TestBesideContacts:
    def test_a_reject_names_the_line_of_the_file_that_people_have(self, browser: Client, settings: Settings) -> None:
        start(browser, upload(browser), scores="csat")
        work_off()
        answers = Import.objects.get(kind="surveys")
        assert (answers.read_count, answers.new_count, answers.rejected_count) == (3, 2, 1)
        reject = ImportReject.objects.get(imported=answers)
        assert (reject.line, reject.column, reject.value) == (8, "Aangevraagd", "31-02-2026 10:00")
        assert SurveyResponse.objects.get(external_id="1").local_day.isoformat() == "2026-03-02"
        # Neither the file nor what was taken out of it is left.
        assert list(Path(settings.UPLOAD_DIR).iterdir()) == []

    def test_they_are_left_out_and_that_is_remembered(self, browser: Client) -> None:
        first = upload(browser)
        assert '<option value="csat" selected>' in browser.get(first).content.decode()
        start(browser, first, scores="")
        work_off()
        assert not SurveyResponse.objects.exists()
        told = browser.get("/imports/1/".replace("1", first.split("/")[2])).content.decode()
        assert "<b>Tevredenheid</b> holds answers to a survey and was left out" in told
        assert '<option value="csat" selected>' not in browser.get(upload(browser, FILE + "\n")).content.decode()

    def test_a_dry_run_brings_in_neither(self, browser: Client) -> None:
        address = upload(browser)
        start(browser, address, scores="csat", action="dry-run")
        work_off()
        assert not Import.objects.filter(kind="surveys").exists()
        start(browser, address, scores="csat")
        work_off()
        assert SurveyResponse.objects.count() == 2

    def test_the_button_pressed_twice_makes_one_of_each(self, browser: Client) -> None:
        address = upload(browser)
        start(browser, address, scores="csat")
        browser.post(address, {"action": "import", "scores": "csat"})
        work_off()
        assert sorted(Import.objects.values_list("kind", flat=True)) == ["contacts", "surveys"]

    def test_the_job_done_twice_starts_one_import(self, browser: Client) -> None:
        start(browser, upload(browser), scores="csat")
        job = Job.objects.get(kind="feedback.ratings")
        jobs.perform(job.pk)
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, cursor=0)
        work_off()
        assert Import.objects.get(kind="surveys").new_count == 2

    def test_a_file_that_is_gone_is_said(self, browser: Client, settings: Settings) -> None:
        start(browser, upload(browser), scores="csat")
        answers = Import.objects.get(kind="surveys")
        (Path(settings.UPLOAD_DIR) / answers.path).unlink()
        jobs.perform(Job.objects.get(kind="feedback.ratings").pk)
        answers.refresh_from_db()
        assert (answers.state, answers.problem) == (Import.State.FAILED, "file_gone")

    def test_the_same_file_again_changes_nothing(self, browser: Client) -> None:
        for _again in range(2):
            start(browser, upload(browser), scores="csat")
            work_off()
        last = Import.objects.filter(kind="surveys").latest("pk")
        assert (last.new_count, last.unchanged_count, last.rejected_count) == (0, 2, 1)
        assert SurveyResponse.objects.count() == 2

    @pytest.mark.parametrize("packed", [False, True])
    def test_of_a_workbook_too(self, browser: Client, packed: bool) -> None:
        sheet: list[Sequence[Cell]] = [
            ["Tickets of November"],
            list(HEADER),
            *([*row[:5], float(row[5]) if row[5] else None] for row in ROWS),
        ]
        data = workbook({"Notes": [["Nothing"]], "Tickets": sheet})
        file = SimpleUploadedFile("desk.xlsx", gzip.compress(data) if packed else data)
        answer = browser.post("/imports/", {"kind": "contacts", "source": "Desk", "file": file})
        address = str(answer.headers["Location"])
        browser.post(address, {"sheet": "Tickets", "action": "guess"})
        sent = {**controls(browser.get(address).content.decode()), "sheet": "Tickets", "scores": "csat"}
        assert browser.post(address, {**sent, "action": "import"}).status_code == 302
        work_off()
        answers = Import.objects.get(kind="surveys")
        assert (answers.new_count, answers.rejected_count) == (2, 0)
        assert SurveyResponse.objects.get(external_id="1").standard_score == 5
        assert SurveyResponse.objects.get(external_id="3").contact

    def test_each_of_the_two_is_undone_by_itself(self, browser: Client) -> None:
        start(browser, upload(browser), scores="csat")
        work_off()
        answers = Import.objects.get(kind="surveys")
        browser.post(f"/imports/{answers.pk}/undo/")
        answers.refresh_from_db()
        assert answers.undo_job_id
        jobs.perform(answers.undo_job_id)
        assert (SurveyResponse.objects.count(), Contact.objects.count()) == (0, 3)

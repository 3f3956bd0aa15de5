"""Scores in a file of contacts: found, taken out of the file, and imported beside its contacts."""

import gzip
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Company, Person
from feedback import mapping
from feedback.models import Contact, Import, ImportReject, Source, SurveyResponse
from feedback.services import drafts, erasure, imports, score_files
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import bring_in
from tests.feedback.test_export_journeys import controls
from tests.feedback.test_finding_ratings import HEADER, ROWS
from tests.feedback.workbooks import Cell, workbook

ClientFor = Callable[[Person], Client]
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
        assert SurveyResponse.objects.get(external_id="rating:1").local_day.isoformat() == "2026-03-02"
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
        assert SurveyResponse.objects.get(external_id="rating:1").standard_score == 5
        assert SurveyResponse.objects.get(external_id="rating:3").contact

    def test_each_of_the_two_is_undone_by_itself(self, browser: Client) -> None:
        start(browser, upload(browser), scores="csat")
        work_off()
        answers = Import.objects.get(kind="surveys")
        browser.post(f"/imports/{answers.pk}/undo/")
        answers.refresh_from_db()
        assert answers.undo_job_id
        jobs.perform(answers.undo_job_id)
        assert (SurveyResponse.objects.count(), Contact.objects.count()) == (0, 3)


NPS = """external_id,responded_at,instrument,score
1,2026-02-01T10:00:00Z,nps,9
3,2026-02-02T10:00:00Z,nps,2
"""
WHO = "jan@example.com"


def import_scores(browser: Client, text: str = FILE, **more: str) -> Import:
    """A file of contacts with its scores, to the end of all jobs; the import of the scores."""
    start(browser, upload(browser, text), **{"scores": "csat", **more})
    work_off()
    return Import.objects.filter(kind="surveys").latest("pk")


def offered(browser: Client, text: str) -> list[str]:
    """The surveys as which the scores of this file come in unless somebody says otherwise."""
    page = browser.get(upload(browser, text)).content.decode()
    return [name for name in ("csat", "nps", "ces") if f'<option value="{name}" selected>' in page]


@pytest.mark.django_db(transaction=True)
class TestBesideOtherSurveys:
    def test_answers_of_another_survey_with_the_same_ids_stay(self, browser: Client) -> None:
        bring_in(NPS, kind="surveys", source="Desk")
        import_scores(browser)
        kept = SurveyResponse.objects.filter(instrument="nps").order_by("external_id")
        assert list(kept.values_list("external_id", "score")) == [("1", 9), ("3", 2)]
        came = SurveyResponse.objects.filter(instrument="csat").order_by("external_id")
        assert list(came.values_list("external_id", "contact_external_id")) == [("rating:1", "1"), ("rating:4", "4")]

    def test_what_its_survey_files_are_is_not_what_the_scores_are(self, browser: Client) -> None:
        desk = imports.source_named(name="Desk", now=timezone.now())
        usual = {"columns": {"score": "Score"}, "constants": {"instrument": "nps"}}
        Source.objects.filter(pk=desk.pk).update(mappings={"surveys": usual, "contacts": {}})
        numbers = FILE.replace("Tevredenheid;", "Rating;").replace("Goed", "5").replace("Slecht", "2")
        # Not said by the heading, and never chosen.
        assert offered(browser, numbers.replace("Aangeboden", "4")) == []
        # Said by the heading.
        assert offered(browser, FILE) == ["csat"]
        import_scores(browser)
        desk.refresh_from_db()
        assert desk.mappings["surveys"] == usual

    def test_the_last_choice_counts(self, browser: Client) -> None:
        numbers = FILE.replace("Tevredenheid;", "Rating;").replace("Goed", "5").replace("Slecht", "2")
        numbers = numbers.replace("Aangeboden", "4")
        import_scores(browser, numbers, scores="ces")
        assert offered(browser, numbers) == ["ces"]
        import_scores(browser, numbers, scores="")
        assert offered(browser, numbers) == []
        # Nor is it said by the heading once somebody left them out.
        assert offered(browser, FILE) == []

    def test_a_file_of_scores_that_a_person_mends_is_not_how_surveys_look(self, browser: Client) -> None:
        mixed = (
            "Id;Aangevraagd;Onderwerp;Bericht;Tevredenheid;Beoordeeld op\n"
            "1;2026-03-02 09:00;Label;Geen label;Goed;14-03-2026 10:00\n"
            "2;2026-03-02 09:00;Label;Nog niet hier;Slecht;03-14-2026 10:00\n"
        )
        answers = import_scores(browser, mixed)
        assert (answers.state, answers.problem) == (Import.State.DRAFT, "dates_mixed")
        address = f"/imports/{answers.pk}/map/"
        sent = controls(browser.get(address).content.decode())
        assert browser.post(address, {**sent, "date_format": "dmy", "action": "import"}).status_code == 302
        work_off()
        answers.refresh_from_db()
        assert (answers.state, answers.new_count, answers.rejected_count) == (Import.State.FINISHED, 1, 1)
        assert SurveyResponse.objects.get().external_id == "rating:1"
        assert "surveys" not in Source.objects.get().mappings


@pytest.mark.django_db(transaction=True)
def test_what_the_whole_file_says_of_days_and_months_holds_for_its_answers(browser: Client) -> None:
    open_alone = (
        "Id;Aangevraagd;Onderwerp;Bericht;Tevredenheid;x\n"
        "1;02-03-2026 09:00;Label;Geen label;Goed;\n"
        "2;14-03-2026 09:00;Label;Waar is het?;;\n"
    )
    answers = import_scores(browser, open_alone)
    assert (answers.state, answers.mapping["date_format"]) == (Import.State.FINISHED, "dmy")
    assert SurveyResponse.objects.get().local_day.isoformat() == "2026-03-02"


def files() -> set[str]:
    return {path.name for path in Path(settings.UPLOAD_DIR).iterdir()}


def named() -> set[str]:
    return set(Import.objects.exclude(path="").values_list("path", flat=True))


@pytest.mark.django_db(transaction=True)
class TestCutOff:
    """Whatever happens while scores are taken out: what others read stays, and nothing that nobody names is left."""

    @pytest.fixture
    def answers(self, browser: Client) -> Import:
        start(browser, upload(browser), scores="csat")
        return Import.objects.get(kind="surveys")

    @pytest.fixture
    def while_writing(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int | None]], None]:
        def arrange(happens: Callable[[], int | None]) -> None:
            def write(*arguments: Any) -> int:
                count = usual(*arguments)
                said = happens()
                return count if said is None else said

            usual = score_files._write
            monkeypatch.setattr(score_files, "_write", write)

        return arrange

    def take(self) -> Job:
        job = jobs.perform(Job.objects.get(kind="feedback.ratings").pk)
        assert job
        return job

    @pytest.mark.parametrize("count", [None, 0])
    def test_one_that_is_started_by_hand_meanwhile_keeps_its_file(
        self, answers: Import, while_writing: Any, count: int | None
    ) -> None:
        def start_it() -> int | None:
            one = Import.objects.get(pk=answers.pk)
            imports.start(imported=one, fields=mapping.FieldMap(), now=timezone.now())
            return count

        while_writing(start_it)
        assert self.take().state == Job.State.DONE
        started = Import.objects.get(pk=answers.pk)
        assert (started.state, started.path) == (Import.State.STARTED, answers.path)
        assert files() == named()

    def test_one_that_cannot_be_read_is_no_matter_once_it_is_started_by_hand(
        self, answers: Import, while_writing: Any
    ) -> None:
        def start_it() -> int | None:
            one = Import.objects.get(pk=answers.pk)
            imports.start(imported=one, fields=mapping.FieldMap(), now=timezone.now())
            raise mapping.BadMapping("mapping_not_object")

        while_writing(start_it)
        assert self.take().state == Job.State.DONE
        assert Import.objects.get(pk=answers.pk).state == Import.State.STARTED
        assert files() == named()

    def test_one_that_is_erased_meanwhile_leaves_no_file(self, answers: Import, while_writing: Any) -> None:
        while_writing(lambda: imports.discard(imported=Import.objects.get(pk=answers.pk)))
        assert self.take().state == Job.State.DONE
        assert files() == named()

    def test_without_an_answer_there_is_no_import(self, answers: Import, while_writing: Any) -> None:
        while_writing(lambda: 0)
        assert self.take().state == Job.State.DONE
        assert not Import.objects.filter(pk=answers.pk).exists()
        assert files() == named()

    def test_a_worker_that_stops_leaves_no_file_and_the_next_goes_on(
        self, answers: Import, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stopping = threading.Event()
        stopping.set()
        with monkeypatch.context() as patched:
            patched.setattr(jobs, "stopping", stopping)
            assert self.take().state == Job.State.QUEUED
        assert files() == named()
        work_off()
        answers.refresh_from_db()
        assert answers.new_count == 2

    def test_a_worker_that_dies_leaves_a_file_that_the_next_writes_anew(self, answers: Import) -> None:
        score_files.path_of(answers.pk).write_text("half of an ans")
        work_off()
        answers.refresh_from_db()
        assert (answers.new_count, files()) == (2, set())

    @pytest.mark.parametrize("gone", [True, False])
    def test_such_a_file_goes_too_when_the_import_is_out_of_reach(self, answers: Import, gone: bool) -> None:
        score_files.path_of(answers.pk).write_text("half of an ans")
        if gone:
            imports.discard(imported=answers)
        else:
            drafts.keep(imported=answers, fields=mapping.FieldMap())
        self.take()
        assert files() == named()
        # What a person changed to something without scores is theirs to mend.
        assert gone or Import.objects.get(pk=answers.pk).problem == "field_unmapped"

    def test_a_worker_that_lost_its_job_leaves_the_file_of_the_other(self, answers: Import, while_writing: Any) -> None:
        path = score_files.path_of(answers.pk)

        def lose() -> int | None:
            path.unlink()
            path.write_text("of the other")
            raise jobs.LostLease

        while_writing(lose)
        self.take()
        assert path.read_text() == "of the other"

    def test_an_erasure_sees_what_no_import_names(self, answers: Import, linking_pin: Person) -> None:
        path = score_files.path_of(answers.pk)
        path.write_text(f"half of an ans to {WHO.upper()}")
        other = path.with_name("other")
        other.write_text("half of an ans to somebody else")
        erasure.erase(actor=linking_pin, written=[WHO], now=timezone.now())
        assert files() - named() == {"other"}

    def test_a_start_that_fails_leaves_no_second_file(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(**_arguments: Any) -> None:
            raise OSError("no room")

        address = upload(browser)
        monkeypatch.setattr(imports, "start", fail)
        with pytest.raises(OSError, match="no room"):
            start(browser, address, scores="csat")
        assert files() == named()
        assert not Job.objects.exists()
        # Nor is the choice remembered.
        assert Source.objects.get().mappings == {}

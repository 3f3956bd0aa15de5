"""The mapping page: what it offers, what it asks, what it shows before anything is stored."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Market, Person
from feedback.models import CommerceDay, Contact, Import, Source
from outbox import jobs
from tests.feedback.rows import bring_in
from tests.feedback.test_export_journeys import controls
from tests.feedback.workbooks import workbook

ClientFor = Callable[[Person], Client]
WEEK = (
    "Bonnr;Datum;Land;Onderwerp;Toelichting;Duur_min;Kassa\n"
    "W1;09-11-2026;NL;RETOUR/LABEL;De kadokaart doet het niet, mail jan@winkel.example;4,5;3\n"
    "W2;15-11-2026;NL;STOMERIJ;Wanneer is de jas klaar, vraagt mevrouw aan de balie;6;4\n"
    "W3;00-00-0000;BE;STOMERIJ;Een vraag over de stomerij die niet open was;1;4\n"
)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def browser(linking_pin: Person, client_for: ClientFor) -> Client:
    return client_for(linking_pin)


class Page:
    """The mapping page of a file, as a person without JavaScript uses it."""

    def __init__(self, browser: Client, data: str | bytes, *, kind: str = "contacts", source: str = "Desks") -> None:
        self._browser = browser
        file = SimpleUploadedFile("week.csv", data.encode() if isinstance(data, str) else data)
        answer = browser.post("/imports/", {"kind": kind, "source": source, "file": file})
        self.address = answer.headers["Location"]
        self.status = 200
        self.text = browser.get(self.address).content.decode()

    def send(self, **changes: str) -> str:
        """Send the page as it stands with some controls changed; `set` and `action` are its buttons."""
        named = {name.replace("_", "-") if name.startswith(("column", "as", "fixed")) else name: value
                 for name, value in changes.items()}  # fmt: skip
        answer = self._browser.post(self.address, {**controls(self.text), **named})
        self.status = answer.status_code
        if answer.status_code == 302:
            self.text = self._browser.get(answer.headers["Location"]).content.decode()
        else:
            self.text = answer.content.decode()
        return self.text

    @property
    def chosen(self) -> dict[str, str]:
        """What the controls say."""
        return controls(self.text)

    @property
    def imported(self) -> Import:
        return Import.objects.get(pk=self.address.split("/")[2])

    def finish(self) -> Import:
        """Press the button that imports, and let the job do its work."""
        self.send(action="import")
        assert self.status == 302, self.text
        imported = self.imported
        assert imported.job_id
        jobs.perform(imported.job_id)
        imported.refresh_from_db()
        return imported


def test_the_preview_shows_rows_as_they_will_be_stored_and_those_to_reject(browser: Client) -> None:
    page = Page(browser, WEEK)
    assert "RETOUR › LABEL" in page.text
    assert "handled in 4:30" in page.text
    assert "jan@winkel.example" not in page.text
    assert "Import 2 rows" in page.text
    assert "00-00-0000" not in page.text.partition('id="pv"')[2].partition('id="bf"')[0]
    rejects = page.send(show="rejects").partition('id="pv"')[2].partition('id="bf"')[0]
    assert "00-00-0000" in rejects
    assert "RETOUR › LABEL" not in rejects
    assert "1 row</b> will be rejected. Datum 00-00-0000: This is not a date." in page.text


def test_a_choice_is_kept_while_the_file_waits(browser: Client) -> None:
    page = Page(browser, WEEK)
    assert page.chosen["as-3"] == "path:/"
    page.send(**{"as-3": "", "column-2": "location"})
    assert "Mapping saved" in page.text
    again = controls(browser.get(page.address).content.decode())
    assert (again["as-3"], again["column-2"]) == ("", "location")
    assert page.imported.mapping["columns"]["location"] == "Land"


def test_the_next_file_says_what_is_new_and_what_is_gone(browser: Client) -> None:
    first = Page(browser, WEEK)
    first.send(set="column-6=location")
    first.finish()
    later = (
        WEEK.replace("W", "V").replace("Kassa", "Collega X").replace(";3\n", ";j.vdberg\n").replace(";4\n", ";s.wit\n")
    )
    page = Page(browser, later)
    assert "We know 6 of the 7 columns, one is new" in page.text
    assert "<b>Kassa</b> Is not in this file any more." in page.text
    assert "New in this file. " in page.text
    page.send(**{"column-3": "-", "as-5": "duration:hours"})
    assert page.chosen["column-3"] == "-"
    page.send(action="last")
    assert (page.chosen["column-3"], page.chosen["as-5"]) == ("reason", "duration:minutes")
    page.send(**{"column-4": "-"})
    page.send(action="guess")
    assert page.chosen["column-4"] == "text"
    assert page.finish().new_count == 2
    assert "new" not in Page(browser, later.replace("V", "U")).text.partition("<h1>")[2].partition("</h1>")[0]
    assert Source.objects.get().mappings["contacts"]["left_out"] == ["Collega X"]


def test_a_column_that_looks_like_colleagues_can_be_chosen_with_one_button(browser: Client) -> None:
    rows = "".join(f"{at},2026-03-0{at % 9 + 1},{'j.vdberg' if at % 2 else 's.wit'}\n" for at in range(12))
    page = Page(browser, f"id,date,Who did it\n{rows}")
    assert "Looks like names of colleagues. “Agent” stores a code instead of the name." in page.text
    assert "One choice before you import" in page.text
    page.send(set="column-2=agent")
    assert page.chosen["column-2"] == "agent"
    assert "Ready to import" in page.text
    page.finish()
    assert Contact.objects.exclude(agent_ref="").count() == 12


def test_dates_that_can_be_read_both_ways_are_asked_and_stop_the_import(browser: Client) -> None:
    page = Page(browser, "id,date,message\n1,09-11-2026,a\n2,03-04-2026,b\n")
    assert "Day first fits 2 dates, month first 2" in page.text
    page.send(action="import")
    assert page.status == 422
    assert '<a href="#date_format">09-11-2026</a>: Which day is this?' in page.text
    page.send(set="date_format=mdy")
    assert "11 Sep" in page.text
    page.finish()
    assert {contact.local_day.isoformat() for contact in Contact.objects.all()} == {"2026-09-11", "2026-03-04"}


def test_dates_that_settle_it_say_so(browser: Client) -> None:
    page = Page(browser, WEEK)
    assert "09-11-2026 is" in page.text
    assert "Day first fits 2 dates, month first 1" in page.text
    assert page.chosen["date_format"] == "dmy"


def test_values_get_other_words_in_a_table_with_counts(browser: Client) -> None:
    rows = "".join(f"{at},2026-03-01,{'Tel.' if at % 3 else 'WA'}\n" for at in range(9))
    page = Page(browser, f"id,date,channel\n{rows}")
    page.send(**{"as-2": "values"})
    assert re.findall(r'<label for="means-2-\d">([^<]+)</label><span class="num mute">(\d+)', page.text) == [
        ("Tel.", "6"),
        ("WA", "3"),
    ]
    page.send(**{"means-2-0": "Phone", "means-2-1": "-"})
    assert (page.chosen["means-2-0"], page.chosen["means-2-1"]) == ("Phone", "-")
    page.finish()
    assert sorted(str(contact.channel) for contact in Contact.objects.select_related("channel")) == (
        ["None"] * 3 + ["Phone"] * 6
    )


def test_a_day_and_its_time_stand_in_two_columns(browser: Client) -> None:
    page = Page(browser, "id,Datum,Tijd,Afgerond\n1,2026-03-01,9:04,9:30\n")
    assert page.chosen["column-2"] == "time:occurred_at"
    page.send(**{"column-1": "-"})
    assert "This is a time of day; choose the column with its day as well." in page.text
    page.send(**{"column-1": "occurred_at"})
    page.finish()
    assert Contact.objects.get().occurred_at.isoformat() == "2026-03-01T08:04:00+00:00"


def test_wrong_answers_are_said_beside_their_column_and_nothing_starts(browser: Client) -> None:
    page = Page(browser, WEEK)
    page.send(**{"as-3": "path:", "sign-3": "", "column-6": "text"})
    assert "Say at which sign to split" in page.text
    assert "can come from one column only" in page.text
    page.send(**{"as-3": "path:", "sign-3": "", "timezone": "Mars", "action": "import"})
    assert page.status == 422
    assert '<a href="#column-3">Onderwerp</a>: Say at which sign to split' in page.text
    assert '<a href="#timezone">Time zone</a>: The time zone “Mars” does not exist.' in page.text
    assert page.imported.job_id is None


def test_a_field_that_was_just_chosen_gets_its_transformation_guessed(browser: Client) -> None:
    page = Page(browser, WEEK)
    page.send(**{"column-5": "-"})
    page.send(**{"column-5": "wait_seconds"})
    assert page.chosen["as-5"] == "duration:minutes"


def test_values_never_seen_before_are_counted(browser: Client) -> None:
    bring_in("external_id,occurred_at,reason,channel,market\nA,2026-03-01,STOMERIJ,chat,NL\n", source="old")
    page = Page(browser, WEEK)
    assert "1 of 2 reasons is new, in 1 row." in page.text
    assert "New reason" in page.text
    assert "Of 2" not in page.text


def test_countries_written_out_become_markets_that_are_there(browser: Client) -> None:
    Market.objects.create(code="LUX", name="Luxembourg", zone="Europe/Luxembourg")
    page = Page(browser, "date,country,sessions\n20260301,Netherlands,5\n20260301,Luxembourg,6\n", kind="commerce")
    page.finish()
    assert set(CommerceDay.objects.values_list("market__code", "sessions")) == {("NL", 5), ("LUX", 6)}


def test_a_survey_asks_which_one_it_is(browser: Client) -> None:
    page = Page(browser, "id,date,score,comment\n1,2026-03-01,8,ok\n", kind="surveys")
    page.send(action="import")
    assert page.status == 422
    assert "Which survey do these scores answer?" in page.text
    page.send(set="fix-instrument=csat")
    page.send(**{"as-2": "scale", "low-2": "1", "high-2": "10"})
    assert "CSAT 8 on 1 to 10, counts as 4.11" in page.text
    assert page.finish().new_count == 1


def test_a_fixed_value_can_be_added_and_half_of_it_stays(browser: Client) -> None:
    page = Page(browser, WEEK)
    page.send(action="add-fixed")
    page.send(**{"fixed-field-0": "channel"})
    assert page.chosen["fixed-field-0"] == "channel"
    page.send(**{"fixed-value-0": "In store"})
    assert "In store · " in page.text


def test_another_encoding_keeps_what_was_chosen(browser: Client) -> None:
    page = Page(browser, WEEK.replace("kadokaart", "café-kaart").encode("cp1252"))
    assert "Does “café” read well?" in page.text
    page.send(**{"column-6": "location"})
    page.send(encoding="iso-8859-15")
    assert (page.chosen["encoding"], page.chosen["column-6"]) == ("iso-8859-15", "location")
    page.send(delimiter=",")
    assert page.status == 200


def test_what_is_left_undecided_is_left_out_and_not_asked_again(browser: Client) -> None:
    rows = "".join(f"{at},2026-03-0{at % 9 + 1},{'j.vdberg' if at % 2 else 's.wit'}\n" for at in range(12))
    page = Page(browser, f"id,date,Who did it\n{rows}")
    page.finish()
    assert Source.objects.get().mappings["contacts"]["left_out"] == ["Who did it"]
    again = Page(browser, f"id,date,Who did it\n{rows}x,2026-03-04,s.wit\n")
    assert "Ready to import" in again.text


def test_rows_of_one_day_that_nothing_tells_apart_are_pointed_out(browser: Client) -> None:
    page = Page(browser, "date,sessions\n2026-03-01,5\n2026-03-01,6\n", kind="commerce")
    assert "1 row</a> of a day that stands in the file before." in page.text


@pytest.mark.parametrize(
    "posted", [{"set": "="}, {"set": "column-999=text"}, {"action": "kind:nothing"}, {"width": "x"}]
)
def test_what_no_button_sends_does_no_harm(browser: Client, posted: dict[str, str]) -> None:
    page = Page(browser, WEEK)
    page.send(**posted)
    assert page.status == 200


def test_a_workbook_shows_its_sheets_and_reads_the_one_that_is_chosen(browser: Client) -> None:
    sheets: dict[str, Sequence[Sequence[str | float | bool | None]] | str] = {
        "Week": [["id", "date", "message"], ["1", "2026-03-01", "a"]],
        "Other": [["id", "date", "message", "channel"], ["2", "2026-03-02", "b", "chat"]],
    }
    page = Page(browser, workbook(sheets))
    assert '<option value="Week" selected>Week</option><option value="Other">Other</option>' in page.text
    page.send(sheet="Other")
    assert page.finish().new_count == 1
    assert Contact.objects.get().external_id == "2"
    # The next workbook of this source has no such sheet.
    assert "Week" in Page(browser, workbook({"Week": sheets["Week"]})).text


@pytest.mark.parametrize(
    "data",
    [
        b"i\0d,date,message\n1,2026-03-01,a\n",
        b"id,id,date,date,\n1,2,2026-03-01,2026-03-02,x\n",
        b"id,date\n",
        b'{"id": 1, "date": "2026-03-01", "message": {"deep": [1, 2]}}\n',
        "id,date,Straße,été,\u202e,🙂\n1,2026-03-01,a,b,c,d\n".encode("utf-16"),
        b"=cmd(),+1,<b>x</b>,{{ 7|add:7 }}\n1,2,3,4\n",
    ],
)
def test_odd_files_get_a_page_and_can_be_sent_as_they_stand(browser: Client, data: bytes) -> None:
    page = Page(browser, data)
    for action in ("preview", "guess", "dry-run"):
        page.send(action=action)
        assert page.status in {200, 302, 422}
        if page.status == 302:
            break


def test_odd_answers_are_sentences(browser: Client) -> None:
    odd = random.Random(5)
    nasty = [
        *("", "-", "\0", "time:occurred_at", "time:x", "text", "date", "reason", "values", "path:", "list:,", "words"),
        *("scale", "part:after", "duration:minutes", "%Y%Y", "dmy", "x" * 5000, "1e999", "nan", "🙂", "'\"<>&"),
    ]
    for _ in range(25):
        page = Page(browser, WEEK)
        named = [name for name in page.chosen if name not in {"csrfmiddlewaretoken"}]
        named += [f"{part}-{at}" for part in ("sign", "yes", "low", "high", "value", "means", "was") for at in range(7)]
        page.send(**{name: odd.choice(nasty) for name in odd.sample(named, 12)})
        assert page.status in {200, 422}


def _asked(browser: Client, page: Page) -> int:
    with CaptureQueriesContext(connection) as found:
        assert browser.get(page.address).status_code == 200
    return len(found)


def test_the_page_asks_no_more_for_more_rows_columns_and_values(browser: Client) -> None:
    bring_in("external_id,occurred_at,reason,channel,market\nA,2026-03-01,Old,chat,NL\n", source="old")
    head = "id,date,reason,channel,market"
    small = Page(browser, f"{head}\n1,2026-03-01,a,chat,NL\n")
    more = "".join(f"{at},2026-03-01,r{at} > s{at},c{at % 50},NL,{at},{at}\n" for at in range(1500))
    large = Page(browser, f"{head},extra,more\n{more}")
    assert _asked(browser, large) <= _asked(browser, small)


def test_many_columns_that_are_left_out_wait_behind_a_box(browser: Client) -> None:
    names = [f"Spare {number}" for number in range(8)]
    wide = "Id;Created at;Subject;" + ";".join(names) + "\n1;2026-11-09;Where is it;" + ";".join("x" * 8) + "\n"
    page = Page(browser, wide)
    assert "Show the 8 columns that are left out: Spare 0, Spare 1, Spare 2, Spare 3" in page.text
    assert page.text.count('class="fix out"') == 8
    # They are there all the same, and the box stays as it was put.
    opened = page.send(all="1", column_3="reason")
    assert re.search(r'id="all"[^>]* checked', opened)
    assert opened.count('class="fix out"') == 7
    narrow = Page(browser, "Id;Created at;Subject;Spare\n1;2026-11-09;Where is it;x\n", source="Other")
    assert 'class="fix out"' not in narrow.text


@pytest.mark.parametrize("below", ["fine,csat,1,2026-11-09\n", ""], ids=["that does not fit", "none at all"])
def test_a_file_of_which_no_row_fits_has_no_button_that_imports(browser: Client, below: str) -> None:
    page = Page(browser, f"score,instrument,external_id,responded_at\n{below}", kind="surveys")
    assert "No row can go in like this" in page.text
    assert 'value="import"' not in page.text
    assert "Delete it and choose another file" in page.text


def test_a_file_without_a_market_is_of_the_one_that_is_pressed(browser: Client) -> None:
    Market.objects.get_or_create(code="NL", defaults={"name": "Netherlands"})
    page = Page(browser, "date,orders\n2026-11-09,5\n", kind="commerce")
    assert 'value="fix-market=NL"' in page.text
    page.send(set="fix-market=NL")
    assert "All are of Netherlands" not in page.text
    page.finish()
    assert CommerceDay.objects.get().market_id == Market.objects.get(code="NL").pk


def test_a_file_can_be_read_as_another_kind(browser: Client) -> None:
    page = Page(browser, "date,orders\n2026-11-09,5\n", kind="commerce")
    assert 'value="kind:surveys"' in page.text
    page.send(action="kind:surveys")
    assert page.imported.kind == "surveys"


def test_counts_of_which_nothing_can_be_made_are_not_asked_about(browser: Client) -> None:
    Page(browser, "date,sessions\n2026-11-09,5\n", kind="commerce").finish()
    page = Page(browser, "date,sessions,Event count\n2026-11-10,5,99\n", kind="commerce")
    assert "Ready to import" in page.text

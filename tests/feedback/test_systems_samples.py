"""Payloads that the systems' own servers and documents gave: every field that comes of them, in one table.

The table is `sample_rows.json`. What people wrote stands in it as the beginning of its hash, with nothing taken out:
the words are not ours to keep, and what redaction makes of them is tried elsewhere.
"""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

from feedback.systems import Mapped, Record, Settings, Unknown, Unmappable
from tests.feedback import systems_run as run
from tests.passes import SHARED

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

SAMPLES = SHARED / "reference" / "payloads"
KEY = "experiments"

Rows = list[dict[str, str]]
TABLE: list[dict[str, Any]] = json.loads((Path(__file__).parent / "sample_rows.json").read_text())
"""Of each sample its file, system, stream ("" for what is sent), settings and rows."""
WORDS = ("subject", "text", "comment")


def sample(path: str) -> Any:
    """A sample; of a recorded call the body of its answer."""
    read = json.loads((SAMPLES / path).read_text())
    return read["response"] if isinstance(read, dict) and "request" in read and "response" in read else read


def records(path: str, name: str, stream: str, config: dict[str, Any]) -> list[Record]:
    of, body = run.system(name), sample(path)
    if not stream:
        return list(of.records(body, Settings(config=config)))
    return [it for item in items(body) for it in of.pulled[stream](item, Settings(config=config))]


def items(body: Any) -> list[dict[str, Any]]:
    """The objects of a page."""
    if isinstance(body, list):
        return body
    lists = [value for value in body.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return lists[0] if lists and "id" not in body else [body]


def rows(found: list[Record], name: str, config: dict[str, Any]) -> list[Mapped]:
    return run.rows_of(run.system(name), found, Settings(config=config), as_said=True)


def shown(made: list[Mapped]) -> Rows:
    """Rows as the table has them."""
    return [{key: _hash(value) if key in WORDS else value for key, value in line.items()} for line in run.shown(made)]


def _hash(words: str) -> str:
    return f"#{hashlib.sha256(words.encode()).hexdigest()[:8]}"


@pytest.mark.parametrize("line", TABLE, ids=[f"{line['sample']}-{line['stream']}" for line in TABLE])
def test_a_sample_goes_in_with_these_fields(line: dict[str, Any]) -> None:
    name, config = line["system"], line["settings"]
    found = records(line["sample"], name, line["stream"], config)
    assert shown(rows(found, name, config)) == line["rows"]
    twice = [*found, *found]
    random.Random(7).shuffle(twice)
    assert shown(rows(twice, name, config)) == line["rows"]


@pytest.mark.parametrize("line", TABLE, ids=[f"{line['sample']}-{line['stream']}" for line in TABLE])
def test_no_address_of_a_sample_is_stored(line: dict[str, Any]) -> None:
    of = run.system(line["system"])
    found = records(line["sample"], line["system"], line["stream"], line["settings"])
    kept = [record.payload for members in run.stored(of, found).values() for record in members]
    made = run.shown(run.rows_of(of, found, Settings(config=line["settings"])))
    assert "@" not in json.dumps([kept, made])


def test_the_recorded_export_of_zendesk_counts_every_ticket_once() -> None:
    found = records("zendesk/incremental_tickets_recorded.json", "zendesk", "tickets", {})
    made = rows([*found, *found[::-1]], "zendesk", {})
    assert len(found) == len(made) == 87
    assert [row.fields["external_id"] for row in made if "subject" not in row.fields] == ["4034"]
    updated = {it["id"]: it for it in sample("zendesk/incremental_tickets_recorded.json")["tickets"]}
    by_update = [run.system("zendesk").pulled["tickets"]({**it, "generated_timestamp": None}, Settings())[0]
                 for it in updated.values()]  # fmt: skip
    assert sum(one.version != other.version for one, other in zip(found, by_update, strict=True)) == 76


def test_the_recorded_cases_of_salesforce_have_no_end_before_their_beginning() -> None:
    made = rows(records("salesforce/case_query_v62.json", "salesforce", "cases", {}), "salesforce", {})
    assert len(made) == 26
    assert all("text" not in row.fields for row in made)
    closed = [it for it in sample("salesforce/case_query_v62.json")["records"] if it["ClosedDate"]]
    ended = [row for row in made if "resolved_at" in row.fields]
    assert (len(closed), len(ended)) == (23, 0)


def test_what_samples_say_about_other_things_is_not_needed() -> None:
    for path, name in (
        ("intercom/webhook_contact_merged.json", "intercom"),
        ("chatwoot/webhook_webwidget_triggered.json", "chatwoot"),
    ):
        with pytest.raises(Unknown):
            records(path, name, "", {})


def test_the_example_of_typeform_is_told_by_its_first_number() -> None:
    with pytest.raises(Unmappable) as fault:
        rows(records("typeform/webhook_form_response.json", "typeform", "", {}), "typeform", {})
    assert fault.value.reason == "question_unmapped"
    assert fault.value.parameters["name"].startswith("On a scale of 1 to 5, what rating would you give the weather")


def test_the_shortened_example_of_growthbook_does_not_add_up() -> None:
    config = {KEY: {"homepage-cta": "EXP-45"}}
    with pytest.raises(Unmappable) as fault:
        rows(records("growthbook/bulk_results.json", "growthbook", "", config), "growthbook", config)
    assert fault.value.reason == "users_disagree"


def test_a_report_of_analytics_without_rows_is_no_day() -> None:
    assert records("ga4/run_report_minimal.json", "ga4", "", {}) == []


def test_a_deleted_conversation_that_was_never_here_is_no_row() -> None:
    assert rows(records("intercom/webhook_conversation_deleted.json", "intercom", "", {}), "intercom", {}) == []

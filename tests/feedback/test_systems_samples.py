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

from feedback.systems import Mapped, Record, Settings, Unknown, Unmappable, registry
from tests.feedback import systems_run as run
from tests.passes import SHARED

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

SAMPLES = SHARED / "reference" / "payloads"
KEY = "experiments"

Rows = list[dict[str, str]]
TABLE: list[dict[str, Any]] = json.loads((Path(__file__).parent / "sample_rows.json").read_text())
"""Of each sample its file, system, stream ("" for what is sent), settings and rows."""
WORDS = ("subject", "text", "comment")
BY_THEMSELVES = frozenset(
    {
        "zendesk/incremental_tickets_recorded.json", "salesforce/case_query_v62.json",
        "intercom/webhook_contact_merged.json", "intercom/webhook_conversation_deleted.json",
        "chatwoot/webhook_webwidget_triggered.json", "growthbook/bulk_results.json", "ga4/run_report_minimal.json",
        "zendesk/ticket_comments.json", "shopify/order_graphql.json",
    }
)  # fmt: skip
"""Have a test of their own below."""
NOTHING_TO_MAP = frozenset(
    {
        # Lists of names, keys and settings; logs of changes; counts that the orders themselves give.
        "zendesk/spec_audit.json", "zendesk/spec_ticket_audit.json", "zendesk/spec_ticket_field.json",
        "zendesk/spec_ticket_metric_event.json", "zendesk/spec_satisfaction_rating_event.json",
        "zendesk/ticket_fields.json", "zendesk/webhook_invocations.json", "zendesk/webhook_signing_secret.json",
        "intercom/tags.json", "typeform/webhook_config.json", "shopify/webhook_subscriptions_graphql.json",
        "woocommerce/report_orders_totals.json", "woocommerce/report_sales.json", "woocommerce/webhooks_list.json",
        "ga4/bigquery_event_row.json",
    }
)  # fmt: skip


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


def test_every_sample_of_a_system_is_tried() -> None:
    there = {f"{name}/{path.name}" for name in registry.BY_NAME for path in (SAMPLES / name).glob("*.json")}
    assert there == {line["sample"] for line in TABLE} | BY_THEMSELVES | NOTHING_TO_MAP


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


def test_the_times_of_a_ticket_and_of_a_conversation_come_beside_them() -> None:
    ticket = records("zendesk/spec_ticket.json", "zendesk", "tickets", {})
    metric = sample("zendesk/spec_ticket_metric.json") | {"ticket_id": 1}
    times = list(run.system("zendesk").pulled["metrics"](metric, Settings()))
    (row,) = rows([*times, *ticket], "zendesk", {})
    minutes, solved = str(2391 * 60), "2011-05-09T10:38:52+00:00"
    assert (row.fields["first_response_seconds"], row.fields["wait_seconds"]) == (minutes, minutes)
    assert (row.fields["resolved_at"], row.fields["resolved_first_contact"]) == (solved, "false")

    opened = records("chatwoot/webhook_conversation_opened.json", "chatwoot", "", {})
    first = records("chatwoot/reporting_event.json", "chatwoot", "", {})
    (row,) = rows([*first, *opened], "chatwoot", {})
    assert (row.fields["external_id"], row.fields["first_response_seconds"]) == ("10", "211")


def test_the_three_deliveries_of_a_formbricks_response_are_one_object() -> None:
    config = {"questions": {"visit_reason": "comment", "newsletter_consent": "gcr"}}
    found = [
        record
        for name in ("Finished", "Created", "Updated")
        for record in records(f"formbricks/webhook_response{name}.json", "formbricks", "", config)
    ]
    assert {record.external_id for record in found} == {"responseId"}
    newest = max(found, key=lambda record: record.version)
    assert newest.payload["finished"] is True
    assert [answer["id"] for answer in newest.payload["answers"]] == ["newsletter_consent", "welcome_card_cta"]


def test_comments_of_zendesk_are_read_beside_their_ticket_and_an_order_that_is_not_there_is_no_order() -> None:
    found = [
        record
        for comment in sample("zendesk/ticket_comments.json")["comments"]
        for record in run.system("zendesk").pulled["comments"](comment | {"ticket_id": 1}, Settings())
    ]
    assert {record.entity for record in found} == {"ticket:1"}
    assert all("body" not in record.payload for record in found), "who wrote it, nobody says"
    with pytest.raises(Unmappable):
        records("shopify/order_graphql.json", "shopify", "", {})

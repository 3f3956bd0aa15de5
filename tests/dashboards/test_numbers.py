"""The registry's numbers by command and by API, and the themes for programs."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from feedback.models import Theme
from metrics.formulas import REGISTRY
from tests.cast import ApiClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db
KEYS = {"metric", "group", "value", "low", "high", "n", "unit", "suppressed", "flags"}


@pytest.fixture
def label(company: object) -> Theme:
    made = shop.theme("Return label missing")
    shop.counts(made, 10)
    return made


def printed(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("metrics", "--from", "2026-10-25", "--to", "2026-11-21", "--json", *arguments, stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    assert all(set(row) == KEYS for row in found)
    return found


def test_every_metric_is_printed_and_no_data_is_null(label: Theme) -> None:
    found = {row["metric"]: row for row in printed()}
    assert list(found) == list(REGISTRY)
    assert {row["group"] for row in found.values()} == {"all"}
    assert (found["csat"]["value"], found["csat"]["n"], found["csat"]["flags"]) == (None, 0, ["no_data"])


def test_first_contact_resolution_is_provisional_while_contacts_may_be_reopened(label: Theme) -> None:
    row = printed("--metric", "fcr")[0]
    assert "provisional" in row["flags"]
    out = StringIO()
    call_command("metrics", "--from", "2026-10-25", "--to", "2026-11-14", "--metric", "fcr", "--json", stdout=out)
    assert "provisional" not in json.loads(out.getvalue())[0]["flags"]


def test_contacts_without_orders_are_a_null_with_its_reason(label: Theme) -> None:
    row = printed("--by", "theme", "--metric", "contacts_per_1000_orders")[0]
    assert (row["group"], row["value"], row["n"], row["flags"]) == (label.name, None, 280, ["no_exposure"])


def test_values_by_hand(label: Theme) -> None:
    shop.orders(100)
    rows = {row["metric"]: row for row in printed("--metric", "contacts_per_1000_orders", "conversion_rate")}
    assert rows["contacts_per_1000_orders"]["value"] == pytest.approx(100)
    assert rows["conversion_rate"]["value"] == pytest.approx(5)
    assert rows["conversion_rate"]["low"] < 5 < rows["conversion_rate"]["high"]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("month", ["2026-10", "2026-11"]),
        ("week", ["2026-W43", "2026-W44", "2026-W45", "2026-W46", "2026-W47"]),
        ("theme", ["Return label missing"]),
        ("market", ["NL"]),
        ("channel", ["phone"]),
        ("stage", ["unknown"]),
    ],
)
def test_groups_are_labels(company: object, by: str, groups: list[str]) -> None:
    made = shop.theme("Return label missing")
    for back in range(28):
        for subject in (made, None):
            shop.count(
                subject, shop.YESTERDAY - timedelta(days=back), 2, market=shop.market().pk,
                channel=shop.dimension("channel", "phone").pk,
            )  # fmt: skip
    found = printed("--by", by, "--metric", "contacts_per_1000_orders")
    assert [row["group"] for row in found] == groups
    assert sum(row["n"] for row in found) == 56


def test_too_few_answers_are_suppressed_in_json_too(label: Theme) -> None:
    shop.answers(label, shop.YESTERDAY, 4, 4)
    row = printed("--by", "theme", "--metric", "csat")[0]
    assert (row["value"], row["low"], row["suppressed"]) == (None, None, True)


def test_wrong_use_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("metrics", "--from", "2026-11-21", "--to", "2026-10-25", "--json")
    with pytest.raises(CommandError):
        call_command("metrics", "--from", "2026-10-25", "--to", "2026-11-21", "--by", "mood")


def test_people_get_lines(label: Theme) -> None:
    out = StringIO()
    call_command("metrics", "--from", "2026-10-25", "--to", "2026-11-21", "--metric", "aht", stdout=out)
    assert out.getvalue().split() == ["aht", "all", "1:00", "n", "280"]


def test_the_api_answers_as_the_command(label: Theme, api_client: Person, api_client_for: ApiClientFor) -> None:
    program = api_client_for(api_client, ["metrics:read"])
    answer = program.get("/api/v1/metrics/?from=2026-10-25&to=2026-11-21&by=theme&metric=aht&metric=fcr")
    assert answer.json() == printed("--by", "theme", "--metric", "aht", "fcr")


@pytest.mark.parametrize("query", ["metric=mood", "by=mood"])
def test_the_api_refuses_with_a_sentence(api_client: Person, api_client_for: ApiClientFor, query: str) -> None:
    answer = api_client_for(api_client, ["metrics:read"]).get(f"/api/v1/metrics/?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_themes_for_programs(label: Theme, agent: Person, api_client: Person, api_client_for: ApiClientFor) -> None:
    shop.idea(4, agent, label)
    program = api_client_for(api_client, ["metrics:read"])
    found = program.get("/api/v1/themes/").json()
    assert found["next"] is None
    (row,) = found["results"]
    assert (row["id"], row["name"], row["contacts"]["value"], row["place"]) == (
        label.pk, "Return label missing", 280, "To triage, HYP-4",
    )  # fmt: skip
    one = program.get(f"/api/v1/themes/{label.pk}/?from=2026-11-15&to=2026-11-21").json()
    assert one["contacts"]["value"] == 70
    assert len(one["weeks"]) == 13
    assert one["weeks"][-1] == {
        "first": "2026-11-15", "last": "2026-11-21", "contacts": 70, "per_1000_orders": None,
    }  # fmt: skip


def test_a_theme_that_is_not_there(api_client: Person, api_client_for: ApiClientFor) -> None:
    answer = api_client_for(api_client, ["metrics:read"]).get("/api/v1/themes/4711/")
    assert (answer.status_code, bool(answer.json()["detail"])) == (404, True)


def test_themes_as_a_file_are_no_formulas(label: Theme, api_client: Person, api_client_for: ApiClientFor) -> None:
    Theme.objects.update(name="=1+1")
    program = api_client_for(api_client, ["metrics:read"])
    lines = program.get("/api/v1/themes/", headers={"Accept": "text/csv"}).content.decode().splitlines()
    assert lines[0].startswith("id,name,stage,page,contacts,contacts_low,contacts_high,contacts_n,")
    assert "'=1+1" in lines[1]


def test_the_queries_do_not_grow_with_the_themes(
    label: Theme, api_client: Person, api_client_for: ApiClientFor
) -> None:
    program = api_client_for(api_client, ["metrics:read"])
    program.get("/api/v1/themes/")
    with CaptureQueriesContext(connection) as few:
        program.get("/api/v1/themes/")
    for number in range(15):
        shop.counts(shop.theme(f"Theme {number}"), 2)
    with CaptureQueriesContext(connection) as many:
        assert len(program.get("/api/v1/themes/").json()["results"]) == 16
    assert len(many) <= len(few)

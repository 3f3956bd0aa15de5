"""Batches in and filtered rows out, by programs with a token."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Company, Person
from feedback.models import CommerceDay, Contact, Import, SurveyResponse
from outbox import jobs
from tests.feedback.rows import CONTACTS, SURVEYS, bring_in

ApiClientFor = Callable[[Person, Iterable[str]], Client]
WRITE, READ = ["feedback:write"], ["feedback:read"]
ROWS = [
    {"external_id": "T1", "occurred_at": "2026-03-01T10:00:00Z", "text": "hello", "reply_seconds": [30, 60]},
    {"external_id": "T2", "occurred_at": 1772359200, "is_complaint": True, "reason": "A > B"},
    {"external_id": "T3", "occurred_at": "never"},
]


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(f"/api/v1/{path}/", json.dumps(body), content_type="application/json", headers=headers)


def test_a_batch_becomes_a_job_whose_counts_can_be_asked(api_client: Person, api_client_for: ApiClientFor) -> None:
    client = api_client_for(api_client, WRITE)
    answer = _post(client, "contacts", {"source": "helpdesk", "rows": ROWS})
    assert answer.status_code == 202
    jobs.perform(answer.json()["job"])
    job = client.get(answer.json()["url"]).json()
    assert job["state"] == "done"
    assert [job["counts"][name] for name in ("read", "new", "rejected")] == [3, 2, 1]
    first, second = Contact.objects.order_by("external_id")
    assert (first.reply_seconds, first.reply_squares, first.reply_count) == (90, 30**2 + 60**2, 2)
    assert second.is_complaint
    assert first.occurred_at == second.occurred_at


def test_the_same_key_is_the_same_job_and_another_key_another(api_client: Person, api_client_for: ApiClientFor) -> None:
    client = api_client_for(api_client, WRITE)
    body = {"source": "helpdesk", "rows": ROWS}
    first = _post(client, "contacts", body, **{"Idempotency-Key": "a"}).json()
    assert _post(client, "contacts", body, **{"Idempotency-Key": "a"}).json() == first
    assert Import.objects.count() == 1
    assert _post(client, "contacts", body, **{"Idempotency-Key": "b"}).json() != first
    assert _post(client, "survey-responses", _surveys(), **{"Idempotency-Key": "a"}).json() != first


def _surveys() -> dict[str, Any]:
    row = {"external_id": "S1", "responded_at": "2026-03-01", "instrument": "nps", "score": 0}
    return {"source": "tool", "rows": [row]}


def test_surveys_and_commerce_come_the_same_way(api_client: Person, api_client_for: ApiClientFor) -> None:
    client = api_client_for(api_client, WRITE)
    jobs.perform(_post(client, "survey-responses", _surveys()).json()["job"])
    assert SurveyResponse.objects.get().score == 0
    day = {"source": "shop", "rows": [{"date": "2026-03-01", "orders": 5, "revenue": 12.5}]}
    jobs.perform(_post(client, "commerce", day).json()["job"])
    assert CommerceDay.objects.get().revenue_cents == 1250


def test_ndjson_names_its_source_in_the_address(api_client: Person, api_client_for: ApiClientFor) -> None:
    client = api_client_for(api_client, WRITE)
    body = "\n".join(json.dumps(row) for row in ROWS)
    answer = client.post("/api/v1/contacts/?source=helpdesk", body, content_type="application/x-ndjson")
    assert answer.status_code == 202
    jobs.perform(answer.json()["job"])
    assert Contact.objects.filter(source__name="helpdesk").count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": ROWS}, "source"),
        ({"source": "x" * 81, "rows": ROWS}, "source"),
        ({"source": "desk", "rows": []}, "rows"),
        ({"source": "desk", "rows": ROWS * 1667}, "rows"),
        ({"source": "desk", "rows": ["text"]}, "rows"),
        ({"source": "desk", "rows": [{"external_id": "T1", "text": "x"}]}, "occurred_at"),
    ],
)
def test_a_batch_of_another_shape_is_refused_with_the_field(
    api_client: Person, api_client_for: ApiClientFor, body: Any, field: str
) -> None:
    answer = _post(api_client_for(api_client, WRITE), "contacts", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["errors"][0]["message"]
    assert not Import.objects.exists()


@pytest.mark.parametrize("body", ["{", "null", "[]", "3", '"text"', '{"source": "a", "rows": {"a": 1}}'])
def test_no_body_breaks_it(api_client: Person, api_client_for: ApiClientFor, body: str) -> None:
    client = api_client_for(api_client, WRITE)
    for path in ("contacts", "survey-responses", "commerce"):
        answer = client.post(f"/api/v1/{path}/", body, content_type="application/json")
        assert answer.status_code == 400, answer.content


def test_scopes_decide(api_client: Person, api_client_for: ApiClientFor) -> None:
    assert Client().get("/api/v1/contacts/").status_code == 401
    assert api_client_for(api_client, WRITE).get("/api/v1/contacts/").status_code == 403
    assert _post(api_client_for(api_client, READ), "contacts", {"source": "x", "rows": ROWS}).status_code == 403


def test_pages_by_key_hold_every_contact_once(
    company: Company, api_client: Person, api_client_for: ApiClientFor
) -> None:
    header, *rows = CONTACTS.splitlines()
    bring_in("\n".join([header, *(f"M{at}-{row}" for at in range(5) for row in rows)]))
    client = api_client_for(api_client, READ)
    url, seen = "/api/v1/contacts/?limit=4", []
    while url:
        page = client.get(url).json()
        seen += [row["external_id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 15
    days = client.get("/api/v1/contacts/?limit=15").json()["results"]
    assert [row["day"] for row in days] == sorted((row["day"] for row in days), reverse=True)


def test_filters_are_those_of_the_page(company: Company, api_client: Person, api_client_for: ApiClientFor) -> None:
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    client = api_client_for(api_client, READ)

    def found(query: str) -> list[str]:
        return sorted(row["external_id"] for row in client.get(f"/api/v1/contacts/?{query}").json()["results"])

    assert found("channel=chat") == ["T1", "T3"]
    assert found("channel=chat&channel=phone") == ["T1", "T2", "T3"]
    assert found("reason=Returns") == ["T1", "T2"]
    assert found("reason=none") == ["T3"]
    assert found("q=LABEL") == ["T1"]
    assert found("q=%5Bemail%5D") == ["T3"]
    assert found("from=2026-03-02") == found("market=BE") == ["T3"]
    assert found("has_text=1&to=2026-03-01") == ["T1"]
    assert found("from=nonsense&theme=x&after=zzz") == ["T1", "T2", "T3"]
    surveys = client.get("/api/v1/survey-responses/?instrument=csat").json()["results"]
    assert sorted((row["external_id"], row["score"]) for row in surveys) == [("S1", 2.0), ("S2", None)]


def test_csv_is_one_header_away_and_no_cell_is_a_formula(
    company: Company, api_client: Person, api_client_for: ApiClientFor
) -> None:
    bring_in(CONTACTS.replace("Where is my label?", "=HYPERLINK(1)"))
    answer = api_client_for(api_client, READ).get("/api/v1/contacts/?limit=2", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 2
    assert "after=" in answer.headers["Link"]
    whole = api_client_for(api_client, READ).get("/api/v1/contacts/", headers={"Accept": "text/csv"})
    texts = [row["text"] for row in csv.DictReader(io.StringIO(whole.content.decode()))]
    assert "'=HYPERLINK(1)" in texts


def test_the_number_of_queries_does_not_grow_with_rows(
    company: Company, api_client: Person, api_client_for: ApiClientFor, django_assert_max_num_queries: Any
) -> None:
    header, *rows = CONTACTS.splitlines()
    bring_in("\n".join([header, *(f"M{at}-{row}" for at in range(30) for row in rows)]))
    bring_in(SURVEYS, "surveys")
    client = api_client_for(api_client, READ)
    for path in ("contacts", "survey-responses"):
        client.get(f"/api/v1/{path}/?limit=1")
        with django_assert_max_num_queries(9):
            client.get(f"/api/v1/{path}/?limit=100")


def test_what_an_employee_answered_is_not_handed_out(
    company: Company, api_client: Person, api_client_for: ApiClientFor
) -> None:
    bring_in(SURVEYS + "S4,2026-03-04T12:00:00Z,,enps,0,I am leaving,\n", "surveys")
    client = api_client_for(api_client, READ)
    answers = client.get("/api/v1/survey-responses/").json()["results"]
    assert sorted(row["external_id"] for row in answers) == ["S1", "S2", "S3"]
    assert client.get("/api/v1/survey-responses/?instrument=enps").json()["results"] == []
    assert SurveyResponse.objects.filter(instrument="enps").count() == 1

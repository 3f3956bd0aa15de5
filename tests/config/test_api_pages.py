"""The API describes itself: for machines and for people, with its errors and scopes."""

import json
from typing import Any

from django.test import Client

from accounts import matrix
from accounts.models import Company, Person
from config import api_pages
from tests.cast import ClientFor


def schema(client: Client) -> dict[str, Any]:
    response = client.get("/api/schema/?format=json")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_the_schema_knows_the_token_and_the_errors_of_every_call(client: Client, company: Company) -> None:
    found = schema(client)
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert found["paths"], "no call is described"
    for path, calls in found["paths"].items():
        for method, call in calls.items():
            assert {"401", "403", "429"} <= call["responses"].keys(), (method, path)
            assert {"token": []} in call["security"], (method, path)


def test_the_schema_comes_as_yaml_too(client: Client, company: Company) -> None:
    assert client.get("/api/schema/").content.decode().startswith("openapi: 3")


def test_the_page_lists_every_call_with_its_scope(client_for: ClientFor, client: Client, agent: Person) -> None:
    page = client_for(agent).get("/api/docs/").content.decode()
    for path in schema(client)["paths"]:
        assert path in page
    for scope in matrix.SCOPES:
        assert scope in page


def test_a_call_is_read_from_the_description() -> None:
    described = {
        "paths": {
            "/api/v1/rows/": {
                "post": {
                    "description": "Bring rows in.",
                    "parameters": [{"name": "dry", "in": "query", "description": "Write nothing."}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}}},
                    "responses": {"202": {"description": "Queued."}},
                }
            },
            "/elsewhere/": {"get": {"responses": {}}},
        },
        "components": {"schemas": {"B": {"properties": {"source": {}, "rows": {}}}}},
    }
    (call,) = api_pages._calls(described)
    assert (call.method, call.group, call.says) == ("POST", "rows", "Bring rows in.")
    assert (call.parameters, call.fields) == ([("dry", "Write nothing.")], ["rows", "source"])
    assert call.answers == [("202", "Queued.")]


def test_an_unknown_address_answers_programs_in_json_and_people_with_a_page(client: Client, company: Company) -> None:
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is nothing at this address.", "errors": []})
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")


def test_the_icon_is_found_where_browsers_look_first(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response.headers["Location"]) == (302, "/static/favicon.svg")

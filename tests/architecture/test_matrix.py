"""Security check 2: every URL of the resolver × every role, against the one matrix.

The expectation comes from `accounts.matrix.DOORS`, the answer from the real middleware and views. A
URL without a line in the matrix fails, and so does a line without a URL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from accounts import matrix
from accounts.models import Company, Person, Role
from tests import people
from tests.cast import ApiClientFor

_DUMMIES = {
    IntConverter: 987_654_321,
    UUIDConverter: "00000000-0000-4000-8000-000000000000",
    SlugConverter: "no-such",
    StringConverter: "no-such",
}
_ROLES = {str(people.CAST[key][1]): key for key in people.CAST}
_REFUSED = 403


@dataclass(frozen=True)
class Door:
    name: str
    address: str


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _patterns(entry, namespace)
        else:
            yield f"{prefix}{entry.name or entry.lookup_str}", entry


def _dummy(name: str, converter: object) -> object:
    if "digest" in name or type(converter) not in _DUMMIES:
        return getattr(converter, "example", None) or "no-such"
    return _DUMMIES[type(converter)]


@cache
def doors() -> tuple[Door, ...]:
    """Every address of the product, with arguments that belong to nothing."""
    found = []
    for name, pattern in _patterns(get_resolver()):
        kwargs = {key: _dummy(key, converter) for key, converter in pattern.pattern.converters.items()}
        found.append(Door(name, reverse(name, kwargs=kwargs)))
    return tuple(found)


def _person(role: Role) -> Person:
    return people.person(_ROLES[str(role)])


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    names = {door.name for door in doors()}
    assert sorted(names - matrix.DOORS.keys()) == [], "addresses without a line in accounts/matrix.py"
    assert sorted(matrix.DOORS.keys() - names) == [], "lines in accounts/matrix.py without an address"


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_every_page_opens_for_its_roles_and_no_other(company: Company, role: Role) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(_person(role), backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for door in doors():
        rule = matrix.DOORS.get(door.name)
        if isinstance(rule, matrix.Public | matrix.Scopes):
            continue
        expected = isinstance(rule, matrix.People) and role in rule.roles
        for method in ("get", "post"):
            response = getattr(client, method)(door.address)
            # 404, 405 and 422 come from the view, so the door was open; so does a 403 with which a
            # service refuses a POST that says nothing (`may_…`), but never one on the way in.
            opened = response.status_code != _REFUSED or (expected and method == "post")
            if opened is not expected or response.status_code >= 500:
                wrong.append(f"{method.upper()} {door.address} ({door.name}): {response.status_code}")
    assert wrong == []


def test_a_stranger_is_sent_to_sign_in_from_every_page(company: Company) -> None:
    wrong = []
    for door in doors():
        if not isinstance(matrix.DOORS.get(door.name), matrix.People):
            continue
        for method in ("get", "post"):
            response = getattr(Client(), method)(door.address)
            if response.status_code != 302 or not response.headers["Location"].startswith("/sign-in/"):
                wrong.append(f"{method.upper()} {door.address}: {response.status_code}")
    assert wrong == []


def test_public_addresses_answer_strangers(company: Company) -> None:
    for door in doors():
        if isinstance(matrix.DOORS.get(door.name), matrix.Public):
            response = Client().get(door.address)
            assert response.status_code != _REFUSED, door
            # 503 is an answer too: /readyz says what is missing.
            assert response.status_code < 500 or response.status_code == 503, door


def test_a_program_needs_a_token_with_the_scope_that_the_matrix_names(
    company: Company, api_client_for: ApiClientFor
) -> None:
    program = _person(Role.API_CLIENT)
    nothing, everything = api_client_for(program, []), api_client_for(program, matrix.SCOPES)
    session = Client()
    session.force_login(_person(Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for door in doors():
        rule = matrix.DOORS.get(door.name)
        if not isinstance(rule, matrix.Scopes):
            continue
        for method in ("get", "post"):
            wanted = rule.wanted(method.upper())
            # What each may be told; None is everything but a refusal.
            answers = {
                "no token": (Client(), {401}),
                "a session": (session, {401}),
                "a token without scopes": (nothing, None if wanted == matrix.ANY else {_REFUSED, 405}),
                "a token with all scopes": (everything, None if wanted else {_REFUSED, 405}),
            }
            for who, (client, expected) in answers.items():
                status = getattr(client, method)(door.address).status_code
                inside = status not in {401, _REFUSED} and status < 500
                if not (inside if expected is None else status in expected):
                    wrong.append(f"{method.upper()} {door.address} ({door.name}) with {who}: {status}")
    assert wrong == []


def test_a_refusal_is_a_sentence_and_a_fragment_is_sent_as_a_whole_page(company: Company) -> None:
    sent = Client().get("/profile/", headers={"HX-Request": "true"})
    assert (sent.status_code, sent.headers["HX-Redirect"]) == (204, "/sign-in/")
    program = Client()
    program.force_login(_person(Role.API_CLIENT), backend="django.contrib.auth.backends.ModelBackend")
    refused = program.get("/profile/")
    assert refused.status_code == 403
    assert "This page is for other roles: Agent, CRO member" in refused.content.decode()

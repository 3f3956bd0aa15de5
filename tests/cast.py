"""The cast as fixtures, and browsers and programs in their hands."""

from collections.abc import Callable, Iterable

import pytest
from django.test import Client

from accounts import services
from accounts.models import Company, Person
from tests import people

ClientFor = Callable[[Person], Client]
ApiClientFor = Callable[[Person, Iterable[str]], Client]


@pytest.fixture
def company(db: None) -> Company:
    """The company of the tests, with its two markets."""
    return people.company()


@pytest.fixture
def agent(company: Company) -> Person:
    return people.person("agent")


@pytest.fixture
def other_agent(company: Company) -> Person:
    return people.person("other_agent")


@pytest.fixture
def cro_member(company: Company) -> Person:
    return people.person("cro_member")


@pytest.fixture
def cro_lead(company: Company) -> Person:
    return people.person("cro_lead")


@pytest.fixture
def linking_pin(company: Company) -> Person:
    return people.person("linking_pin")


@pytest.fixture
def manager(company: Company) -> Person:
    return people.person("manager")


@pytest.fixture
def admin(company: Company) -> Person:
    return people.person("admin")


@pytest.fixture
def api_client(company: Company) -> Person:
    return people.person("api_client")


@pytest.fixture
def client_for() -> ClientFor:
    """`client_for(agent)`: a browser in which this person is signed in."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def api_client_for() -> ApiClientFor:
    """`api_client_for(person, ["feedback:write"])`: a program that holds a token with these scopes."""

    def hold_token(person: Person, scopes: Iterable[str]) -> Client:
        _, secret = services.create_token(
            actor=None, name="Test", scopes=scopes, expires_at=None, now=people.THEN, person=person
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return hold_token

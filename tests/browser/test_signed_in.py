"""A person with a session of the server's making is that person in the browser, and is gone in the next test."""

import pytest
from django.urls import reverse

from accounts.models import Person
from tests import people
from tests.browser.conftest import PageAt, SignedIn


@pytest.mark.parametrize("turn", [1, 2])
def test_a_signed_in_person_sees_their_profile(signed_in: SignedIn, turn: int) -> None:
    assert not Person.objects.exists(), "each turn starts with an empty database"
    people.company()
    agent = people.person("agent")
    page = signed_in(agent)
    page.goto(reverse("accounts:profile"))
    assert page.title()
    assert page.get_by_label("Name", exact=False).first.input_value() == agent.name


def test_nobody_is_signed_in_without_a_session(page_at: PageAt) -> None:
    people.company()
    page = page_at(390)
    page.goto(reverse("accounts:profile"))
    assert reverse("accounts:sign-in") in page.url

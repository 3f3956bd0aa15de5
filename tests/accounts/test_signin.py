"""Sign-in: by e-mail, five tries, a new session, back to where one came from."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company, Person
from tests.people import PASSWORD

SIGN_IN = "/sign-in/"


def attempt(client: Client, email: str, password: str, **extra: str) -> int:
    return client.post(SIGN_IN, {"username": email, "password": password, **extra}).status_code


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("email", ["agent@testers.example", "AGENT@Testers.example"])
def test_an_agent_signs_in_whatever_the_capitals(client: Client, agent: Person, email: str) -> None:
    response = client.post(SIGN_IN, {"username": email, "password": PASSWORD})
    assert response.status_code == 302
    assert signed_in_as(client) == str(agent.pk)


def test_the_session_rotates_at_sign_in(client: Client, agent: Person) -> None:
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    attempt(client, agent.email, PASSWORD)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_wrong_password_is_said_beside_the_field_and_the_address_is_kept(client: Client, agent: Person) -> None:
    response = client.post(SIGN_IN, {"username": agent.email, "password": "wrong"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "4 more tries, then we pause for 15 minutes." in page
    assert f'value="{agent.email}"' in page
    assert 'aria-invalid="true"' in page
    assert "wrong" not in page.replace("That did not work", "")


def test_five_failures_lock_out_and_fifteen_minutes_open_again(agent: Person) -> None:
    start = timezone.now()
    client = Client()
    with time_machine.travel(start, tick=False):
        statuses = [attempt(client, agent.email, "wrong") for _ in range(5)]
        assert statuses == [422, 422, 422, 422, 429]
        assert attempt(client, agent.email, PASSWORD) == 429
        assert signed_in_as(client) is None
    with time_machine.travel(start + timedelta(minutes=16), tick=False):
        assert attempt(client, agent.email, PASSWORD) == 302


def test_a_lock_out_does_not_reach_a_colleague(agent: Person, manager: Person) -> None:
    client = Client()
    for _ in range(5):
        attempt(client, agent.email, "wrong")
    assert attempt(client, manager.email, PASSWORD) == 302


def test_a_success_forgets_earlier_failures(client: Client, agent: Person) -> None:
    for _ in range(4):
        attempt(client, agent.email, "wrong")
    assert attempt(client, agent.email, PASSWORD) == 302
    client.post("/sign-out/")
    assert attempt(client, agent.email, "wrong") == 422


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/settings/audit/?person=3", "/settings/audit/?person=3"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_stays_inside(client: Client, agent: Person, wanted: str, goes_to: str) -> None:
    response = client.post(SIGN_IN, {"username": agent.email, "password": PASSWORD, "next": wanted})
    assert response.headers["Location"] == goes_to


def test_an_inactive_person_stays_out_and_a_session_that_was_open_ends(client: Client, agent: Person) -> None:
    attempt(client, agent.email, PASSWORD)
    agent.is_active = False
    agent.save()
    assert client.get("/profile/").status_code == 302
    assert attempt(Client(), agent.email, PASSWORD) == 422


def test_a_program_has_no_sign_in(client: Client, api_client: Person) -> None:
    response = client.post(SIGN_IN, {"username": api_client.email, "password": PASSWORD})
    assert response.status_code == 422
    assert "belongs to a program" in response.content.decode()
    assert signed_in_as(client) is None


def test_a_stranger_and_a_wrong_password_read_the_same(agent: Person) -> None:
    known = Client().post(SIGN_IN, {"username": agent.email, "password": "wrong"}).content.decode()
    unknown = Client().post(SIGN_IN, {"username": "nobody@testers.example", "password": "wrong"}).content.decode()
    for text in ("4 more tries", "do not belong together"):
        assert text in known
        assert text in unknown


def test_signing_out_is_a_post_and_brings_the_next_person_to_the_same_page(client: Client, agent: Person) -> None:
    attempt(client, agent.email, PASSWORD)
    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/", {"next": "/ideas/new/"})
    assert response.headers["Location"] == "/sign-in/?next=%2Fideas%2Fnew%2F"
    assert signed_in_as(client) is None


def test_an_idle_desk_signs_out_and_use_keeps_it_open(agent: Person) -> None:
    start = timezone.now()
    client = Client()
    with time_machine.travel(start, tick=False):
        attempt(client, agent.email, PASSWORD)
    with time_machine.travel(start + timedelta(minutes=50), tick=False):
        assert client.get("/profile/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=100), tick=False):
        assert client.get("/profile/", headers={"X-Poll": "1"}).status_code == 200
    with time_machine.travel(start + timedelta(minutes=111), tick=False):
        assert client.get("/profile/").status_code == 302


def test_the_language_before_sign_in_is_the_browsers_and_after_it_the_persons(client: Client, agent: Person) -> None:
    response = client.get("/language/nl/?next=/sign-in/")
    assert response.headers["Location"] == "/sign-in/"
    assert '<html lang="nl"' in client.get(SIGN_IN).content.decode()
    attempt(client, agent.email, PASSWORD)
    assert client.get("/profile/").headers["Content-Language"] == "en"


def test_without_a_company_every_page_tells_where_the_set_up_link_is(client: Client, db: None) -> None:
    for address in ("/profile/", SIGN_IN):
        assert client.get(address).headers["Location"] == reverse("accounts:not-set-up")
    response = client.get("/not-set-up/")
    assert response.status_code == 503
    assert "printed in the terminal" in response.content.decode()
    assert "/set-up/" not in response.content.decode()


def test_with_a_company_the_waiting_page_is_gone(client: Client, company: Company) -> None:
    assert client.get("/not-set-up/").status_code == 302


def test_passwords_are_kept_with_argon2() -> None:
    assert make_password(PASSWORD, hasher="argon2").startswith("argon2$argon2id$")


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_who_was_signed_out_while_sending_comes_back_to_that_page(client: Client, agent: Person, header: str) -> None:
    extra = {header: "http://testserver/ideas/new/?theme=3"} | ({"HX-Request": "true"} if header[0] == "H" else {})
    answer = client.post("/ideas/new/", {}, headers=extra)
    address = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert address == "/sign-in/?next=%2Fideas%2Fnew%2F%3Ftheme%3D3"
    seen = client.get(address).content.decode()
    answer = client.post(address, {"username": agent.email, "password": PASSWORD, "next": "/ideas/new/?theme=3"})
    assert answer.headers["Location"] == "/ideas/new/?theme=3"
    assert "was not saved" in seen + client.get("/ideas/new/").content.decode()


def test_only_a_page_of_ours_is_come_back_to(client: Client, agent: Person) -> None:
    answer = client.post("/ideas/new/", {}, headers={"Referer": "https://elsewhere.example/ideas/"})
    assert answer.headers["Location"] == "/sign-in/"

"""Set-up, invitations and password links: each works once, and only in time."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry, Company, Invitation, Market, Person, Role, Team
from tests.people import PASSWORD, THEN

NEW_PASSWORD = "a long walk on the beach"


def path_of(link: str | None) -> str:
    assert link is not None
    return "/" + link.split("/", 3)[3]


def set_up_answers(**changes: str) -> dict[str, Any]:
    return {
        "company-name": "De Linde",
        "company-currency": "eur",
        "company-handling_minute": "0.71",
        "company-working_days": ["1", "2", "3", "4", "5", "6"],
        "company-answer_within_days": "3",
        "market-TOTAL_FORMS": "3",
        "market-INITIAL_FORMS": "0",
        "market-0-code": "NL",
        "market-0-name": "Netherlands",
        "market-0-zone": "Europe/Amsterdam",
        "market-0-currency": "EUR",
        "market-1-code": "UK",
        "market-1-name": "United Kingdom",
        "market-1-zone": "Europe/London",
        "market-1-currency": "GBP",
        "market-2-code": "",
        "market-2-name": "",
        "market-2-zone": "",
        "market-2-currency": "EUR",
        "you-name": "Hanna Smit",
        "you-email": "hanna@delinde.example",
        "you-language": "nl",
        "you-password": NEW_PASSWORD,
        "you-password_again": NEW_PASSWORD,
        **changes,
    }


def test_the_set_up_link_makes_company_markets_and_administrator_once(client: Client, db: None) -> None:
    address = path_of(services.set_up_link(timezone.now()))
    assert client.get(address).status_code == 200
    response = client.post(address, set_up_answers())
    assert response.headers["Location"] == "/"
    company = Company.objects.get()
    assert (company.name, company.currency, company.handling_minute_cents, company.working_days) == (
        "De Linde",
        "EUR",
        71,
        "123456",
    )
    assert company.answer_within_days == 3
    assert list(Market.objects.values_list("code", "zone", "currency")) == [
        ("NL", "Europe/Amsterdam", "EUR"),
        ("UK", "Europe/London", "GBP"),
    ]
    person = Person.objects.get()
    assert (person.role, person.language, person.time_zone) == (Role.ADMINISTRATOR, "nl", "Europe/Amsterdam")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert AuditEntry.objects.get(action="set up").actor == person
    assert Client().get(address).status_code == 410
    assert Client().post(address, set_up_answers()).status_code == 410
    assert services.set_up_link(timezone.now()) is None


def test_a_new_set_up_link_ends_the_one_before_and_none_lasts_longer_than_a_day(client: Client, db: None) -> None:
    start = timezone.now()
    first, second = services.set_up_link(start), services.set_up_link(start, base="http://127.0.0.1:9000")
    assert second is not None
    assert second.startswith("http://127.0.0.1:9000/set-up/")
    with time_machine.travel(start, tick=False):
        assert client.get(path_of(first)).status_code == 410
        assert client.get(path_of(second)).status_code == 200
    with time_machine.travel(start + timedelta(days=1), tick=False):
        assert client.get(path_of(second)).status_code == 410


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"you-password": "short", "you-password_again": "short"}, "at least 12 characters"),
        ({"you-password_again": "something else here"}, "The two passwords differ."),
        ({"market-0-zone": "Amsterdam"}, "is not a time zone"),
        ({"market-1-code": "nl"}, "Two markets have the same code."),
        ({"company-currency": "€"}, "three capitals"),
        ({"company-working_days": "8"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, db: None, changes: dict[str, str], sentence: str
) -> None:
    address = path_of(services.set_up_link(timezone.now()))
    response = client.post(address, set_up_answers(**changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Company.objects.exists()
    assert not Person.objects.exists()
    assert client.post(address, set_up_answers()).status_code == 302


def test_an_invitation_is_a_link_that_makes_the_person_it_was_made_for(
    client: Client, admin: Person, agent: Person
) -> None:
    invitation, link = services.invite(
        actor=admin, name="Noor", email="noor@testers.example", role=Role.AGENT, team=agent.team, now=timezone.now()
    )
    assert link.split("/")[-2] not in str(Invitation.objects.filter(pk=invitation.pk).values().get())
    answers = {
        "name": "Noor Haddad",
        "language": "nl",
        "time_zone": "Europe/Brussels",
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
    }
    assert "noor@testers.example" in client.get(path_of(link)).content.decode()
    assert client.post(path_of(link), answers | {"password": "noor@testers"}).status_code == 422
    assert client.post(path_of(link), answers).status_code == 302
    noor = Person.objects.get(email="noor@testers.example")
    assert (noor.name, noor.role, noor.team, noor.language) == ("Noor Haddad", Role.AGENT, agent.team, "nl")
    assert noor.check_password(NEW_PASSWORD)
    assert Client().post(path_of(link), answers).status_code == 410


def test_an_invitation_ends_when_withdrawn_replaced_or_old(client: Client, admin: Person) -> None:
    start = timezone.now()
    asked: dict[str, Any] = {"actor": admin, "name": "Noor", "email": "noor@testers.example", "role": "agent"}
    _, first = services.invite(**asked, team=None, now=start)
    invitation, second = services.invite(**asked, team=None, now=start)
    assert client.get(path_of(first)).status_code == 410
    with time_machine.travel(start + timedelta(days=15), tick=False):
        assert client.get(path_of(second)).status_code == 410
    services.withdraw(actor=admin, invitation=invitation, now=start)
    assert client.get(path_of(second)).status_code == 410


def test_who_is_here_cannot_be_invited(admin: Person, agent: Person) -> None:
    with pytest.raises(ValidationError, match="has an account already"):
        services.invite(actor=admin, name="S", email=agent.email.upper(), role="agent", team=None, now=THEN)


def test_a_link_opens_only_the_page_of_its_purpose(client: Client, admin: Person, agent: Person) -> None:
    link = services.password_link(actor=admin, person=agent, now=timezone.now())
    secret = link.split("/")[-2]
    assert client.get(f"/join/{secret}/").status_code == 410
    assert client.get(f"/set-up/{secret}/").status_code == 410
    assert client.get(f"/new-password/{secret}/").status_code == 200


def test_a_password_link_gives_a_new_password_and_ends_other_sessions(
    client: Client, admin: Person, agent: Person
) -> None:
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"username": agent.email, "password": PASSWORD})
    link = path_of(services.password_link(actor=admin, person=agent, now=timezone.now()))
    response = client.post(link, {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert response.status_code == 302
    agent.refresh_from_db()
    assert agent.check_password(NEW_PASSWORD)
    assert elsewhere.get("/profile/").status_code == 302
    assert client.get("/profile/").status_code == 200
    assert client.get(link).status_code == 410


def test_of_two_who_use_a_link_at_once_one_wins(admin: Person, db: None) -> None:
    now = timezone.now()
    invitation, _ = services.invite(actor=admin, name="N", email="n@testers.example", role="agent", team=None, now=now)
    answers: dict[str, Any] = {"name": "N", "language": "en", "time_zone": "UTC", "password": NEW_PASSWORD}
    services.join(link=invitation, **answers, now=now)
    with pytest.raises(ValidationError, match="used already"):
        services.join(link=invitation, **answers, now=now)
    assert Team.objects.count() == 1

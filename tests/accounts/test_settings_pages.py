"""The administrator's pages: each change is kept, signed and said."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import selectors, services
from accounts.models import ApiToken, AuditEntry, Company, Invitation, Market, Person, Role, Team
from tests.cast import ClientFor
from tests.people import PASSWORD, THEN


@pytest.fixture
def browser(client_for: ClientFor, admin: Person) -> Client:
    return client_for(admin)


def crowd(count: int, start: int = 0) -> None:
    Person.objects.bulk_create(
        Person(email=f"p{number}@crowd.example", name=f"Person {number:04d}", created_at=THEN)
        for number in range(start, start + count)
    )


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_first_page_counts_people_and_tokens_and_warns_of_an_expiry(
    browser: Client, admin: Person, agent: Person, api_client: Person
) -> None:
    services.create_token(
        actor=admin, name="Shop", scopes=[], expires_at=timezone.now() + timedelta(days=9, hours=1), now=THEN
    )
    page = text(browser.get("/settings/"))
    assert "<h1>2 people, 1 token, one expires in 9 days</h1>" in page
    assert agent.email in page
    assert api_client.email not in page


def test_people_are_found_by_name_address_role_and_team(browser: Client, agent: Person, manager: Person) -> None:
    for query in ("search=sanne", "search=AGENT@", "role=agent", f"team={agent.team_id}"):
        page = text(browser.get(f"/settings/?{query}"))
        assert agent.email in page, query
        assert manager.email not in page, query
    assert "Nobody matches." in text(browser.get("/settings/?search=zzz"))


def test_every_person_is_on_exactly_one_page_forth_and_back(admin: Person) -> None:
    crowd(selectors.PEOPLE_PER_PAGE * 2 + 7)
    seen, pages = [], [selectors.people_page().page]
    while pages[-1].after:
        pages.append(selectors.people_page(after=pages[-1].after).page)
    for page in pages:
        seen += [person.name for person in page.rows]
    assert len(pages) == 3
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == Person.objects.count()
    back = selectors.people_page(before=pages[2].before).page
    assert [person.pk for person in back.rows] == [person.pk for person in pages[1].rows]
    assert selectors.people_page(before=pages[1].before).page.before == ""


def test_a_marker_of_nobody_starts_at_the_beginning(admin: Person) -> None:
    for marker in ("999999999", "x", "9" * 40):
        assert [person.pk for person in selectors.people_page(after=marker).page.rows] == [admin.pk]


@pytest.mark.parametrize("address", ["/settings/", "/settings/audit/", "/settings/teams/", "/settings/tokens/"])
def test_the_query_count_of_a_page_does_not_grow_with_its_rows(browser: Client, admin: Person, address: str) -> None:
    def grow(first: int, count: int) -> None:
        crowd(count, first)
        for number in range(first, first + count):
            team = Team.objects.create(name=f"Team {number}")
            Person.objects.filter(email=f"p{number}@crowd.example").update(team=team)
            services.create_token(actor=admin, name=f"T{number}", scopes=["metrics:read"], expires_at=None, now=THEN)
            services.invite(
                actor=admin, name=f"I{number}", email=f"i{number}@x.example", role="agent", team=team, now=THEN
            )

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    grow(0, 2)
    queries()
    few = queries()
    grow(2, 12)
    assert queries() == few


def test_a_person_gets_another_role_and_team_and_it_is_signed(
    browser: Client, admin: Person, agent: Person, cro_lead: Person
) -> None:
    response = browser.post(
        f"/settings/people/{agent.pk}/",
        {"name": agent.name, "role": "linking_pin", "team": cro_lead.team_id, "is_active": "on"},
    )
    assert response.status_code == 302
    agent.refresh_from_db()
    assert (agent.role, agent.team, agent.is_active) == (Role.LINKING_PIN, cro_lead.team, True)
    entry = AuditEntry.objects.get(action="change person")
    assert entry.actor == admin
    assert entry.details == {"role": ["agent", "linking_pin"], "team": ["Returns team", "Checkout team"]}


def test_nothing_changed_signs_nothing(browser: Client, agent: Person) -> None:
    browser.post(
        f"/settings/people/{agent.pk}/",
        {"name": agent.name, "role": "agent", "team": agent.team_id, "is_active": "on"},
    )
    assert not AuditEntry.objects.filter(action="change person").exists()


@pytest.mark.parametrize("change", [{"role": "agent", "is_active": "on"}, {"role": "administrator"}])
def test_the_last_administrator_stays(browser: Client, admin: Person, change: dict[str, str]) -> None:
    response = browser.post(f"/settings/people/{admin.pk}/", {"name": admin.name, **change})
    assert response.status_code == 422
    assert "Somebody must stay administrator." in text(response)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMINISTRATOR, True)


def test_with_a_second_administrator_the_first_may_go(admin: Person, agent: Person) -> None:
    def change(person: Person, role: str) -> None:
        services.change_person(
            actor=admin, person=person, name=person.name, role=role, team=None, is_active=True, now=THEN
        )

    with pytest.raises(ValidationError):
        change(admin, Role.MANAGER)
    change(agent, Role.ADMINISTRATOR)
    change(admin, Role.MANAGER)
    assert Person.objects.get(pk=admin.pk).role == Role.MANAGER


def test_a_password_link_is_shown_once(browser: Client, agent: Person) -> None:
    page = text(browser.post(f"/settings/people/{agent.pk}/password-link/"))
    assert "/new-password/" in page
    assert "/new-password/" not in text(browser.get(f"/settings/people/{agent.pk}/"))


def test_an_invitation_is_made_shown_once_listed_and_withdrawn(browser: Client, agent: Person) -> None:
    asked = {"name": "Noor Haddad", "email": "Noor@Testers.example", "role": "agent", "team": agent.team_id}
    page = text(browser.post("/settings/invitations/", asked))
    assert "/join/" in page
    page = text(browser.get("/settings/invitations/"))
    assert "/join/" not in page
    assert "noor@testers.example" in page
    assert "has an account already" in text(browser.post("/settings/invitations/", asked | {"email": agent.email}))
    invitation = Invitation.objects.get()
    question = f"/settings/invitations/{invitation.pk}/withdraw/"
    assert "Withdraw the invitation of Noor Haddad?" in text(browser.get(question))
    assert Invitation.objects.exists()
    browser.post(question)
    assert not Invitation.objects.exists()


def test_a_token_is_made_shown_once_and_revoked_after_a_question(browser: Client, admin: Person) -> None:
    assert "No tokens yet." in text(browser.get("/settings/tokens/"))
    asked = {"name": "Shop nightly", "scopes": ["feedback:write"], "life_days": "365"}
    page = text(browser.post("/settings/tokens/", asked))
    token = ApiToken.objects.get()
    assert f"hb_{token.prefix}_" in page
    assert "“Shop nightly” is ready." in page
    assert token.scopes == ["feedback:write"]
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days == 365
    assert f"hb_{token.prefix}_" not in text(browser.get("/settings/tokens/"))
    question = f"/settings/tokens/{token.pk}/revoke/"
    assert "Revoke “Shop nightly”?" in text(browser.get(question))
    browser.post(question)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert browser.get(question).status_code == 404
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"create token", "revoke token"}


def test_a_token_needs_a_scope(browser: Client) -> None:
    response = browser.post("/settings/tokens/", {"name": "Shop", "life_days": "365", "scopes": ["root"]})
    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_company_is_changed_in_cents_and_days(browser: Client, company: Company) -> None:
    asked = {
        "name": "De Linde",
        "currency": "EUR",
        "handling_minute": "0.29",
        "working_days": ["6", "1"],
        "answer_within_days": "3",
    }
    assert browser.post("/settings/company/", asked).status_code == 302
    company.refresh_from_db()
    assert (company.handling_minute_cents, company.working_days, company.answer_within_days) == (29, "16", 3)
    details = AuditEntry.objects.get(action="change company").details
    assert details["handling_minute_cents"] == [62, 29]
    assert browser.post("/settings/company/", asked | {"handling_minute": "-1"}).status_code == 422


def test_markets_are_added_and_corrected(browser: Client, company: Company) -> None:
    new = {"code": "UK", "name": "United Kingdom", "zone": "Europe/London", "currency": "gbp"}
    assert browser.post("/settings/markets/", new).status_code == 302
    market = Market.objects.get(code="UK")
    assert (market.currency, market.position) == ("GBP", 3)
    assert "Another market has this code." in text(browser.post("/settings/markets/", new | {"code": "nl"}))
    wrong = browser.post(f"/settings/markets/{market.pk}/", new | {"zone": "Mars/Base"})
    assert "is not a time zone" in text(wrong)
    browser.post(f"/settings/markets/{market.pk}/", new | {"name": "Britain"})
    assert Market.objects.get(code="UK").name == "Britain"


def test_teams_are_added_renamed_and_removed_without_their_people(browser: Client, agent: Person) -> None:
    browser.post("/settings/teams/", {"name": "Store team", "kind": "cs"})
    team = Team.objects.get(name="Store team")
    assert "Another team has this name." in text(browser.post("/settings/teams/", {"name": "store TEAM", "kind": "cs"}))
    browser.post(f"/settings/teams/{team.pk}/", {"name": "Store", "kind": "other"})
    team.refresh_from_db()
    assert (team.name, team.kind) == ("Store", "other")
    assert agent.team is not None
    question = f"/settings/teams/{agent.team.pk}/remove/"
    assert "1 person stays, without a team." in text(browser.get(question))
    browser.post(question)
    assert Person.objects.get(pk=agent.pk).team is None


def test_the_audit_page_is_newest_first_and_filters_by_person_and_thing(
    browser: Client, admin: Person, agent: Person
) -> None:
    services.record(actor=agent, action="accept", kind="hypothesis", name="Free returns", now=THEN)
    services.record(actor=admin, action="change team", target=agent.team, now=THEN + timedelta(days=1))
    page = text(browser.get("/settings/audit/"))
    assert page.index("Returns team") < page.index("Free returns")
    page = text(browser.get(f"/settings/audit/?person={agent.pk}"))
    assert "What Sanne de Wit did" in page
    assert "Returns team" not in page
    page = text(browser.get(f"/settings/audit/?kind=team&key={agent.team_id}"))
    assert "changed" in page
    assert "accepted" not in page
    assert "Nothing here matches." in text(browser.get("/settings/audit/?kind=nothing"))


def test_audit_pages_meet_without_gap_or_overlap_although_entries_share_a_moment(agent: Person) -> None:
    for number in range(selectors.ENTRIES_PER_PAGE + 5):
        services.record(actor=agent, action=f"act {number}", now=THEN)
    first = selectors.audit_page()
    second = selectors.audit_page(after=first.after)
    assert [entry.action for entry in (*first.rows, *second.rows)] == [f"act {n}" for n in range(54, -1, -1)]
    assert (first.before, second.after) == ("", "")
    assert [entry.pk for entry in selectors.audit_page(before=second.before).rows] == [e.pk for e in first.rows]


def test_a_persons_own_choices_are_kept(client_for: ClientFor, agent: Person) -> None:
    browser = client_for(agent)
    browser.cookies["hb_theme"] = "light"
    asked = {"name": "Sanne", "language": "nl", "time_zone": "Europe/Brussels", "theme": "dark"}
    response = browser.post("/profile/", asked)
    assert response.status_code == 302
    agent.refresh_from_db()
    assert (agent.language, agent.time_zone, agent.theme) == ("nl", "Europe/Brussels", "dark")
    assert (agent.single_key_shortcuts, agent.may_be_named) == (False, False)
    page = text(browser.get("/profile/"))
    assert '<html lang="nl" data-theme="dark">' in page
    assert 'data-keys="off"' in page
    assert browser.post("/profile/", asked | {"time_zone": "Nowhere"}).status_code == 422
    assert browser.post("/profile/", asked | {"language": "xx"}).status_code == 422


def test_a_password_is_changed_by_who_knows_the_old_one(client_for: ClientFor, agent: Person) -> None:
    browser, elsewhere = client_for(agent), client_for(agent)

    def change(old: str, new: str, again: str) -> Any:
        asked = {"pw-old_password": old, "pw-password": new, "pw-password_again": again}
        return browser.post("/profile/password/", asked)

    long = "a long walk on the beach"
    assert "This is not your password." in text(change("guess", long, long))
    assert "at least 12 characters" in text(change(PASSWORD, "short", "short"))
    assert "The two passwords differ." in text(change(PASSWORD, long, long + "!"))
    assert change(PASSWORD, long, long).status_code == 302
    assert browser.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302

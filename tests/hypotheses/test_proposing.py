"""Writing an idea down: what is found while typing, drafts, sending, with and without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from hypotheses.models import Evidence, Hypothesis, Status
from hypotheses.selectors import found
from tests.cast import ClientFor
from tests.hypotheses import material

pytestmark = pytest.mark.django_db
TYPED = {"problem": material.SLOT, "change": "a button in the tracking mail", "act": "send"}


@pytest.fixture
def browser(agent: Person, client_for: ClientFor) -> Client:
    return client_for(agent)


def today_theme(name: str = "Changing the delivery slot", contacts: int = 40) -> int:
    return material.theme_with_contacts(name, contacts, timezone.now().date()).pk


def test_the_words_of_the_problem_find_the_theme_and_its_numbers(browser: Client) -> None:
    theme = today_theme()
    today_theme("Discount code refused", 60)
    answer = browser.post("/ideas/find/", {"problem": material.SLOT}).content.decode()
    assert f'name="shown" value="{theme}"' in answer
    assert '<b class="num">40</b> contacts in 28 days' in answer
    assert "customers contacted us 40 times in 28 days about “Changing the delivery slot”" in answer
    assert answer.count('name="quotes"') == 3
    assert 'id="e-theme" name="use_theme" checked' in answer
    assert "Big enough: number 2 of all themes" in answer


def test_a_theme_that_was_picked_stays(browser: Client) -> None:
    slot, code = today_theme(), today_theme("Discount code refused", 60)
    answer = browser.post(
        "/ideas/find/", {"problem": material.SLOT, "theme": code, "suggested": slot, "shown": slot}
    ).content.decode()
    assert f'name="shown" value="{code}"' in answer


def test_no_theme_fits_is_an_answer_too(browser: Client) -> None:
    slot = today_theme()
    answer = browser.post(
        "/ideas/find/", {"problem": material.SLOT, "theme": "none", "suggested": slot}
    ).content.decode()
    assert 'name="shown" value=""' in answer
    assert "your own words are the evidence" in answer


def test_the_address_of_a_theme_brings_its_numbers(browser: Client) -> None:
    theme = today_theme()
    assert f'name="shown" value="{theme}"' in material.answer(browser, f"/ideas/new/?theme={theme}")


def test_sending_freezes_what_was_ticked_and_nothing_else(browser: Client, agent: Person) -> None:
    theme = today_theme()
    other = material.theme_with_contacts("Discount code refused", 3)
    mine = theme_quotes(theme)[0]
    foreign = theme_quotes(other.pk)[0]
    browser.post(
        "/ideas/new/",
        TYPED | {"theme": theme, "suggested": theme, "shown": theme, "use_theme": "on", "quotes": [mine, foreign]},
    )
    idea = Hypothesis.objects.get(proposer=agent)
    assert (idea.status, idea.theme_id) == (Status.SUBMITTED, theme)
    kinds = list(idea.evidence.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Evidence.Kind.THEME, Evidence.Kind.QUOTE]
    assert idea.evidence.get(kind="quote").origin == {"contact": mine}
    assert idea.evidence.get(kind="theme").facts["contacts"]["value"] == 40


def theme_quotes(theme: int) -> list[int]:
    from feedback.models import ContactTheme

    return list(ContactTheme.objects.filter(theme=theme).values_list("contact_id", flat=True))


def test_an_unticked_theme_is_not_frozen(browser: Client) -> None:
    theme = today_theme()
    browser.post("/ideas/new/", TYPED | {"theme": theme, "suggested": theme, "shown": theme})
    assert not Evidence.objects.exists()


def test_without_javascript_the_numbers_are_shown_before_they_are_sent(browser: Client) -> None:
    theme = today_theme()
    first = browser.post("/ideas/new/", TYPED | {"shown": "", "suggested": ""})
    assert first.status_code == 200
    assert "Have a look, untick what does not belong" in first.content.decode()
    assert not Hypothesis.objects.exists()
    sent = browser.post("/ideas/new/", TYPED | {"theme": theme, "suggested": theme, "shown": theme, "use_theme": "on"})
    assert sent.status_code == 302
    assert Evidence.objects.count() == 1


def test_the_find_button_works_without_javascript(browser: Client) -> None:
    today_theme()
    page = browser.post("/ideas/new/", {"problem": material.SLOT, "act": "find"}).content.decode()
    assert '<b class="num">40</b> contacts in 28 days' in page
    assert material.SLOT in page
    assert not Hypothesis.objects.exists()


def test_problem_and_change_alone_are_enough(browser: Client, agent: Person) -> None:
    response = browser.post("/ideas/new/", TYPED)
    idea = Hypothesis.objects.get(proposer=agent)
    assert response.headers["Location"] == f"/ideas/{idea.key}/"
    assert "You get an answer by" in browser.get(response.headers["Location"]).content.decode()


def test_what_is_missing_is_said_and_the_text_is_kept(browser: Client) -> None:
    response = browser.post("/ideas/new/", {"problem": "Slots are fixed", "change": " ", "act": "send"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Say what you would change; a rough idea is enough." in text
    assert "Slots are fixed</textarea>" in text
    assert not Hypothesis.objects.exists()


def test_a_draft_is_saved_while_typing_and_becomes_the_idea(browser: Client, agent: Person) -> None:
    saved = browser.post("/ideas/draft/", {"problem": "Slots"})
    draft = Hypothesis.objects.get(proposer=agent)
    assert "Draft saved" in saved.content.decode()
    assert f'name="draft" value="{draft.pk}" hx-swap-oob="true"' in saved.content.decode()
    browser.post("/ideas/draft/", {"problem": "Slots are fixed", "draft": draft.pk})
    draft.refresh_from_db()
    assert draft.problem == "Slots are fixed"
    browser.post("/ideas/new/", TYPED | {"draft": draft.pk})
    assert list(Hypothesis.objects.values_list("pk", "status")) == [(draft.pk, Status.SUBMITTED)]


def test_nothing_typed_is_no_draft(browser: Client) -> None:
    assert browser.post("/ideas/draft/", {"problem": "  "}).status_code == 204
    assert not Hypothesis.objects.exists()


def test_a_draft_is_its_writers_own(
    browser: Client, agent: Person, other_agent: Person, cro_lead: Person, client_for: ClientFor
) -> None:
    browser.post("/ideas/new/", {"problem": "Slots", "act": "later"})
    draft = Hypothesis.objects.get()
    assert "Slots" in material.answer(browser, f"/ideas/{draft.pk}/edit/")
    for person in (other_agent, cro_lead):
        stranger = client_for(person)
        assert stranger.get(f"/ideas/{draft.pk}/edit/").status_code == 404
        assert stranger.post(f"/ideas/{draft.pk}/delete/").status_code == 404
        # A forged key in the form makes a draft of one's own and leaves this one alone.
        stranger.post("/ideas/draft/", {"problem": "Mine", "draft": draft.pk})
    draft.refresh_from_db()
    assert (draft.problem, draft.proposer) == ("Slots", agent)
    browser.post(f"/ideas/{draft.pk}/delete/")
    assert not Hypothesis.objects.filter(pk=draft.pk).exists()


def test_what_was_sent_can_no_longer_be_edited(browser: Client, agent: Person) -> None:
    idea = material.sent(agent)
    response = browser.get(f"/ideas/{idea.pk}/edit/")
    assert response.status_code == 403
    assert "sent already" in response.content.decode()


def test_similar_ideas_can_be_joined_instead(browser: Client, agent: Person, other_agent: Person) -> None:
    idea = material.sent(other_agent)
    answer = browser.post("/ideas/find/", {"problem": material.SLOT}).content.decode()
    assert f'formaction="/ideas/{idea.key}/join/"' in answer
    browser.post(f"/ideas/{idea.key}/join/", {"problem": "Me too; mail jo@home.example"})
    supporter = idea.supporters.get()
    assert (supporter.person, "[email]" in supporter.note) == (agent, True)
    own = material.sent(agent, change="another button")
    assert (
        f'formaction="/ideas/{own.key}/join/"'
        not in browser.post("/ideas/find/", {"problem": material.SLOT}).content.decode()
    )


def test_a_customer_who_types_markup_is_quoted_not_run(browser: Client) -> None:
    answer = browser.post("/ideas/find/", {"problem": "<script>alert(1)</script> slot"}).content.decode()
    assert "<script>" not in answer


def test_finding_costs_the_same_with_many_themes_and_ideas(
    browser: Client, other_agent: Person, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.post("/ideas/find/", {"problem": material.SLOT})
        return len(captured)

    today_theme()
    material.sent(other_agent)
    queries()
    few = queries()
    for number in range(4):
        today_theme(f"Another delivery slot {number}", 5)
        material.sent(other_agent, change=f"button {number}")
    assert queries() == few


def test_strength_speaks_of_place_and_quote() -> None:
    nothing = found.Found(numbers=None, rank=0, quotes=(), candidates=(), suggested=None)
    texts = {one.text: one.ok for one in found.strength(nothing, pages_chosen=1, quotes_chosen=0)}
    assert texts == {
        "A theme would bring its numbers along": False,
        "Clear place on the site": True,
        "A quote would help": False,
    }


def test_when_data_stopped_the_evidence_is_of_the_last_days_that_were_counted(agent: Person) -> None:
    stopped_on = material.TODAY - timedelta(days=40)
    theme = material.theme_with_contacts(contacts=40, today=stopped_on)
    idea = material.sent(agent, theme=theme)
    frozen = Evidence.objects.get(hypothesis=idea, kind=Evidence.Kind.THEME)
    assert frozen.period_to == stopped_on - timedelta(days=1)
    assert frozen.facts["contacts"]["value"] == 40
    seen = found.evidence_found(problem="", chosen=theme.pk, decided=True, today=material.TODAY)
    assert seen.numbers is not None
    assert seen.numbers.contacts.value == 40
    assert idea.score is not None
    assert idea.score_parts["reach"]["measured"] > 1

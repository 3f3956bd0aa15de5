"""One theme: facts, course, breakdowns, words, ideas, owner, playbook, merging."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Person
from feedback.models import Contact, ContactText, ContactTheme, SurveyResponse, Theme
from tests.cast import ClientFor
from tests.dashboards import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(linking_pin: Person) -> Theme:
    made = shop.theme("Return label missing")
    shop.counts(made, 10, days=280)
    shop.orders(100, days=280)
    return made


@pytest.fixture
def pin(client_for: ClientFor, linking_pin: Person) -> Client:
    return client_for(linking_pin)


def page(browser: Client, theme: Theme, query: str = "") -> str:
    response = browser.get(f"/themes/{theme.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_facts(pin: Client, label: Theme) -> None:
    shop.answers(label, shop.YESTERDAY, 40, 20)
    shop.answers(None, shop.YESTERDAY, 140, 120)
    text = page(pin, label)
    assert "“Return label missing”: 280 contacts, 100.0% of all" in text
    assert "<b>100.0</b>" in text
    # 20 of 40 satisfied against 120 of 140: 50 less 85.7.
    assert "<b>50%</b>" in text
    assert "−36 pt" in text
    assert "Within its normal range in the last 4 weeks" in text


def test_too_few_answers_are_not_shown_nor_is_their_gap(pin: Client, label: Theme) -> None:
    shop.answers(label, shop.YESTERDAY, 4, 0)
    shop.answers(None, shop.YESTERDAY, 100, 80)
    text = page(pin, label)
    assert "Too few to show: 4 answers" in text
    assert " pt</span>" not in text


def test_a_jump_that_stays_is_above_the_normal_range(pin: Client, linking_pin: Person) -> None:
    jumped = shop.theme("Discount refused")
    shop.counts(jumped, {week: 20 if week < 3 else 10 for week in range(40)}, days=280)
    shop.orders(100, days=280)
    assert "Above its normal range in 3 of the last 4 weeks" in page(pin, jumped)


def test_little_history_says_so(pin: Client, linking_pin: Person) -> None:
    young = shop.theme("New")
    shop.counts(young, 3, days=21)
    assert "Too few weeks to say what is normal" in page(pin, young)


def test_releases_and_experiments_are_marked(pin: Client, label: Theme, agent: Person) -> None:
    carried = shop.idea(3, agent, label, "released")
    made = shop.trial(carried, 9, "released", starts_on=shop.TODAY - timedelta(days=40))
    shop.live(made, shop.TODAY - timedelta(days=20))
    text = page(pin, label)
    assert "EXP-9 starts" in text
    assert "Test 9" in text
    assert "Idea 3" in text


def test_where_it_happens_opens_the_rows(pin: Client, label: Theme) -> None:
    phone = shop.dimension("channel", "phone")
    shop.count(label, shop.YESTERDAY, 20, channel=phone.pk)
    text = page(pin, label)
    assert f"channel=phone&amp;theme={label.pk}" in text.replace("market=&amp;", "")
    assert ">7%</span>" in text  # 20 of 300


def test_words_keep_their_language_and_are_escaped(pin: Client, label: Theme) -> None:
    dutch = shop.dimension("language", "nl")
    shop.contact(1, label, "Waar is <b>mijn</b> label [name]?", language=dutch)
    text = page(pin, label)
    assert '<blockquote lang="nl">Waar is &lt;b&gt;mijn&lt;/b&gt; label <span class="red">[name]</span>?' in text


def test_the_lowest_scores_are_shown_after_the_newest(pin: Client, label: Theme) -> None:
    for number in range(3):
        shop.contact(number, label, f"fine {number}")
    angry = shop.contact(9, label, "never again", day=shop.FIRST)
    SurveyResponse.objects.create(
        source=angry.source, external_id="s", instrument="csat", local_day=shop.YESTERDAY, score=1, standard_score=1,
        scale_min=1, scale_max=5, contact=angry, row_hash="",
    )  # fmt: skip
    text = page(pin, label)
    assert "never again" in text
    assert "CSAT 1 of 5" in text
    assert text.index("fine 2") < text.index("never again")


def test_who_may_may_take_it_and_hand_it_back(client_for: ClientFor, cro_member: Person, label: Theme) -> None:
    browser = client_for(cro_member)
    assert browser.post(f"/themes/{label.pk}/take/").status_code == 302
    label.refresh_from_db()
    assert label.owner == cro_member
    assert AuditEntry.objects.filter(action="take", object_id=str(label.pk)).exists()
    browser.post(f"/themes/{label.pk}/take/", {"leave": "1"})
    label.refresh_from_db()
    assert label.owner is None


def test_an_agent_can_neither_take_nor_rename_it(client_for: ClientFor, agent: Person, label: Theme) -> None:
    browser = client_for(agent)
    assert browser.post(f"/themes/{label.pk}/take/").status_code == 403
    assert browser.post(f"/themes/{label.pk}/edit/", {"name": "Mine"}).status_code == 403
    assert "Ask the linking pin who owns this theme." in page(browser, label)


def test_the_pin_names_it_and_writes_the_playbook(pin: Client, label: Theme) -> None:
    lines = {"name": "No label in the parcel", "recognise": "I see.", "playbook_until": "2026-11-01"}
    assert pin.post(f"/themes/{label.pk}/edit/", lines).status_code == 302
    label.refresh_from_db()
    assert (label.name, label.name_is_accepted) == ("No label in the parcel", True)
    text = page(pin, label)
    assert "I see." in text
    assert "These lines were valid until 1 Nov 2026" in text


def test_a_name_is_needed(pin: Client, label: Theme) -> None:
    response = pin.post(f"/themes/{label.pk}/edit/", {"name": ""})
    assert response.status_code == 422
    assert "Not saved yet" in response.content.decode()


def test_a_merged_theme_leads_to_where_its_contacts_count(pin: Client, label: Theme) -> None:
    other = shop.theme("Label")
    made = shop.contact(1, other)
    assert pin.post(f"/themes/{other.pk}/merge/", {"into": label.pk}).status_code == 302
    assert pin.get(f"/themes/{other.pk}/").headers["Location"] == f"/themes/{label.pk}/"
    assert ContactTheme.objects.get(contact=made).theme == label


def test_a_theme_that_ideas_are_about_keeps_its_rows(pin: Client, label: Theme, agent: Person) -> None:
    other = shop.theme("Label")
    made = shop.contact(1, other)
    shop.idea(7, agent, other)
    refused = pin.post(f"/themes/{other.pk}/merge/", {"into": label.pk})
    assert refused.status_code == 422
    assert "Merge the other theme into this one instead." in refused.content.decode()
    assert ContactTheme.objects.get(contact=made).theme == other


def test_a_theme_cannot_be_merged_into_itself(pin: Client, label: Theme) -> None:
    assert pin.post(f"/themes/{label.pk}/merge/", {"into": label.pk}).status_code == 422


def test_a_theme_that_is_not_there(pin: Client, label: Theme) -> None:
    assert pin.get("/themes/4711/").status_code == 404


def test_the_queries_do_not_grow_with_contacts_and_ideas(pin: Client, label: Theme, agent: Person) -> None:
    shop.contact(0, label, "words")
    shop.idea(1, agent, label)
    page(pin, label)
    with CaptureQueriesContext(connection) as few:
        page(pin, label)
    for number in range(1, 20):
        shop.contact(number, label, f"words {number}")
        shop.idea(1 + number, agent, label)
    assert Contact.objects.count() == 20
    with CaptureQueriesContext(connection) as many:
        page(pin, label)
    assert len(many) <= len(few)


def test_without_messages_their_subjects_are_what_customers_said(pin: Client, label: Theme) -> None:
    ContactText.objects.create(contact=shop.contact(1, label), subject="Where is the label?")
    assert "Where is the label?" in page(pin, label)
    shop.contact(2, label, "There was none in the box.")
    text = page(pin, label)
    assert "There was none in the box." in text
    assert "Where is the label?" not in text

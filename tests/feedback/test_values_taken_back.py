"""A mapping that is taken back: every row has the value that it came with, whatever happened to it meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Market, Person
from feedback.models import CommerceDay, Contact, ContactReason, Import, SurveyResponse, ValueMapping
from feedback.services import undo
from metrics.models import ContactCell
from outbox import jobs
from tests.feedback.rows import bring_in
from tests.feedback.test_values import _back, _map, _value, work_off

pytestmark = pytest.mark.django_db
HEADER = "external_id,occurred_at,channel,reason,text,market\n"
PHONE = HEADER + "A1,2026-11-02T10:00:00Z,phone,Delivery > Late,where is it,NL\n"
TELEFOON = PHONE.replace("phone", "telefoon")


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def _in(*files: str, kind: str = "contacts") -> Import:
    """The last of these files, all of them imported one after the other."""
    for file in files:
        imported = bring_in(file, kind)
        work_off()
    return imported


def _undo(imported: Import, person: Person) -> None:
    Import.objects.filter(pk=imported.pk).update(created_at=timezone.now())
    imported.refresh_from_db()
    undone = undo.begin(imported=imported, actor=person, now=timezone.now())
    assert undone.undo_job_id
    jobs.perform(undone.undo_job_id)
    work_off()


def _mapped(person: Person) -> ValueMapping:
    return _map("channel", _value("telefoon").pk, _value("phone").pk, person)


def _channel(external_id: str = "A1") -> str:
    channel = Contact.objects.get(external_id=external_id).channel
    counted = ContactCell.objects.filter(theme=0, channel=channel.pk if channel else 0)
    assert sum(counted.values_list("contacts", flat=True)) == Contact.objects.filter(channel=channel).count()
    return channel.code if channel else ""


def test_a_row_that_came_after_the_mapping_has_its_own_value_too(linking_pin: Person) -> None:
    _in(PHONE, TELEFOON)
    mapping = _mapped(linking_pin)
    _in(TELEFOON.replace("A1", "A2"))
    assert _channel("A2") == "phone"
    _back(mapping, linking_pin)
    assert (_channel("A1"), _channel("A2")) == ("telefoon", "telefoon")


def test_a_row_that_changed_otherwise_has_its_own_value_too(linking_pin: Person) -> None:
    _in(PHONE, TELEFOON)
    mapping = _mapped(linking_pin)
    _in(TELEFOON.replace("where", "Where"))
    _back(mapping, linking_pin)
    assert _channel() == "telefoon"


def test_a_row_that_was_set_right_since_stays_so(linking_pin: Person) -> None:
    _in(PHONE, TELEFOON)
    mapping = _mapped(linking_pin)
    _in(PHONE + "\n")
    _back(mapping, linking_pin)
    assert _channel() == "phone"


def test_a_row_whose_import_was_undone_stays_what_it_was_before(linking_pin: Person) -> None:
    wrong = _in(PHONE, TELEFOON)
    mapping = _mapped(linking_pin)
    _undo(wrong, linking_pin)
    _back(mapping, linking_pin)
    assert _channel() == "phone"


def test_an_old_value_that_an_undo_brought_back_is_its_own_again(linking_pin: Person) -> None:
    last = _in(PHONE, TELEFOON, PHONE + "\n")
    mapping = _mapped(linking_pin)
    _undo(last, linking_pin)
    assert _channel() == "phone"
    _back(mapping, linking_pin)
    assert _channel() == "telefoon"


def test_what_was_overwritten_while_it_stood_comes_back_as_its_own(linking_pin: Person) -> None:
    _in(PHONE, TELEFOON)
    mapping = _mapped(linking_pin)
    last = _in(PHONE.replace("phone", "chat"))
    _back(mapping, linking_pin)
    assert _channel() == "chat"
    _undo(last, linking_pin)
    assert _channel() == "telefoon"


def test_and_a_market_with_the_days_of_its_own_zone(linking_pin: Person) -> None:
    night = HEADER + "A1,2026-11-02T23:30:00Z,phone,Returns,hi,%s\n"
    _in(night % "NL", night % "UK")
    ids = dict(Market.objects.values_list("code", "pk"))
    Market.objects.filter(code="NL").update(zone="Europe/Amsterdam")
    Market.objects.filter(code="UK").update(zone="Europe/London")
    mapping = _map("market", ids["UK"], ids["NL"], linking_pin)
    last = _in((night % "BE").replace("hi", "ho"))
    _back(mapping, linking_pin)
    _undo(last, linking_pin)
    row = Contact.objects.select_related("market").get()
    assert (row.market and row.market.code, row.local_day.day) == ("UK", 2)


def _reasons() -> set[str]:
    return {tag.reason.path for tag in Contact.objects.get(external_id="A1").reason_tags.select_related("reason")}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("Delivery > Late", {"Delivery > Late"}),
        ("Levering", {"Levering"}),
        ("Levering|Delivery > Late", {"Levering", "Delivery > Late"}),
        ("Returns", {"Returns"}),
    ],
)
def test_reasons_are_those_of_the_last_file(linking_pin: Person, later: str, expected: set[str]) -> None:
    _in(PHONE, PHONE.replace("Delivery > Late", "Levering"))
    ids = dict(ContactReason.objects.values_list("path", "pk"))
    mapping = _map("reason", ids["Levering"], ids["Delivery > Late"], linking_pin)
    _in(PHONE.replace("Delivery > Late", later).replace("where", "Where"))
    assert "Levering" not in _reasons()
    _back(mapping, linking_pin)
    assert _reasons() == expected


def test_a_reason_that_an_undo_brought_back_is_its_own_again(linking_pin: Person) -> None:
    last = _in(PHONE, PHONE.replace("Delivery > Late", "Levering"), PHONE + "\n")
    ids = dict(ContactReason.objects.values_list("path", "pk"))
    mapping = _map("reason", ids["Levering"], ids["Delivery > Late"], linking_pin)
    _undo(last, linking_pin)
    assert _reasons() == {"Delivery > Late"}
    _back(mapping, linking_pin)
    assert _reasons() == {"Levering"}


@pytest.mark.parametrize("before", ["Levering", "Levering|Delivery > Late"])
def test_reasons_that_were_overwritten_while_it_stood_come_back_as_their_own(linking_pin: Person, before: str) -> None:
    _in(PHONE, PHONE.replace("Delivery > Late", before))
    ids = dict(ContactReason.objects.values_list("path", "pk"))
    mapping = _map("reason", ids["Levering"], ids["Delivery > Late"], linking_pin)
    last = _in(PHONE.replace("Delivery > Late", "Returns"))
    _back(mapping, linking_pin)
    _undo(last, linking_pin)
    assert _reasons() == set(before.split("|"))


def test_answers_and_days_of_the_shop_that_came_after_it_follow(linking_pin: Person) -> None:
    answers = "external_id,responded_at,instrument,score,market\nS1,2026-03-01T12:00:00Z,csat,2,%s\n"
    days = "date,market,sessions,orders,revenue\n2026-03-01,%s,1000,50,2500.00\n"
    _in(answers % "NL", kind="surveys")
    _in(days % "NLD", kind="commerce")
    ids = dict(Market.objects.values_list("code", "pk"))
    mapping = _map("market", ids["NLD"], ids["NL"], linking_pin)
    _in(answers % "NLD", kind="surveys")
    _in(days.replace("-01,", "-02,") % "NLD", kind="commerce")
    assert set(SurveyResponse.objects.values_list("market__code", flat=True)) == {"NL"}
    assert set(CommerceDay.objects.values_list("market__code", flat=True)) == {"NL"}
    _back(mapping, linking_pin)
    assert set(SurveyResponse.objects.values_list("market__code", flat=True)) == {"NLD"}
    assert set(CommerceDay.objects.values_list("market__code", flat=True)) == {"NLD"}

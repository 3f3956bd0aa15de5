"""Values never seen before: listed, kept or mapped to others, rows rewritten, and all of it taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Market, Person
from feedback.models import (
    CommerceDay,
    Contact,
    ContactReason,
    ContactTheme,
    DimensionValue,
    MappedRows,
    ReasonTag,
    ValueMapping,
)
from feedback.services import values
from metrics.models import ContactCell
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import bring_in

HEADER = "external_id,occurred_at,channel,reason,text,market\n"
FIRST = HEADER + (
    "A1,2026-11-02T10:00:00Z,phone,Delivery > Late,where is it,NL\n"
    "A2,2026-11-02T11:00:00Z,chat,Delivery > Late,still waiting,NL\n"
)
SECOND = HEADER + (
    "B1,2026-11-03T10:00:00Z,telefoon,Levering > Te laat,waar blijft het,NL\n"
    "B2,2026-11-03T23:30:00Z,telefoon,Levering > Te laat|Delivery > Late,nog niets,NLD\n"
    "B3,2026-11-03T12:00:00Z,phone,Delivery > Late,late again,NL\n"
)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def work_off() -> None:
    """Everything that may run now, but for finding themes in texts."""
    Job.objects.filter(kind="feedback.discover_themes").delete()
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        done = jobs.perform(waiting.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error


def _value(code: str) -> DimensionValue:
    return DimensionValue.objects.get(dimension="channel", code=code)


def _both_files() -> None:
    bring_in(FIRST, source="first")
    bring_in(SECOND, source="second")
    work_off()


def _map(dimension: str, source: int, target: int, actor: Person) -> ValueMapping:
    mapping = values.map_value(dimension=dimension, from_id=source, to_id=target, actor=actor, now=timezone.now())
    work_off()
    return mapping


def _back(mapping: ValueMapping, actor: Person) -> None:
    values.take_back(mapping=mapping, actor=actor, now=timezone.now())
    work_off()


def _counted(**narrowed: int) -> int:
    return sum(ContactCell.objects.filter(theme=0, **narrowed).values_list("contacts", flat=True))


@pytest.mark.django_db
class TestArrival:
    def test_the_first_import_says_what_there_is_and_later_ones_ask(self, linking_pin: Person) -> None:
        _both_files()
        asked = set(DimensionValue.objects.filter(accepted_at=None).values_list("code", "found_in__name"))
        assert asked == {("telefoon", "second")}
        assert set(ContactReason.objects.filter(accepted_at=None).values_list("path", flat=True)) == {
            "Levering",
            "Levering > Te laat",
        }
        assert Market.objects.get(code="NLD").is_found

    def test_what_nobody_mapped_is_counted_as_it_came(self, linking_pin: Person) -> None:
        _both_files()
        assert _counted(channel=_value("telefoon").pk) == 2

    def test_keeping_a_value_settles_it(self, linking_pin: Person) -> None:
        _both_files()
        now = timezone.now()
        key = _value("telefoon").pk
        assert values.accept(dimension="channel", ids=[key], actor=linking_pin, now=now) == 1
        assert values.accept(dimension="channel", ids=[key], actor=linking_pin, now=now) == 0
        assert _value("telefoon").accepted_at == now
        assert AuditEntry.objects.filter(action="keep values").count() == 1


@pytest.mark.django_db
class TestMapping:
    def test_rows_follow_and_the_series_with_them(self, linking_pin: Person) -> None:
        _both_files()
        phone, telefoon = _value("phone").pk, _value("telefoon").pk
        mapping = _map("channel", telefoon, phone, linking_pin)
        assert not Contact.objects.filter(channel_id=telefoon).exists()
        assert (_counted(channel=telefoon), _counted(channel=phone), _counted()) == (0, 4, 5)
        mapping.refresh_from_db()
        assert mapping.rows == 2

    def test_later_files_follow_too(self, linking_pin: Person) -> None:
        _both_files()
        phone = _value("phone").pk
        _map("channel", _value("telefoon").pk, phone, linking_pin)
        bring_in(HEADER + "C1,2026-11-04T10:00:00Z,Telefoon,,hallo daar,NL\n", source="third")
        assert Contact.objects.get(external_id="C1").channel_id == phone

    def test_the_same_file_again_changes_nothing(self, linking_pin: Person) -> None:
        _both_files()
        _map("channel", _value("telefoon").pk, _value("phone").pk, linking_pin)
        again = bring_in(SECOND + "\n", source="second")
        assert (again.new_count, again.changed_count, again.unchanged_count) == (0, 0, 3)

    def test_taken_back_the_rows_have_their_own_value_again(self, linking_pin: Person) -> None:
        _both_files()
        phone, telefoon = _value("phone").pk, _value("telefoon").pk
        before = list(Contact.objects.order_by("pk").values_list("pk", "channel_id"))
        _back(_map("channel", telefoon, phone, linking_pin), linking_pin)
        assert list(Contact.objects.order_by("pk").values_list("pk", "channel_id")) == before
        assert (_counted(channel=telefoon), _counted(channel=phone)) == (2, 2)
        assert not ValueMapping.objects.exists()
        assert not MappedRows.objects.exists()
        # And it may be mapped again.
        _map("channel", telefoon, phone, linking_pin)
        assert _counted(channel=phone) == 4

    def test_a_reason_takes_its_contacts_to_the_other_theme(self, linking_pin: Person) -> None:
        _both_files()
        late = ContactReason.objects.get(path="Delivery > Late")
        te_laat = ContactReason.objects.get(path="Levering > Te laat")
        mapping = _map("reason", te_laat.pk, late.pk, linking_pin)
        late.refresh_from_db()
        assert ReasonTag.objects.filter(reason=late).count() == 5
        assert not ReasonTag.objects.filter(reason=te_laat).exists()
        assert ContactTheme.objects.filter(theme=late.theme).count() == 5
        assert sum(ContactCell.objects.filter(theme=late.theme_id or 0).values_list("contacts", flat=True)) == 5
        _back(mapping, linking_pin)
        assert ReasonTag.objects.filter(reason=te_laat).count() == 2
        assert ReasonTag.objects.filter(reason=late).count() == 4
        assert sum(ContactCell.objects.filter(theme=late.theme_id or 0).values_list("contacts", flat=True)) == 4

    def test_a_market_brings_its_zone(self, linking_pin: Person) -> None:
        Market.objects.filter(code="NL").update(zone="Europe/Amsterdam")
        _both_files()
        Market.objects.filter(code="NLD").update(zone="UTC")
        Contact.objects.filter(external_id="B2").update(local_day=date(2026, 11, 3))
        mapping = _map("market", Market.objects.get(code="NLD").pk, Market.objects.get(code="NL").pk, linking_pin)
        row = Contact.objects.get(external_id="B2")
        assert row.market is not None
        assert (row.market.code, row.local_day) == ("NL", date(2026, 11, 4))
        _back(mapping, linking_pin)
        row = Contact.objects.get(external_id="B2")
        assert row.market is not None
        assert (row.market.code, row.local_day) == ("NLD", date(2026, 11, 3))

    def test_the_shops_days_of_two_codes_add_up(self, linking_pin: Person) -> None:
        bring_in(FIRST, source="first")
        orders = "date,market,sessions,orders,revenue\n2026-11-02,NL,100,5,50\n2026-11-02,NLD,40,2,20\n"
        bring_in(orders, kind="commerce", source="shop")
        work_off()
        _map("market", Market.objects.get(code="NLD").pk, Market.objects.get(code="NL").pk, linking_pin)
        rows = CommerceDay.objects.filter(market__code="NL")
        assert sum(row.orders or 0 for row in rows) == 7
        again = bring_in(orders + "\n", kind="commerce", source="shop")
        assert (again.new_count, again.changed_count) == (0, 0)

    def test_what_cannot_be_is_refused(self, linking_pin: Person) -> None:
        _both_files()
        phone, chat, telefoon = _value("phone").pk, _value("chat").pk, _value("telefoon").pk
        now = timezone.now()
        _map("channel", telefoon, phone, linking_pin)
        for source, target, why in (
            (telefoon, chat, "value_mapped_already"),
            (chat, telefoon, "value_mapped_already"),
            (phone, chat, "value_means_others"),
            (phone, phone, "value_gone"),
            (phone, 10**9, "value_gone"),
        ):
            with pytest.raises(values.Unfit) as refused:
                values.map_value(dimension="channel", from_id=source, to_id=target, actor=linking_pin, now=now)
            assert refused.value.reason == why

    def test_rows_of_an_import_that_knew_nothing_of_it_follow_at_night(self, linking_pin: Person) -> None:
        _both_files()
        phone, telefoon = _value("phone").pk, _value("telefoon").pk
        _map("channel", telefoon, phone, linking_pin)
        Contact.objects.filter(external_id="B3").update(channel_id=telefoon)
        Job.objects.create(kind=values.JOB_KIND, run_after=timezone.now(), created_at=timezone.now())
        work_off()
        assert Contact.objects.get(external_id="B3").channel_id == phone

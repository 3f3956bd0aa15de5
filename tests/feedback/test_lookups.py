"""Names that rows bring: what they say of a person is in no list of values."""

import json

import pytest

from accounts.models import Company, Market
from feedback.models import CommerceDay, ContactReason, DimensionValue, Source
from feedback.services import lookups
from feedback.services.lookups import Lookups
from tests.feedback.rows import COMMERCE, CONTACTS, NOW, SURVEYS, bring_in

pytestmark = pytest.mark.django_db


def test_a_name_that_says_who_it_is_is_kept_without_it(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source.objects.create(name="desk", created_at=NOW)
    first = Lookups(source)
    said, levels = "Call Jan@example.nl", ("Delivery", "mail jan@example.nl")
    value, reason = first.value("team", said), first.reason(levels)
    stored = [*DimensionValue.objects.values("code", "label"), *ContactReason.objects.values("path", "name")]
    assert "example.nl" not in json.dumps(stored)
    assert DimensionValue.objects.get(dimension="team", pk=value or 0).label == "Call [email]"
    assert ContactReason.objects.get(pk=reason).path == "Delivery > mail [email]"
    again = Lookups(source)
    assert (again.value("team", said), again.reason(levels)) == (value, reason)
    # The second time it is known as it is written, and nothing is looked for.
    monkeypatch.setattr(lookups, "redact", None)
    assert (again.value("team", said), again.reason(levels)) == (value, reason)


def test_a_long_name_is_found_again(company: Company) -> None:
    source = Source.objects.create(name="desk", created_at=NOW)
    key = Lookups(source).value("page", "x" * 200)
    assert Lookups(source).value("page", "x" * 200) == key


def test_what_stands_in_the_list_is_not_looked_into(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source.objects.create(name="desk", created_at=NOW)
    key = Lookups(source).value("channel", "chat")
    monkeypatch.setattr(lookups, "redact", None)
    assert Lookups(source).value("channel", "Chat") == key


def test_a_column_taken_for_the_market_brings_nobody_into_the_list(company: Company) -> None:
    before = set(Market.objects.values_list("code", flat=True))
    for kind, rows in (("contacts", CONTACTS), ("commerce", COMMERCE)):
        assert ",NL," in rows
        imported = bring_in(rows.replace(",NL,", ",jan@kpn.nl,").replace(",BE,", ",0612345678,"), kind)
        assert imported.rejected_count == 0
    with_market = SURVEYS.replace(",contact\n", ",contact,market\n").replace(",T1\n", ",T1,jan@kpn.nl\n")
    bring_in(with_market, "surveys")
    found = Market.objects.exclude(code__in=before)
    assert set(found.values_list("code", "name")) == {("[EMAIL]", "[EMAIL]"), ("[PHONE]", "[PHONE]")}
    assert set(CommerceDay.objects.values_list("external_id", flat=True)) == {
        "2026-03-01|[EMAIL]|", "2026-03-02|[EMAIL]|",
    }  # fmt: skip

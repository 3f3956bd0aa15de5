"""Names that rows bring: what they say of a person is in no list of values."""

import json

import pytest

from accounts.models import Company
from feedback.models import ContactReason, DimensionValue, Source
from feedback.services import lookups
from feedback.services.lookups import Lookups
from tests.feedback.rows import NOW

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

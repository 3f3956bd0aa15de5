"""What people heard back this week, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Person
from outbox.models import Message

WEEK = timedelta(days=7)
SHOWN = 4


@dataclass(frozen=True)
class Told:
    """One message that was delivered. `person` is None for someone who did not agree to be named."""

    person: Person | None
    text: str
    title: str
    at: datetime
    hypothesis: int | None


def told_back(now: datetime) -> list[Told]:
    """The newest few things people heard about their ideas in the last seven days."""
    rows = Message.objects.filter(
        kind__in=_SENTENCES, deliver_after__gt=now - WEEK, deliver_after__lte=now, cancelled_at=None
    )
    newest = rows.select_related("recipient__team").order_by("-deliver_after", "-pk")[:SHOWN]
    return [_told(message) for message in newest]


def _told(message: Message) -> Told:
    named = message.recipient.may_be_named
    name = message.recipient.first_name if named else _("A colleague")
    key = str(message.parameters.get("key", ""))
    number = key.removeprefix("HYP-")
    return Told(
        person=message.recipient if named else None,
        text=_SENTENCES[message.kind](name, message.parameters),
        title=str(message.parameters.get("title", "")),
        at=message.deliver_after,
        hypothesis=int(number) if number.isdecimal() else None,
    )


def _outcome(name: str, facts: dict[str, Any]) -> str:
    value = facts.get("contacts_avoided")
    if facts.get("verdict") == "avoided" and value is not None:
        return _("%(name)s heard: %(count)s contacts avoided") % {"name": name, "count": formats.decimal(value)}
    if facts.get("verdict") == "no_difference":
        return _("%(name)s heard: no difference in contacts shown") % {"name": name}
    return _("%(name)s heard how it was measured") % {"name": name}


def _decision(name: str, facts: dict[str, Any]) -> str:
    if facts.get("decision") == "won":
        return _("%(name)s heard: the test was won") % {"name": name}
    if facts.get("decision") == "inconclusive":
        return _("%(name)s heard: no difference shown") % {"name": name}
    return _("%(name)s heard how the test ended") % {"name": name}


def _plain(sentence: Callable[[], str]) -> Callable[[str, dict[str, Any]], str]:
    return lambda name, _facts: sentence() % {"name": name}


_SENTENCES: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "hypothesis_measure": _outcome,
    "outcome_final": _outcome,
    "hypothesis_decide": _decision,
    "hypothesis_release": _plain(lambda: _("%(name)s heard: it is live")),
    "hypothesis_test": _plain(lambda: _("%(name)s heard: the test has begun")),
    "hypothesis_plan": _plain(lambda: _("%(name)s heard: it is in a sprint")),
    "hypothesis_accept": _plain(lambda: _("%(name)s heard: on the shortlist")),
    "hypothesis_ask": _plain(lambda: _("%(name)s was asked a question")),
    "hypothesis_decline": _plain(lambda: _("%(name)s heard why it was not picked")),
}

"""The filters of the contacts page and the API, as they stand in an address.

    q, from, to, channel (several), market, stage, reason, theme, language, has_text

What makes no sense is left out, never an error: an old bookmark opens the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import TypeVar

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from feedback import wording
from feedback.models import (
    Contact,
    ContactReason,
    ContactTheme,
    ReasonTag,
    SearchMark,
    SurveyResponse,
    SurveyTheme,
)

Row = TypeVar("Row", bound=models.Model)
WITHOUT_REASON = "none"
MAX_QUERY = 80
MARKS_LOOKED_AT = 50


@dataclass(frozen=True)
class Filters:
    """What to look for. Empty means everything."""

    q: str = ""
    first: date | None = None
    last: date | None = None
    channels: tuple[str, ...] = ()
    market: str = ""
    stage: str = ""
    # A path of the tree, with everything below it; "none" is without a reason.
    reason: str = ""
    theme: int | None = None
    language: str = ""
    has_text: bool = False
    instrument: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but the period is asked for."""
        return any(
            (self.q, self.channels, self.market, self.stage, self.reason, self.theme, self.language, self.has_text)
        )


def read(parameters: QueryDict) -> Filters:
    """The filters in a query string."""
    theme = parameters.get("theme", "")
    return Filters(
        q=_text(parameters.get("q", ""))[:MAX_QUERY],
        first=_day(parameters.get("from", "")),
        last=_day(parameters.get("to", "")),
        channels=tuple(sorted({name for value in parameters.getlist("channel") if (name := _text(value).lower())})),
        market=_text(parameters.get("market", "")).upper(),
        stage=_text(parameters.get("stage", "")).lower(),
        reason=_text(parameters.get("reason", "")),
        theme=int(theme) if theme.isascii() and theme.isdigit() and len(theme) < 16 else None,
        language=_text(parameters.get("language", "")).lower(),
        has_text=parameters.get("has_text", "") in {"1", "true", "on"},
        instrument=_text(parameters.get("instrument", "")).lower(),
    )


def contacts(filters: Filters) -> QuerySet[Contact]:
    """The contacts that match, in no order."""
    rows = _common(Contact.objects.all(), filters)
    if filters.q:
        rows = rows.filter(_says(filters.q))
    if filters.has_text:
        rows = rows.filter(words__text__gt="")
    tags = ReasonTag.objects.filter(contact=OuterRef("pk"))
    if filters.reason == WITHOUT_REASON:
        rows = rows.filter(~Exists(tags))
    elif filters.reason:
        rows = rows.filter(Exists(tags.filter(reason__in=reasons_below(filters.reason))))
    if filters.theme is not None:
        rows = rows.filter(Exists(ContactTheme.objects.filter(theme=filters.theme, contact=OuterRef("pk"))))
    return rows


def responses(filters: Filters) -> QuerySet[SurveyResponse]:
    """The survey responses that match, in no order. What employees answered is never shown row by row."""
    rows = _common(SurveyResponse.objects.exclude(instrument=SurveyResponse.Instrument.ENPS), filters)
    if filters.instrument:
        rows = rows.filter(instrument=filters.instrument)
    if filters.q:
        rows = rows.filter(words__text__icontains=filters.q)
    if filters.has_text:
        rows = rows.filter(words__isnull=False)
    if filters.theme is not None:
        rows = rows.filter(Exists(SurveyTheme.objects.filter(theme=filters.theme, response=OuterRef("pk"))))
    return rows


def reasons_below(path: str) -> QuerySet[ContactReason]:
    """A reason and everything below it in the tree."""
    return ContactReason.objects.filter(Q(path=path) | Q(path__startswith=f"{path} > "))


def _common(rows: QuerySet[Row], filters: Filters) -> QuerySet[Row]:
    if filters.first:
        rows = rows.filter(local_day__gte=filters.first)
    if filters.last:
        rows = rows.filter(local_day__lte=filters.last)
    if filters.channels:
        rows = rows.filter(channel__code__in=filters.channels)
    if filters.market:
        rows = rows.filter(market__code=filters.market)
    if filters.stage:
        rows = rows.filter(stage__code=filters.stage)
    if filters.language:
        rows = rows.filter(language__code=filters.language)
    return rows


def _says(typed: str) -> Q:
    """Contacts whose words the index knows, and those that it still has to read, looked through one by one."""
    wanted = wording.words(typed)
    if not wanted:
        return Q(words__text__icontains=typed) | Q(words__subject__icontains=typed)
    found = Q(pk__in=RawSQL(*_indexed(wanted)))  # noqa: S611 - the words are parameters
    marks = list(SearchMark.objects.order_by("pk").values_list("first_id", "last_id")[:MARKS_LOOKED_AT])
    unread = reduce(or_, (Q(pk__range=mark) for mark in marks), Q())
    if not marks:
        return found
    said = reduce(and_, (Q(words__text__icontains=word) | Q(words__subject__icontains=word) for word in wanted))
    return found | (unread & said)


def _indexed(wanted: tuple[str, ...]) -> tuple[str, tuple[str]]:
    """SQL for the ids of contacts in which every word begins a word."""
    if connection.vendor == "postgresql":
        asked = " & ".join(f"{word}:*" for word in wanted)
        return "SELECT contact_id FROM feedback_contactsearch WHERE words @@ to_tsquery('simple', %s)", (asked,)
    asked = " ".join(f'"{word}"*' for word in wanted)
    return "SELECT rowid FROM feedback_contactsearch WHERE feedback_contactsearch MATCH %s", (asked,)


def _text(value: str) -> str:
    return value.replace("\0", "").strip()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None

"""Rows with words that no theme counts yet: contacts without a reason, responses without a contact's theme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat, Mod

import metrics.services
from feedback import bulk
from feedback.models import (
    ContactText,
    ContactTheme,
    Import,
    ReasonTag,
    SurveyResponse,
    SurveyText,
    SurveyTheme,
)
from feedback.services import stretch
from metrics.models import Kind

# Longer letters say it in their first thousand characters.
_LONGEST = 1_000


class Pile(StrEnum):
    """Where rows with words lie; sorted one after the other."""

    CONTACTS = "contacts"
    RESPONSES = "responses"


class Words(NamedTuple):
    """One row's words."""

    id: int
    day: date
    text: str


class Link(NamedTuple):
    """A row that found its theme."""

    row: int
    day: date
    theme: int
    confidence: float


def rows(pile: Pile) -> QuerySet[Any]:
    """All rows of a pile with words and without a theme, with `row`, `day` and `said`."""
    if pile is Pile.CONTACTS:
        tagged = ReasonTag.objects.filter(contact=OuterRef("contact_id"))
        linked = ContactTheme.objects.filter(contact=OuterRef("contact_id"))
        return ContactText.objects.filter(~Exists(tagged), ~Exists(linked)).annotate(
            row=F("contact_id"),
            day=F("contact__local_day"),
            said=Concat("subject", Value(". "), "text", output_field=TextField()),
        )
    linked_response = SurveyTheme.objects.filter(response=OuterRef("response_id"))
    # What employees answer is no customer's problem, and theirs alone.
    customers = SurveyText.objects.exclude(response__instrument=SurveyResponse.Instrument.ENPS)
    return customers.filter(~Exists(linked_response)).annotate(
        row=F("response_id"), day=F("response__local_day"), said=F("text")
    )


def of_import(imported: Import, pile: Pile) -> QuerySet[Any]:
    """Those that an import wrote."""
    own = "contact__imported" if pile is Pile.CONTACTS else "response__imported"
    return rows(pile).filter(**{own: imported}, row__range=stretch.of(imported))


def of_ids(ids: Sequence[int], pile: Pile) -> QuerySet[Any]:
    """Those of these rows: what came in live belongs to no import."""
    return rows(pile).filter(row__in=ids)


def words(found: QuerySet[Any], *, after: int, count: int) -> list[Words]:
    """The next rows in the order of their ids."""
    some = found.filter(row__gt=after).order_by("row").values_list("row", "day", "said")[:count]
    return [_words(*row) for row in some]


def sample(found: QuerySet[Any], count: int) -> list[Words]:
    """Rows from all over a pile, the same ones each time."""
    mixed = found.annotate(mixed=Mod(F("row") * 7919, Value(10_007))).order_by("mixed", "row")
    return [_words(*row) for row in mixed.values_list("row", "day", "said")[:count]]


def _words(row: int, day: date, said: str) -> Words:
    return Words(row, day, said.removeprefix(". ")[:_LONGEST])


def all_texts() -> int:
    """How many rows have words at all."""
    return ContactText.objects.count() + SurveyText.objects.count()


def link(pile: Pile, links: Sequence[Link]) -> None:
    """Give rows the themes that their words say, and mark their days; rows that have one by now keep it."""
    still: set[int] = set()
    for some in bulk.batches([one.row for one in links]):
        still.update(rows(pile).filter(row__in=some).values_list("row", flat=True))
    new = [one for one in links if one.row in still]
    if pile is Pile.CONTACTS:
        ContactTheme.objects.bulk_create(
            [
                ContactTheme(
                    contact_id=one.row, theme_id=one.theme, origin=ContactTheme.Origin.TEXT, confidence=one.confidence
                )
                for one in new
            ],
            ignore_conflicts=True,
        )
        metrics.services.mark(Kind.CONTACTS, [one.day for one in new])
        _link_responses_of([one.row for one in new])
    else:
        SurveyTheme.objects.bulk_create(
            [SurveyTheme(response_id=one.row, theme_id=one.theme, confidence=one.confidence) for one in new],
            ignore_conflicts=True,
        )
        metrics.services.mark(Kind.SURVEYS, [one.day for one in new])


# A response belongs to its contact's theme, whatever its own words seemed to say.
_UNGUESS_RESPONSES = """
DELETE FROM feedback_surveytheme WHERE confidence IS NOT NULL AND response_id IN (
    SELECT id FROM feedback_surveyresponse WHERE contact_id IN ({contacts}))"""
_LINK_RESPONSES = """
INSERT INTO feedback_surveytheme (response_id, theme_id)
SELECT s.id, t.theme_id FROM feedback_surveyresponse s JOIN feedback_contacttheme t ON t.contact_id = s.contact_id
WHERE s.contact_id IN ({contacts})
ON CONFLICT (theme_id, response_id) DO NOTHING"""


def _link_responses_of(contacts: Sequence[int]) -> None:
    for some in bulk.batches(contacts):
        places = ", ".join(["%s"] * len(some))
        with connection.cursor() as cursor:
            for statement in (_UNGUESS_RESPONSES, _LINK_RESPONSES):
                cursor.execute(statement.replace("{contacts}", places), list(some))
        days = SurveyResponse.objects.filter(contact_id__in=some).values_list("local_day", flat=True)
        metrics.services.mark(Kind.SURVEYS, days.distinct())

"""Rows that a system takes back: a ticket that turned out to be another one."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from feedback import bulk
from feedback.models import CommerceDay, Contact, ContactText, Import, Source, SurveyResponse, SurveyText
from feedback.services import called, forgetting, relinking
from feedback.services.contact_writer import hold_days, mark_days
from metrics.models import Kind

_TABLES = {
    Import.Kind.CONTACTS: (Contact, "local_day", Kind.CONTACTS),
    Import.Kind.SURVEYS: (SurveyResponse, "local_day", Kind.SURVEYS),
    Import.Kind.COMMERCE: (CommerceDay, "day", Kind.COMMERCE),
}


def take_back(kind: str, source: Source, external_ids: Collection[str]) -> int:
    """Delete these rows, with their words, and have their days counted again; how many there were."""
    if kind not in _TABLES:
        return 0
    model, day, series = _TABLES[Import.Kind(kind)]
    gone = 0
    had_words = False
    for some in bulk.batches(sorted(set(external_ids))):
        rows = model._default_manager.filter(source=source, external_id__in=some)
        names = dict(rows.values_list("pk", "external_id"))
        if not names:
            continue
        mark_days(series, hold_days(model, list(names), day=day))
        if model is Contact:
            # They lose their contact, and the theme that it had given them.
            relinking.forget_contacts(list(names))
        deleted = rows.delete()[1]
        had_words = had_words or any(deleted.get(texts._meta.label) for texts in (ContactText, SurveyText))
        if model is Contact:
            called.gone(list(names.values()))
        gone += len(names)
    if had_words:
        forgetting.request(now=timezone.now())
    return gone


def ids_of(kind: str, source: Source, external_ids: Collection[str]) -> list[int]:
    """The ids of the rows with these ids of the source."""
    model = _TABLES[Import.Kind(kind)][0]
    found: list[int] = []
    for some in bulk.batches(sorted(set(external_ids))):
        rows = model._default_manager.filter(source=source, external_id__in=some)
        found += rows.values_list("id", flat=True)
    return found

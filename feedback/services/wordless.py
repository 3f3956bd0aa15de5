"""What a system says is gone is gone here: from raw records, rows and what an undone import would put back.

The row itself stays and counts, also in the theme that its words had given it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from feedback import bulk, versions
from feedback.models import ContactTheme, FormerRow, Import, RawRecord, Source, SurveyTheme
from feedback.services import forgetting
from feedback.services.taking_back import ids_of


def blank(ids: Collection[int], keep: Collection[str]) -> None:
    """Reduce the payloads of these records to what is no words; the records stay."""
    kept = frozenset(keep)
    for some in bulk.batches(sorted(ids)):
        changed = []
        for raw in RawRecord.objects.filter(id__in=some):
            bare = versions.without_words(raw.payload, kept)
            if bare != raw.payload or raw.problem_value:
                raw.payload, raw.problem_value = bare, ""
                changed.append(raw)
        RawRecord.objects.bulk_update(changed, ["payload", "problem_value"])


@dataclass
class SilentRows:
    """Rows that are about to lose their words, and the themes that those had given them."""

    kind: str
    ids: list[int]
    links: list[Any]

    def settle(self) -> None:
        """After the rows were written: their themes stay, and no former value holds their words."""
        forgetting.request(now=timezone.now())
        model = ContactTheme if self.kind == Import.Kind.CONTACTS else SurveyTheme
        for link in self.links:
            link.pk = None
        model._default_manager.bulk_create(self.links, ignore_conflicts=True)
        for some in bulk.batches(self.ids):
            former = [row for row in FormerRow.objects.filter(kind=self.kind, row_id__in=some) if "texts" in row.values]
            for row in former:
                del row.values["texts"]
            FormerRow.objects.bulk_update(former, ["values"])


def rows_without_words(kind: str, source: Source, rows: Sequence[Any]) -> SilentRows | None:
    """Those of these changed rows that have no words (any more); None when there are none."""
    if kind not in {Import.Kind.CONTACTS, Import.Kind.SURVEYS}:
        return None
    ids = ids_of(kind, source, [row.external_id for row in rows if not row.text and not getattr(row, "subject", "")])
    if not ids:
        return None
    links: list[Any] = []
    for some in bulk.batches(ids):
        if kind == Import.Kind.CONTACTS:
            links += ContactTheme.objects.filter(contact_id__in=some, origin=ContactTheme.Origin.TEXT)
        else:
            links += SurveyTheme.objects.filter(response_id__in=some, confidence__isnull=False)
    return SilentRows(kind, ids, links)

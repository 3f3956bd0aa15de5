"""Survey responses into the database, linked to the contact they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from feedback import bulk
from feedback.models import Import, SurveyResponse, SurveyText, SurveyTheme
from feedback.normalise.surveys import SurveyRow
from feedback.redaction import RULES_VERSION, Redacted, redact
from feedback.services import forgetting, former, order_numbers, stand_ins, stretch
from feedback.services.called import contacts_called
from feedback.services.contact_writer import Stored, hold_days, mark_days
from feedback.services.lookups import Lookups
from metrics.models import Kind

_DIMENSIONS = ("channel", "stage", "page", "language", "department")
_NAMES = ("market", *_DIMENSIONS)
_FACTS = (
    "instrument", "invited_at", "responded_at", "local_day", "score", "score2", "scale_min", "scale_max",
    "standard_score", "market", *_DIMENSIONS, "contact", "contact_external_id", "customer_ref", "row_hash",
    "imported",
)  # fmt: skip


class SurveyWriter:
    """A `feedback.kinds.Writer` for survey responses."""

    def __init__(self, imported: Import) -> None:
        self._imported = imported
        self._lookups = Lookups(imported.source)
        self._stored: dict[str, Stored] = {}
        self._words: dict[str, Redacted] = {}
        self._orders = order_numbers.shop_patterns()

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Row hashes of the responses that exist."""
        self._stored = {}
        for some in bulk.batches(external_ids):
            found = SurveyResponse.objects.filter(source_id=self._imported.source_id, external_id__in=some)
            for row in found.values_list("external_id", "id", "row_hash", "local_day"):
                self._stored[row[0]] = Stored(row[1], row[2], row[3])
        return {key: stored.row_hash for key, stored in self._stored.items()}

    def prepare(self, rows: Sequence[SurveyRow]) -> int:
        """Redact the comments; how many pieces that took out."""
        self._words = {row.row_hash: self._redacted(row) for row in rows if row.text}
        return sum(words.total for words in self._words.values())

    def write(self, new: Sequence[SurveyRow], changed: Sequence[SurveyRow]) -> None:
        """Store new and changed responses."""
        changed_ids = [self._stored[row.external_id].id for row in changed]
        old_days = hold_days(SurveyResponse, changed_ids)
        former.keep(Import.Kind.SURVEYS, changed_ids, imported=self._imported, now=timezone.now())
        had_words = 0
        for some in bulk.batches(changed_ids):
            had_words += SurveyText.objects.filter(response_id__in=some).delete()[0]
            SurveyTheme.objects.filter(response_id__in=some).delete()
        if had_words:
            forgetting.request(now=timezone.now())
        contacts = contacts_called(
            [row.contact_external_id for row in [*new, *changed]], source_id=self._imported.source_id
        )
        new_ids = bulk.new_ids(SurveyResponse, len(new)) if new else []
        bulk.insert(
            SurveyResponse,
            ("id", "source", "external_id", *_FACTS),
            [
                (key, self._imported.source_id, row.external_id, *self._facts(row, contacts))
                for key, row in zip(new_ids, new, strict=True)
            ],
        )
        bulk.update(
            SurveyResponse,
            _FACTS,
            [(*self._facts(row, contacts), key) for key, row in zip(changed_ids, changed, strict=True)],
        )
        keyed = [*zip(new_ids, new, strict=True), *zip(changed_ids, changed, strict=True)]
        self._write_words(keyed)
        named = ((key, row.row_hash, [(name, getattr(row, name)) for name in _NAMES]) for key, row in keyed)
        stand_ins.note_names(self._lookups, "surveys", named)
        stretch.widen(self._imported, [*new_ids, *changed_ids])
        mark_days(Kind.SURVEYS, [*old_days, *(row.local_day for _, row in keyed)])

    def _facts(self, row: SurveyRow, contacts: dict[str, int]) -> tuple[Any, ...]:
        return (
            row.instrument,
            row.invited_at,
            row.responded_at,
            row.local_day,
            row.score,
            row.score2,
            row.scale_min,
            row.scale_max,
            row.standard_score,
            self._lookups.market(row.market),
            *(self._lookups.value(dimension, getattr(row, dimension)) for dimension in _DIMENSIONS),
            contacts.get(row.contact_external_id),
            row.contact_external_id,
            row.customer_ref,
            row.row_hash,
            self._imported.pk,
        )

    def _write_words(self, keyed: Sequence[tuple[int, SurveyRow]]) -> None:
        written = []
        for key, row in keyed:
            if row.text:
                words = self._words.get(row.row_hash) or self._redacted(row)
                written.append((key, words.text, words.total, RULES_VERSION))
        bulk.insert(SurveyText, ("response", "text", "redactions", "rules_version"), written)

    def _redacted(self, row: SurveyRow) -> Redacted:
        return redact(row.text, row.known, orders=self._orders)

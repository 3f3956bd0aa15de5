"""Contacts into the database: narrow rows, words beside them, reasons, dirty days, waiting surveys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from feedback import bulk
from feedback.models import Contact, ContactText, ContactTheme, Import, ReasonTag, SurveyResponse
from feedback.normalise.contacts import ContactRow
from feedback.redaction import RULES_VERSION, redact
from feedback.services.lookups import Lookups
from metrics.models import DirtyDay, Kind

_DIMENSIONS = ("channel", "stage", "location", "page", "language", "team", "product")
_FACTS = (
    "occurred_at", "local_day", "market", *_DIMENSIONS, "customer_ref", "order_ref", "agent_ref",
    "handle_seconds", "wait_seconds", "abandoned", "first_response_seconds", "reply_seconds", "reply_squares",
    "reply_count", "resolved_first_contact", "resolved_at", "is_complaint", "experiment", "variant", "row_hash",
    "imported",
)  # fmt: skip


class Stored(NamedTuple):
    """What has to be known of a stored row."""

    id: int
    row_hash: str
    local_day: date


class Words(NamedTuple):
    """A contact's words without personal data."""

    subject: str
    text: str
    redactions: int


def mark_days(kind: Kind, days: Iterable[date]) -> None:
    """Days whose rows changed; appended, never merged."""
    DirtyDay.objects.bulk_create([DirtyDay(kind=kind, day=day) for day in sorted(set(days))])


class ContactWriter:
    """A `feedback.kinds.Writer` for contacts."""

    def __init__(self, imported: Import) -> None:
        self._imported = imported
        self._lookups = Lookups(imported.source)
        self._stored: dict[str, Stored] = {}
        self._words: dict[str, Words] = {}

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Row hashes of the contacts that exist."""
        self._stored = {}
        for some in bulk.batches(external_ids):
            found = Contact.objects.filter(source_id=self._imported.source_id, external_id__in=some)
            for row in found.values_list("external_id", "id", "row_hash", "local_day"):
                self._stored[row[0]] = Stored(row[1], row[2], row[3])
        return {key: stored.row_hash for key, stored in self._stored.items()}

    def prepare(self, rows: Sequence[ContactRow]) -> int:
        """Redact the words; how many pieces that took out."""
        self._words = {row.row_hash: _redacted(row) for row in rows if row.text or row.subject}
        return sum(words.redactions for words in self._words.values())

    def write(self, new: Sequence[ContactRow], changed: Sequence[ContactRow]) -> None:
        """Store new and changed contacts."""
        changed_ids = [self._stored[row.external_id].id for row in changed]
        old_days = [self._stored[row.external_id].local_day for row in changed]
        for some in bulk.batches(changed_ids):
            ContactText.objects.filter(contact_id__in=some).delete()
            ReasonTag.objects.filter(contact_id__in=some).delete()
            # Found from what the row said before; they are found again. A person's choice stays.
            ContactTheme.objects.filter(contact_id__in=some).exclude(origin=ContactTheme.Origin.PERSON).delete()
        new_ids = bulk.new_ids(Contact, len(new)) if new else []
        bulk.insert(
            Contact,
            ("id", "source", "external_id", *_FACTS),
            [
                (key, self._imported.source_id, row.external_id, *self._facts(row))
                for key, row in zip(new_ids, new, strict=True)
            ],
        )
        bulk.update(
            Contact,
            _FACTS,
            [(*self._facts(row), key) for key, row in zip(changed_ids, changed, strict=True)],
        )
        keyed = [*zip(new_ids, new, strict=True), *zip(changed_ids, changed, strict=True)]
        self._write_words(keyed)
        self._write_reasons(keyed)
        mark_days(Kind.CONTACTS, [*old_days, *(row.local_day for _, row in keyed)])
        self._link_waiting_responses({row.external_id: key for key, row in keyed[: len(new)]})

    def _facts(self, row: ContactRow) -> tuple[Any, ...]:
        value = self._lookups.value
        return (
            row.occurred_at,
            row.local_day,
            self._lookups.market(row.market),
            *(value(dimension, getattr(row, dimension)) for dimension in _DIMENSIONS),
            row.customer_ref,
            row.order_ref,
            row.agent_ref,
            row.handle_seconds,
            row.wait_seconds,
            row.abandoned,
            row.first_response_seconds,
            row.reply_seconds,
            row.reply_squares,
            row.reply_count,
            row.resolved_first_contact,
            row.resolved_at,
            row.is_complaint,
            row.experiment,
            row.variant,
            row.row_hash,
            self._imported.pk,
        )

    def _write_words(self, keyed: Sequence[tuple[int, ContactRow]]) -> None:
        written = [
            (key, *(self._words.get(row.row_hash) or _redacted(row)), RULES_VERSION)
            for key, row in keyed
            if row.text or row.subject
        ]
        bulk.insert(ContactText, ("contact", "subject", "text", "redactions", "rules_version"), written)

    def _write_reasons(self, keyed: Sequence[tuple[int, ContactRow]]) -> None:
        reason = self._lookups.reason
        tags = [(key, reason(levels)) for key, row in keyed for levels in row.reasons]
        bulk.insert(ReasonTag, ("contact", "reason"), tags)

    def _link_waiting_responses(self, ids: dict[str, int]) -> None:
        """Survey responses that named a contact before it was here."""
        waiting = SurveyResponse.objects.filter(contact__isnull=True).exclude(contact_external_id="")
        if not ids or not waiting.exists():
            return
        days: list[date] = []
        for some in bulk.batches(list(ids)):
            found = list(waiting.filter(contact_external_id__in=some))
            for response in found:
                response.contact_id = ids[response.contact_external_id]
                days.append(response.local_day)
            SurveyResponse.objects.bulk_update(found, ["contact"])
        mark_days(Kind.SURVEYS, days)


def _redacted(row: ContactRow) -> Words:
    subject, text = redact(row.subject, row.known), redact(row.text, row.known)
    return Words(subject.text[:300], text.text, subject.total + text.total)

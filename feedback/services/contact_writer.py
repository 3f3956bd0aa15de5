"""Contacts into the database: narrow rows, words beside them, reasons, dirty days, waiting surveys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils import timezone

from feedback import bulk
from feedback.bulk import NULL, Part
from feedback.models import Contact, ContactText, ContactTheme, Import, ReasonTag
from feedback.normalise.contacts import FACTS, NAMES, ContactRow
from feedback.redaction import RULES_VERSION, redact
from feedback.services import called, former, order_numbers, search
from feedback.services.lookups import Lookups
from metrics.models import DirtyDay, Kind

_ORDER = FACTS.index("order_ref")


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
    # Order numbers that the shop's patterns found, as written.
    orders: tuple[str, ...]


def mark_days(kind: Kind, days: Iterable[date]) -> None:
    """Days whose rows changed; appended, never merged."""
    DirtyDay.objects.bulk_create([DirtyDay(kind=kind, day=day) for day in sorted(set(days))])


def hold_days(model: type[models.Model], ids: Sequence[int], *, day: str = "local_day") -> set[date]:
    """The days of these rows, which are about to be written anew or deleted in this transaction.

    A mapping of values may have moved them since they were looked up, and waits from here on.
    """
    days: set[date] = set()
    for some in bulk.batches(ids):
        held = model._default_manager.select_for_update(no_key=True).filter(pk__in=some).order_by("pk")
        days.update(held.values_list(day, flat=True))
    return days


class ContactWriter:
    """A `feedback.kinds.Writer` for contacts."""

    def __init__(self, imported: Import) -> None:
        self._imported = imported
        self._lookups = Lookups(imported.source)
        self._stored: dict[str, Stored] = {}
        self._words: dict[str, Words] = {}
        self._orders = order_numbers.shop_patterns()

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Row hashes of the contacts that exist."""
        found = bulk.find(Contact, self._imported.source_id, external_ids, Stored._fields)
        self._stored = {row[0]: Stored(*row[1:]) for row in found}
        return {key: stored.row_hash for key, stored in self._stored.items()}

    def prepare(self, rows: Sequence[ContactRow]) -> int:
        """Redact the words; how many pieces that took out."""
        self._words = {row.row_hash: self._redacted(row) for row in rows if row.text or row.subject}
        return sum(words.redactions for words in self._words.values())

    def write(self, new: Sequence[ContactRow], changed: Sequence[ContactRow]) -> None:
        """Store new and changed contacts."""
        changed_ids = [self._stored[row.external_id].id for row in changed]
        old_days = self._forget(changed_ids)
        rows = [*new, *changed]
        names = self._names(rows)
        new_ids = bulk.new_ids(Contact, len(new)) if new else []
        ids = [*map(str, new_ids), *map(str, changed_ids)]
        if new:
            bulk.insert_parts(
                Contact,
                [
                    Part(("id", "source"), [f"{key}\t{self._imported.source_id}" for key in new_ids]),
                    Part(("external_id",), [row.external_id for row in new], is_free=True),
                    *self._parts(new, names),
                ],
            )
        if changed:
            bulk.update_parts(Contact, [*self._parts(changed, names), Part(("id",), ids[len(new) :])])
        self._write_words(ids, rows)
        search.mark([*new_ids, *changed_ids])
        self._write_reasons(ids, rows)
        days = map(date.fromisoformat, {row.day for row in rows})
        mark_days(Kind.CONTACTS, {*days, *old_days})
        called.came([row.external_id for row in new], source_id=self._imported.source_id)

    def _forget(self, ids: Sequence[int]) -> set[date]:
        """Take away what stands around these rows, which is about to be written anew; the days they were of."""
        days = hold_days(Contact, ids)
        former.keep(Import.Kind.CONTACTS, ids, imported=self._imported, now=timezone.now())
        for some in bulk.batches(ids):
            ContactText.objects.filter(contact_id__in=some).delete()
            ReasonTag.objects.filter(contact_id__in=some).delete()
            # Found from what the row said before; they are found again. A person's choice stays.
            ContactTheme.objects.filter(contact_id__in=some).exclude(origin=ContactTheme.Origin.PERSON).delete()
        return days

    def _names(self, rows: Sequence[ContactRow]) -> dict[tuple[str, ...], str]:
        """The ids of every combination of names that occurs, as the texts of a part."""
        combinations = {row.names for row in rows}
        wanted = {pair for names in combinations for pair in zip(NAMES, names, strict=True)}
        texts = {pair: NULL if key is None else str(key) for pair, key in self._lookups.of_names(wanted).items()}
        return {names: "\t".join(texts[pair] for pair in zip(NAMES, names, strict=True)) for names in combinations}

    def _parts(self, rows: Sequence[ContactRow], names: dict[tuple[str, ...], str]) -> list[Part]:
        imported = NULL if self._imported.pk is None else str(self._imported.pk)
        facts = [self._facts(row) for row in rows] if self._orders else [row.facts for row in rows]
        return [
            Part(
                ("local_day", *NAMES, *FACTS, "row_hash", "imported"),
                [
                    f"{row.day}\t{names[row.names]}\t{fact}\t{row.row_hash}\t{imported}"
                    for row, fact in zip(rows, facts, strict=True)
                ],
            ),
            Part(("experiment",), [row.experiment for row in rows], is_free=True),
            Part(("variant",), [row.variant for row in rows], is_free=True),
        ]

    def _write_words(self, ids: Sequence[str], rows: Sequence[ContactRow]) -> None:
        said = [(key, row) for key, row in zip(ids, rows, strict=True) if row.text or row.subject]
        words = [self._words.get(row.row_hash) or self._redacted(row) for _, row in said]
        counts = [f"{key}\t{word.redactions}\t{RULES_VERSION}" for (key, _), word in zip(said, words, strict=True)]
        parts = [
            Part(("contact", "redactions", "rules_version"), counts),
            Part(("subject",), [word.subject for word in words], is_free=True),
            Part(("text",), [word.text for word in words], is_free=True),
        ]
        if said:
            bulk.insert_parts(ContactText, parts)

    def _write_reasons(self, ids: Sequence[str], rows: Sequence[ContactRow]) -> None:
        several = {row.reasons for row in rows}
        found = self._lookups.of_reasons({path for paths in several for path in paths})
        # Two paths may mean the same by now.
        keys = {paths: tuple(dict.fromkeys(str(found[path]) for path in paths)) for paths in several}
        tags = [f"{key}\t{reason}" for key, row in zip(ids, rows, strict=True) for reason in keys[row.reasons]]
        if tags:
            bulk.insert_parts(ReasonTag, [Part(("contact", "reason"), tags)])

    def _redacted(self, row: ContactRow) -> Words:
        subject = redact(row.subject, row.known, orders=self._orders)
        text = redact(row.text, row.known, orders=self._orders)
        return Words(subject.text[:300], text.text, subject.total + text.total, subject.orders + text.orders)

    def _facts(self, row: ContactRow) -> str:
        """A contact that names no order in a column is about the first one that its words name."""
        words = self._words.get(row.row_hash)
        if words is None or not words.orders:
            return row.facts
        facts = row.facts.split("\t")
        facts[_ORDER] = facts[_ORDER] or order_numbers.reference_to(words.orders)
        return "\t".join(facts)

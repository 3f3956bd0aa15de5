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
from feedback.normalise.contacts import FACTS, NAMES, ContactColumns, ContactRow
from feedback.redaction import RULES_VERSION, redact
from feedback.services import called, forgetting, former, order_numbers, search, stand_ins, stretch
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


_NO_WORDS = Words("", "", 0, ())


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
        self._words = {row.row_hash: self._redacted(row) if row.text or row.subject else _NO_WORDS for row in rows}
        return sum(words.redactions for words in self._words.values())

    def write(self, new: Sequence[ContactRow], changed: Sequence[ContactRow]) -> None:
        """Store new and changed contacts."""
        if not self._words.keys() >= {row.row_hash for row in [*new, *changed]}:
            # What is new or changed is not what it was when the words were redacted.
            self.prepare([*new, *changed])
        changed_ids = [self._stored[row.external_id].id for row in changed]
        old_days = self._forget(changed_ids)
        new_ids = bulk.new_ids(Contact, len(new)) if new else []
        ids = [*map(str, new_ids), *map(str, changed_ids)]
        columns = ContactColumns.of([*new, *changed])
        parts = self._parts(columns)
        if new:
            own = [Part(("id",), ids), Part(("external_id",), columns.external_ids, is_free=True)]
            bulk.insert_parts(Contact, [part.rows(0, len(new)) for part in [*own, *parts]])
        if changed:
            some = [*parts, Part(("id",), ids)]
            bulk.update_parts(Contact, [part.rows(len(new), len(ids)) for part in some])
        self._write_words(ids, columns)
        written = [*new_ids, *changed_ids] if changed else new_ids
        search.mark(written)
        stretch.widen(self._imported, written)
        self._write_reasons(ids, columns)
        self._note_stand_ins(written, columns)
        mark_days(Kind.CONTACTS, {*map(date.fromisoformat, set(columns.days)), *old_days})
        called.came(columns.external_ids[: len(new)], source_id=self._imported.source_id)

    def _forget(self, ids: Sequence[int]) -> set[date]:
        """Take away what stands around these rows, which is about to be written anew; the days they were of."""
        days = hold_days(Contact, ids)
        former.keep(Import.Kind.CONTACTS, ids, imported=self._imported, now=timezone.now())
        had_words = 0
        for some in bulk.batches(ids):
            had_words += ContactText.objects.filter(contact_id__in=some).delete()[0]
            ReasonTag.objects.filter(contact_id__in=some).delete()
            # Found from what the row said before; they are found again. A person's choice stays.
            ContactTheme.objects.filter(contact_id__in=some).exclude(origin=ContactTheme.Origin.PERSON).delete()
        if had_words:
            forgetting.request(now=timezone.now())
        return days

    def _names(self, columns: ContactColumns) -> list[str]:
        """The ids of every row's names, and what all rows have in common, as the texts of a part."""
        combinations = set(columns.names)
        wanted = {pair for names in combinations for pair in zip(NAMES, names, strict=True)}
        texts = {pair: NULL if key is None else str(key) for pair, key in self._lookups.of_names(wanted).items()}
        imported = NULL if self._imported.pk is None else str(self._imported.pk)
        common = (str(self._imported.source_id), imported)
        lines = {
            names: "\t".join((*(texts[pair] for pair in zip(NAMES, names, strict=True)), *common))
            for names in combinations
        }
        return list(map(lines.__getitem__, columns.names))

    def _parts(self, columns: ContactColumns) -> list[Part]:
        return [
            Part((*NAMES, "source", "imported"), self._names(columns)),
            Part(("local_day",), columns.days),
            Part(FACTS, self._facts(columns)),
            Part(("row_hash",), columns.row_hashes),
            Part(("experiment",), columns.experiments, is_free=True),
            Part(("variant",), columns.variants, is_free=True),
        ]

    def _write_words(self, ids: Sequence[str], columns: ContactColumns) -> None:
        words = list(map(self._words.__getitem__, columns.row_hashes))
        if _NO_WORDS in words:
            ids = [key for key, said in zip(ids, words, strict=True) if said is not _NO_WORDS]
            words = [said for said in words if said is not _NO_WORDS]
        if not words:
            return
        subjects, texts, counts, _ = zip(*words, strict=True)
        notes = {count: f"{count}\t{RULES_VERSION}" for count in set(counts)}
        parts = [
            Part(("contact",), ids),
            Part(("redactions", "rules_version"), list(map(notes.__getitem__, counts))),
            Part(("subject",), subjects, is_free=True),
            Part(("text",), texts, is_free=True),
        ]
        bulk.insert_parts(ContactText, parts)

    def _write_reasons(self, ids: Sequence[str], columns: ContactColumns) -> None:
        several = set(columns.reasons)
        found = self._lookups.of_reasons({path for paths in several for path in paths})
        # Two paths may mean the same by now.
        keys = {paths: tuple(dict.fromkeys(str(found[path]) for path in paths)) for paths in several}
        tags = [f"{key}\t{reason}" for key, paths in zip(ids, columns.reasons, strict=True) for reason in keys[paths]]
        if tags:
            bulk.insert_parts(ReasonTag, [Part(("contact", "reason"), tags)])

    def _note_stand_ins(self, written: Sequence[int], columns: ContactColumns) -> None:
        if self._lookups.has_stand_ins:
            named = (zip(NAMES, names, strict=True) for names in columns.names)
            stand_ins.note_names(self._lookups, "contacts", zip(written, columns.row_hashes, named, strict=True))
            stand_ins.note_paths(self._lookups, zip(written, columns.row_hashes, columns.reasons, strict=True))

    def _facts(self, columns: ContactColumns) -> Sequence[str]:
        """A contact that names no order in a column is about the first one that its words name."""
        if not self._orders:
            return columns.facts
        orders = [self._words[row_hash].orders for row_hash in columns.row_hashes]
        return [_with_order(fact, found) for fact, found in zip(columns.facts, orders, strict=True)]

    def _redacted(self, row: ContactRow) -> Words:
        subject = redact(row.subject, row.known, orders=self._orders)
        text = redact(row.text, row.known, orders=self._orders)
        return Words(subject.text[:300], text.text, subject.total + text.total, subject.orders + text.orders)


def _with_order(fact: str, orders: tuple[str, ...]) -> str:
    if not orders:
        return fact
    facts = fact.split("\t")
    facts[_ORDER] = facts[_ORDER] or order_numbers.reference_to(orders)
    return "\t".join(facts)

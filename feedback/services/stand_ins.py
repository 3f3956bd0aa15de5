"""Which rows hold another value than the one they came with, so that a mapping can be taken back.

A row is noted with its hash, which is of what it came with: once it comes with something else, the note says
nothing about it any more. Rows are noted by whatever makes them hold the other value: the job of the mapping,
every later import and delivery, and an undo that brings an old value back.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from feedback import bulk
from feedback.models import Contact, FormerRow, MappedRows, ValueMapping
from feedback.services.lookups import Lookups

Noted = tuple[int, str]
"""The id of a row, and its hash."""
TAGS, BOTH = "tags", "both"
"""Reasons: contacts that hold the other reason instead of their own, and those that came with both."""
_NUMBERS = 1 << 31


def note(mapping_id: int, table: str, rows: Sequence[Noted]) -> None:
    """These rows hold the value that this mapping names."""
    for some in bulk.batches(rows):
        # By chance, so that nobody who writes waits for another.
        number = secrets.randbelow(_NUMBERS)
        MappedRows.objects.create(mapping_id=mapping_id, table=table, number=number, ids=[list(one) for one in some])


def note_names(lookups: Lookups, table: str, rows: Iterable[tuple[int, str, Iterable[tuple[str, str]]]]) -> None:
    """Rows that were just written: (id, hash, their values as (dimension or "market", name))."""
    if not lookups.has_stand_ins:
        return
    found: defaultdict[tuple[str, int], list[Noted]] = defaultdict(list)
    for key, row_hash, names in rows:
        for field, name in names:
            own = lookups.own(field, name)
            if own is not None:
                found[field, own].append((key, row_hash))
    note_values(table, found)


def note_paths(lookups: Lookups, rows: Iterable[tuple[int, str, Sequence[tuple[str, ...]]]]) -> None:
    """Contacts that were just written: (id, hash, the paths of their reasons)."""
    if not lookups.has_stand_ins:
        return
    note_reasons(
        (key, row_hash, {lookups.own_reason(path) or lookups.reason(path): lookups.reason(path) for path in paths})
        for key, row_hash, paths in rows
        if paths
    )


def note_reasons(rows: Iterable[tuple[int, str, Mapping[int, int]]]) -> None:
    """Contacts: (id, hash, the reasons they came with and the one that each stands for)."""
    found: dict[str, defaultdict[tuple[str, int], list[Noted]]] = {TAGS: defaultdict(list), BOTH: defaultdict(list)}
    for key, row_hash, reasons in rows:
        for own, other in reasons.items():
            if own != other:
                found[BOTH if other in reasons else TAGS]["reason", own].append((key, row_hash))
    for table, noted in found.items():
        note_values(table, noted)


def note_values(table: str, found: Mapping[tuple[str, int], Sequence[Noted]]) -> None:
    """Rows by (dimension, the id of the value they came with)."""
    if not found:
        return
    mappings = ValueMapping.objects.filter(from_id__in={own for _, own in found})
    for dimension, own, mapping_id in mappings.order_by("pk").values_list("dimension", "from_id", "pk"):
        if (dimension, own) in found:
            note(mapping_id, table, found[dimension, own])


def contacts_as_noted(rows: Collection[Noted]) -> list[int]:
    """Of these contacts, those that are still what they were when they were noted."""
    hashes = dict(Contact.objects.filter(pk__in=[key for key, _ in rows]).values_list("pk", "row_hash"))
    return sorted({key for key, row_hash in rows if hashes.get(key) == row_hash})


def layers_as_noted(kind: str, rows: Collection[Noted]) -> Iterator[FormerRow]:
    """What these rows said when they were noted, as far as something has overwritten it since."""
    noted = dict(rows)
    for layer in FormerRow.objects.filter(kind=kind, row_id__in=noted):
        if layer.values.get("row", {}).get("row_hash") == noted[layer.row_id]:
            yield layer

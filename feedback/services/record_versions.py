"""Raw records as their mapper wants them: all versions around some of them, without payloads until they are needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Count, Max

from feedback import bulk, versions
from feedback.models import RawRecord, Source
from feedback.systems import Record
from feedback.versions import Standing, Version

# What no mapper asks for; turning the text of a moment into one takes a third of the time that a day of orders does.
_NOT_MAPPED = ("received_at", "mapped_at", "payload_sha256", "problem_parameters", "problem_column", "problem_value")


def waiting(source: Source, limit: int, *, up_to: int | None = None) -> list[int]:
    """The ids of records that wait for their mapper, oldest first."""
    found = RawRecord.objects.filter(source=source, mapped_at__isnull=True).order_by("id")
    if up_to is not None:
        found = found.filter(id__lte=up_to)
    return list(found.values_list("id", flat=True)[:limit])


def last_waiting(source: Source) -> int:
    """The id of the newest record that waits; 0 when none does."""
    found = RawRecord.objects.filter(source=source, mapped_at__isnull=True).order_by("-id")
    return found.values_list("id", flat=True).first() or 0


def newest_of(source: Source, entities: Collection[str]) -> dict[str, int]:
    """The id of the newest record of each of these entities that has any."""
    found: dict[str, int] = {}
    for some in bulk.batches(sorted(entities)):
        records = RawRecord.objects.filter(source=source, entity__in=some)
        found |= dict(records.order_by().values_list("entity").annotate(Max("id")))
    return found


def fitting(source: Source, ids: Sequence[int], most: int) -> Sequence[int]:
    """The first of these records, with whose entities at most so many versions have to be read; at least one."""
    entities: dict[int, str] = {}
    for some in bulk.batches(ids):
        entities |= dict(RawRecord.objects.filter(id__in=some).values_list("id", "entity"))
    sizes: dict[str, int] = {}
    for some in bulk.batches(sorted(set(entities.values()))):
        around = RawRecord.objects.filter(source=source, entity__in=some)
        sizes |= dict(around.order_by().values_list("entity").annotate(Count("id")))
    taken: set[str] = set()
    for place, key in enumerate(ids):
        taken.add(entities.get(key, ""))
        if place and sum(sizes.get(entity, 0) for entity in taken) > most:
            return ids[:place]
    return ids


def versions_around(source: Source, ids: Sequence[int]) -> list[Version]:
    """All versions of the objects that these records are versions of."""
    objects: dict[str, set[str]] = {}
    for some in bulk.batches(ids):
        for stream, external_id in RawRecord.objects.filter(id__in=some).values_list("stream", "external_id"):
            objects.setdefault(stream, set()).add(external_id)
    return _versions_of(source, objects)


def versions_in(source: Source, entities: Collection[str]) -> list[Version]:
    """All versions of every object that belongs, or ever belonged, to one of these entities."""
    objects: dict[str, set[str]] = {}
    for some in bulk.batches(sorted(entities)):
        found = RawRecord.objects.filter(source=source, entity__in=some)
        for stream, external_id in found.values_list("stream", "external_id").distinct():
            objects.setdefault(stream, set()).add(external_id)
    return _versions_of(source, objects)


def _versions_of(source: Source, objects: dict[str, set[str]]) -> list[Version]:
    fields = ("id", "stream", "external_id", "entity", "version_key", "received_at", "deleted", "mapped_at", "problem")
    found = []
    for stream, external_ids in objects.items():
        for some in bulk.batches(sorted(external_ids)):
            rows = RawRecord.objects.filter(source=source, stream=stream, external_id__in=some)
            for key, name, own_id, entity, version, at, deleted, mapped_at, problem in rows.values_list(*fields):
                found.append(Version(key, name, own_id, entity, version, at, deleted, mapped_at is None, bool(problem)))
    return found


def stored(ids: Sequence[int]) -> dict[int, RawRecord]:
    """Records with their payloads, by id."""
    found: dict[int, RawRecord] = {}
    for some in bulk.batches(ids):
        found |= RawRecord.objects.defer(*_NOT_MAPPED).in_bulk(some)
    return found


def record(one: Standing, payloads: dict[int, RawRecord]) -> Record:
    """What a mapper sees of an object."""
    raw = payloads[one.newest.id]
    before = payloads[one.before.id].payload if one.before else None
    return Record(
        stream=raw.stream,
        external_id=raw.external_id,
        payload=versions.effective(raw.payload, before),
        entity=raw.entity,
        version=raw.version_key,
        occurred_at=raw.occurred_at,
        deleted=raw.deleted,
    )

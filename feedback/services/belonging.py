"""Which entity a stored record belongs to, where the settings decide that: the market and the zone of a day."""

from __future__ import annotations

from collections.abc import Sequence

from feedback import bodies
from feedback.models import RawRecord
from feedback.services import record_versions
from feedback.systems import Record, Settings, System


def renew(system: System, settings: Settings, ids: Sequence[int]) -> set[str]:
    """Move records to the entity that the settings of today say; the entities that they left.

    Call it in the transaction that makes the rows of both anew.
    """
    if system.entity is None:
        return set()
    left: set[str] = set()
    moved = []
    for raw in record_versions.stored(ids).values():
        entity = bodies.clean(system.entity(_as_said(raw), settings))
        if entity and entity != raw.entity:
            left.add(raw.entity)
            raw.entity = entity
            moved.append(raw)
    RawRecord.objects.bulk_update(moved, ["entity"], batch_size=200)
    return left


def _as_said(raw: RawRecord) -> Record:
    return Record(
        stream=raw.stream,
        external_id=raw.external_id,
        payload=raw.payload,
        entity=raw.entity,
        version=raw.version_key,
        occurred_at=raw.occurred_at,
        deleted=raw.deleted,
    )

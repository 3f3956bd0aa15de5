"""Which raw records rows were made of, for erasing a customer: their object, and what is mapped together with it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.db.models import Q

from feedback import bulk
from feedback.models import Contact, RawRecord, Source
from feedback.services.system_settings import system_of


def raw_of_rows(model: type[models.Model], ids: Collection[int], references: Collection[str]) -> set[int]:
    """Ids of the raw records of these contacts or responses that are of this customer, or of nobody known."""
    found: set[int] = set()
    roots: dict[int, frozenset[str]] = {}
    streams: dict[int, list[str]] = {}
    for some in bulk.batches(sorted(ids)):
        for source_id, external in model._default_manager.filter(pk__in=some).values_list("source_id", "external_id"):
            if source_id not in roots:
                system = system_of(Source.objects.get(pk=source_id))
                roots[source_id] = system.roots if system else frozenset()
                streams[source_id] = _streams(source_id)
            own = RawRecord.objects.filter(source_id=source_id, stream__in=streams[source_id], external_id=external)
            said = set(own.values_list("entity", "stream"))
            entities = _entities(model, source_id, said, references, roots[source_id])
            around = RawRecord.objects.filter(source_id=source_id, entity__in=entities)
            found |= set(
                around.filter(Q(customer_ref="") | Q(customer_ref__in=references)).values_list("pk", flat=True)
            )
    return found


def _streams(source_id: int) -> list[str]:
    """The streams of a source, one look into the key of its records for each: they are named to find an id by it."""
    found: list[str] = []
    records = RawRecord.objects.filter(source_id=source_id).order_by("stream").values_list("stream", flat=True)
    while (following := records.filter(stream__gt=found[-1] if found else "").first()) is not None:
        found.append(following)
    return found


def _entities(
    model: type[models.Model],
    source_id: int,
    said: Collection[tuple[str, str]],
    references: Collection[str],
    roots: Collection[str],
) -> set[str]:
    """What a row with the id of these (entity, stream) was made of.

    Rating 123 and ticket 123 of one source are different objects.
    """
    entities = {entity for entity, _stream in said}
    if not entities:
        return entities
    named = RawRecord.objects.filter(source_id=source_id, entity__in=entities).exclude(customer_ref="")
    known = set(named.values_list("entity", "customer_ref").distinct())
    ours = {entity for entity, reference in known if reference in references}
    # All rows of an entity are of its customer.
    entities -= {entity for entity, _reference in known} - ours
    if len(entities) < 2:
        return entities
    # Contacts are made of roots. Responses are so too where a system has nothing else.
    fitting = {entity for entity, stream in said if entity in entities and (stream in roots) == (model is Contact)}
    return fitting or entities

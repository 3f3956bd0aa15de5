"""What a mapper may know about a source."""

from __future__ import annotations

from accounts.models import Market
from feedback.models import Source
from feedback.references import References
from feedback.systems import Record, Settings, System, generic, registry


def system_of(source: Source) -> System | None:
    """The system of a source; None where only files come from."""
    return registry.get(source.system)


def settings_of(source: Source, *, topic: str = "") -> Settings:
    """The settings of a source, with the zones of the markets."""
    zones = {market.code: str(market.tzinfo) for market in Market.objects.select_related("mapped_to")}
    return Settings(zone=source.zone, config=source.config, zones=zones, topic=topic)


def keep_of(source: Source, system: System) -> frozenset[str]:
    """Keys whose values are no words, and stay when words go: of the system, or of the map of any other program."""
    return system.keep | (generic.kept(source.config) if system.name == generic.GENERIC.name else frozenset())


def untouched_in(source: Source, system: System, record: Record) -> frozenset[str]:
    """Keys whose values are stored as they came; of any other program only what its record shows to be harmless."""
    mapped = system.name == generic.GENERIC.name
    return system.keep | (generic.untouched(source.config, record.payload) if mapped else frozenset())


def stored_id(system: System, record: Record, references: References) -> str:
    """A record's id; where it is somebody's address or number, its keyed hash."""
    personal = system.name == generic.GENERIC.name and generic.is_personal(record.external_id)
    return references.customer(record.external_id) if personal else record.external_id

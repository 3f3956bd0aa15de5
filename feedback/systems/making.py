"""Records and rows of an entity: which words still count, which value is the newest. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from feedback.systems.reading import text
from feedback.systems.shapes import Mapped, Payload, Record, Settings

_SHORTEST_KNOWN = 2
_LONGEST_KNOWN = 200
_MOST_KNOWN = 60
# What stands where a name should, and would take a common word out of every text.
_NAMES_OF_NOBODY = "customer klant kunde client guest gast visitor bezoeker anonymous anoniem user unknown support team"
_NOBODY = frozenset(_NAMES_OF_NOBODY.split())
_EMPTY: tuple[Any, ...] = (None, "", [], {})

Kind = Literal["contacts", "surveys", "commerce", "results"]


def row(kind: Kind, **fields: str) -> Mapped:
    """A row; fields without a value are left out, as a file leaves a cell empty."""
    return Mapped(kind, {name: value for name, value in fields.items() if value})


def gone(kind: Kind, external_id: str) -> Mapped:
    """A row that must not be there."""
    return Mapped(kind, {"external_id": external_id}, gone=True)


def gone_day(day: str, market: str, device: str = "") -> Mapped:
    """A day of a market, and device, that must not be there."""
    return Mapped("commerce", {**row("commerce", date=day, market=market, device=device).fields}, gone=True)


def picked(payload: Mapping[str, Any], keys: Iterable[str]) -> Payload:
    """Those keys of a payload that say something."""
    return {key: payload[key] for key in keys if key in payload and payload[key] not in _EMPTY}


def known(*values: Any) -> tuple[str, ...]:
    """Values that are people's, each once: what is too short or too long to be looked for is left out."""
    found: dict[str, None] = {}
    for value in values:
        shown = text(value)
        if _SHORTEST_KNOWN <= len(shown) <= _LONGEST_KNOWN and shown.lower() not in _NOBODY:
            found[shown] = None
    return tuple(found)[:_MOST_KNOWN]


def person(value: Any) -> tuple[Any, ...]:
    """What an object that describes somebody gives away, in the words of the systems that we read."""
    if not isinstance(value, Mapping):
        return ()
    keys = ("name", "firstname", "first_name", "lastname", "last_name", "email", "address", "phone", "phone_number",
            "display_name", "displayName", "available_name", "mobile", "handle")  # fmt: skip
    both = (f"{text(value.get('first_name') or value.get('firstname'))} "
            f"{text(value.get('last_name') or value.get('lastname'))}").strip()  # fmt: skip
    return (*(value.get(key) for key in keys), both)


def of(records: Iterable[Record], *streams: str) -> list[Record]:
    """The records of these streams, oldest version first."""
    return sorted((record for record in records if record.stream in streams), key=lambda record: record.version)


def merged(records: Iterable[Record]) -> Payload:
    """One object out of several that each say a part: the newest that says something wins, value by value."""
    whole: Payload = {}
    for record in records:
        whole.update((key, value) for key, value in record.payload.items() if value not in _EMPTY)
    return whole


def spoken(records: Sequence[Record], roots: Collection[str]) -> list[Record]:
    """Those records whose words may still be shown: not deleted, nor older than the deletion of their entity."""
    deletions = [record.version for record in records if record.deleted and record.stream in roots]
    last = max(deletions, default=None)
    return [record for record in records if not record.deleted and (last is None or record.version > last)]


def several(value: Any) -> list[Any]:
    """A list as it is, one value as a list of one."""
    return value if isinstance(value, list) else [value]


def option(settings: Settings, key: str, default: str = "") -> str:
    """A word of the source's settings."""
    return text(settings.config.get(key)) or default


def options(settings: Settings, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
    """A list of words of the source's settings; one word is a list of one."""
    value = settings.config.get(key)
    if isinstance(value, str | int):
        value = [value]
    return tuple(map(text, value)) if isinstance(value, list | tuple) else tuple(default)


def named(settings: Settings, key: str, value: Any, default: str = "") -> str:
    """What a map of the settings says about a value, such as the market of a brand."""
    table = settings.config.get(key)
    found = table.get(text(value)) if isinstance(table, Mapping) else None
    return text(found) or default

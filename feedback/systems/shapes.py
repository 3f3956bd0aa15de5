"""The shapes that every system shares. Pure.

What the three who build on this must know:
* `Record.people` says who stands in a payload; it is made from the whole body, before names are left out.
* `System.pulled` makes several records of one object: a ticket that comes with its messages is cut up.
* `System.rows` is told its entity, and is called even when no record is left in it (a day whose only order moved to
  another market still becomes a row, with zero orders).
* `Mapped.gone` takes back a row that an earlier version made (a ticket that was merged into another one).
* `System.roots` are streams whose deletion takes the words of everything in the entity.
* `Settings.zones` are the zones of the markets, by code: days of orders are cut there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Payload = dict[str, Any]


class Unknown(Exception):
    """An event that this system has and we have no use for: answered, noted, not stored. The text names it."""


class Unmappable(Exception):
    """An object that no row can be made of. `reason` is a kind of `feedback.rejections`."""

    def __init__(self, reason: str, column: str = "", value: str = "", **parameters: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value
        self.parameters = parameters


@dataclass(frozen=True)
class People:
    """Who stands in a payload. Hashed when it is received; `known` values are taken out of every text in it."""

    customer: str = ""
    order: str = ""
    agent: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One version of one object, as the system said it."""

    stream: str
    """What it is: "tickets", "ratings", "messages", "orders" …"""
    external_id: str
    payload: Payload
    """Only what a mapper may ever need: a system leaves out addresses, carts, names and other people's data at once.
    HTML has become text."""
    entity: str = ""
    """What it is mapped together with, such as "ticket:35436" or "day:2026-11-02:NL"; empty: itself."""
    version: str = ""
    """The system's own version field as digits that sort in the order of versions; the newest wins. Empty: it has
    none, and the one received last wins, also when it says what an earlier one said (see `receiving.heard_again`)."""
    occurred_at: datetime | None = None
    deleted: bool = False
    """The system says that the object, or words of it, are gone for good: its older versions lose their words, also
    when they arrive later; a newer version has words again. In a stream of `System.roots` everything in the entity
    loses them."""
    people: People = People()


@dataclass(frozen=True)
class Mapped:
    """One row: the fields of a kind as a file would give them (see CONTRACTS: "columns an import understands").

    `customer`, `order` and `agent` are filled in from the hashes of the entity's records, not by the mapper: each is
    the first that is not empty, newest record first.
    """

    kind: Literal["contacts", "surveys", "commerce", "results"]
    fields: Mapping[str, str]
    gone: bool = False
    """This row must not be there (any more): only `external_id` stands in its fields, or of a day its date, market and
    device."""


@dataclass(frozen=True)
class Settings:
    """What the owner of a source said about it: the JSON of `Source.config`, with the zone of the source."""

    zone: str = "Europe/Amsterdam"
    config: Mapping[str, Any] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    """The zone of each market, by its code."""
    topic: str = ""
    """Of a webhook whose event stands in a header alone: "orders/delete" of Shopify, "order.deleted" of WooCommerce."""


@dataclass(frozen=True)
class System:
    """One system. All functions are pure and raise nothing but `Unknown` and `Unmappable`."""

    name: str
    """As in `Source.system` and in addresses: "zendesk"."""
    label: str
    """As its makers write it: "Zendesk"."""
    records: Callable[[Any, Settings], Sequence[Record]]
    """Body of a webhook (parsed JSON) → records. Raises Unknown for an event that is not needed, Unmappable for a
    body that is not of this system."""
    rows: Callable[[str, Sequence[Record], Settings], Sequence[Mapped]]
    """Entity, and the newest version of every object that now belongs to it (deleted ones too), oldest first → rows.

    Raises Unmappable. It sees payloads after redaction: texts have placeholders.
    """
    entity: Callable[[Record, Settings], str] | None = None
    """Where the entity depends on the settings: the entity of a stored record by those of today, "" to leave it."""
    keep: frozenset[str] = frozenset()
    """Keys whose values are no words: the system's own enums, times, tags and ids. Redaction leaves them alone, and
    they are what is left of a payload whose words are erased."""
    pulled: Mapping[str, Callable[[Payload, Settings], Sequence[Record]]] = field(default_factory=dict)
    """By stream: an object of a pulled page → records, most often one."""
    roots: frozenset[str] = frozenset()
    """Streams whose deletion takes the words of everything in the entity."""
    counts_days: bool = False
    """Its entities are days of any number of objects: they are mapped with a pause (see `feedback.services.pacing`)."""
    signature: str = ""
    """How its webhooks are signed: a name of `feedback.signatures`; empty: it sends none."""
    delivery_id: tuple[str, ...] = ()
    """Where the id of a delivery stands: headers ("X-Shopify-Event-Id") or body paths ("body:id"), first found wins."""

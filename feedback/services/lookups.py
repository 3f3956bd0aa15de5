"""Small integers for names: dimension values, markets and reasons. What was never seen becomes a row.

A new channel, stage, market or reason is listed as unmapped (`/data/`) until a person says what it is; where
there were none before, the import decides which ones there are. What a person said a value means is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.utils import timezone

from accounts.models import Market
from feedback import bulk
from feedback.models import ContactReason, DimensionValue, Source
from feedback.redaction import redact

_SHOWN_AS_WRITTEN = frozenset({"page", "product", "language", "location", "department", "team"})
ASKED_ABOUT = ("channel", "stage")
"""Dimensions that numbers are split by: a new value of theirs is a question, one of the others is just a value."""


class Lookups:
    """Ids by name, read once per run of a job and grown inside its chunks."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._asks = _with_known_values()
        values = list(DimensionValue.objects.values_list("dimension", "code", "id", "mapped_to_id"))
        markets = list(Market.objects.values_list("code", "id", "mapped_to_id"))
        reasons = list(ContactReason.objects.values_list("path", "id", "mapped_to_id"))
        self._values: dict[tuple[str, str], int] = {
            (dimension, code): mapped_to or key for dimension, code, key, mapped_to in values
        }
        self._markets: dict[str, int] = {code: mapped_to or key for code, key, mapped_to in markets}
        self._reasons: dict[str, int] = {path: mapped_to or key for path, key, mapped_to in reasons}
        # The ids of values that mean others.
        self._own: dict[tuple[str, str], int] = {
            **{(dimension, code): key for dimension, code, key, mapped_to in values if mapped_to},
            **{("market", code): key for code, key, mapped_to in markets if mapped_to},
            **{("reason", path): key for path, key, mapped_to in reasons if mapped_to},
        }

    @property
    def has_stand_ins(self) -> bool:
        """Whether any value means another."""
        return bool(self._own)

    def own(self, field: str, name: str) -> int | None:
        """The own id of a value that means another, by dimension or "market" and name; None where it means itself."""
        return self._own.get((field, name if field == "market" else name.lower()))

    def own_reason(self, levels: tuple[str, ...]) -> int | None:
        """The same of a reason."""
        return self._own.get(("reason", " > ".join(levels)))

    def of_names(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int | None]:
        """Ids of (dimension or "market", name), each held until the transaction ends (see `_hold`).

        What is missing is made in one order everywhere, so that two imports never wait for each other.
        """
        found = {
            (field, name): self.market(name) if field == "market" else self.value(field, name)
            for field, name in sorted(names)
        }
        _hold(Market, {key for (field, _), key in found.items() if key and field == "market"})
        _hold(DimensionValue, {key for (field, _), key in found.items() if key and field != "market"})
        return found

    def of_reasons(self, paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
        """Ids of the last nodes of these paths, in the same way."""
        found = {levels: self.reason(levels) for levels in sorted(paths)}
        _hold(ContactReason, set(found.values()))
        return found

    def value(self, dimension: str, name: str) -> int | None:
        """The id of a dimension's value; capitals make no difference."""
        if not name:
            return None
        # What a name says of a person is looked for once: after that it is known as it is written.
        written = name.lower()
        found = self._values.get((dimension, written))
        if found is None:
            name = redact(name).text[:120]
            code = name.lower()[:120]
            label = name if dimension in _SHOWN_AS_WRITTEN else name[:1].upper() + name[1:]
            asks = dimension in ASKED_ABOUT and dimension in self._asks
            row, _ = DimensionValue.objects.get_or_create(
                dimension=dimension, code=code, defaults={"label": label, **self._found(asks)}
            )
            found = self._values[dimension, written] = row.mapped_to_id or row.pk
        return found

    def market(self, code: str) -> int | None:
        """The id of a market; one never seen gets the zone of the source (decision 0010)."""
        if not code:
            return None
        found = self._markets.get(code)
        if found is None:
            row, _ = Market.objects.get_or_create(
                code=code,
                defaults={"name": code, "zone": self._source.zone, "position": 99, "is_found": "market" in self._asks},
            )
            found = self._markets[code] = row.mapped_to_id or row.pk
        return found

    def reason(self, levels: tuple[str, ...]) -> int:
        """The id of the last node of a path; nodes that are missing are grown from the root down."""
        written = " > ".join(levels)
        found = self._reasons.get(written)
        if found is None:
            levels = tuple(redact(level).text[:120] for level in levels)
            path = " > ".join(levels)[:500]
            parent = self.reason(levels[:-1]) if len(levels) > 1 else None
            row, _ = ContactReason.objects.get_or_create(
                path=path,
                defaults={
                    "name": levels[-1],
                    "parent_id": parent,
                    "depth": len(levels) - 1,
                    **self._found("reason" in self._asks),
                },
            )
            found = self._reasons[written] = row.mapped_to_id or row.pk
        return found

    def _found(self, asks: bool) -> dict[str, Any]:
        return {"found_in": self._source, "accepted_at": None if asks else timezone.now()}


def _with_known_values() -> set[str]:
    """What has values that somebody settled: a new one beside them is a question."""
    settled = set(DimensionValue.objects.exclude(accepted_at=None).values_list("dimension", flat=True).distinct())
    if ContactReason.objects.exclude(accepted_at=None).exists():
        settled.add("reason")
    if Market.objects.exists():
        settled.add("market")
    return settled


def _hold(model: type[models.Model], ids: Collection[int]) -> None:
    """Make sure that these are still there, and stay until the transaction ends; raises LookupError.

    Contacts name them without a constraint in the database: once a chunk instead of once a row (decision 0015).
    """
    there = 0
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for some in bulk.batches(sorted(ids)):
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f'SELECT id FROM "{model._meta.db_table}" WHERE id IN ({places}){lock}', some)  # noqa: S608
            there += len(cursor.fetchall())
    if there < len(ids):
        raise LookupError(f"Some of the {model._meta.verbose_name_plural} are not there any more.")


def markets_by_name() -> dict[str, tuple[str, ZoneInfo]]:
    """(code, zone) of every market by its code and by its name, in capitals.

    One that means another keeps its code, so that its rows keep their ids, and counts days as the other does.
    """
    rows = list(Market.objects.select_related("mapped_to"))
    found = [(market, (market.code, (market.mapped_to or market).tzinfo)) for market in rows]
    return {market.name.upper(): place for market, place in found} | {
        market.code.upper(): place for market, place in found
    }

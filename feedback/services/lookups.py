"""Small integers for names: dimension values, markets and reasons. What was never seen becomes a row."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from accounts.models import Market
from feedback.models import ContactReason, DimensionValue, Source

_SHOWN_AS_WRITTEN = frozenset({"page", "product", "language", "location", "department", "team"})


class Lookups:
    """Ids by name, read once per run of a job and grown inside its chunks."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values: dict[tuple[str, str], int] = {
            (dimension, code): key
            for dimension, code, key in DimensionValue.objects.values_list("dimension", "code", "id")
        }
        self._markets: dict[str, int] = dict(Market.objects.values_list("code", "id"))
        self._reasons: dict[str, int] = dict(ContactReason.objects.values_list("path", "id"))

    def value(self, dimension: str, name: str) -> int | None:
        """The id of a dimension's value; capitals make no difference."""
        if not name:
            return None
        code = name.lower()[:120]
        found = self._values.get((dimension, code))
        if found is None:
            label = name if dimension in _SHOWN_AS_WRITTEN else name[:1].upper() + name[1:]
            row, _ = DimensionValue.objects.get_or_create(dimension=dimension, code=code, defaults={"label": label})
            found = self._values[dimension, code] = row.pk
        return found

    def market(self, code: str) -> int | None:
        """The id of a market; one never seen gets the zone of the source (decision 0010)."""
        if not code:
            return None
        found = self._markets.get(code)
        if found is None:
            row, _ = Market.objects.get_or_create(
                code=code, defaults={"name": code, "zone": self._source.zone, "position": 99}
            )
            found = self._markets[code] = row.pk
        return found

    def reason(self, levels: tuple[str, ...]) -> int:
        """The id of the last node of a path; nodes that are missing are grown from the root down."""
        path = " > ".join(levels)
        found = self._reasons.get(path)
        if found is None:
            parent = self.reason(levels[:-1]) if len(levels) > 1 else None
            row, _ = ContactReason.objects.get_or_create(
                path=path, defaults={"name": levels[-1], "parent_id": parent, "depth": len(levels) - 1}
            )
            found = self._reasons[path] = row.pk
        return found


def markets_by_name() -> dict[str, tuple[str, ZoneInfo]]:
    """(code, zone) of every market by its code and by its name, in capitals."""
    rows = list(Market.objects.all())
    return {market.name.upper(): (market.code, market.tzinfo) for market in rows} | {
        market.code.upper(): (market.code, market.tzinfo) for market in rows
    }

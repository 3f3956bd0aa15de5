"""The shop's counts per day into the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from feedback import bulk
from feedback.models import CommerceDay, Import
from feedback.normalise.commerce import CommerceRow
from feedback.services import former, stand_ins, stretch
from feedback.services.contact_writer import Stored, mark_days
from feedback.services.lookups import Lookups
from metrics.models import Kind

_FACTS = (
    "day", "market", "device", "sessions", "orders", "checkouts", "revenue_cents", "row_hash", "imported",
)  # fmt: skip


class CommerceWriter:
    """A `feedback.kinds.Writer` for commerce."""

    def __init__(self, imported: Import) -> None:
        self._imported = imported
        self._lookups = Lookups(imported.source)
        self._stored: dict[str, Stored] = {}

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Row hashes of the days that exist."""
        self._stored = {}
        for some in bulk.batches(external_ids):
            found = CommerceDay.objects.filter(source_id=self._imported.source_id, external_id__in=some)
            for row in found.values_list("external_id", "id", "row_hash", "day"):
                self._stored[row[0]] = Stored(row[1], row[2], row[3])
        return {key: stored.row_hash for key, stored in self._stored.items()}

    def prepare(self, rows: Sequence[CommerceRow]) -> int:
        """Counts hold no words."""
        return 0

    def write(self, new: Sequence[CommerceRow], changed: Sequence[CommerceRow]) -> None:
        """Store new and changed days."""
        new_ids = bulk.new_ids(CommerceDay, len(new)) if new else []
        bulk.insert(
            CommerceDay,
            ("id", "source", "external_id", *_FACTS),
            [
                (key, self._imported.source_id, row.external_id, *self._facts(row))
                for key, row in zip(new_ids, new, strict=True)
            ],
        )
        changed_ids = [self._stored[row.external_id].id for row in changed]
        former.keep(Import.Kind.COMMERCE, changed_ids, imported=self._imported, now=timezone.now())
        bulk.update(
            CommerceDay,
            _FACTS,
            [(*self._facts(row), key) for key, row in zip(changed_ids, changed, strict=True)],
        )
        keyed = [*zip(new_ids, new, strict=True), *zip(changed_ids, changed, strict=True)]
        named = ((key, row.row_hash, [("market", row.market)]) for key, row in keyed)
        stand_ins.note_names(self._lookups, "commerce", named)
        stretch.widen(self._imported, [*new_ids, *changed_ids])
        mark_days(Kind.COMMERCE, [row.local_day for row in [*new, *changed]])

    def _facts(self, row: CommerceRow) -> tuple[object, ...]:
        return (
            row.local_day,
            self._lookups.market(row.market),
            self._lookups.value("device", row.device),
            row.sessions,
            row.orders,
            row.checkouts,
            row.revenue_cents,
            row.row_hash,
            self._imported.pk,
        )

"""Which rows are new, changed or unchanged, as if they were stored one after the other. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Split:
    """What has to be written for a chunk, and how its rows count."""

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0

    @property
    def written(self) -> list[Any]:
        """New and changed rows."""
        return [*self.new, *self.changed]


def split(rows: Sequence[Any], known: Mapping[str, str]) -> Split:
    """Compare rows (with `external_id` and `row_hash`) to the stored hashes in `known`.

    An id that occurs twice counts twice and is written once, as it was last.
    """
    if len({row.external_id for row in rows}) == len(rows):
        return _split_distinct(rows, known)
    last: dict[str, Any] = {}
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for row in rows:
        before = last.get(row.external_id)
        stored = before.row_hash if before is not None else known.get(row.external_id)
        if stored is None:
            counts["new"] += 1
        elif stored == row.row_hash:
            counts["unchanged"] += 1
            continue
        else:
            counts["changed"] += 1
        last[row.external_id] = row
    new = [row for key, row in last.items() if key not in known]
    changed = [row for key, row in last.items() if key in known and known[key] != row.row_hash]
    return Split(new, changed, counts["new"], counts["changed"], counts["unchanged"])


def _split_distinct(rows: Sequence[Any], known: Mapping[str, str]) -> Split:
    """The same, when no id occurs twice, as in nearly every chunk."""
    if not known:
        return Split(list(rows), [], len(rows), 0, 0)
    new: list[Any] = []
    changed: list[Any] = []
    for row in rows:
        stored = known.get(row.external_id)
        if stored is None:
            new.append(row)
        elif stored != row.row_hash:
            changed.append(row)
    return Split(new, changed, len(new), len(changed), len(rows) - len(new) - len(changed))

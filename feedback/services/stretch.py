"""Where the rows of an import are: between the lowest and the highest id that it wrote."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.models import Import


def widen(imported: Import, ids: Sequence[int]) -> None:
    """It wrote these rows too. Called in the transaction that writes them; what came in live is no import."""
    if imported.pk is None or not ids:
        return
    # The ends of a range say it all; looked through, it costs as much as a list.
    ends = (ids[0], ids[-1]) if isinstance(ids, range) else (min(ids), max(ids))
    known = [key for key in (imported.first_row_id, imported.last_row_id) if key is not None]
    imported.first_row_id = min(*known, *ends)
    imported.last_row_id = max(*known, *ends)
    imported.save(update_fields=["first_row_id", "last_row_id"])


def of(imported: Import) -> tuple[int, int]:
    """The first and last id, which may lie around the rows of others; (0, -1) when it wrote none."""
    if imported.first_row_id is None or imported.last_row_id is None:
        return 0, -1
    return imported.first_row_id, imported.last_row_id

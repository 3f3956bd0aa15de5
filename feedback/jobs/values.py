"""Values that mean others: the stored rows follow, or get their own value back."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import MappedRows, ValueMapping
from feedback.services import series, values
from outbox import jobs, schedules

# As many ids as an IN takes on both databases.
ROWS_AT_ONCE = 500


@jobs.handles(values.JOB_KIND, title=_("Map a value"))
def map_values(run: jobs.Run) -> None:
    """Rewrite the rows of `{"mapping_id": …}`. Without one: of all mappings, for rows that came in meanwhile."""
    wanted = run.arguments.get("mapping_id")
    rows = ValueMapping.objects.order_by("pk")
    moved = 0
    for mapping in rows.filter(pk=wanted) if wanted else rows:
        if values.is_standing(mapping):
            moved += _move(run, mapping)
    if moved:
        series.request_recount(now=timezone.now())


def _move(run: jobs.Run, mapping: ValueMapping) -> int:
    moved = 0
    for move in values.moves(mapping, ROWS_AT_ONCE):
        with run.chunk(to=run.cursor + 1):
            count = move()
            run.progress["changed"] = run.progress.get("changed", 0) + count
        moved += count
    return moved


@jobs.handles(values.BACK_KIND, title=_("Take a mapping back"))
def unmap_values(run: jobs.Run) -> None:
    """Give the rows of `{"mapping_id": …}` their own value again; the mapping is gone when they have it."""
    mapping = ValueMapping.objects.filter(pk=run.arguments["mapping_id"]).first()
    if mapping is None:
        return
    while (piece := MappedRows.objects.filter(mapping=mapping).order_by("pk").first()) is not None:
        with run.chunk(to=run.cursor + 1):
            values.give_back(mapping, piece)
    with run.chunk(to=run.cursor + 1):
        mapping.delete()
    series.request_recount(now=timezone.now())


# An import that was at work while somebody mapped a value knew nothing of it.
schedules.daily(values.JOB_KIND, at="02:30")

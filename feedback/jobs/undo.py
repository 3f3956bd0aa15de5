"""Undoes an import, chunk by chunk, and throws former values away that are too old for that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import FormerRow, Import
from feedback.services import putting_back, stretch, undo
from outbox import jobs, schedules
from outbox.jobs import Run

SWEEP_KIND = "feedback.sweep_former"
# So many imports' rows are sorted into themes again afterwards; more would mean that nearly all were touched.
_SORTED_AGAIN = 20


@jobs.handles(undo.JOB_KIND, title=_("Undo an import"))
def undo_import(run: Run) -> None:
    """Undo one import: `{"import_id": …}`. Its place is kept in the progress: the step, and the last row done."""
    imported = Import.objects.select_related("source", "undone_by").get(pk=run.arguments["import_id"])
    if imported.state != Import.State.UNDOING:
        return
    if "step" not in run.progress:
        _set_out(run, imported)
    steps: dict[str, Callable[[Run, Import], bool]] = {"restore": _restore, "remove": _remove, "note": _note}
    order = list(steps)
    while (step := run.progress["step"]) in steps:
        if not steps[step](run, imported):
            following = order.index(step) + 1
            with run.chunk(to=run.cursor):
                run.progress.update(step=order[following] if following < len(order) else "finish", after=0)
    with run.chunk(to=run.job.total or run.cursor):
        undo.finish(
            imported=imported,
            removed=run.progress["removed"],
            restored=run.progress["restored"],
            sort_again=run.progress["again"][:_SORTED_AGAIN],
            now=timezone.now(),
        )


def _set_out(run: Run, imported: Import) -> None:
    outcome = undo.outcome(imported)
    first, last = stretch.of(imported)
    with run.chunk(to=0, total=outcome.total):
        run.progress.update(step="restore", after=0, first=first, last=last, removed=0, restored=0, again=[])


def _restore(run: Run, imported: Import) -> bool:
    ids = undo.changed(imported, after=run.progress["after"], count=jobs.chunk_rows())
    if ids:
        with run.chunk(to=run.cursor + len(ids)):
            run.progress["restored"] += undo.restore(imported, ids, now=timezone.now())
            _sort_again(run, putting_back.waiting(imported.kind, ids))
            run.progress["after"] = ids[-1]
    return bool(ids)


def _remove(run: Run, imported: Import) -> bool:
    after = max(run.progress["after"], run.progress["first"] - 1)
    ids = undo.written(imported, after=after, last=run.progress["last"], count=jobs.chunk_rows())
    if ids:
        with run.chunk(to=run.cursor + len(ids)):
            removed, orphaned = undo.remove(imported, ids)
            run.progress["removed"] += removed
            _sort_again(run, orphaned)
            run.progress["after"] = ids[-1]
    return bool(ids)


def _note(run: Run, imported: Import) -> bool:
    ids = undo.below_others(imported, after=run.progress["after"], count=jobs.chunk_rows())
    if ids:
        with run.chunk(to=run.cursor + len(ids)):
            undo.note(imported, ids, now=timezone.now())
            run.progress["after"] = ids[-1]
    return bool(ids)


def _sort_again(run: Run, imports: set[int]) -> None:
    run.progress["again"] = sorted({*run.progress["again"], *imports})


@jobs.handles(SWEEP_KIND, title=_("Throw away old former values"))
def sweep(run: Run) -> None:
    """Former values of imports that can no longer be undone; first it is written down that they cannot."""
    before = timezone.now() - timedelta(days=settings.IMPORT_UNDO_DAYS)
    old = Import.objects.filter(created_at__lt=before, swept_at=None).exclude(state=Import.State.UNDOING)
    for import_id in list(old.order_by("pk").values_list("pk", flat=True)):
        with run.chunk(to=run.cursor + 1):
            old.filter(pk=import_id).update(swept_at=timezone.now())
    rows = FormerRow.objects.filter(imported__swept_at__isnull=False)
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[: jobs.chunk_rows()]):
        with run.chunk(to=run.cursor + len(ids)):
            FormerRow.objects.filter(pk__in=ids).delete()


schedules.daily(SWEEP_KIND, at="03:40")

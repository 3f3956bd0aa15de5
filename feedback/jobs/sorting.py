"""Rows without a reason find their theme in their words: the steps of the job. The cursor counts rows sorted.

Importing this module loads scikit-learn, which takes seconds: only `discovery`'s handler does, when it has work.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from feedback.models import Import
from feedback.services import discovery, series, standing, themes, unthemed
from feedback.services.standing import Compass
from feedback.services.unthemed import Pile
from feedback.theming import Discovery
from outbox import jobs

# Encoding a thousand letters takes a few seconds: well within a lease.
ROWS_AT_ONCE = 1_000
ALIVE_EVERY_SECONDS = 10

# Steps of the work, kept in the job's progress together with each chunk's rows.
_OWN, _LOOK, _REST, _DONE = "own", "look", "rest", "done"


def discover_themes(run: jobs.Run) -> None:
    """Sort the untagged rows of an import (`{"import_id": …}`), or rows that came in live (`{"rows": {pile: ids}}`).

    Find new themes if many rows wait.
    """
    step = run.progress.setdefault("step", _OWN)
    if step == _OWN and _sort_own(run):
        step = _LOOK
    if step == _LOOK:
        step = _look(run)
    if step == _REST:
        _sort_rest(run)


def _sort_own(run: jobs.Run) -> bool:
    """The rows that this job is about; whether there were any."""
    live = run.arguments.get("rows")
    if live:
        piles = {pile: unthemed.of_ids(live[pile], pile) for pile in Pile}
    else:
        imported = Import.objects.get(pk=run.arguments["import_id"])
        piles = {pile: unthemed.of_import(imported, pile) for pile in Pile}
    waiting = sum(rows.count() for rows in piles.values())
    if not waiting and not run.cursor:
        return False
    with run.chunk(to=run.cursor, total=run.cursor + waiting):
        # The job that sorts by reason may still be at work: its themes have to be there.
        themes.themes_for_reasons(now=timezone.now())
    compass = standing.compass(run.extend)
    for pile in Pile:
        _sort(run, pile, piles[pile], compass, step=_OWN, anyway=())
    _go_on(run, _LOOK)
    return True


def _look(run: jobs.Run) -> str:
    """Find themes among all rows that wait; the next step."""
    while True:
        found = discovery.look(run.extend, lambda arithmetic: _beside(run, arithmetic))
        if found is None:
            _go_on(run, _DONE)
            return _DONE
        waiting = sum(unthemed.rows(pile).count() for pile in Pile)
        with run.chunk(to=run.cursor, total=run.cursor + waiting):
            made = discovery.make(found, now=timezone.now())
            if made is not None:
                run.progress.update(step=_REST, found=made)
        if made is not None:
            return _REST


def _sort_rest(run: jobs.Run) -> None:
    compass = standing.compass(run.extend)
    for pile in Pile:
        _sort(run, pile, unthemed.rows(pile), compass, step=_REST, anyway=run.progress["found"])
    _go_on(run, _DONE)


def _sort(
    run: jobs.Run, pile: Pile, rows: QuerySet[Any], compass: Compass | None, *, step: str, anyway: list[int] | tuple[()]
) -> None:
    """Sort a pile from where this step left it, chunk by chunk."""
    mark = f"{step}_{pile}"
    while some := unthemed.words(rows, after=run.progress.get(mark, 0), count=min(jobs.chunk_rows(), ROWS_AT_ONCE)):
        links = discovery.sort(some, compass, anyway=anyway)
        with run.chunk(to=run.cursor + len(some)):
            unthemed.link(pile, links)
            run.progress[mark] = some[-1].id


def _go_on(run: jobs.Run, step: str) -> None:
    with run.chunk(to=run.cursor, total=run.cursor):
        run.progress["step"] = step
        if step == _DONE:
            series.request_recount(now=timezone.now())


def _beside(run: jobs.Run, arithmetic: Callable[[], Discovery]) -> Discovery:
    """Do long arithmetic beside this thread, which meanwhile keeps the lease."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        working = pool.submit(arithmetic)
        while not wait([working], timeout=ALIVE_EVERY_SECONDS).done:
            run.extend()
        return working.result()

"""The most memory that a process ever held while it imported a file."""

from __future__ import annotations

import resource
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from demo.bench import sample, taking_in
from demo.bench.lines import Line, without_target
from demo.services.files import work_off


def measure(folder: Path, rows: int) -> list[Line]:
    """One line; its value only means something against that of another number of rows, in its own process."""
    path = sample.write(
        folder / f"memory-{rows}.csv", rows=rows, name=f"memory-{rows}", last_day=timezone.now().date() - timedelta(1)
    )
    # The import's own job; themes and recount follow in jobs that read other things.
    work_off(taking_in.receive(path).job_id)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return [without_target(f"peak of {rows} rows", peak, "KiB")]

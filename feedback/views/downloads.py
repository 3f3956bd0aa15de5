"""Tables as CSV files, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def csv_response(rows: Iterable[Sequence[Any]], file_name: str) -> StreamingHttpResponse:
    """Rows as a download. Cells that a spreadsheet could take for a formula have to be defused before."""
    return StreamingHttpResponse(
        _lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def _lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    # Without the mark, Excel takes UTF-8 for something else.
    yield "\ufeff"
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow(row)

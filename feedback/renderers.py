"""Formats of the API beside JSON: NDJSON in, CSV out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from feedback.rejections import defused


class NdjsonParser(BaseParser):
    """One JSON object a line; the source stands in the address: `?source=…`."""

    media_type = "application/x-ndjson"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The same shape as a JSON body: `{"source": …, "rows": […]}`."""
        rows = []
        for number, line in enumerate(stream.read().splitlines(), start=1):
            if not line.strip():
                continue
            try:
                rows.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise ParseError(_("Line %(line)s is not JSON.") % {"line": number}) from error
        request = (parser_context or {}).get("request")
        return {"source": request.query_params.get("source", "") if request else "", "rows": rows}


class CsvRenderer(BaseRenderer):
    """A page of a list as CSV, with `Accept: text/csv`; the address of the next page stands in `Link`."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The rows of `results`, or the sentence of an error."""
        rows = data.get("results") if isinstance(data, Mapping) else None
        if rows is None:
            return str(data.get("detail", "") if isinstance(data, Mapping) else "").encode()
        return "".join(csv_lines(rows)).encode()


def csv_lines(rows: Iterable[Mapping[str, Any]], header: Sequence[str] = ()) -> Iterable[str]:
    """CSV line by line, under the keys of the first row; no cell is taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    names = list(header)
    if names:
        writer.writerow(names)
    for row in rows:
        if not names:
            names = list(row)
            writer.writerow(names)
        writer.writerow([_cell(row[name]) for name in names])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if buffer.getvalue():
        yield buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "|".join(str(item) for item in value)
    if isinstance(value, int | float):
        return str(value)
    return defused(str(value))

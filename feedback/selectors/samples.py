"""The first rows of a file that waits for its mapping, read once for everything that the page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from feedback import evidence, mapping, parsing, transforms, uploads
from feedback.models import Import
from feedback.normalise.contacts import known_names
from feedback.services import reading

SAMPLE_ROWS = 5_000
_EXAMPLES = 3
_EXAMPLE_LENGTH = 40
_WORD = re.compile(r"[^\W\d_]+")
_PEOPLE = ("customer", "customer_name")
_FIRST_PEOPLE = 20


@dataclass(frozen=True)
class Sample:
    """Some rows and what they show."""

    path: Path
    shape: parsing.Shape
    rows: list[parsing.Row]
    # Whether the file goes on after them.
    more: bool

    @cached_property
    def columns(self) -> list[evidence.Column]:
        """What stands in each column, in the order of the file."""
        return evidence.columns(self.shape.header, (row.cells for row in self.rows if not row.fault))

    def column(self, heading: str) -> evidence.Column | None:
        """The first column with this heading, capitals aside."""
        return next((column for column in self.columns if column.heading.lower() == heading.lower()), None)

    def of(self, field: str, chosen: mapping.FieldMap) -> evidence.Column | None:
        """The first column that makes a field."""
        headings = chosen.columns.get(field)
        return self.column(headings[0]) if headings else None

    def day_order(self, chosen: mapping.FieldMap) -> evidence.DayOrder:
        """Day or month first, by all dates of the sample."""
        found = [column for field in mapping.MOMENTS if (column := self.of(field, chosen))]
        return evidence.day_order(value for column in found for value in column.values.elements())

    def comma(self, chosen: mapping.FieldMap) -> evidence.Comma | None:
        """What commas and points in the numbers of this mapping mean; None when there is nothing to say."""
        used = chosen.headings - {heading.lower() for heading in chosen.left_out}
        counts = (column for field in sorted(transforms.WHOLE) if (column := self.of(field, chosen)))
        return evidence.comma((column for column in self.columns if column.heading.lower() in used), counts)

    def people(self, chosen: mapping.FieldMap) -> tuple[str, ...]:
        """Names of the first customers and colleagues, which are taken out of what the page shows."""
        found = [column for field in (*_PEOPLE, "agent") if (column := self.of(field, chosen))]
        return known_names(*(value for column in found for value in column.judged[:_FIRST_PEOPLE]))

    def accents(self) -> list[str]:
        """Up to three words with letters beyond ASCII, to judge the encoding by; none with a capital, as names have."""
        words: dict[str, None] = {}
        for row in self.rows[:500]:
            for cell in row.cells:
                if not cell.isascii():
                    words.update((word, None) for word in _WORD.findall(cell) if _telling(word))
            if len(words) >= 3:
                break
        return list(words)[:3]


def sample(imported: Import, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Sample:
    """The first rows of the file of an import; raises parsing.Unreadable."""
    path = reading.upload_path(imported)
    if not path.is_file():
        raise parsing.Unreadable("file_gone")
    shape = parsing.sniff(path, encoding=encoding, delimiter=delimiter, sheet=sheet, limits=uploads.limits())
    rows = list(islice(parsing.rows(path, shape), SAMPLE_ROWS + 1))
    return Sample(path, shape, rows[:SAMPLE_ROWS], len(rows) > SAMPLE_ROWS)


def examples(column: evidence.Column, field: str, people: tuple[str, ...] = ()) -> list[str]:
    """A few different values, without personal data; `people` are names that stand in other columns."""
    from feedback.redaction import redact

    found: dict[str, None] = {}
    for value in column.judged:
        named = field in _PEOPLE and not any(sign.isdigit() or sign == "@" for sign in value)
        shown = "[name]" if named else redact(value, people).text
        found[shown if len(shown) <= _EXAMPLE_LENGTH else f"{shown[:_EXAMPLE_LENGTH]}…"] = None
        if len(found) == _EXAMPLES:
            break
    return list(found)


def _telling(word: str) -> bool:
    return not word.isascii() and 1 < len(word) <= 20 and word == word.lower()

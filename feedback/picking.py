"""From the cells of rows to the columns of fields: which headings, in which words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from feedback.memo import Memo
from feedback.normalise.problem import Problem

Converter = Callable[[str], str]
PATH_MARK = "\x1e"
"""Stands between the cells of a reason that is made of several columns."""
_JOINED_BY_PATH = frozenset({"reason"})


class Picked:
    """Columns of fields, of stripped cells that may be empty; and rows with a cell that did not fit, by position."""

    def __init__(self) -> None:
        self.fields: dict[str, Sequence[str]] = {}
        self.problems: dict[int, Problem] = {}

    def converted(self, cells: Sequence[str], memo: Memo[str]) -> list[str]:
        """The cells in the words of a converter."""
        try:
            return list(map(memo.__getitem__, cells))
        except Problem:
            return [self._one(at, cell, memo) for at, cell in enumerate(cells)]

    def _one(self, at: int, cell: str, memo: Memo[str]) -> str:
        try:
            return memo[cell]
        except Problem as problem:
            self.problems.setdefault(at, problem)
            return ""


class Columns:
    """Picks fields out of rows, many at once.

    Several columns make one field: levels of a reason, or a date and a time with a space between them.
    A converter turns each stripped cell of its field into what the field means; it may raise `Problem`.
    """

    def __init__(
        self,
        columns: Mapping[str, tuple[int, ...]],
        constants: Mapping[str, str],
        converters: Mapping[str, Converter] | None = None,
    ) -> None:
        self._columns = columns
        self._constants = {name: value for name, value in constants.items() if value}
        self._memos = {name: _memo(converter) for name, converter in (converters or {}).items()}

    def pick(self, rows: Sequence[Sequence[str]]) -> Picked:
        """The fields of rows that are all as wide as the headings."""
        picked = Picked()
        cells = list(zip(*rows, strict=True))
        for name, value in self._constants.items():
            picked.fields[name] = [value] * len(rows)
        for name, indexes in self._columns.items():
            parts = [list(map(str.strip, cells[index])) for index in indexes]
            if name in self._memos:
                parts = [picked.converted(part, self._memos[name]) for part in parts]
            column = parts[0] if len(parts) == 1 else _joined(parts, PATH_MARK if name in _JOINED_BY_PATH else " ")
            constant = self._constants.get(name)
            picked.fields[name] = [cell or constant for cell in column] if constant else column
        return picked


def picker(
    columns: Mapping[str, tuple[int, ...]],
    constants: Mapping[str, str],
    converters: Mapping[str, Converter] | None = None,
) -> Callable[[Sequence[str]], dict[str, str]]:
    """A function from the cells of one row to its fields, empty ones left out; it raises Problem."""
    many = Columns(columns, constants, converters)

    def pick(cells: Sequence[str]) -> dict[str, str]:
        picked = many.pick([cells])
        if picked.problems:
            raise picked.problems[0]
        return {name: column[0] for name, column in picked.fields.items() if column[0]}

    return pick


def _joined(parts: Sequence[Sequence[str]], mark: str) -> list[str]:
    return [mark.join(filter(None, cells)) for cells in zip(*parts, strict=True)]


def _memo(converter: Converter) -> Memo[str]:
    return Memo(lambda cell: converter(cell) if cell else "")

"""Many rows at once, column by column, each cell a fact or the problem of its row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from feedback.memo import Memo
from feedback.normalise.clocks import Clock, Moment
from feedback.normalise.problem import Problem

Fields = Mapping[str, Sequence[str]]
"""Columns by field, of stripped cells; an empty cell says nothing."""
_NEVER: Moment = ("", "")


class Facts(Memo[Any]):
    """A memo of facts. Where its work raises a Problem, that stands for the text."""

    def __init__(self, work: Callable[[str], Any]) -> None:
        super().__init__(self._worked_out)
        self._fact = work
        self.refused = False

    def _worked_out(self, text: str) -> Any:
        try:
            return self._fact(text)
        except Problem as problem:
            self.refused = True
            # It stays: the frames in which it was raised must not.
            return problem.with_traceback(None)


class Batch:
    """Columns of the same rows, and the first problem of each row that has one."""

    def __init__(self, fields: Fields, count: int) -> None:
        self._fields = fields
        self._nothing = [""] * count
        self.count = count
        self.problems: dict[int, Problem] = {}

    def cells(self, name: str) -> Sequence[str]:
        """The cells of a field; empty ones when the file does not have it."""
        return self._fields.get(name, self._nothing)

    def has(self, *names: str) -> bool:
        """Whether any of these fields is there."""
        return any(name in self._fields for name in names)

    def facts(self, cells: Sequence[str], memo: Facts, instead: Any = "") -> list[Any]:
        """What the memo makes of each cell; `instead` where it finds a problem."""
        found = [memo[""]] * self.count if cells is self._nothing else list(map(memo.__getitem__, cells))
        if memo.refused:
            for at, fact in enumerate(found):
                if fact.__class__ is Problem:
                    self.problems.setdefault(at, fact)
                    found[at] = instead
        return found

    def moments(self, name: str, clocks: Sequence[Clock], missing: Problem | None) -> list[Moment]:
        """What each row's clock reads; an empty cell is `missing`, or no moment at all when that is None."""
        if missing is None and not self.has(name):
            return [_NEVER] * self.count
        found: list[Moment] = []
        add = found.append
        for clock, cell in zip(clocks, self.cells(name), strict=True):
            if cell:
                try:
                    add(clock.read(name, cell))
                    continue
                except Problem as problem:
                    self.problems.setdefault(len(found), problem)
            elif missing is not None:
                self.problems.setdefault(len(found), missing)
            add(_NEVER)
        return found

    def refuse(self, cells: Sequence[str], check: Callable[[str], object]) -> None:
        """Let `check` raise a problem for each of these cells."""
        for at, cell in enumerate(cells):
            try:
                check(cell)
            except Problem as problem:
                self.problems.setdefault(at, problem)

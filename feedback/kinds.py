"""Kinds of rows that can be imported, by name. Higher floors add their own when they start.

A kind brings three things: its fields, a pure normaliser and a writer. The import does the rest (reading,
mapping, rejects, chunks, counts, resume). Experiment results, for example, live above this floor;
`experiments/apps.py` says in `ready()`:

    kinds.register(Kind(
        name="results",
        columns=("experiment", "variant", "date", "visitors", "conversions", …),
        required=("experiment", "variant", "date", "visitors", "conversions"),
        normaliser=results.normaliser,   # Circumstances -> (fields -> row; raises Problem)
        writer=results.Writer,           # Import -> Writer, one for each run of the job
    ))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from feedback.models import Import
from feedback.normalise import Circumstances


class Row(Protocol):
    """What a normaliser returns: a NamedTuple with at least these two."""

    @property
    def external_id(self) -> str:
        """Unique within source and kind, at most 120 characters."""

    @property
    def row_hash(self) -> str:
        """Equal hash, unchanged row: `circumstances.references.row(facts)`."""


class Writer(Protocol):
    """Stores rows of one import. For every chunk: `known`, `prepare`, and in the transaction `write`."""

    def known(self, external_ids: Sequence[str]) -> dict[str, str]:
        """The stored row hash of those ids that exist. Called before the chunk's transaction.

        And again inside it, when another writer of the source had its turn meanwhile (`services.turns`).
        """

    def prepare(self, rows: Sequence[Any]) -> int:
        """Whatever takes long and writes nothing, outside the transaction: redaction.

        How many pieces of personal data were taken out.
        """

    def write(self, new: Sequence[Any], changed: Sequence[Any]) -> None:
        """Store these rows inside the chunk's transaction, and mark their days, old and new, as dirty.

        What `known` answered last still holds; no id occurs twice.
        """


Normaliser = Callable[[Mapping[str, str]], Any]


@runtime_checkable
class ManyRows(Protocol):
    """What a normaliser may be besides: one that works on the columns of many rows at once, which is faster."""

    def many(self, fields: Mapping[str, Sequence[str]], count: int) -> Sequence[Any]:
        """A row, or the Problem that the normaliser would raise, for each; empty cells say nothing."""


@dataclass(frozen=True)
class Kind:
    """One kind of rows."""

    name: str
    columns: tuple[str, ...]
    # A file without a column or constant for one of these is refused as a whole.
    required: tuple[str, ...]
    normaliser: Callable[[Circumstances], Normaliser]
    writer: Callable[[Import], Writer]
    # Job kinds to run when something new or changed came in; those nobody handles are left out.
    afterwards: tuple[str, ...] = ()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; once, when its app starts."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of rows named {kind.name}.")


def get(name: str) -> Kind | None:
    """The kind with this name."""
    return _kinds.get(name)


def names() -> list[str]:
    """All registered names."""
    return list(_kinds)


def fields(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The fields of those of these kinds that are registered."""
    return {name: _kinds[name].columns for name in names if name in _kinds}

"""The field map of a signed webhook: read from what a person chose, guessed where nobody has chosen yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from feedback import guessing, kinds
from feedback.evidence import Column
from feedback.forms.mapping import FixedChoice, fixed_from
from feedback.systems import generic, paths

FIXED_ROWS = 2
SPARE = 1
_EXAMPLES = 200
_IDS = ("id", "uuid", "key", "number", "reference", "token", "external_id", "ticket_id", "response_id", "ref")
# Names that say nothing without the one before them: "id" of "customer.id".
_BARE = frozenset({"id", "name", "value", "type", "code", "key", "email", "number"})
_VERSIONS = ("updated_at", "updatedat", "modified_at", "modified", "updated", "version", "changed_at")


def config_from(data: Mapping[str, str], kind: kinds.Kind) -> dict[str, Any]:
    """What a person chose, in the shape of `Source.config`; places that are no path are left out."""
    fields: dict[str, str] = {}
    position = 0
    while f"path-{position}" in data:
        name = data.get(f"field-{position}", "")
        if name in kind.columns and name not in fields and (path := _path(data[f"path-{position}"])):
            fields[name] = path
        position += 1
    constants = {
        name: value[:_EXAMPLES]
        for name, value in fixed_from(data)
        if name in kind.columns and value and name not in fields
    }
    config: dict[str, Any] = {"kind": kind.name, "fields": fields, "constants": constants}
    for name in ("records", "id", "version", "deleted"):
        if path := _path(data.get(name, "")):
            config[name] = path
    if data.get("signature") == "token":
        config["signature"] = "token"
    return config


def guessed(kind: kinds.Kind, places: Mapping[str, Sequence[Any]], records: str) -> dict[str, Any]:
    """A map to begin with, from the names of what came and from the first values."""
    columns = [Column(_last(path), len(found), _counted(found)) for path, found in places.items()]
    at = {column.heading: path for path, column in reversed(list(zip(places, columns, strict=True)))}
    guess = guessing.guess(kind.name, kind.columns, columns)
    fields = {name: at[headings[0]] for name, headings in guess["columns"].items() if headings and headings[0] in at}
    # An id is chosen in a place of its own.
    own_id = fields.pop("external_id", "")
    return {
        "kind": kind.name,
        "records": records,
        "id": own_id or _named(places, _IDS),
        "version": _named(places, _VERSIONS),
        "fields": fields,
        "constants": guess.get("constants", {}),
    }


def fixed_choices(config: Mapping[str, Any], data: Mapping[str, str] | None) -> list[FixedChoice]:
    """Fields that are the same for every record, and empty lines for more."""
    found = fixed_from(data) if data is not None else list(config.get("constants", {}).items())
    filled = [pair for pair in found if any(pair)]
    rows = [*filled, *[("", "")] * max(SPARE, FIXED_ROWS - len(filled))]
    return [FixedChoice(at, name, value) for at, (name, value) in enumerate(rows)]


def _path(text: str) -> str:
    try:
        return text.strip() if paths.compiled(text) else ""
    except paths.BadPath:
        return ""


def _last(path: str) -> str:
    """The name that a heading of a file would have."""
    names = [step for step in paths.compiled(path) if isinstance(step, str)]
    bare = names and names[-1].lower() in _BARE
    return "_".join(names[-2:] if bare else names[-1:]) or path


def _counted(values: Sequence[Any]) -> Counter[str]:
    return Counter(cell[:_EXAMPLES] for value in values if (cell := generic.cell(value)))


def _named(places: Mapping[str, Sequence[Any]], names: Sequence[str]) -> str:
    """The place with one of these names that is least deep; of several the first name wins."""
    wanted = {name: rank for rank, name in enumerate(names)}
    found = [
        (len(steps), wanted[steps[-1].lower()], path)
        for path in places
        if "[*]" not in path and (steps := [str(step) for step in paths.compiled(path)]) and steps[-1].lower() in wanted
    ]
    return min(found)[2] if found else ""

"""What came last from a signed webhook, place by place, and what it would become under a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from feedback import fields as words
from feedback import kinds, rejections
from feedback.models import RawRecord, Source
from feedback.normalise import Circumstances, Problem
from feedback.references import Kept
from feedback.selectors.sources import samples
from feedback.services.lookups import markets_by_name
from feedback.systems import generic, paths

PREVIEW_ROWS = 5
_EXAMPLES = 3
_EXAMPLE_LENGTH = 60
_SHOWN = 200


@dataclass(frozen=True)
class Place:
    """One place in what came: examples, and what it becomes."""

    position: int
    path: str
    examples: list[str]
    was_personal: bool
    """Nothing is left of it: personal data was taken out, or it was always empty."""
    field: str
    treatment: str


@dataclass(frozen=True)
class PreviewLine:
    """One record as it would become a row: fields by their names, or why it would not."""

    fields: list[tuple[str, str]]
    text: str
    column: str
    problem: str


@dataclass(frozen=True)
class Material:
    """What there is to make a map from."""

    bodies: list[Any]
    """Whole bodies, when nobody had said yet where records stand; else empty."""
    items: list[dict[str, Any]]
    lists: list[str]
    """Places of a list of objects in those bodies."""


def material(source: Source, records: str | None) -> Material:
    """The newest samples, cut into records at `records` (None: at the largest list, or not at all)."""
    found = samples(source)
    bodies = [payload["body"] for payload in found if set(payload) == {"body"}]
    items = [payload for payload in found if set(payload) != {"body"}]
    lists = list(dict.fromkeys(path for body in bodies for path in paths.lists(body)))
    at = records if records is not None else (lists[0] if lists else "")
    cut = [item for body in bodies for item in generic.items(body, {"records": at})]
    return Material(bodies, items or cut, lists)


def places(items: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """What stands at each place of some records."""
    found: dict[str, list[Any]] = {}
    for item in items:
        for path, values in paths.leaves(item).items():
            found.setdefault(path, []).extend(values)
    return dict(list(found.items())[:_SHOWN])


def place_choices(found: Mapping[str, Sequence[Any]], config: Mapping[str, Any]) -> list[Place]:
    """Each place with what the map makes of it; places of the map that did not come are listed last."""
    by_path: dict[str, str] = {path: name for name, path in config.get("fields", {}).items()}
    rows: list[Place] = []
    for path in [*found, *(path for path in by_path if path not in found)]:
        shown = list(
            dict.fromkeys(cell[:_EXAMPLE_LENGTH] for value in found.get(path, ()) if (cell := generic.cell(value)))
        )
        name = by_path.get(path, "")
        treatment = str(words.TREATMENTS.get(name, ""))
        rows.append(Place(len(rows), path, shown[:_EXAMPLES], path in found and not shown, name, treatment))
    return rows


def preview(
    source: Source, kind: kinds.Kind, config: Mapping[str, Any], items: Sequence[dict[str, Any]]
) -> list[PreviewLine]:
    """The first records under a map. People are missing where the sample has lost them: they are hashed on arrival."""
    normalise = kind.normaliser(
        Circumstances(
            references=Kept(settings.CUSTOMER_KEY),
            zone=ZoneInfo(source.zone),
            markets=markets_by_name(),
            default_market=source.market.code if source.market else "",
        )
    )
    return [_line(kind, normalise, generic.fields_of(item, config), at) for at, item in enumerate(items[:PREVIEW_ROWS])]


def _line(kind: kinds.Kind, normalise: kinds.Normaliser, fields: dict[str, str], at: int) -> PreviewLine:
    fields.setdefault("external_id", str(at))
    said = " ".join(fields[name] for name in ("subject", "text", "comment") if name in fields)
    shown = [
        (words.name(name), value.replace("|", ", ")[:_EXAMPLE_LENGTH])
        for name, value in fields.items()
        if name not in {"subject", "text", "comment"} and name in kind.columns
    ]
    try:
        normalise(fields)
    except Problem as problem:
        sentence = rejections.sentence(problem.reason, problem.parameters)
        return PreviewLine(shown, said, words.name(problem.column), sentence)
    return PreviewLine(shown, said, "", "")


def has_arrived(source: Source) -> bool:
    """Whether anything came that a map could be made from."""
    return RawRecord.objects.filter(source=source).exists()

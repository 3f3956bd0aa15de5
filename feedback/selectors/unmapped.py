"""Values that nobody has said anything about: how many rows each has, and what it might mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Model, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Market
from feedback.likeness import likeliest
from feedback.models import ContactReason, DimensionValue, ReasonTag, ValueMapping
from feedback.services.values import model_of
from metrics.models import ContactCell, SurveyCell

SHOWN = 50
TARGETS = 400
NAMES = {"channel": _("Channels"), "stage": _("Stages of the journey"), "market": _("Markets"), "reason": _("Reasons")}


@dataclass(frozen=True)
class Value:
    """One value as it arrived. `guess` is the id of the value that it most likely means, or None."""

    id: int
    name: str
    source: str
    rows: int
    guess: int | None


@dataclass(frozen=True)
class Dimension:
    """The values of one dimension that are a question, those with most rows first, and what they could mean."""

    name: str
    label: str
    values: list[Value] = field(default_factory=list)
    total: int = 0
    targets: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows that hold the values shown."""
        return sum(value.rows for value in self.values)


@dataclass(frozen=True)
class Made:
    """A mapping that stands."""

    id: int
    dimension: str
    source: str
    target: str
    rows: int
    by: str
    running: bool
    being_taken_back: bool


def unmapped() -> list[Dimension]:
    """Every dimension that has a question; a fixed number of queries."""
    found = [_dimension(name) for name in NAMES]
    return [dimension for dimension in found if dimension.total]


def _dimension(name: str) -> Dimension:
    rows = _open(name)
    sources = {} if name == "market" else dict(rows.values_list("pk", "found_in__name"))
    names = dict(rows.values_list("pk", _name_field(name)))
    counts = _counts(name, list(names))
    targets = _targets(name)
    shown = sorted(names, key=lambda key: (-counts.get(key, 0), names[key]))[:SHOWN]
    return Dimension(
        name,
        str(NAMES[name]),
        [
            Value(key, names[key], sources.get(key) or "", counts.get(key, 0), likeliest(names[key], targets))
            for key in shown
        ],
        len(names),
        targets,
    )


def _open(name: str) -> QuerySet[Model]:
    rows: QuerySet[Model]
    if name == "market":
        rows = Market.objects.filter(is_found=True, mapped_to=None)
    elif name == "reason":
        # A node that only holds others together is no question of its own.
        rows = ContactReason.objects.filter(accepted_at=None, mapped_to=None, tags__isnull=False).distinct()
    else:
        rows = DimensionValue.objects.filter(dimension=name, accepted_at=None, mapped_to=None)
    return rows.order_by("pk")


def _name_field(name: str) -> str:
    return {"market": "code", "reason": "path"}.get(name, "label")


def _targets(name: str) -> list[tuple[int, str]]:
    rows: QuerySet[Model]
    if name == "market":
        rows = Market.objects.filter(is_found=False, mapped_to=None)
    elif name == "reason":
        rows = ContactReason.objects.filter(mapped_to=None).exclude(accepted_at=None)
    else:
        rows = DimensionValue.objects.filter(dimension=name, mapped_to=None).exclude(accepted_at=None)
    field_name = "name" if name == "market" else _name_field(name)
    return list(rows.order_by(field_name).values_list("pk", field_name)[:TARGETS])


def _counts(name: str, ids: Sequence[int]) -> dict[int, int]:
    """Contacts and survey responses with each value."""
    if name == "reason":
        tags = ReasonTag.objects.filter(reason_id__in=ids).order_by()
        return dict(tags.values_list("reason_id").annotate(Count("contact_id")))
    found: Counter[int] = Counter()
    cells: tuple[tuple[type[ContactCell] | type[SurveyCell], str], ...] = (
        (ContactCell, "contacts"),
        (SurveyCell, "invited"),
    )
    for model, rows in cells:
        held = model._default_manager.filter(theme=0, **{f"{name}__in": ids}).order_by()
        found.update(dict(held.values_list(name).annotate(Sum(rows))))
    return found


def mappings() -> list[Made]:
    """What people said, newest first."""
    rows = list(ValueMapping.objects.select_related("created_by", "job").order_by("-pk")[:SHOWN])
    names: dict[str, dict[int, str]] = {}
    standing: set[tuple[str, int]] = set()
    for dimension in {row.dimension for row in rows}:
        ids = [key for row in rows if row.dimension == dimension for key in (row.from_id, row.to_id)]
        found = model_of(dimension)._default_manager.filter(pk__in=ids)
        names[dimension] = dict(found.values_list("pk", _name_field(dimension)))
        standing |= {(dimension, key) for key in found.exclude(mapped_to=None).values_list("pk", flat=True)}
    return [
        Made(
            row.pk,
            str(NAMES.get(row.dimension, row.dimension)),
            names[row.dimension].get(row.from_id, "–"),
            names[row.dimension].get(row.to_id, "–"),
            row.rows,
            row.created_by.name if row.created_by else "",
            row.job is not None and row.job.state in {"queued", "running"},
            (row.dimension, row.from_id) not in standing,
        )
        for row in rows
    ]

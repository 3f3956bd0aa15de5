"""The mapping page: what it asks about every column, and the mapping that a person's answers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from feedback import fields, kinds, mapping, rejections, transforms
from feedback.evidence import Column
from feedback.forms import treatments
from feedback.selectors.samples import Sample, examples
from feedback.selectors.suggestions import Choice

LEFT_OUT = "-"
TIME_OF = "time:"
_TABLE_ROWS = 30
_MOST_VALUES = 200
_MOST_FIXED = 40
_LEFT_OUT_IN_SIGHT = 5


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one control. `target` is its id, or empty when it is about the whole."""

    target: str
    label: str
    sentence: str


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the file, what it becomes, and what happens on the way in."""

    position: int
    heading: str
    examples: list[str]
    # A field, "time:" and a field, "-" for left out, "" for not yet decided.
    field: str
    treatment: str
    options: list[tuple[str, str]]
    option: str
    transform: transforms.Transform | None
    # (value, rows, what it means) of a table of values; the rows are 0 for values of earlier files.
    table: list[tuple[str, int, str]]
    choice: Choice | None
    note: str
    error: str

    @property
    def name(self) -> str:
        """Of its control."""
        return f"column-{self.position}"

    @property
    def asks_sign(self) -> bool:
        """Whether a sign has to be typed."""
        return self.option == "path:" or self.option.startswith("part:")

    @property
    def is_moment(self) -> bool:
        """Whether it is a point in time, which a time zone belongs to."""
        return self.field.removeprefix(TIME_OF) in mapping.MOMENTS and self.field != "date"


@dataclass(frozen=True)
class FixedChoice:
    """A field that is the same for every row."""

    position: int
    field: str
    value: str


@dataclass(frozen=True)
class MappingForm:
    """Everything the mapping page asks."""

    columns: list[ColumnChoice]
    fixed: list[FixedChoice]
    choices: list[tuple[str, str]]
    moments: list[tuple[str, str]]
    chosen: mapping.FieldMap
    errors: list[FieldError] = field(default_factory=list)

    @property
    def mapped(self) -> int:
        """How many columns become something."""
        return sum(column.field not in {"", LEFT_OUT} for column in self.columns)

    @property
    def left_out(self) -> list[str]:
        """The headings of the columns that nothing is made of."""
        return [column.heading for column in self.columns if column.field == LEFT_OUT]

    @property
    def folds(self) -> bool:
        """Whether so many are left out that those which become something are hard to find between them."""
        return len(self.left_out) > _LEFT_OUT_IN_SIGHT


def mapping_form(
    kind: kinds.Kind,
    chosen: mapping.FieldMap,
    sample: Sample,
    *,
    choices: Mapping[str, Choice],
    notes: Mapping[str, str],
    errors: Sequence[FieldError] = (),
    fixed: Sequence[tuple[str, str]] | None = None,
    data: Mapping[str, str] | None = None,
) -> MappingForm:
    """The form for a file under a mapping. `choices` and `notes` are by heading.

    `fixed` are the fixed values as they were typed, half filled in ones too; `data` is what was posted.
    """
    becomes: dict[str, str] = {}
    for name, headings in chosen.columns.items():
        for at, heading in enumerate(headings or ()):
            is_time = at and name in mapping.MOMENTS
            becomes.setdefault(heading.lower(), f"{TIME_OF}{name}" if is_time else name)
    people = sample.people(chosen)
    wrong = {error.target: error.sentence for error in errors}
    columns = []
    for position, column in enumerate(sample.columns):
        name = becomes.pop(column.heading.lower(), "")
        choice = choices.get(column.heading)
        if f"column-{position}" in wrong:
            # What was chosen stays, so that it can be mended.
            name = (data or {}).get(f"column-{position}", name)
        name = name or ("" if choice else LEFT_OUT)
        begun = treatments.begun(name, data or {}, position)
        columns.append(_column(position, column, name, chosen, choice, notes, wrong, people, begun))
    typed = list(chosen.constants.items()) if fixed is None else fixed
    return MappingForm(
        columns=columns,
        fixed=[FixedChoice(at, *pair) for at, pair in enumerate(typed)],
        choices=[(name, fields.name(name)) for name in kind.columns],
        moments=[
            (f"{TIME_OF}{name}", _("Time of “%(field)s”") % {"field": fields.name(name)})
            for name in kind.columns
            if name in {"occurred_at", "responded_at"}
        ],
        chosen=chosen,
        errors=list(errors),
    )


def _column(
    position: int,
    column: Column,
    name: str,
    chosen: mapping.FieldMap,
    choice: Choice | None,
    notes: Mapping[str, str],
    wrong: Mapping[str, str],
    people: tuple[str, ...],
    begun: str,
) -> ColumnChoice:
    transform = chosen.transforms.get(name)
    few = len(column.values) <= _MOST_VALUES
    option = treatments.option_of(transform) if transform or not begun else begun
    return ColumnChoice(
        position=position,
        heading=column.heading,
        examples=examples(column, name, people),
        field=name,
        treatment=str(fields.TREATMENTS.get(name, "")) if name != "reason" else "",
        options=[one for one in treatments.options(name) if few or one[0] != "values" or option == "values"],
        option=option,
        transform=transform,
        table=_table(column, transform) if option == "values" else [],
        choice=choice,
        note=notes.get(column.heading, ""),
        error=wrong.get(f"column-{position}", ""),
    )


def _table(column: Column, transform: transforms.Transform | None) -> list[tuple[str, int, str]]:
    said = transform.values if isinstance(transform, transforms.Values) else {}
    means = {value.lower(): meant or treatments.EMPTIED for value, meant in said.items()}
    rows = [(value, count, means.pop(value.lower(), "")) for value, count in column.values.most_common(_TABLE_ROWS)]
    # What was said about values that are not in this table is kept.
    return rows + [(value, 0, means[value.lower()]) for value in said if value.lower() in means]


def mapping_from(
    data: Mapping[str, str], sample: Sample, kind: kinds.Kind
) -> tuple[mapping.FieldMap, list[FieldError]]:
    """The mapping that a person chose, without what is wrong in it, and what that is."""
    errors: list[FieldError] = []
    columns: dict[str, Any] = {}
    left_out: list[str] = []
    every: dict[str, Any] = {}
    times: dict[str, str] = {}
    for position, column in enumerate(sample.columns):
        target, name = f"column-{position}", data.get(f"column-{position}", "")
        if name == LEFT_OUT:
            left_out.append(column.heading)
        elif name.startswith(TIME_OF):
            times[name.removeprefix(TIME_OF)] = column.heading
        elif name in kind.columns:
            if name in columns and name not in mapping.SEVERAL:
                errors.append(_error(target, column.heading, "only_reason_several", name=fields.name(name)))
                continue
            columns.setdefault(name, []).append(column.heading)
            transform, error = _transform(name, data, position, column)
            if error:
                errors.append(error)
            elif transform and name not in every:
                every[name] = transform
    for name, heading in times.items():
        if name in columns:
            columns[name].append(heading)
        else:
            errors.append(_error(f"column-{_at(sample, heading)}", heading, "time_without_day"))
    constants = _constants(data, kind, columns)
    _leave_out_namesakes(columns, constants, sample, kind.columns)
    said = {
        "columns": columns,
        "constants": constants,
        "left_out": left_out,
        "transforms": every,
    }
    words = {
        "timezone": data.get("timezone", "").strip(),
        "date_format": data.get("date_format", ""),
        "decimal": data.get("decimal", ""),
        "delimiter": data.get("delimiter", ""),
        "encoding": data.get("encoding", ""),
        "sheet": data.get("sheet", ""),
    }
    try:
        return mapping.read(said | words, kind.columns), errors
    except mapping.BadMapping as error:
        target = "timezone" if error.reason == "zone_unknown" else ""
        errors.append(_error(target, _("Time zone") if target else "", error.reason, **error.parameters))
        return mapping.read(said, kind.columns), errors


def _transform(
    name: str, data: Mapping[str, str], position: int, column: Column
) -> tuple[dict[str, Any], FieldError | None]:
    """What happens to a column on the way in; guessed anew when it has just become another field."""
    from feedback import guessing

    before = data.get(f"was-{position}")
    if before is not None and before != name:
        return guessing.transform(name, column), None
    told = treatments.chosen(name, data, position)
    if told:
        try:
            transforms.read(name, told)
        except transforms.BadTransform as error:
            return {}, _error(f"column-{position}", column.heading, error.reason, **error.parameters)
    return told, None


def fixed_from(data: Mapping[str, str]) -> list[tuple[str, str]]:
    """Field and value of every fixed value that was typed, also of those that are half filled in."""
    typed = [
        (data.get(f"fixed-field-{at}", ""), data.get(f"fixed-value-{at}", "").strip()) for at in range(_MOST_FIXED)
    ]
    return [pair for pair in typed if any(pair)]


def _constants(data: Mapping[str, str], kind: kinds.Kind, columns: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in fixed_from(data) if name in kind.columns and name not in columns and value}


def _leave_out_namesakes(
    columns: dict[str, Any], constants: dict[str, str], sample: Sample, names: Sequence[str]
) -> None:
    """A column of a field's own name that was left out stays out."""
    headings = {heading.lower() for heading in sample.shape.header}
    for name in names:
        if name not in columns and name not in constants and name in headings:
            columns[name] = None


def _at(sample: Sample, heading: str) -> int:
    return next(at for at, column in enumerate(sample.columns) if column.heading == heading)


def _error(target: str, label: str, reason: str, **parameters: str) -> FieldError:
    return FieldError(target, label, rejections.sentence(reason, parameters))

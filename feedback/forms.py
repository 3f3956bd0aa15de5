"""The shapes of what people send to the imports pages; they validate and never save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from feedback import fields, kinds, mapping, rejections, uploads
from feedback.models import Import
from feedback.parsing import ENCODINGS, Shape

FIXED_ROWS = 3
_DELIMITERS = {",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab")}
_ORDERS = {"": _("As the file shows"), "dmy": _("Day first: 31-12"), "mdy": _("Month first: 12/31")}
_DECIMALS = {"": _("As the file shows"), ",": _("4,5 is four and a half"), ".": _("4.5 is four and a half")}


class UploadForm(forms.Form):
    """A file, what it is, and where it comes from."""

    kind = forms.ChoiceField(label=_("What is in it"))
    source = forms.CharField(label=_("Where it comes from"), max_length=80)
    file = forms.FileField(label=_("File"), required=False)

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        known = set(kinds.names())
        choice = self.fields["kind"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(value, label) for value, label in Import.Kind.choices if value in known]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "in")
        self.fields["source"].widget.attrs["list"] = "sources"

    def clean(self) -> dict[str, Any]:
        """A file that was stopped at the limit is not there any more; say why."""
        data = super().clean() or {}
        if self._request is not None and uploads.was_too_large(self._request):
            limit = settings.UPLOAD_MAX_BYTES // 2**20
            self.add_error("file", rejections.sentence("file_too_large", {"limit": limit}))
        elif not data.get("file"):
            self.add_error("file", _("Choose a file that is not empty."))
        return data


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the file and what it becomes."""

    position: int
    heading: str
    examples: list[str]
    field: str
    treatment: str

    @property
    def name(self) -> str:
        """Of its control."""
        return f"column-{self.position}"


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
    encodings: list[tuple[str, str]]
    delimiters: list[tuple[str, str]]
    orders: list[tuple[str, str]]
    decimals: list[tuple[str, str]]
    encoding: str
    delimiter: str
    date_format: str
    decimal: str
    timezone: str
    scale_min: str
    scale_max: str

    @property
    def unknown(self) -> list[ColumnChoice]:
        """Columns that nobody has said anything about."""
        return [column for column in self.columns if not column.field]


def mapping_form(imported: Import, chosen: mapping.FieldMap, shape: Shape, found: list[list[str]]) -> MappingForm:
    """The form for a file under a mapping."""
    known = kinds.get(imported.kind)
    names = known.columns if known else ()
    by_heading = {heading.lower(): name for name, headings in chosen.columns.items() for heading in headings or ()}
    columns = []
    for position, heading in enumerate(shape.header):
        name = by_heading.get(heading.lower(), "")
        treatment = str(fields.TREATMENTS.get(name, ""))
        columns.append(ColumnChoice(position, heading, found[position], name, treatment))
    fixed = [FixedChoice(at, *pair) for at, pair in enumerate(chosen.constants.items())]
    fixed += [FixedChoice(at, "", "") for at in range(len(fixed), max(FIXED_ROWS, len(fixed) + 1))]
    low, high = chosen.scale or ("", "")
    return MappingForm(
        columns=columns,
        fixed=fixed,
        choices=[(name, fields.name(name)) for name in names],
        encodings=[("", str(_("As the file shows"))), *((name, name.upper()) for name in ENCODINGS)],
        delimiters=[("", str(_("As the file shows"))), *((key, str(label)) for key, label in _DELIMITERS.items())],
        orders=[(key, str(label)) for key, label in _ORDERS.items()],
        decimals=[(key, str(label)) for key, label in _DECIMALS.items()],
        encoding=chosen.encoding,
        delimiter=chosen.delimiter,
        date_format=chosen.date_format,
        decimal=chosen.decimal,
        timezone=chosen.timezone,
        scale_min=f"{low:g}" if isinstance(low, float) else "",
        scale_max=f"{high:g}" if isinstance(high, float) else "",
    )


def mapping_from(data: QueryDict, header: tuple[str, ...], names: tuple[str, ...]) -> mapping.FieldMap:
    """The mapping that a person chose; raises mapping.BadMapping."""
    columns: dict[str, Any] = {}
    for position, heading in enumerate(header):
        name = data.get(f"column-{position}", "")
        if name:
            columns.setdefault(name, []).append(heading)
    for name in names:
        # A column of the field's own name that was left out stays out.
        if name not in columns and name in {heading.lower() for heading in header}:
            columns[name] = None
    constants = {
        name: data.get(f"fixed-value-{at}", "")
        for at in range(len(names))
        if (name := data.get(f"fixed-field-{at}", "")) and columns.get(name) is None
    }
    for name in constants:
        columns.pop(name, None)
    low, high = data.get("scale_min", "").strip(), data.get("scale_max", "").strip()
    return mapping.read(
        {
            "columns": columns,
            "constants": constants,
            "timezone": data.get("timezone", "").strip(),
            "date_format": data.get("date_format", ""),
            "decimal": data.get("decimal", ""),
            "delimiter": data.get("delimiter", ""),
            "encoding": data.get("encoding", ""),
            "scale": [low.replace(",", "."), high.replace(",", ".")] if low and high else None,
        },
        names,
    )

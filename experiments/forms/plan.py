"""The plan of a test: its name, variants, and how long it runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from accounts.forms.plain import PlainForm
from experiments.services import Arm

WEEKS = (2, 3, 4, 5, 6, 8, 10, 12)
KEYS = ("A", "B", "C", "D")


class PlanForm(PlainForm):
    """Two to four variants; the share of traffic and the baseline give the sample."""

    name = forms.CharField(label=gettext_lazy("Name of the test"), max_length=120)
    weeks = forms.TypedChoiceField(label=gettext_lazy("Weeks"), coerce=int)
    weekly = forms.IntegerField(
        label=gettext_lazy("Visitors a week"), min_value=1, max_value=10**9, widget=forms.NumberInput()
    )
    baseline = forms.FloatField(
        label=gettext_lazy("Conversion today, %"), min_value=0.001, max_value=99.9, widget=forms.NumberInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(count, ngettext("%(n)d week", "%(n)d weeks", count) % {"n": count}) for count in WEEKS]
        self.fields["weeks"] = forms.TypedChoiceField(
            label=gettext_lazy("Weeks"), choices=choices, coerce=int, widget=forms.Select(attrs={"class": "in"})
        )
        for name in ("weekly", "baseline"):
            self.fields[name].widget.attrs.update({"step": "any", "inputmode": "decimal", "class": "in num"})
        for place, key in enumerate(KEYS):
            self.fields[f"arm_{key}"] = forms.CharField(
                label=_LABELS[key],
                max_length=120,
                required=place < 2,
                widget=forms.TextInput(attrs={"class": "in"}),
            )

    def arm_fields(self) -> list[forms.BoundField]:
        """The fields of the variants, the control first."""
        return [self[f"arm_{key}"] for key in KEYS]

    def arms(self) -> list[Arm]:
        """The variants that have a name; only after `is_valid`."""
        return [Arm(key, name) for key in KEYS if (name := self.cleaned_data[f"arm_{key}"].strip())]

    @property
    def days(self) -> int:
        """How long it runs; only after `is_valid`."""
        return 7 * int(self.cleaned_data["weeks"])

    @property
    def visitors(self) -> int:
        """Over all arms; only after `is_valid`."""
        return int(self.cleaned_data["weeks"]) * int(self.cleaned_data["weekly"])


_LABELS = {
    "A": gettext_lazy("A, as it is today"),
    "B": gettext_lazy("B, the change"),
    "C": gettext_lazy("C, another way to do it"),
    "D": gettext_lazy("D, yet another"),
}

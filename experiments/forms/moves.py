"""What is typed on the page of an experiment: its start, totals, decision and release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.plain import PlainForm
from accounts.models import Market
from experiments.models import Experiment
from experiments.services import Row

MOST = 10**12


def day_field(label: Any) -> forms.DateField:
    """A day, chosen from the browser's calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class StartForm(PlainForm):
    """The first day of the test."""

    starts_on = day_field(gettext_lazy("First day"))


class DecideForm(PlainForm):
    """How the test ended and what was learned; only decisions that the results support are offered."""

    learning = forms.CharField(
        label=gettext_lazy("What do we know now that we did not know before?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, allowed: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"] = forms.ChoiceField(
            label=_("Decision"), widget=forms.RadioSelect, choices=list(allowed)
        )


class ReleaseForm(PlainForm):
    """Since when, and where."""

    released_on = day_field(gettext_lazy("Live since"))
    markets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Markets"),
        help_text=gettext_lazy("None ticked: all of them."),
        queryset=Market.objects.filter(mapped_to=None),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class TotalsForm(PlainForm):
    """Totals of every arm so far: visitors, conversions and, where counted, contacts."""

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arms = list(experiment.variants.all())
        for arm in self.arms:
            for name, label, needed in (
                ("visitors", _("Visitors of %(arm)s"), True),
                ("conversions", _("Orders of %(arm)s"), True),
                ("contacts", _("Contacts of %(arm)s"), False),
            ):
                self.fields[f"{name}_{arm.position}"] = forms.IntegerField(
                    label=label % {"arm": arm.key},
                    min_value=0,
                    max_value=MOST,
                    required=needed,
                    widget=forms.NumberInput(attrs={"class": "in num", "inputmode": "numeric"}),
                )

    def lines(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each arm with its fields."""
        names = ("visitors", "conversions", "contacts")
        return [(arm, [self[f"{name}_{arm.position}"] for name in names]) for arm in self.arms]

    def rows(self, day: date) -> list[Row]:
        """The totals as rows that stand for the whole test; only after `is_valid`."""
        data = self.cleaned_data
        return [
            Row(
                arm.key,
                day,
                data[f"visitors_{arm.position}"],
                data[f"conversions_{arm.position}"],
                contacts=data[f"contacts_{arm.position}"],
            )
            for arm in self.arms
        ]

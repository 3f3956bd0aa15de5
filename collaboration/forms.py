"""The shape of a shared goal as it is typed in; it validates and never saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Role
from collaboration.models import Goal
from collaboration.services import Terms
from metrics import formulas
from metrics.estimate import PERCENT, SECONDS
from metrics.templatetags.metric_names import name_of

_CS = (Role.AGENT, Role.LINKING_PIN, Role.MANAGER)
_CRO = (Role.CRO_LEAD, Role.CRO_MEMBER)
_UNITS = {PERCENT: _("in percent"), SECONDS: _("in seconds")}


def goal_metrics() -> list[tuple[str, str]]:
    """Metrics that may become a goal, each with its unit."""
    return [
        (metric.id, f"{name_of(metric)}, {_UNITS[metric.unit]}" if metric.unit in _UNITS else name_of(metric))
        for metric in formulas.REGISTRY.values()
        if metric.direction != "none"
    ]


class GoalForm(forms.Form):
    """One goal."""

    metric = forms.ChoiceField(label=_("What both teams sign up to"), choices=goal_metrics)
    baseline = forms.FloatField(label=_("Where it stood"))
    baseline_on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    target = forms.FloatField(label=_("Where it must be"))
    due_on = forms.DateField(label=_("By"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    cs_owner = forms.ModelChoiceField(
        label=_("Carried in customer service by"), queryset=Person.objects.none(), required=False
    )
    cro_owner = forms.ModelChoiceField(
        label=_("Carried in the conversion team by"), queryset=Person.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True)
        for name, roles in (("cs_owner", _CS), ("cro_owner", _CRO)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people.filter(role__in=roles)
        for field in self.fields.values():
            field.widget.attrs["class"] = "in"

    @property
    def terms(self) -> Terms:
        """What was typed, as the services take it."""
        return Terms(**{name: self.cleaned_data[name] for name in self.fields})


def goal_form(goal: Goal) -> GoalForm:
    """The form as the goal stands."""
    names = ("metric", "baseline", "baseline_on", "target", "due_on", "cs_owner", "cro_owner")
    return GoalForm(initial={name: getattr(goal, name) for name in names})

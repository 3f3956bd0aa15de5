"""A sprint's frame, and the waiver."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.plain import PlainForm
from hypotheses.models import Sprint
from hypotheses.services.sprints import DEFAULT_CAPACITY, DEFAULT_QUOTA

_DAYS = 12


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SprintForm(PlainForm):
    """Dates, capacity, quota and goal."""

    goal = forms.CharField(label=gettext_lazy("Goal of this sprint"), max_length=200, required=False)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=_day())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=_day())
    capacity_points = forms.IntegerField(
        label=gettext_lazy("Points the team can do"), min_value=1, max_value=1000, initial=DEFAULT_CAPACITY
    )
    quota = forms.IntegerField(
        label=gettext_lazy("Ideas from customer service, at least"),
        help_text=gettext_lazy("Both teams agreed on this. With fewer it starts only with a written waiver."),
        min_value=0,
        max_value=20,
        initial=DEFAULT_QUOTA,
    )

    @staticmethod
    def initial_of(sprint: Sprint) -> dict[str, Any]:
        """What the form shows for a sprint."""
        return {name: getattr(sprint, name) for name in ("goal", "starts_on", "ends_on", "capacity_points", "quota")}

    @staticmethod
    def initial_after(last: Sprint | None, today: date) -> dict[str, Any]:
        """The next sprint begins on the Monday after the last one ends (or after today) and takes two weeks."""
        start = max(last.ends_on if last else today, today) + timedelta(days=1)
        start += timedelta(days=(7 - start.weekday()) % 7)
        frame: dict[str, Any] = {"starts_on": start, "ends_on": start + timedelta(days=_DAYS - 1)}
        if last is not None:
            frame |= {"capacity_points": last.capacity_points, "quota": last.quota}
        return frame

    def clean(self) -> dict[str, Any]:
        """Refuse a sprint that ends before it starts."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("A sprint ends on or after the day it starts."))
        return data


class WaiverForm(PlainForm):
    """Why a sprint starts below its quota."""

    WHY = (
        ("freeze", gettext_lazy("Code freeze")),
        ("not_ready", gettext_lazy("None is ready to build")),
        ("repair", gettext_lazy("Urgent repair first")),
        ("other", gettext_lazy("Other")),
    )

    why = forms.ChoiceField(label=gettext_lazy("Why"), choices=WHY, required=False)
    reason = forms.CharField(label=gettext_lazy("What should agents know?"), max_length=1000, required=False)

    def sentence(self) -> str:
        """The reason as it stays visible: the kind, then the words; "" without words."""
        words = str(self.cleaned_data.get("reason", "")).strip()
        kind = self.cleaned_data.get("why", "")
        return f"{dict(self.WHY)[kind]}. {words}" if words and kind and kind != "other" else words

"""A new experiment: variants, and how long it takes to see what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

import accounts.selectors
import hypotheses.services
from accounts import formats, notices
from accounts.permissions import signed_in
from experiments import permissions, services
from experiments.effects import visitors_per_arm
from experiments.forms.plan import WEEKS, PlanForm
from experiments.selectors import cards
from experiments.services import Refusal
from hypotheses.models import Hypothesis
from hypotheses.selectors import rows
from metrics import charts

_UNPROCESSABLE = 422
_CURVE_WEEKS = range(1, 13)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`?hypothesis=HYP-123`; with `look=1` the planner works out the sample without saving anything."""
    person = signed_in(request)
    permissions.may_run(person).demand()
    hypothesis = rows.by_key(request.GET.get("hypothesis", ""))
    if hypothesis is None:
        raise Http404
    known = cards.traffic(accounts.selectors.market_day(timezone.now()))
    start = {
        "name": hypothesis.title,
        "weeks": _weeks_for(known),
        "weekly": round(known.weekly) or None,
        "baseline": round(100 * known.rate, 2) or None,
        "arm_A": _("As it is today"),
        "arm_B": (hypothesis.change[:1].upper() + hypothesis.change[1:])[:120] or hypothesis.title,
    }
    if request.method != "POST":
        looking = "weekly" in request.GET
        form = PlanForm(request.GET if looking else None, initial=start)
        return _page(request, hypothesis, form, known, looking and not form.is_valid())
    form = PlanForm(request.POST, initial=start)
    if not form.is_valid():
        return _page(request, hypothesis, form, known, failed=True)
    try:
        made = services.make(
            hypothesis=hypothesis,
            name=form.cleaned_data["name"],
            arms=form.arms(),
            planned_visitors=form.visitors,
            planned_days=form.days,
            actor=person,
            now=timezone.now(),
        )
    except (Refusal, hypotheses.services.Refusal) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, hypothesis, form, known, failed=True)
    notices.say(request, _("%(key)s is planned.") % {"key": made.key})
    return redirect("experiments:experiment-detail", key=made.key)


def _weeks_for(known: cards.Traffic) -> int:
    """The shortest length that shows a lift of 5 %; three weeks where that is not known."""
    needed = visitors_per_arm(known.rate, 0.05) if known.rate else None
    if needed is None or not known.weekly:
        return 3
    return next((count for count in WEEKS if count * known.weekly >= 2 * needed), WEEKS[-1])


def _page(
    request: HttpRequest, hypothesis: Hypothesis, form: PlanForm, known: cards.Traffic, failed: bool
) -> HttpResponse:
    values = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    arms = len(form.arms()) if form.is_bound and form.is_valid() else 2
    context = {"form": form, "hypothesis": hypothesis, "known": known, **_planner(values, max(2, arms))}
    return render(request, "experiments/experiment_new.html", context, status=_UNPROCESSABLE if failed else 200)


def _planner(values: Mapping[str, Any], arms: int) -> dict[str, Any]:
    """The finding, the curve and the table; none of them without traffic and a baseline."""
    weekly, rate, weeks = values.get("weekly"), (values.get("baseline") or 0) / 100, int(values.get("weeks") or 0)
    if not weekly or not 0 < rate < 1 or not weeks:
        return {"finding": _("How long does this test have to run?"), "curve": None, "table": []}
    points = [
        (float(count), lift)
        for count in _CURVE_WEEKS
        if (lift := cards.smallest_lift(rate, count * weekly, arms)) is not None
    ]
    seen = cards.smallest_lift(rate, weeks * weekly, arms)
    if seen is None or len(points) < 2:
        finding = _("There are too few visitors to see a change in this time")
        return {"finding": finding, "curve": None, "table": cards.plan_rows(rate, weekly, arms)}
    shown = {"count": weeks, "lift": formats.percent(100 * seen)}
    finding = ngettext(
        "%(count)d week is enough to see a change of %(lift)s",
        "%(count)d weeks are enough to see a change of %(lift)s",
        weeks,
    )
    return {
        "finding": finding % shown,
        "curve": _curve(points, weeks, seen),
        "table": cards.plan_rows(rate, weekly, arms),
        "visitors": round(weeks * weekly),
        "per_arm": round(weeks * weekly / arms),
    }


def _curve(points: list[tuple[float, float]], weeks: int, seen: float) -> charts.Svg:
    top = max(lift for _count, lift in points)
    step = next((one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if 4 * one >= top), 0.25)
    label = _("The smallest change that is noticed four times out of five: %(lift)s after %(count)d weeks") % {
        "lift": formats.percent(100 * seen),
        "count": weeks,
    }
    return charts.curve(
        charts.Curve(
            label=label,
            points=points,
            x_ticks=(1, 2, 3, 4, 6, 8, 12),
            y_ticks=tuple(step * count for count in range(5)),
            x_label=_("Weeks of testing"),
            chosen=(float(weeks), seen),
            chosen_label=_("%(count)d weeks: %(lift)s") % {"count": weeks, "lift": formats.percent(100 * seen)},
            y_format=lambda ratio: formats.percent(100 * ratio, 1 if step < 0.01 else 0),
        )
    )

"""Shared goals: the list, one goal, and taking it off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import notices
from accounts.permissions import signed_in
from collaboration import services
from collaboration.forms import GoalForm, goal_form
from collaboration.models import Goal
from metrics import formulas


@require_http_methods(["GET", "POST"])
def goal_list(request: HttpRequest) -> HttpResponse:
    """All goals, and a form for a new one."""
    form = GoalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_goal(terms=form.terms, actor=signed_in(request), now=timezone.now())
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            notices.say(request, _("The goal is on the page of both teams."))
            return redirect("collaboration:goal-list")
    goals = Goal.objects.select_related("cs_owner", "cro_owner")
    context = {"form": form, "goals": [(goal, formulas.REGISTRY.get(goal.metric)) for goal in goals]}
    return render(request, "collaboration/goals.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def goal_edit(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Change a goal."""
    goal = get_object_or_404(Goal, pk=goal_id)
    form = GoalForm(request.POST) if request.method == "POST" else goal_form(goal)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_goal(goal=goal, terms=form.terms, actor=signed_in(request), now=timezone.now())
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            notices.say(request, _("Saved."))
            return redirect("collaboration:goal-list")
    status = 422 if form.errors else 200
    return render(request, "collaboration/goal.html", {"form": form, "goal": goal}, status=status)


@require_POST
def goal_remove(request: HttpRequest, goal_id: int) -> HttpResponseRedirect:
    """Take a goal off the page."""
    goal = get_object_or_404(Goal, pk=goal_id)
    services.remove_goal(goal=goal, actor=signed_in(request), now=timezone.now())
    notices.say(request, _("The goal is gone; the audit trail keeps it."))
    return redirect("collaboration:goal-list")

"""One theme: what is known, who owns it, its name and playbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import notices
from accounts.permissions import signed_in
from dashboards import filters
from dashboards.forms import MergeForm, ThemeForm, theme_form
from dashboards.selectors import theme_page
from feedback import permissions
from feedback.models import Theme
from feedback.services import themes as services


@require_safe
def theme_detail(request: HttpRequest, theme_id: int) -> HttpResponse:
    """One theme; one that was merged sends on to where its contacts count now."""
    person = signed_in(request)
    theme = get_object_or_404(Theme.objects.select_related("stage", "page", "owner__team"), pk=theme_id)
    if theme.merged_into_id:
        return redirect("dashboards:theme-detail", theme_id=theme.merged_into_id)
    if theme.state != Theme.State.ACTIVE:
        return render(request, "404.html", status=404)
    question = filters.read(request.GET, timezone.now())
    context = {
        "question": question,
        "page": theme_page.theme_page(theme, question),
        "may_curate": bool(permissions.may_curate(person)),
        "may_own": bool(permissions.may_own(person)),
        "why_not_own": permissions.may_own(person).why_not,
    }
    return render(request, "dashboards/theme.html", context)


@require_POST
def theme_take(request: HttpRequest, theme_id: int) -> HttpResponseRedirect:
    """Take a theme on; with `leave`, hand it back."""
    person = signed_in(request)
    theme = get_object_or_404(Theme.objects.active(), pk=theme_id)
    leaves = "leave" in request.POST
    services.take(theme=theme, owner=None if leaves else person, actor=person, now=timezone.now())
    said = _("Nobody owns “%(theme)s” now.") if leaves else _("“%(theme)s” is yours.")
    notices.say(request, said % {"theme": theme.name})
    return redirect("dashboards:theme-detail", theme_id=theme.pk)


@require_http_methods(["GET", "POST"])
def theme_edit(request: HttpRequest, theme_id: int) -> HttpResponse:
    """Its name, and what to tell customers meanwhile."""
    person = signed_in(request)
    theme = get_object_or_404(Theme.objects.active(), pk=theme_id)
    permissions.may_curate(person).demand()
    form = ThemeForm(request.POST) if request.method == "POST" else theme_form(theme)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if form.cleaned_data["name"] != theme.name:
            services.rename(theme=theme, name=form.cleaned_data["name"], actor=person, now=now)
        services.write_playbook(theme=theme, actor=person, now=now, **form.playbook)
        notices.say(request, _("Saved."))
        return redirect("dashboards:theme-detail", theme_id=theme.pk)
    status = 422 if form.errors else 200
    return render(request, "dashboards/theme_edit.html", {"subject": theme, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def theme_merge(request: HttpRequest, theme_id: int) -> HttpResponse:
    """Ask where its contacts should count, then merge."""
    person = signed_in(request)
    theme = get_object_or_404(Theme.objects.active(), pk=theme_id)
    permissions.may_curate(person).demand()
    form = MergeForm(request.POST if request.method == "POST" else None, theme=theme)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        services.merge(theme=theme, into=into, actor=person, now=timezone.now())
        said = _("“%(theme)s” counts in “%(into)s” from now on; its days are being counted again.")
        notices.say(request, said % {"theme": theme.name, "into": into.name})
        return redirect("dashboards:theme-detail", theme_id=into.pk)
    status = 422 if form.errors else 200
    return render(request, "dashboards/theme_merge.html", {"subject": theme, "form": form}, status=status)

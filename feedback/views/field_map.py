"""Where the fields of a signed webhook stand: chosen from what really came, with what it becomes beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import notices
from accounts.permissions import signed_in
from feedback import fields, kinds, permissions
from feedback.forms import field_map as forms
from feedback.models import Import, Source
from feedback.selectors import field_map as questions
from feedback.services import sources as services
from feedback.systems import generic

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def source_map(request: HttpRequest, source_id: int) -> HttpResponse:
    """The field map of a source; saving it maps everything that came again."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    known = Source.objects.select_related("market").filter(system=generic.GENERIC.name)
    source = get_object_or_404(known, pk=source_id)
    data = request.POST if request.method == "POST" else None
    kind = kinds.get((data or source.config).get("kind", "")) or kinds.get("contacts")
    if kind is None or kind.name not in generic.KINDS:
        return redirect("feedback:source-detail", source_id=source_id)
    asked = data.get("records", "") if data else source.config.get("records")
    material = questions.material(source, asked)
    found = questions.places(material.items)
    config = _config(source, kind, data, material, found)
    problem = _problem(kind, config)
    if data and data.get("action") == "save" and not problem:
        now = timezone.now()
        services.configure(source=source, config=config, market=source.market, zone=source.zone, actor=person, now=now)
        services.remap(source=source, actor=person, now=now)
        notices.say(request, _("The map is in force, and what came before is being mapped with it."))
        return redirect("feedback:source-detail", source_id=source_id)
    choices = questions.place_choices(found, config)
    context = {
        "source": source,
        "kind": kind.name,
        "kinds": [(value, label) for value, label in Import.Kind.choices if value in generic.KINDS],
        "config": config,
        "material": material,
        "places": choices,
        "paths": list(found),
        "fixed": forms.fixed_choices(config, data),
        "choices": [(name, fields.name(name)) for name in kind.columns if name != "external_id"],
        "preview": questions.preview(source, kind, config, material.items),
        "problem": problem if data or generic.has_map(source.config) else "",
        "finding": _finding(choices),
    }
    status = UNPROCESSABLE if data and data.get("action") == "save" else 200
    return render(request, "feedback/source_map.html", context, status=status)


def _config(
    source: Source, kind: kinds.Kind, data: Any, material: questions.Material, found: dict[str, list[Any]]
) -> dict[str, Any]:
    """What was chosen on the page, else what is in force, else a guess."""
    if data and data.get("kind-was") == kind.name:
        return forms.config_from(data, kind)
    if not data and generic.has_map(source.config):
        return dict(source.config)
    at = data.get("records", "") if data else next(iter(material.lists), "")
    return forms.guessed(kind, found, at)


def _problem(kind: kinds.Kind, config: dict[str, Any]) -> str:
    said = {*config["fields"], *config.get("constants", {})}
    missing = [name for name in kind.required if name not in said]
    if not config["fields"]:
        return _("Say at least for one place what it becomes.")
    if missing:
        names = ", ".join(f"“{fields.name(name)}”" for name in missing)
        return _("No place says %(names)s. Choose one, or give a fixed value.") % {"names": names}
    if "external_id" in kind.columns and not config.get("id"):
        return _("Say where the id stands: without it, what is sent twice would count twice.")
    return ""


def _finding(places: list[questions.Place]) -> str:
    used = sum(bool(place.field) for place in places)
    if not places:
        return _("Send one example, and say here where its fields stand")
    return ngettext(
        "%(used)d of %(count)d place becomes a field", "%(used)d of %(count)d places become fields", len(places)
    ) % {"used": used, "count": len(places)}

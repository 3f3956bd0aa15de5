"""What the API says about itself: the page that lists its calls, and errors outside every call."""

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found
from django.views.generic import RedirectView
from drf_spectacular.generators import SchemaGenerator

from accounts import matrix

_PREFIX = "/api/v1/"


@dataclass(frozen=True)
class Call:
    """One call of the API, as the page shows it."""

    method: str
    path: str
    says: str
    scope: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def group(self) -> str:
        """What the call is about: the first word after the version."""
        return self.path.removeprefix(_PREFIX).split("/")[0]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every call with its scope, parameters and answers, from the same description that machines read."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    calls = _calls(schema)
    groups = [(name, list(some)) for name, some in groupby(calls, key=lambda call: call.group)]
    context = {"groups": groups, "count": len(calls), "scopes": matrix.SCOPES, "address": settings.PUBLIC_URL}
    return render(request, "config/api_docs.html", context)


def _calls(schema: dict[str, Any]) -> list[Call]:
    found = [
        _call(schema, path, method, about)
        for path, methods in schema.get("paths", {}).items()
        if path.startswith(_PREFIX)
        for method, about in methods.items()
    ]
    return sorted(found, key=lambda call: (call.group, call.path, call.method != "GET"))


def _call(schema: dict[str, Any], path: str, method: str, about: dict[str, Any]) -> Call:
    body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Call(
        method=method.upper(),
        path=path,
        says=str(about.get("summary") or about.get("description", "")).strip(),
        scope=_scope(path, method.upper()),
        parameters=[
            (parameter["name"], str(parameter.get("description", "")))
            for parameter in about.get("parameters", [])
            if parameter["in"] == "query"
        ],
        fields=sorted(_resolved(schema, body).get("properties", {})),
        answers=sorted((status, str(answer.get("description", ""))) for status, answer in about["responses"].items()),
    )


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The part itself, or the component it refers to."""
    name = str(part.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = schema.get("components", {}).get("schemas", {}).get(name, {}) if name else part
    return found


def _scope(path: str, method: str) -> str:
    try:
        match = resolve(re.sub(r"\{[^}]+\}", "1", path))
    except Resolver404:
        return ""
    rule = matrix.DOORS.get(match.view_name)
    return rule.wanted(method) if isinstance(rule, matrix.Scopes) else ""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing at this address: JSON for programs, a page for people."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("There is nothing at this address."), "errors": []}, status=404)
    answer: HttpResponseNotFound = page_not_found(request, exception)
    return answer


class Favicon(RedirectView):
    """Browsers ask for /favicon.ico whatever the page says."""

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Where the icon is."""
        return static("favicon.svg")

"""This floor's doors for programs: themes and the registry's numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, renderer_classes
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dashboards import filters
from dashboards.selectors import numbers as questions
from dashboards.selectors import places
from dashboards.selectors.places import Place
from dashboards.serializers import NumberSerializer, ThemeDetailSerializer, ThemeListSerializer
from feedback.models import Theme
from feedback.renderers import CsvRenderer
from feedback.selectors import theme_numbers
from feedback.selectors.theme_numbers import ThemeNumbers
from metrics import formulas
from outbox.serializers import ErrorSerializer

View = TypeVar("View", bound=Callable[..., Any])

_REFUSALS = {401: ErrorSerializer, 403: ErrorSerializer, 429: ErrorSerializer}
_SLICE = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day; without both, the last 28 that were counted."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day."),
    OpenApiParameter("channel"),
    OpenApiParameter("market", description="Code of a market."),
    OpenApiParameter("stage"),
]
_BY = OpenApiParameter("by", enum=questions.GROUPS, description="One number per group; without it one for all.")
_METRIC = OpenApiParameter("metric", many=True, enum=list(formulas.REGISTRY), description="All when not given.")


def _answers(summary: str, operation: str, serializer: Any, *more: OpenApiParameter) -> Callable[[View], View]:
    return extend_schema(
        summary=summary,
        operation_id=operation,
        parameters=[*_SLICE, *more],
        responses={200: serializer, 400: ErrorSerializer, 404: ErrorSerializer, **_REFUSALS},
        tags=["metrics"],
    )


@_answers("Themes with their numbers", "themes", ThemeListSerializer)
@api_view(["GET"])
@renderer_classes([JSONRenderer, CsvRenderer])
def theme_list(request: Request) -> Response:
    """All themes with contacts in the period, most contacts first."""
    question = filters.read(request.query_params, timezone.now())
    found, _totals = theme_numbers.theme_numbers(question.slice)
    where = places.places([one.theme.pk for one in found], question.today)
    rows = [_theme(one, where.get(one.theme.pk)) for one in found]
    if request.accepted_renderer.format == "csv":
        rows = [_flat(row) for row in rows]
    return Response({"next": None, "results": rows})


@_answers("One theme", "theme", ThemeDetailSerializer)
@api_view(["GET"])
def theme_detail(request: Request, theme_id: int) -> Response:
    """One theme with its last 13 weeks."""
    theme = Theme.objects.active().filter(pk=theme_id).first()
    if theme is None:
        raise NotFound(_("There is no theme with this number."))
    question = filters.read(request.query_params, timezone.now())
    found = theme_numbers.numbers_of(theme, question.slice)
    place = places.places([theme.pk], question.today).get(theme.pk)
    weeks = [
        {"first": week.first, "last": week.last, "contacts": int(contacts), "per_1000_orders": rate}
        for week, contacts, rate in zip(found.week_periods, found.week_contacts, found.weeks, strict=True)
    ]
    return Response({**_theme(found, place), "weeks": weeks})


@_answers("The registry's numbers", "metrics", NumberSerializer(many=True), _BY, _METRIC)
@api_view(["GET"])
def metric_list(request: Request) -> Response:
    """Every metric of the registry, as `metrics --json` prints it."""
    question = filters.read(request.query_params, timezone.now())
    wanted, by = request.query_params.getlist("metric"), request.query_params.get("by", "")
    unknown = [id for id in wanted if id not in formulas.REGISTRY]
    if unknown:
        raise ValidationError({"metric": _("There is no metric %(id)s.") % {"id": unknown[0][:40]}})
    if by and by not in questions.GROUPS:
        raise ValidationError({"by": _("Group by one of: %(names)s.") % {"names": ", ".join(questions.GROUPS)}})
    found = questions.numbers(question.slice, by=by, metric_ids=wanted)
    return Response([number.as_json() for number in found])


def _theme(found: ThemeNumbers, place: Place | None) -> dict[str, Any]:
    theme = found.theme
    return {
        "id": theme.pk,
        "name": theme.name,
        "stage": theme.stage.label if theme.stage else "",
        "page": theme.page.label if theme.page else "",
        "contacts": found.contacts.as_json(),
        "share": found.share.as_json(),
        "per_1000_orders": found.per_1000_orders.as_json(),
        "change": found.change.change.as_json(),
        "csat": found.csat.as_json(),
        "csat_gap": found.csat_gap.as_json(),
        "cost": found.cost.as_json(),
        "place": (place or places.nothing_yet()).text,
    }


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Estimates as four columns each."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {name: value["value"], f"{name}_low": value["low"], f"{name}_high": value["high"]}
            flat[f"{name}_n"] = value["n"]
        else:
            flat[name] = value
    return flat

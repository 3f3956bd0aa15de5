"""This floor's doors for programs: batches in, filtered rows out."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, parser_classes, renderer_classes
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from feedback import filters, kinds, rejections, services
from feedback.mapping import FieldMap
from feedback.models import Import
from feedback.renderers import CsvRenderer, NdjsonParser
from feedback.selectors import contacts as contact_questions
from feedback.selectors import responses as response_questions
from feedback.serializers import (
    AcceptedSerializer,
    BatchErrorSerializer,
    BatchSerializer,
    ContactListSerializer,
    ResponseListSerializer,
)
from outbox.serializers import ErrorSerializer

View = TypeVar("View", bound=Callable[..., Any])
PAGE_ROWS, MAX_PAGE_ROWS = 100, 1000
MAX_BYTES = 16 * 1024 * 1024
MAX_KEY = 200

_REFUSALS = {401: ErrorSerializer, 403: ErrorSerializer, 429: ErrorSerializer}
_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="The same key again answers the same job and stores nothing twice.",
)
_NDJSON_SOURCE = OpenApiParameter("source", description="The source, where the body is NDJSON.")
_LIST = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in the market's time zone."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day."),
    OpenApiParameter("q", description="In the words."),
    OpenApiParameter("channel", many=True),
    OpenApiParameter("market", description="Code of a market."),
    OpenApiParameter("stage"),
    OpenApiParameter("theme", OpenApiTypes.INT),
    OpenApiParameter("language"),
    OpenApiParameter("has_text", OpenApiTypes.BOOL),
    OpenApiParameter("after", description="From `next`."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Rows a page, 1 to 1,000; 100 when not given."),
]
_REASON = OpenApiParameter("reason", description="A path such as `Returns > Label`, or `none`.")
_INSTRUMENT = OpenApiParameter("instrument", description="csat, star, nps, enps, ces, ves or gcr.")


def _posts(summary: str, operation: str) -> Callable[[View], View]:
    return extend_schema(
        methods=["POST"],
        summary=summary,
        operation_id=operation,
        parameters=[_KEY, _NDJSON_SOURCE],
        request={"application/json": BatchSerializer, "application/x-ndjson": OpenApiTypes.STR},
        responses={
            202: AcceptedSerializer,
            400: BatchErrorSerializer,
            413: ErrorSerializer,
            415: ErrorSerializer,
            **_REFUSALS,
        },
        tags=["feedback"],
    )


def _lists(summary: str, operation: str, serializer: Any, *more: OpenApiParameter) -> Callable[[View], View]:
    return extend_schema(
        methods=["GET"],
        summary=summary,
        operation_id=operation,
        parameters=[*_LIST, *more],
        responses={(200, "application/json"): serializer, (200, "text/csv"): OpenApiTypes.STR, **_REFUSALS},
        tags=["feedback"],
    )


@_lists("Contacts, newest first", "contacts", ContactListSerializer, _REASON)
@_posts("Import a batch of contacts", "import_contacts")
@api_view(["GET", "POST"])
@parser_classes([JSONParser, NdjsonParser])
@renderer_classes([JSONRenderer, CsvRenderer])
def contacts(request: Request) -> Response:
    """Filtered contacts with redacted text; or a batch to import."""
    if request.method == "POST":
        return _receive(request, Import.Kind.CONTACTS)
    page = contact_questions.contact_page(
        filters.read(request.query_params),
        after=request.query_params.get("after", ""),
        size=_limit(request),
        counted=False,
    )
    return _page(request, [_contact(card) for card in page.contacts], page.older)


@_lists("Survey responses, newest first", "survey_responses", ResponseListSerializer, _INSTRUMENT)
@_posts("Import a batch of survey responses", "import_survey_responses")
@api_view(["GET", "POST"])
@parser_classes([JSONParser, NdjsonParser])
@renderer_classes([JSONRenderer, CsvRenderer])
def survey_responses(request: Request) -> Response:
    """Filtered survey responses with redacted comments; or a batch to import."""
    if request.method == "POST":
        return _receive(request, Import.Kind.SURVEYS)
    page = response_questions.response_page(
        filters.read(request.query_params), after=request.query_params.get("after", ""), size=_limit(request)
    )
    return _page(request, [asdict(card) for card in page.responses], page.older)


@_posts("Import a batch of orders and visits per day", "import_commerce")
@api_view(["POST"])
@parser_classes([JSONParser, NdjsonParser])
def commerce(request: Request) -> Response:
    """What the shop counted per day, market and device."""
    return _receive(request, Import.Kind.COMMERCE)


def _receive(request: Request, kind: str) -> Response:
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return _refused(413, _("A batch is 16 MB at most. Send it in parts."))
    batch = BatchSerializer(data=request.data)
    if not batch.is_valid():
        return _refused(400, _("The batch does not have the documented shape."), _shape_errors(batch.errors))
    rows = batch.validated_data["rows"]
    missing = [name for name in _required(kind) if not any(row.get(name) not in (None, "") for row in rows)]
    if missing:
        sentence = rejections.sentence("field_unmapped", {"name": missing[0]})
        return _refused(400, sentence, [{"index": None, "field": name, "message": sentence} for name in missing])
    person = request.user if isinstance(request.user, Person) else None
    now = timezone.now()
    imported = services.receive(
        file=io.BytesIO("\n".join(json.dumps(row) for row in rows).encode()),
        file_name=f"{kind}.ndjson",
        kind=kind,
        source=services.source_named(name=batch.validated_data["source"], now=now),
        door=Import.Door.API,
        fields=FieldMap(),
        created_by=person,
        key=_job_key(request, kind, person),
        now=now,
    )
    url = reverse("outbox_api:job-detail", args=[imported.job_id])
    answer = {"job": imported.job_id, "url": request.build_absolute_uri(url)}
    return Response(AcceptedSerializer(answer).data, status=202)


def _required(kind: str) -> tuple[str, ...]:
    known = kinds.get(kind)
    return known.required if known else ()


def _job_key(request: Request, kind: str, person: Person | None) -> str | None:
    """One key per person, kind and Idempotency-Key; of a fixed length, whatever was sent."""
    sent = request.headers.get("Idempotency-Key", "").strip()
    if not sent:
        return None
    text = f"{person.pk if person else 0}\n{kind}\n{sent[:MAX_KEY]}"
    return f"api:{hashlib.sha256(text.encode()).hexdigest()}"


def _shape_errors(errors: Any) -> list[dict[str, Any]]:
    """DRF's nested errors as a flat list."""
    flat: list[dict[str, Any]] = []
    for field, problems in errors.items() if isinstance(errors, dict) else []:
        if isinstance(problems, dict):
            flat += [
                {"index": index if isinstance(index, int) else None, "field": field, "message": _first(problem)}
                for index, problem in problems.items()
            ]
        else:
            flat.append({"index": None, "field": field, "message": _first(problems)})
    return flat


def _first(problem: Any) -> str:
    while isinstance(problem, list | dict) and problem:
        problem = problem[0] if isinstance(problem, list) else next(iter(problem.values()))
    return str(problem)


def _refused(status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    return Response({"detail": detail, "errors": errors or []}, status=status)


def _limit(request: Request) -> int:
    value = request.query_params.get("limit", "")
    if not (value.isascii() and value.isdigit() and len(value) < 9):
        return PAGE_ROWS
    return min(MAX_PAGE_ROWS, max(1, int(value)))


def _contact(card: contact_questions.ContactCard) -> dict[str, Any]:
    """A card as `ContactSerializer` describes it; written out, because serialising fields costs twice a page."""
    return {
        "id": card.id,
        "external_id": card.external_id,
        "source": card.source,
        "occurred_at": card.occurred_at,
        "day": card.day,
        "channel": card.channel,
        "market": card.market_code,
        "stage": card.stage,
        "page": card.page,
        "location": card.location,
        "language": card.language,
        "product": card.product,
        "subject": card.subject,
        "text": card.text,
        "reasons": list(card.reasons),
        "themes": [name for _key, name in card.themes],
        "csat": card.csat,
        "handle_seconds": card.handle_seconds,
        "wait_seconds": card.wait_seconds,
        "first_response_seconds": card.first_response_seconds,
        "resolved_first_contact": card.resolved_first_contact,
        "is_complaint": card.is_complaint,
    }


def _page(request: Request, rows: Any, older: str) -> Response:
    following = None
    if older:
        query = request.query_params.copy()
        query["after"] = older
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Response({"next": following, "results": rows}, headers=headers)

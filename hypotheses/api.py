"""This floor's doors for programs: hypotheses, their moves, sprints."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

import accounts.selectors
from accounts.models import Person
from accounts.paging import page
from feedback.models import Theme
from hypotheses import services, states
from hypotheses.models import Hypothesis, Status
from hypotheses.selectors import boards, found, rows
from hypotheses.selectors.rows import IdeaRow
from hypotheses.selectors.waiting import promise
from hypotheses.serializers import (
    HypothesisDetailSerializer,
    HypothesisListSerializer,
    HypothesisSerializer,
    MoveSerializer,
    ProposalSerializer,
    RefusalSerializer,
    SprintListSerializer,
)
from hypotheses.services.proposals import Chosen, Words

PAGE_ROWS = 100
_REFUSALS = {401: RefusalSerializer, 403: RefusalSerializer}
# These follow from the experiment, which has an API of its own, or from sending.
_ELSEWHERE = {"submit", "test", "decide", "release", "measure"}
MOVE_NAMES = tuple(dict.fromkeys(row.name for row in states.MOVES))


@extend_schema(
    methods=["GET"],
    summary="Hypotheses, latest first",
    operation_id="hypotheses",
    parameters=[
        OpenApiParameter("status", enum=[status for status in Status.values if status != Status.DRAFT]),
        OpenApiParameter("source", enum=Hypothesis.Source.values),
        OpenApiParameter("theme", OpenApiTypes.INT),
        OpenApiParameter("after", description="From `next`."),
    ],
    responses={200: HypothesisListSerializer, **_REFUSALS},
    tags=["hypotheses"],
)
@extend_schema(
    methods=["POST"],
    summary="Send a hypothesis",
    operation_id="propose",
    request=ProposalSerializer,
    responses={201: HypothesisSerializer, 400: RefusalSerializer, **_REFUSALS},
    tags=["hypotheses"],
)
@api_view(["GET", "POST"])
def hypotheses(request: Request) -> Response:
    """Those that were sent; or a new one, which the token's owner proposes."""
    return _propose(request) if request.method == "POST" else _list(request)


def _list(request: Request) -> Response:
    some = rows.sent().select_related("duplicate_of")
    status, source, theme = (request.query_params.get(name, "") for name in ("status", "source", "theme"))
    if status:
        some = some.filter(status=status)
    if source:
        some = some.filter(source=source)
    if theme:
        some = some.filter(theme=int(theme) if theme.isdecimal() and len(theme) < 19 else 0)
    chosen = page(some, by="number", descending=True, size=PAGE_ROWS, after=request.query_params.get("after", ""))
    following = None
    if chosen.after:
        query = request.query_params.copy()
        query["after"] = chosen.after
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    cards = rows.idea_rows(chosen.rows, promise(), accounts.selectors.market_day(timezone.now()))
    return Response({"next": following, "results": [_card(request, card) for card in cards]})


def _propose(request: Request) -> Response:
    sent = ProposalSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    data = sent.validated_data
    theme = Theme.objects.active().filter(pk=data.get("theme") or 0).first()
    if data.get("theme") and theme is None:
        raise ValidationError({"theme": [_("There is no active theme with this id.")]})
    words = Words(
        problem=data["problem"],
        change=data["change"],
        title=data.get("title", ""),
        effect=data["effect"],
        metric=data["metric"],
        pages=tuple(data.get("pages", ())),
        theme=theme,
    )
    now = timezone.now()
    made = services.propose(
        proposer=_person(request),
        words=words,
        chosen=Chosen(quotes=found.chosen_quotes(theme, data.get("quotes", ()))),
        today=accounts.selectors.market_day(now),
        now=now,
    )
    return Response(_one(request, made), status=201)


@extend_schema(
    summary="One hypothesis with its evidence and history",
    operation_id="hypothesis",
    responses={200: HypothesisDetailSerializer, 404: RefusalSerializer, **_REFUSALS},
    tags=["hypotheses"],
)
@api_view(["GET"])
def hypothesis_detail(request: Request, key: str) -> Response:
    """Everything about one hypothesis."""
    hypothesis = _by_key(key)
    history = hypothesis.moves.filter(undone_at=None).select_related("actor").order_by("at", "pk")
    fields = ("kind", "facts", "period_from", "period_to", "frozen_at")
    detail = {
        "evidence": list(hypothesis.evidence.order_by("pk").values(*fields)),
        "history": [
            {
                "name": move.name,
                "from_status": move.from_status,
                "to_status": move.to_status,
                "by": move.actor.name if move.actor else "",
                "at": move.at,
                "note": move.note,
            }
            for move in history
        ],
    }
    return Response(_one(request, hypothesis) | detail)


@extend_schema(
    summary="Make a move of the state table",
    operation_id="move",
    description="ask, answer and decline need a `note`; merge needs `into`; plan needs `sprint`. "
    "test, decide, release and measure follow from the experiment and answer 409 here.",
    parameters=[OpenApiParameter("move", location=OpenApiParameter.PATH, enum=MOVE_NAMES)],
    request=MoveSerializer,
    responses={
        200: HypothesisSerializer,
        400: RefusalSerializer,
        404: RefusalSerializer,
        409: RefusalSerializer,
        **_REFUSALS,
    },
    tags=["hypotheses"],
)
@api_view(["POST"])
def hypothesis_move(request: Request, key: str, move: str) -> Response:
    """One move, by the token's owner, who needs the role that the table asks for."""
    hypothesis = _by_key(key)
    if move not in MOVE_NAMES:
        raise Http404
    sent = MoveSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    try:
        moved = _make(move, hypothesis, _person(request), sent.validated_data)
    except services.Refusal as refusal:
        return Response({"detail": str(refusal), "errors": []}, status=409)
    return Response(_one(request, moved))


def _make(move: str, hypothesis: Hypothesis, actor: Person, data: dict[str, Any]) -> Hypothesis:
    now, note = timezone.now(), str(data.get("note", ""))
    if move in _ELSEWHERE:
        raise services.Refusal(_("This step follows from sending, or from the experiment."))
    match move:
        case "accept":
            return services.accept(hypothesis=hypothesis, actor=actor, note=note, now=now)
        case "ask":
            return services.ask(hypothesis=hypothesis, actor=actor, question=note, now=now)
        case "answer":
            return services.answer(hypothesis=hypothesis, actor=actor, text=note, now=now)
        case "decline":
            return services.decline(hypothesis=hypothesis, actor=actor, reason=note, now=now)
        case "reopen":
            return services.reopen(hypothesis=hypothesis, actor=actor, note=note, now=now)
        case "unplan":
            return services.unplan(hypothesis=hypothesis, actor=actor, now=now)
        case "merge":
            into = rows.by_key(str(data.get("into", "")))
            if into is None:
                raise ValidationError({"into": [_("Name the idea that it belongs to, such as HYP-98.")]})
            return services.merge(hypothesis=hypothesis, into=into, actor=actor, note=note, now=now)
    sprint = boards.sprint_by_number(int(data.get("sprint") or 0))
    if sprint is None:
        raise ValidationError({"sprint": [_("There is no sprint with this number.")]})
    return services.plan(hypothesis=hypothesis, sprint=sprint, actor=actor, now=now)


@extend_schema(
    summary="Sprints, latest first",
    operation_id="sprints",
    responses={200: SprintListSerializer, **_REFUSALS},
    tags=["hypotheses"],
)
@api_view(["GET"])
def sprints(request: Request) -> Response:
    """Sprints with what they hold, their quota and waivers."""
    results = [
        {
            "number": row.sprint.number,
            "goal": row.sprint.goal,
            "starts_on": row.sprint.starts_on,
            "ends_on": row.sprint.ends_on,
            "state": row.sprint.state,
            "capacity_points": row.sprint.capacity_points,
            "planned_points": row.points,
            "quota": row.sprint.quota,
            "from_customer_service": row.picked,
            "hypotheses": row.ideas,
            "waiver_reason": row.sprint.waiver_reason,
            "waived_by": row.sprint.waived_by.name if row.sprint.waived_by else None,
        }
        for row in boards.sprint_list()
    ]
    return Response({"next": None, "results": results})


def _person(request: Request) -> Person:
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def _by_key(key: str) -> Hypothesis:
    hypothesis = rows.by_key(key)
    if hypothesis is None:
        raise Http404
    return hypothesis


def _one(request: Request, hypothesis: Hypothesis) -> dict[str, Any]:
    return _card(request, rows.idea_rows([hypothesis], promise(), accounts.selectors.market_day(timezone.now()))[0])


def _card(request: Request, row: IdeaRow) -> dict[str, Any]:
    """A row as `HypothesisSerializer` describes it."""
    one = row.hypothesis
    address = reverse("hypotheses:hypothesis-detail", args=[one.number])
    return {
        "key": one.key,
        "title": one.title,
        "status": one.status,
        "source": one.source,
        "proposer": one.proposer.name,
        "problem": one.problem,
        "change": one.change,
        "effect": one.effect,
        "metric": one.metric,
        "pages": one.pages,
        "theme": {"id": one.theme.pk, "name": one.theme.name} if one.theme else None,
        "score": row.points,
        "effort_points": one.effort_points,
        "sprint": one.sprint.number if one.sprint else None,
        "joined": row.joined,
        "duplicate_of": one.duplicate_of.key if one.duplicate_of else None,
        "submitted_at": one.submitted_at,
        "answered_at": one.answered_at,
        "url": request.build_absolute_uri(address),
    }

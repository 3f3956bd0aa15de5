"""This floor's doors for programs: experiments and their results, and what went live."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError

import accounts.selectors
import hypotheses.services
from accounts.models import Market, Person
from experiments import services
from experiments.models import Experiment, Outcome, Release, Status
from experiments.normalise import CENTS
from experiments.selectors import experiments as questions
from experiments.serializers import (
    ExperimentDetailSerializer,
    ExperimentListSerializer,
    ReleasedSerializer,
    ReleaseSerializer,
    ResultsSerializer,
    StoredSerializer,
)
from experiments.services import Refusal, Row
from hypotheses.serializers import RefusalSerializer

_REFUSALS = {401: RefusalSerializer, 403: RefusalSerializer, 429: RefusalSerializer}
_OUTCOME = (
    "grade", "verdict", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "contacts_avoided", "avoided_low",
    "avoided_high", "weeks_before", "weeks_after", "flags", "measured_through", "is_final",
)  # fmt: skip


@extend_schema(
    summary="Experiments, newest first",
    operation_id="experiments",
    parameters=[
        OpenApiParameter("status", enum=Status.values),
        OpenApiParameter("after", description="From `next`."),
    ],
    responses={200: ExperimentListSerializer, **_REFUSALS},
    tags=["experiments"],
)
@api_view(["GET"])
def experiments(request: Request) -> Response:
    """A page of experiments."""
    found = questions.experiment_list(
        today=_today(),
        status=request.query_params.get("status", ""),
        after=request.query_params.get("after", ""),
    )
    following = None
    if found.page.after:
        query = request.query_params.copy()
        query["after"] = found.page.after
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    cards = [_card(request, row.experiment, row.sample.visitors) for row in found.rows]
    return Response({"next": following, "results": cards})


@extend_schema(
    summary="One experiment with its evaluation and outcome",
    operation_id="experiment",
    responses={200: ExperimentDetailSerializer, 404: RefusalSerializer, **_REFUSALS},
    tags=["experiments"],
)
@api_view(["GET"])
def experiment_detail(request: Request, key: str) -> Response:
    """As its page shows it; the effect of a running test is not told before its planned end."""
    page = questions.experiment_page(_experiment(key), _person(request), _today())
    told = page.experiment.status != Status.RUNNING or page.evaluation.final
    return Response(
        {
            **_card(request, page.experiment, page.sample.visitors),
            "verdict": page.evaluation.verdict if told else "running",
            "srm_p": page.evaluation.srm_p,
            "variants": [_variant(row, told=told, control=place == 0) for place, row in enumerate(page.arms)],
            "released_on": page.release.released_on if page.release else None,
            "outcome": _outcome(page.outcome),
        }
    )


@extend_schema(
    summary="Store results of a running experiment",
    operation_id="experiment_results",
    request=ResultsSerializer,
    responses={200: StoredSerializer, 400: RefusalSerializer, 404: RefusalSerializer, **_REFUSALS},
    tags=["experiments"],
)
@api_view(["POST"])
def experiment_results(request: Request, key: str) -> Response:
    """Rows per variant and day, all of them or none."""
    experiment = _experiment(key)
    sent = ResultsSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    try:
        stored = services.enter_results(
            experiment=experiment,
            rows=[_row(row) for row in sent.validated_data["rows"]],
            actor=_person(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        raise ValidationError({"rows": [str(refusal)]}) from refusal
    return Response({"stored": stored})


@extend_schema(
    summary="Say that a change went live",
    operation_id="release",
    request=ReleaseSerializer,
    responses={201: ReleasedSerializer, 400: RefusalSerializer, **_REFUSALS},
    tags=["experiments"],
)
@api_view(["POST"])
def releases(request: Request) -> Response:
    """With an experiment: its change is live, and contacts are measured from then on. Without: it is noted."""
    sent = ReleaseSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    data = sent.validated_data
    markets = _markets(data.get("markets") or [])
    key = data.get("experiment")
    experiment = questions.by_key(key) if key else None
    if key and experiment is None:
        raise ValidationError({"experiment": [_("There is no experiment with this key, such as EXP-45.")]})
    try:
        made = _release(data["name"], data["released_on"], markets, experiment, _person(request))
    except (Refusal, hypotheses.services.Refusal) as refusal:
        raise ValidationError({"released_on": [str(refusal)]}) from refusal
    body = {
        "id": made.pk,
        "name": made.name,
        "released_on": made.released_on,
        "markets": [market.code for market in markets],
        "experiment": experiment.key if experiment else None,
    }
    return Response(body, status=201)


def _release(
    name: str, released_on: date, markets: list[Market], experiment: Experiment | None, actor: Person
) -> Release:
    now = timezone.now()
    today = accounts.selectors.market_day(now)
    if experiment is None:
        return services.announce(
            name=name, released_on=released_on, markets=markets, theme=None, actor=actor, today=today, now=now
        )
    return services.release(
        experiment=experiment, released_on=released_on, markets=markets, actor=actor, today=today, now=now
    )


def _markets(codes: list[str]) -> list[Market]:
    known = {market.code: market for market in Market.objects.filter(code__in=codes)}
    for code in codes:
        if code not in known:
            raise ValidationError({"markets": [_("There is no market “%(code)s”.") % {"code": code}]})
    return list(known.values())


def _experiment(key: str) -> Experiment:
    experiment = questions.by_key(key)
    if experiment is None:
        raise Http404
    return experiment


def _person(request: Request) -> Person:
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def _today() -> date:
    return accounts.selectors.market_day(timezone.now())


def _row(sent: dict[str, Any]) -> Row:
    total, squares = sent.get("revenue_sum"), sent.get("revenue_sumsq")
    return Row(
        variant=sent["variant"],
        day=sent["date"],
        visitors=sent["visitors"],
        conversions=sent["conversions"],
        revenue_sum=None if total is None else round(total * CENTS, 6),
        revenue_sumsq=None if squares is None else round(squares * CENTS**2, 6),
        contacts=sent.get("contacts"),
    )


def _card(request: Request, experiment: Experiment, visitors: int) -> dict[str, Any]:
    address = reverse("experiments:experiment-detail", args=[experiment.key])
    return {
        "key": experiment.key,
        "name": experiment.name,
        "hypothesis": experiment.hypothesis.key,
        "status": experiment.status,
        "decision": experiment.decision,
        "learning": experiment.learning,
        "starts_on": experiment.starts_on,
        "ends_on": experiment.ends_on,
        "planned_visitors": experiment.planned_visitors,
        "visitors": visitors,
        "url": request.build_absolute_uri(address),
    }


def _variant(row: questions.ArmRow, *, told: bool, control: bool) -> dict[str, Any]:
    found = row.result if told else None
    return {
        "key": row.variant.key,
        "name": row.variant.name,
        "visitors": row.arm.visitors,
        "conversions": row.arm.conversions if told else None,
        "contacts": row.arm.contacts if told else None,
        "rate": found.rate.as_json() if found else None,
        "lift": found.lift.as_json() if found and not control else None,
        "p": found.p if found else None,
        "chance_to_win": found.chance_to_win if found else None,
    }


def _outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    return {name: getattr(outcome, name) for name in _OUTCOME} if outcome else None

"""This floor's doors for programs."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person
from outbox import selectors
from outbox.serializers import ErrorSerializer, JobSerializer


@extend_schema(
    summary="How far a job is",
    operation_id="job",
    responses={200: JobSerializer, 401: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer},
    tags=["jobs"],
)
@api_view(["GET"])
def job_detail(request: Request, job_id: int) -> Response:
    """State, cursor, total and counts of a job that this token's owner asked for."""
    if not isinstance(request.user, Person):
        raise Http404
    job = selectors.visible_jobs(request.user).filter(pk=job_id).first()
    if job is None:
        raise Http404
    card = selectors.job_card(job, request.user)
    body = {
        "id": card.id,
        "kind": card.kind,
        "state": card.state,
        "cursor": card.done,
        "total": card.total,
        "counts": card.counts,
        "attempts": card.attempts,
        "error": card.error,
        "created_at": card.created_at,
        "started_at": card.started_at,
        "finished_at": card.finished_at,
    }
    return Response(JobSerializer(body).data)

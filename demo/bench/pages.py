"""What a page and a list of the API cost, in CPU, asked as a browser or a program would ask."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable

from django.http import HttpResponse, JsonResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

import accounts.services
from accounts.models import Person, Role
from demo.bench.clock import Clock
from demo.bench.lines import CannotMeasure, ratio
from demo.bench.taking_in import taken
from feedback import api, filters
from feedback.selectors import contacts as contact_questions

PATHS = ("/themes/", "/contacts/")
ROUNDS = 9
LIST_PATH = "/api/v1/contacts/"
LIST_ROWS = 100


def times() -> dict[str, float]:
    """CPU seconds of each page, the middle one of several visits."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        Person.objects.filter(role=Role.CRO_LEAD).order_by("pk")[0], backend="django.contrib.auth.backends.ModelBackend"
    )
    return {path: _middle(lambda path=path: _visit(client, path)) for path in PATHS}  # type: ignore[misc]


def list_over_plain() -> float:
    """The API's list of contacts against the same question answered with a plain JsonResponse."""
    person = Person.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")[0]
    _, secret = accounts.services.create_token(
        actor=person, name="Bench", scopes=["feedback:read"], expires_at=None, now=timezone.now(), person=person
    )
    factory, door = RequestFactory(SERVER_NAME="127.0.0.1"), resolve(LIST_PATH)

    def listed() -> HttpResponse:
        request = factory.get(f"{LIST_PATH}?limit={LIST_ROWS}", headers={"Authorization": f"Bearer {secret}"})
        # The token's scopes belong to a named address.
        request.resolver_match = door
        answer: HttpResponse = api.contacts(request)
        return answer.render() if hasattr(answer, "render") else answer

    answer = listed()
    _demand(answer, "the list of contacts")
    content = json.loads(answer.content)

    def plain() -> HttpResponse:
        contact_questions.contact_page(filters.read(QueryDict()), size=LIST_ROWS, counted=False)
        return JsonResponse(content)

    return ratio(_middle(listed), _middle(plain))


def _visit(client: Client, path: str) -> None:
    _demand(client.get(path), path)


def _demand(answer: object, what: str) -> None:
    status = getattr(answer, "status_code", 0)
    if status != 200:
        raise CannotMeasure(f"{what} answered {status}.")


def _middle(work: Callable[[], object]) -> float:
    # The first visits fill caches and compile templates.
    work()
    work()
    clock = Clock()
    return statistics.median(taken(clock, work) for _ in range(ROUNDS))

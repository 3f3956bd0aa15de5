"""Security check 7: API tokens are hashed, scoped, expiring, revocable; and errors are sentences."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError as ModelValidationError
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts import keys, matrix, services
from accounts.errors import explain
from accounts.models import ApiToken, Person, Role
from tests.people import THEN

NOW = THEN + timedelta(days=30)


@api_view(["GET", "POST"])
def echo(request: Request) -> Response:
    """Says who asks."""
    return Response({"person": request.user.pk})


urlpatterns = [
    path("api/v1/echo/", echo, name="echo"),
    path("api/v1/unlisted/", echo, name="unlisted"),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def _echo_door(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(matrix.DOORS, "echo", matrix.scopes(read="feedback:read"))


def call(client: Any, secret: str | None, method: str = "get", address: str = "/api/v1/echo/") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
    response = getattr(client, method)(address, headers=headers)
    return response.status_code, response.json()


def made(admin: Person, *scopes: str, **more: Any) -> tuple[ApiToken, str]:
    return services.create_token(
        actor=admin, name="Shop", scopes=scopes, expires_at=more.pop("expires_at", None), now=NOW, **more
    )


def test_a_token_with_the_scope_opens_the_door_as_its_program(client: Any, admin: Person) -> None:
    token, secret = made(admin, "feedback:read")
    assert call(client, secret) == (200, {"person": token.person.pk})
    assert (token.person.role, token.person.name) == (Role.API_CLIENT, "Shop")
    assert not token.person.has_usable_password()


def test_only_a_fingerprint_is_kept(admin: Person) -> None:
    token, secret = made(admin, "feedback:read")
    kept = json.dumps(ApiToken.objects.filter(pk=token.pk).values().get(), default=str)
    assert secret not in kept
    assert secret.split("_", 2)[2] not in kept
    assert secret.startswith(f"hb_{token.prefix}_")
    assert token.digest == keys.digest(secret)


@pytest.mark.parametrize("secret", [None, "", "hb_", "hb_12345678_wrong", "nonsense", "hb_x", "été"])
def test_without_a_known_token_nobody_comes_in(client: Any, admin: Person, secret: str | None) -> None:
    made(admin, "feedback:read")
    status, body = call(client, secret.encode().decode("latin-1") if secret else secret)
    assert status == 401
    assert body["errors"] == []
    assert "token" in body["detail"]


def test_the_right_prefix_with_another_secret_is_not_known(client: Any, admin: Person) -> None:
    token, _ = made(admin, "feedback:read")
    assert call(client, f"hb_{token.prefix}_guess") == (
        401,
        {"detail": "This API token is not known here.", "errors": []},
    )


def test_a_session_is_no_token(client_for: Any, admin: Person) -> None:
    assert call(client_for(admin), None)[0] == 401


def test_a_token_without_the_scope_is_told_which_one(client: Any, admin: Person) -> None:
    _, secret = made(admin, "metrics:read")
    assert call(client, secret) == (
        403,
        {"detail": "This needs a token with the scope feedback:read.", "errors": []},
    )


def test_reading_is_not_writing_and_an_address_outside_the_matrix_is_shut(client: Any, admin: Person) -> None:
    _, secret = made(admin, *matrix.SCOPES)
    assert call(client, secret, "post")[0] == 403
    shut = client.get("/api/v1/unlisted/", headers={"Authorization": f"Bearer {secret}"})
    assert shut.headers["Location"].startswith("/sign-in/")


def test_an_expired_token_a_revoked_one_and_one_of_a_closed_account(client: Any, admin: Person) -> None:
    _, old = made(admin, "feedback:read", expires_at=NOW)
    token, secret = made(admin, "feedback:read")
    assert call(client, old)[1]["detail"] == "This API token has expired."
    assert services.revoke_token(actor=admin, token=token, now=NOW)
    assert not services.revoke_token(actor=admin, token=token, now=NOW)
    assert call(client, secret)[1]["detail"] == "This API token was revoked."
    third, secret = made(admin, "feedback:read")
    Person.objects.filter(pk=third.person.pk).update(is_active=False)
    assert call(client, secret)[0] == 401


def test_last_use_is_written_once_a_minute(admin: Person, django_assert_num_queries: Any) -> None:
    token, _ = made(admin, "feedback:read")
    services.note_use(token=token, now=NOW)
    token.refresh_from_db()
    with django_assert_num_queries(0):
        services.note_use(token=token, now=NOW + timedelta(seconds=59))
    services.note_use(token=token, now=NOW + timedelta(seconds=60))
    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(seconds=60)


def test_a_scope_that_does_not_exist_is_refused(admin: Person) -> None:
    with pytest.raises(KeyError):
        made(admin, "everything:write")


class _Row(serializers.Serializer[Any]):
    occurred_at = serializers.DateTimeField()
    channel = serializers.CharField()


class _Batch(serializers.Serializer[Any]):
    origin = serializers.CharField()
    rows = _Row(many=True)


def explained(exc: Exception) -> tuple[int, dict[str, Any]]:
    request = APIRequestFactory().get("/")
    response = explain(exc, {"request": request, "view": None})
    assert response is not None
    return response.status_code, response.data


def test_errors_name_row_field_and_reason() -> None:
    good = {"occurred_at": "2026-01-05T09:00:00Z", "channel": "phone"}
    batch = _Batch(data={"rows": [good, {"occurred_at": "soon", "channel": "chat"}, {}]})
    with pytest.raises(exceptions.ValidationError) as caught:
        batch.is_valid(raise_exception=True)
    status, body = explained(caught.value)
    assert status == 400
    assert body["detail"] == "4 things are wrong with this request; “errors” names them."
    assert [(error["index"], error["field"]) for error in body["errors"]] == [
        (None, "origin"),
        (1, "rows.occurred_at"),
        (2, "rows.occurred_at"),
        (2, "rows.channel"),
    ]
    assert "This field is required." in body["errors"][0]["message"]


def test_one_error_is_the_sentence_itself_and_a_services_refusal_is_a_400() -> None:
    assert explained(ModelValidationError("The sprint is full.")) == (
        400,
        {
            "detail": "The sprint is full.",
            "errors": [{"index": None, "field": "", "message": "The sprint is full."}],
        },
    )


def test_what_is_not_the_callers_fault_is_no_4xx() -> None:
    assert explain(RuntimeError("broken"), {"request": APIRequestFactory().get("/"), "view": None}) is None


def test_a_missing_thing_and_a_throttled_caller_get_the_same_shape() -> None:
    assert explained(exceptions.NotFound())[1] == {"detail": "There is nothing at this address.", "errors": []}
    status, body = explained(exceptions.Throttled(wait=3))
    assert status == 429
    assert "3 seconds" in body["detail"]

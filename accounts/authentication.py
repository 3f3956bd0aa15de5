"""API tokens at the door, and errors as sentences."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer hb_…`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person behind the token, or None without one."""
        return None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says is wanted."""
        return "Bearer"


def explain(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as `{"detail": sentence, "errors": […]}`."""
    return exception_handler(exc, context)

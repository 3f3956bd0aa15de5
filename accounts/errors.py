"""Errors of the API as sentences."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

# Errors in a batch of 5,000 rows can be many; the first ones say what is wrong.
MOST_ERRORS = 100


def explain(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every 4xx as `{"detail": sentence, "errors": [{"index", "field", "message"}]}`.

    `index` is the row in a list that was sent (None when it is not about a row), `field` a dotted path
    ("" when it is about the whole). Errors that are not the caller's fall through to a 500.
    """
    if isinstance(exc, ModelValidationError):
        exc = exceptions.ValidationError(exc.message_dict if hasattr(exc, "error_dict") else exc.messages)
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        errors = list(_flat(exc.detail))
        response.data = {"detail": _summary(errors), "errors": errors[:MOST_ERRORS]}
    else:
        response.data = {"detail": _sentence(response), "errors": []}
    return response


def _sentence(response: Response) -> str:
    if response.status_code == status.HTTP_404_NOT_FOUND:
        return _("There is nothing at this address.")
    return str(response.data.get("detail", "")) or _("This request could not be answered.")


def _summary(errors: list[dict[str, Any]]) -> str:
    if len(errors) == 1:
        return str(errors[0]["message"])
    return _("%(count)d things are wrong with this request; “errors” names them.") % {"count": len(errors)}


def _flat(detail: Any, index: int | None = None, path: str = "") -> Iterator[dict[str, Any]]:
    """The leaves of DRF's nested error detail, each with its row and its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            if isinstance(name, int):
                yield from _flat(inner, name, path)
            else:
                whole = name == "non_field_errors"
                yield from _flat(inner, index, path if whole else f"{path}.{name}".strip("."))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            row = position if isinstance(inner, dict) else index
            if inner:
                yield from _flat(inner, row, path)
    else:
        yield {"index": index, "field": path, "message": str(detail)}

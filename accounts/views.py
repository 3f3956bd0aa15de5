"""Doors of this floor."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failures: say so, and for how long."""
    return render(request, "accounts/locked_out.html", status=429)

"""What every page knows about the installation."""

from typing import Any

from django.http import HttpRequest

from accounts import selectors


def company(request: HttpRequest) -> dict[str, Any]:
    """The company, or None before set-up; asked once per page, when a template uses it."""
    return {"company": selectors.LazyCompany()}

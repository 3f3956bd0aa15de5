"""Numbers beside the navigation."""

from typing import Any

from django.http import HttpRequest


def rail(request: HttpRequest) -> dict[str, Any]:
    """The counts of the loop line; nothing for those who are not signed in."""
    return {}

"""Bodies of webhooks: JSON that fits a database, or the reason why not. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from feedback.systems.shapes import Unmappable

MAX_DEPTH = 40
"""Lists and objects within each other. No system comes near it; recursive code gives up at a thousand."""


def parsed(body: bytes) -> Any:
    """The JSON in a body, without what no database keeps; raises Unmappable when it is none."""
    try:
        value = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Unmappable("body_not_json") from None
    return _storable(value, MAX_DEPTH)


def at(value: Any, path: str) -> str:
    """The text or number at a dotted path ("form_response.token") through objects; "" when there is none."""
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def first_of(body: Any, headers: Sequence[tuple[str, str]], places: Sequence[str]) -> str:
    """What stands at the first place that says something: a header, or a path such as "body:id"."""
    by_name = {name.lower(): value.strip() for name, value in headers}
    for place in places:
        kind, _, path = place.partition(":")
        found = at(body, path) if kind == "body" else by_name.get(place.lower(), "")
        if found:
            return found
    return ""


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _storable(value: Any, depth: int) -> Any:
    """Without zero bytes and half characters, which PostgreSQL refuses; raises Unmappable when it is too deep."""
    if depth < 0:
        raise Unmappable("body_too_deep")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_storable(one, depth - 1) for one in value]
    if isinstance(value, dict):
        return {clean(name): _storable(one, depth - 1) for name, one in value.items()}
    return value


def clean(text: str) -> str:
    """A text that every database takes."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()

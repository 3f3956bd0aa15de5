"""Where something stands in JSON: `customer.id`, `lines[0].sku`, `tags[*].name`, `custom["a.b"]`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

MAX_STEPS = 20
MAX_LENGTH = 300
MAX_FOUND = 1_000

_EACH = None
Step = str | int | None
_STEP = re.compile(r"""(?:^|\.)([^.\[\]"]+)|\[([0-9]{1,6})\]|\[(\*)\]|\["([^"]*)"\]""")
_PLAIN = re.compile(r"[\w-]+(?: [\w-]+)*")


class BadPath(ValueError):
    """The text is no path."""


@lru_cache(maxsize=1024)
def compiled(path: str) -> tuple[Step, ...]:
    """The steps of a path: a name, a position from 0, or None for each of a list. Raises BadPath."""
    text = path.strip().removeprefix("$.").removeprefix("$")
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or len(steps) >= MAX_STEPS or len(text) > MAX_LENGTH:
            raise BadPath(path[:MAX_LENGTH])
        name, position, each, quoted = found.groups()
        steps.append(_EACH if each else int(position) if position else quoted if quoted is not None else name)
        at = found.end()
    return tuple(steps)


def find(value: Any, path: str) -> list[Any]:
    """Everything that stands at a path, in order; nothing when it is not there. Raises BadPath."""
    found = [value]
    for step in compiled(path):
        found = [below for one in found for below in _below(one, step)][:MAX_FOUND]
    return found


def _below(value: Any, step: Step) -> Iterator[Any]:
    if step is _EACH:
        yield from value if isinstance(value, list) else ()
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield value[step]
    elif isinstance(value, dict) and step in value:
        yield value[step]


def leaves(value: Any, *, limit: int = 200) -> dict[str, list[Any]]:
    """Every path to a text, number or nothing, with what stands there; lists are one path with `[*]`."""
    found: dict[str, list[Any]] = {}
    for path, leaf in _leaves(value, "", MAX_STEPS):
        if path in found:
            found[path].append(leaf)
        elif len(found) < limit:
            found[path] = [leaf]
    return found


def lists(value: Any) -> list[str]:
    """Every path to a list of objects, the outermost first."""
    return list(dict.fromkeys(_lists(value, "", MAX_STEPS)))


def joined(path: str, name: str) -> str:
    """The path of a name below a path; a name with a quotation mark has none."""
    if not _PLAIN.fullmatch(name):
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def keys(path: str) -> str:
    """A path without positions, as redaction names what it leaves alone: "lines.sku"."""
    return ".".join(step for step in compiled(path) if isinstance(step, str))


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth:
        for name, held in _named(value):
            yield from _leaves(held, joined(path, name), depth - 1)
    elif isinstance(value, list) and depth:
        for held in value[:20]:
            yield from _leaves(held, f"{path}[*]", depth - 1)
    elif path and len(path) <= MAX_LENGTH and not isinstance(value, dict | list):
        yield path, value


def _lists(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth:
        for name, held in _named(value):
            yield from _lists(held, joined(path, name), depth - 1)
    elif isinstance(value, list) and depth and any(isinstance(held, dict) for held in value):
        yield path


def _named(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, held) for name, held in value.items() if '"' not in name)

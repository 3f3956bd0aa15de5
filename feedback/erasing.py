"""Erasing a customer on every floor: who has to be asked, and what each is told. Pure.

Feedback knows its own tables. What a higher floor keeps of a customer, such as the words that stand as
evidence with an idea, it erases itself; it says so when it starts:

    erasing.register("hypotheses", erase_quotes)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

ERASED = "[erased]"
"""Stands where a customer's words stood."""
_LEAST_OF_AN_IDENTIFIER = 5
_LEAST_OF_WORDS = 16


@dataclass(frozen=True)
class Gone:
    """What was erased, for those who keep copies of it. In memory only, for as long as erasing takes."""

    contacts: frozenset[int]
    responses: frozenset[int]
    written: tuple[str, ...]
    """How the shop writes the customer: ids, an e-mail address."""
    words: tuple[str, ...]
    """The texts that were stored, without personal data."""

    def copies(self) -> Copies:
        """What finds copies of it in other texts."""
        return Copies(self.written, self.words)


class Copies:
    """Finds identifiers and words where somebody copied them to. A short identifier is looked for nowhere."""

    def __init__(self, written: Sequence[str], words: Sequence[str]) -> None:
        ids = [re.escape(value) for value in map(str.strip, written) if len(value) >= _LEAST_OF_AN_IDENTIFIER]
        texts = [re.escape(text.strip()) for text in words if len(text.strip()) >= _LEAST_OF_WORDS]
        choices = [f"(?<!\\w)(?i:{value})(?!\\w)" for value in sorted(ids, key=len, reverse=True)]
        choices += sorted(texts, key=len, reverse=True)
        self._pattern = re.compile("|".join(choices)) if choices else None

    def out_of(self, value: Any) -> tuple[Any, int]:
        """A text, or a JSON value with texts in it, without the copies; and how many there were."""
        if self._pattern is None:
            return value, 0
        if isinstance(value, str):
            return self._pattern.subn(ERASED, value)
        if isinstance(value, dict):
            pairs = {key: self.out_of(held) for key, held in value.items()}
            return {key: held for key, (held, _) in pairs.items()}, sum(count for _, count in pairs.values())
        if isinstance(value, list):
            items = [self.out_of(held) for held in value]
            return [held for held, _ in items], sum(count for _, count in items)
        return value, 0


Eraser = Callable[[Gone], int]
"""Erases what its floor keeps, in the caller's transaction; how many pieces."""

_erasers: dict[str, Eraser] = {}


def register(name: str, eraser: Eraser) -> None:
    """Have this floor asked; once, when its app starts."""
    if _erasers.setdefault(name, eraser) is not eraser:
        raise ValueError(f"Two erasers named {name}.")


def elsewhere(gone: Gone) -> int:
    """Ask everyone who registered; how many pieces they erased."""
    return sum(erase(gone) for erase in _erasers.values())

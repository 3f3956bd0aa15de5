"""Which version of an object counts, and which versions lose their words. Pure.

Deliveries come twice, late and in any order; what is decided here depends on what came, never on when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Moments, numbers and ids made of digits say nothing about anybody by themselves.
_NO_WORDS = re.compile(r"[0-9:.,+ TZ-]{1,40}")


@dataclass(frozen=True)
class Version:
    """One version of an object, without its payload."""

    id: int
    stream: str
    external_id: str
    entity: str
    key: str
    received_at: datetime
    deleted: bool
    waits: bool = False
    """For its mapper."""
    is_troubled: bool = False
    """It says why no row could be made."""

    @property
    def rank(self) -> tuple[bool, str, datetime, int]:
        """Sorts in the order of versions. Gone for good without saying when is the last word."""
        return (self.deleted and not self.key, self.key, self.received_at, self.id)


@dataclass(frozen=True)
class Standing:
    """What of an object counts."""

    newest: Version
    before: Version | None
    """Of an object that is gone: the newest version that was not, which still holds its facts."""
    wordless: tuple[int, ...]
    """Versions whose words have to go, because a later one says that they are gone."""


def standing(versions: Iterable[Version]) -> Standing:
    """Of all versions of one object, of which there is at least one."""
    ordered = sorted(versions, key=lambda version: version.rank)
    newest = ordered[-1]
    last_gone = max((at for at, version in enumerate(ordered) if version.deleted), default=-1)
    wordless = tuple(version.id for version in ordered[: max(last_gone, 0)])
    facts = [version for version in ordered if not version.deleted]
    return Standing(newest, facts[-1] if newest.deleted and facts else None, wordless)


def members(standings: Sequence[Standing]) -> dict[str, list[Standing]]:
    """The objects of each entity by their newest version, oldest first."""
    found: dict[str, list[Standing]] = {}
    for one in sorted(standings, key=lambda one: (one.newest.rank, one.newest.stream, one.newest.external_id)):
        found.setdefault(one.newest.entity, []).append(one)
    return found


def without_words(payload: Any, keep: Set[str]) -> Any:
    """A payload reduced to what is no words: kept keys (or dotted paths), numbers, moments, yes and no.

    Empties the same values however often it is done.
    """
    return _wordless(payload, keep, ())


def _wordless(value: Any, keep: Set[str], path: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: held if name in keep or ".".join((*path, name)) in keep else _wordless(held, keep, (*path, str(name)))
            for name, held in value.items()
        }
    if isinstance(value, list):
        return [_wordless(held, keep, path) for held in value]
    return "" if isinstance(value, str) and not _NO_WORDS.fullmatch(value) else value


def effective(own: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a mapper sees of an object that is gone: what its last version says, and below it the former facts."""
    return {**(before or {}), **own}

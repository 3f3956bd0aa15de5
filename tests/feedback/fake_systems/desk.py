"""What every fake system keeps: objects with the moment of their last change, and ways to misbehave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.feedback.fake_systems.server import Asked, FakeSystem, Said

Payload = dict[str, Any]
NOT_SIGNED_IN = Said({"error": "who are you?"}, 401)
NOT_THERE = Said({"error": "nothing here"}, 404)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=found.tzinfo or UTC)


def piece(rows: list[Payload], stamp_: str, after: str | None, size: int) -> tuple[list[Payload], bool, str]:
    """A page after a cursor that names the last object shown, not a number of objects; is there more; its end."""
    left = [row for row in rows if after is None or f"{row[stamp_]}|{row['id']}" > after]
    found = left[:size]
    return found, len(left) > size, f"{found[-1][stamp_]}|{found[-1]['id']}" if found else after or ""


class Desk(FakeSystem):
    """A system with objects of one stream. `put` makes or changes one; a subclass says how it looks and is asked."""

    system: ClassVar[str]
    stream: ClassVar[str]
    # The constant of the connector that holds how much it asks for at once.
    page_constant: ClassVar[str] = "PER_PAGE"

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, tuple[datetime, Payload]] = {}
        # Not shown yet, though their stamp has passed.
        self.withheld: set[int] = set()
        # Older versions, delivered once more after the newer ones.
        self.stale: list[Payload] = []
        self.repeat_page = False
        self.is_token_dead = False
        # Called with the number of each page once it is made: what happens there before the next one is asked for.
        self.between: Callable[[int], None] | None = None
        self.pages = 0
        self._last: Said | None = None

    def credentials(self) -> dict[str, str]:
        raise NotImplementedError

    def make(self, number: int, at: datetime, words: str) -> Payload:
        raise NotImplementedError

    def knows(self, asked: Asked) -> bool:
        """Is it signed in with what `credentials` says?"""
        raise NotImplementedError

    def page(self, asked: Asked) -> Said | None:
        """The answer to a question for a page; None for other questions."""
        raise NotImplementedError

    def other(self, asked: Asked) -> Said:
        """The answer to any other question."""
        return NOT_THERE

    def put(self, number: int, at: datetime, words: str = "Where is my order?") -> Payload:
        self.rows[number] = (at, self.make(number, at, words))
        return self.rows[number][1]

    def since(self, at: datetime | None, *, inclusive: bool = True) -> list[Payload]:
        """What changed since, in this order; the stale ones at the end."""
        rows = sorted((at_, number) for number, (at_, _row) in self.rows.items() if number not in self.withheld)
        wanted = [
            number for at_, number in rows if at is None or at_ > at or (inclusive and at_ == at.replace(microsecond=0))
        ]
        return [self.rows[number][1] for number in wanted] + self.stale

    def answer(self, asked: Asked) -> Said:
        if asked.path in self.undisturbed:
            return self.other(asked)
        if not self.knows(asked):
            return NOT_SIGNED_IN
        said = self.page(asked)
        if said is None:
            return self.other(asked)
        if self.repeat_page and self._last:
            self.repeat_page = False
            return self._last
        self._last = said
        self.pages += 1
        if self.between:
            self.between(self.pages)
        return said

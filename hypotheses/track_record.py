"""How often tests won, by source and area. The floor above knows; `experiments/apps.py` registers its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Record(NamedTuple):
    """Decided experiments, and how many of them won."""

    wins: int
    trials: int


@dataclass(frozen=True)
class TrackRecord:
    """Records by source of the idea and stage of its theme (None: not known)."""

    by: Mapping[tuple[str, int | None], Record]

    def of(self, source: str, stage: int | None) -> Record:
        """The record of ideas like this one."""
        return self.by.get((source, stage), Record(0, 0))

    @property
    def everything(self) -> Record:
        """That of the whole company."""
        return Record(sum(one.wins for one in self.by.values()), sum(one.trials for one in self.by.values()))


_told: list[Callable[[], TrackRecord]] = []


def told_by(answer: Callable[[], TrackRecord]) -> None:
    """Say who knows; once, when its app starts."""
    if _told and _told != [answer]:
        raise ValueError("Somebody else tells the track record already.")
    _told[:] = [answer]


def track_record() -> TrackRecord:
    """The record as it is now."""
    return _told[0]() if _told else TrackRecord({})

"""The life of an experiment, and which decisions end it. Everything else asks these tables."""

from __future__ import annotations

from dataclasses import dataclass

CRO_MEMBER, CRO_LEAD, SYSTEM = "cro_member", "cro_lead", "system"
# A program with a token: the deployment that says "live" itself.
API_CLIENT = "api_client"
CRO = frozenset({CRO_LEAD, CRO_MEMBER})
LEAD = frozenset({CRO_LEAD})


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One row: `name` leads from one status to another, for these roles (or "system", a job)."""

    name: str
    source: str
    target: str
    actors: frozenset[str]


MOVES: tuple[MoveRule, ...] = (
    MoveRule("start", "planned", "running", CRO),
    MoveRule("decide", "running", "decided", LEAD),
    MoveRule("release", "decided", "released", LEAD | {API_CLIENT}),
    MoveRule("measure", "released", "measured", frozenset({SYSTEM})),
)

# Which decisions an evaluation allows; "stopped" and "invalid" are always a person's to say.
DECISIONS_BY_VERDICT: dict[str, tuple[str, ...]] = {
    "winner": ("won", "inconclusive", "stopped", "invalid"),
    "no_difference": ("inconclusive", "stopped", "invalid"),
    "harmful": ("lost", "stopped", "invalid"),
    "guardrail_worse": ("lost", "stopped", "invalid"),
    "too_few": ("inconclusive", "stopped", "invalid"),
    "blocked": ("invalid",),
    "running": ("stopped", "invalid"),
    "stopped_early": ("stopped", "invalid"),
}
# A change may go live without a shown difference (it may still spare contacts), never a harmful or invalid one.
RELEASABLE = frozenset({"won", "inconclusive"})


def rule(name: str, source: str) -> MoveRule | None:
    """The row for this move from this status."""
    return next((row for row in MOVES if row.name == name and row.source == source), None)

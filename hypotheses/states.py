"""The life of a hypothesis: which move leads where, and who may make it. Everything else asks this table.

Buttons, refusals, the API's moves, the diagram in the docs and the test that every status is reachable
are made from `MOVES`.
"""

from __future__ import annotations

from dataclasses import dataclass

AGENT, CRO_MEMBER, CRO_LEAD = "agent", "cro_member", "cro_lead"
LINKING_PIN = "linking_pin"
PROPOSER = "proposer"
# A program with a token: the deployment that says "live" itself.
API_CLIENT = "api_client"
SYSTEM = "system"

TRIAGE = frozenset({CRO_LEAD, LINKING_PIN})
LEAD = frozenset({CRO_LEAD})
CRO = frozenset({CRO_LEAD, CRO_MEMBER})

START = "draft"
# Statuses in which somebody still has to do something.
OPEN = frozenset({"submitted", "asked", "accepted", "planned", "testing"})


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One row: `name` leads from one status to another, for these actors.

    `actors` are roles, or "proposer" (whoever sent it), or "system" (a job). `needs_note` asks for words:
    a question, an answer, a reason. `told` says whether the proposer gets a message. `undoable` moves can be
    taken back within the undo window, before their message goes out.
    """

    name: str
    source: str
    target: str
    actors: frozenset[str]
    needs_note: bool = False
    told: bool = True
    undoable: bool = False


MOVES: tuple[MoveRule, ...] = (
    MoveRule("submit", "draft", "submitted", frozenset({PROPOSER}), told=False),
    MoveRule("ask", "submitted", "asked", TRIAGE, needs_note=True, undoable=True),
    MoveRule("answer", "asked", "submitted", frozenset({PROPOSER}), needs_note=True, told=False),
    MoveRule("accept", "submitted", "accepted", LEAD, undoable=True),
    MoveRule("decline", "submitted", "declined", LEAD, needs_note=True, undoable=True),
    MoveRule("decline", "asked", "declined", LEAD, needs_note=True, undoable=True),
    MoveRule("decline", "accepted", "declined", LEAD, needs_note=True, undoable=True),
    MoveRule("merge", "submitted", "duplicate", TRIAGE, undoable=True),
    MoveRule("merge", "accepted", "duplicate", TRIAGE, undoable=True),
    MoveRule("plan", "accepted", "planned", CRO, undoable=True),
    MoveRule("unplan", "planned", "accepted", CRO, told=False, undoable=True),
    MoveRule("test", "planned", "testing", CRO),
    MoveRule("decide", "testing", "decided", LEAD),
    MoveRule("release", "decided", "released", LEAD | {API_CLIENT}),
    MoveRule("measure", "released", "measured", frozenset({SYSTEM})),
    MoveRule("reopen", "declined", "submitted", TRIAGE, undoable=True),
    MoveRule("reopen", "measured", "accepted", LEAD, undoable=True),
)


def rule(name: str, source: str) -> MoveRule | None:
    """The row for this move from this status, or None when it does not lead anywhere from here."""
    return next((row for row in MOVES if row.name == name and row.source == source), None)


def moves_from(source: str) -> tuple[MoveRule, ...]:
    """All moves that leave this status."""
    return tuple(row for row in MOVES if row.source == source)


def reachable() -> frozenset[str]:
    """Every status that a new hypothesis can get to."""
    found, frontier = {START}, [START]
    while frontier:
        for row in moves_from(frontier.pop()):
            if row.target not in found:
                found.add(row.target)
                frontier.append(row.target)
    return frozenset(found)


def diagram() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {START}"]
    lines += [f"    {row.source} --> {row.target}: {row.name}" for row in MOVES]
    return "\n".join(lines)

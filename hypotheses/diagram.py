"""docs/hypothesis-states.md, written from the table of moves. Pure."""

from __future__ import annotations

from hypotheses import states

_INTRODUCTION = """# The states of a hypothesis

Written by `python -m hypotheses.diagram` from `MOVES` in `hypotheses/states.py`; a test compares the two.
"""


def document() -> str:
    """The page: a Mermaid diagram and the table."""
    rows = [
        f"| {row.name} | {row.source} | {row.target} | {', '.join(sorted(row.actors))} "
        f"| {_yes(row.needs_note)} | {_yes(row.told)} | {_yes(row.undoable)} |"
        for row in states.MOVES
    ]
    names = ("move", "from", "to", "who may", "needs words", "proposer is told", "can be taken back")
    head = f"| {' | '.join(names)} |\n{'|---' * len(names)}|"
    return f"{_INTRODUCTION}\n```mermaid\n{states.diagram()}\n```\n\n{head}\n" + "\n".join(rows) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else ""


if __name__ == "__main__":
    import sys

    sys.stdout.write(document())

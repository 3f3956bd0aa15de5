"""The moves of a hypothesis. Each checks the table, dates and signs the step, and tells the proposer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

import accounts.services
import outbox.services
from accounts.models import Person
from hypotheses import permissions, states
from hypotheses.models import Hypothesis, Move, Sprint, Status


class Refusal(Exception):
    """The move is not possible; the text says why, for people."""


def _locked(hypothesis: Hypothesis) -> Hypothesis:
    """The row as it is now, held until the end of the transaction."""
    return Hypothesis.objects.select_for_update().get(pk=hypothesis.pk)


@transaction.atomic
def make(
    *,
    hypothesis: Hypothesis,
    name: str,
    actor: Person | None,
    now: datetime,
    note: str = "",
    changes: dict[str, Any] | None = None,
    parameters: dict[str, Any] | None = None,
    tell_to: Person | None = None,
) -> Hypothesis:
    """Make one move of the table; raises PermissionDenied or `Refusal` with a sentence.

    `changes` are fields that the move sets besides the status; `parameters` go into the message.
    """
    current = _locked(hypothesis)
    permissions.may_move(actor, current, name).demand()
    row = states.rule(name, current.status)
    if row is None:  # pragma: no cover - may_move has refused it
        raise LookupError(name)
    note = note.strip()
    if row.needs_note and not note:
        raise Refusal(_("Write a few words: the person whose idea it is reads them."))
    before = _before(current)
    current.status = row.target
    current.updated_at = now
    for field, value in (changes or {}).items():
        setattr(current, field, value)
    if current.answered_at is None and row.source == Status.SUBMITTED:
        current.answered_at = now
    current.save()
    Move.objects.create(
        hypothesis=current,
        name=name,
        from_status=row.source,
        to_status=row.target,
        actor=actor,
        at=now,
        note=note,
        before=before,
    )
    accounts.services.record(actor=actor, action=name, target=current, name=current.key, now=now)
    _tell(current, row, actor, note, parameters or {}, tell_to, now)
    return current


def _tell(
    hypothesis: Hypothesis,
    row: states.MoveRule,
    actor: Person | None,
    note: str,
    parameters: dict[str, Any],
    tell_to: Person | None,
    now: datetime,
) -> None:
    recipient = tell_to or (hypothesis.proposer if row.told else None)
    if recipient is None or recipient == actor:
        return
    outbox.services.tell(
        recipient=recipient,
        sender=actor,
        kind=f"hypothesis_{row.name}",
        parameters={
            "key": hypothesis.key,
            "title": hypothesis.title,
            "by": actor.name if actor else "",
            "note": note,
            **parameters,
        },
        about=("hypothesis", hypothesis.pk),
        undoable=row.undoable,
        now=now,
    )


def accept(*, hypothesis: Hypothesis, actor: Person, now: datetime, note: str = "") -> Hypothesis:
    """Put it on the shortlist."""
    return make(hypothesis=hypothesis, name="accept", actor=actor, note=note, now=now)


def ask(*, hypothesis: Hypothesis, actor: Person, question: str, now: datetime) -> Hypothesis:
    """Ask the proposer something before answering."""
    return make(hypothesis=hypothesis, name="ask", actor=actor, note=question, now=now)


def answer(*, hypothesis: Hypothesis, actor: Person, text: str, now: datetime) -> Hypothesis:
    """The proposer's answer; it goes to whoever asked, and the idea waits again."""
    question = hypothesis.moves.filter(name="ask", undone_at=None).order_by("-at", "-pk").first()
    return make(
        hypothesis=hypothesis,
        name="answer",
        actor=actor,
        note=text,
        tell_to=question.actor if question else None,
        now=now,
    )


def decline(*, hypothesis: Hypothesis, actor: Person, reason: str, now: datetime) -> Hypothesis:
    """Do not take it up, and say why."""
    return make(hypothesis=hypothesis, name="decline", actor=actor, note=reason, now=now)


@transaction.atomic
def merge(*, hypothesis: Hypothesis, into: Hypothesis, actor: Person, now: datetime, note: str = "") -> Hypothesis:
    """Fold it into another idea; its proposer joins that one and is told."""
    if into.pk == hypothesis.pk or into.status in {Status.DRAFT, Status.DUPLICATE}:
        raise Refusal(_("Choose another idea that was sent and is not merged itself."))
    merged = make(
        hypothesis=hypothesis,
        name="merge",
        actor=actor,
        note=note,
        changes={"duplicate_of": into},
        parameters={"into_key": into.key, "into_title": into.title},
        now=now,
    )
    if into.proposer_id != merged.proposer_id:
        into.supporters.get_or_create(person=merged.proposer, defaults={"joined_at": now, "note": merged.problem})
    return merged


@transaction.atomic
def plan(*, hypothesis: Hypothesis, sprint: Sprint, actor: Person, now: datetime) -> Hypothesis:
    """Take it into a sprint that is not closed."""
    if sprint.state == Sprint.State.CLOSED:
        raise Refusal(_("Sprint %(number)s is closed.") % {"number": sprint.number})
    return make(
        hypothesis=hypothesis,
        name="plan",
        actor=actor,
        changes={"sprint": sprint, "building_since": None},
        parameters={"sprint": sprint.number},
        now=now,
    )


@transaction.atomic
def unplan(*, hypothesis: Hypothesis, actor: Person, now: datetime) -> Hypothesis:
    """Put it back on the shortlist; a message about the sprint that has not gone out yet never will."""
    planned = hypothesis.moves.filter(name="plan", undone_at=None).order_by("-at", "-pk").first()
    back = make(
        hypothesis=hypothesis,
        name="unplan",
        actor=actor,
        changes={"sprint": None, "building_since": None},
        now=now,
    )
    if planned is not None:
        about = ("hypothesis", back.pk)
        outbox.services.take_back(about=about, since=planned.at, kind="hypothesis_plan", now=now)
    return back


def begin_test(
    *, hypothesis: Hypothesis, actor: Person, now: datetime, parameters: dict[str, Any] | None = None
) -> Hypothesis:
    """Its experiment started."""
    return make(hypothesis=hypothesis, name="test", actor=actor, parameters=parameters, now=now)


def decide(
    *, hypothesis: Hypothesis, actor: Person, now: datetime, note: str, parameters: dict[str, Any]
) -> Hypothesis:
    """Its experiment was decided; the learning is told with it."""
    return make(hypothesis=hypothesis, name="decide", actor=actor, note=note, parameters=parameters, now=now)


def release(*, hypothesis: Hypothesis, actor: Person, now: datetime, parameters: dict[str, Any]) -> Hypothesis:
    """The change is live for everyone."""
    return make(hypothesis=hypothesis, name="release", actor=actor, parameters=parameters, now=now)


def measure(*, hypothesis: Hypothesis, now: datetime, parameters: dict[str, Any]) -> Hypothesis:
    """The outcome is in; a job makes this move and the proposer hears back."""
    return make(hypothesis=hypothesis, name="measure", actor=None, parameters=parameters, now=now)


def reopen(*, hypothesis: Hypothesis, actor: Person, now: datetime, note: str = "") -> Hypothesis:
    """Look at it again."""
    changes: dict[str, Any] = {"sprint": None, "building_since": None}
    return make(hypothesis=hypothesis, name="reopen", actor=actor, note=note, changes=changes, now=now)


def last_undoable(hypothesis: Hypothesis, actor: Person, now: datetime) -> Move | None:
    """The last move, when this person made it and its message has not gone out yet."""
    move = hypothesis.moves.filter(undone_at=None).order_by("-at", "-pk").first()
    if move is None or move.actor_id != actor.pk:
        return None
    row = states.rule(move.name, move.from_status)
    fresh = move.at > now - timedelta(seconds=settings.UNDO_SECONDS)
    return move if row and row.undoable and fresh else None


@transaction.atomic
def undo(*, hypothesis: Hypothesis, actor: Person, now: datetime) -> Hypothesis:
    """Take back one's own last move within the undo window; nobody is told it ever happened."""
    current = _locked(hypothesis)
    move = last_undoable(current, actor, now)
    if move is None:
        raise Refusal(_("There is nothing to take back any more: the message has gone out."))
    if move.name == "merge" and current.duplicate_of:
        current.duplicate_of.supporters.filter(person=current.proposer, joined_at=move.at).delete()
    _restore(current, move, now)
    move.undone_at = now
    move.save(update_fields=["undone_at"])
    outbox.services.take_back(about=("hypothesis", current.pk), since=move.at, now=now)
    accounts.services.record(
        actor=actor, action="undo", target=current, name=current.key, details={"move": move.name}, now=now
    )
    return current


def _before(hypothesis: Hypothesis) -> dict[str, Any]:
    """What a move may change besides the status, as JSON."""
    moments = {"building_since": hypothesis.building_since, "answered_at": hypothesis.answered_at}
    return {
        "sprint_id": hypothesis.sprint_id,
        "duplicate_of_id": hypothesis.duplicate_of_id,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


def _restore(hypothesis: Hypothesis, move: Move, now: datetime) -> None:
    """Status and fields as they were before the move."""
    hypothesis.status = move.from_status
    hypothesis.updated_at = now
    for name, value in move.before.items():
        is_moment = name.endswith(("_since", "_at")) and value is not None
        setattr(hypothesis, name, datetime.fromisoformat(value) if is_moment else value)
    if hypothesis.sprint is not None and hypothesis.sprint.state == Sprint.State.CLOSED:
        raise Refusal(_("Sprint %(number)s is closed.") % {"number": hypothesis.sprint.number})
    hypothesis.save()

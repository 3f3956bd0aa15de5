"""Writing an idea down, sending it, and joining somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import accounts.services
from accounts.models import Company, Person
from feedback import redaction
from feedback.models import Contact, Theme
from hypotheses import permissions
from hypotheses.models import Hypothesis, Status, Supporter
from hypotheses.services import evidence, moves


@dataclass(frozen=True)
class Words:
    """What the form holds; `title` may be left out and is then made from the change."""

    problem: str = ""
    change: str = ""
    effect: str = Hypothesis.Effect.FEWER_CONTACTS
    metric: str = "contacts_per_1000_orders"
    pages: tuple[str, ...] = ()
    theme: Theme | None = None
    title: str = ""


@dataclass(frozen=True)
class Chosen:
    """Which of the evidence found for the theme the proposer left ticked."""

    theme: bool = True
    survey: bool = True
    quotes: tuple[Contact, ...] = field(default=())


def _title(words: Words) -> str:
    """The first sentence of the change (else of the problem), cut at a word."""
    text = (words.title or words.change or words.problem).strip().split("\n")[0].rstrip(".")
    if len(text) > 100:
        text = text[:100].rsplit(" ", 1)[0] + "…"
    return text[:1].upper() + text[1:]


@transaction.atomic
def save_draft(*, proposer: Person, words: Words, now: datetime, draft: Hypothesis | None = None) -> Hypothesis:
    """Keep what was typed so far; personal data is removed before it is stored."""
    if draft is not None:
        permissions.may_edit(proposer, draft).demand()
    kept = draft or Hypothesis(proposer=proposer, source=proposer.side, created_at=now)
    kept.problem = redaction.redact(words.problem.strip()).text
    kept.change = redaction.redact(words.change.strip()).text
    kept.title = redaction.redact(_title(words)).text[:120]
    kept.effect, kept.metric = words.effect, words.metric
    kept.pages = list(words.pages)
    kept.theme = words.theme
    kept.updated_at = now
    kept.save()
    return kept


@transaction.atomic
def throw_away(*, draft: Hypothesis, actor: Person, now: datetime) -> None:
    """Delete one's own draft."""
    permissions.may_edit(actor, draft).demand()
    accounts.services.record(actor=actor, action="throw_away", kind="hypothesis", name="draft", now=now)
    draft.delete()


@transaction.atomic
def propose(
    *,
    proposer: Person,
    words: Words,
    chosen: Chosen,
    today: date,
    now: datetime,
    draft: Hypothesis | None = None,
) -> Hypothesis:
    """Send the idea: it gets its key, and its theme's numbers are frozen as they are today."""
    if not words.problem.strip() or not words.change.strip():
        raise moves.Refusal(_("Say what the problem is, and what you would change."))
    kept = save_draft(proposer=proposer, words=words, now=now, draft=draft)
    # One row to hold while the next number is taken, on both databases.
    list(Company.objects.select_for_update())
    kept.number = (Hypothesis.objects.aggregate(last=Max("number"))["last"] or 100) + 1
    kept.submitted_at = now
    kept.save(update_fields=["number", "submitted_at"])
    if kept.theme and chosen.theme:
        evidence.freeze_theme(hypothesis=kept, theme=kept.theme, survey=chosen.survey, today=today, now=now)
    for contact in chosen.quotes:
        evidence.freeze_quote(hypothesis=kept, contact=contact, now=now)
    sent = moves.make(hypothesis=kept, name="submit", actor=proposer, now=now)
    evidence.score(hypothesis=sent, today=today)
    return sent


@transaction.atomic
def join(*, hypothesis: Hypothesis, person: Person, now: datetime, note: str = "") -> Supporter:
    """ "I see this too": join instead of sending the same idea again."""
    if hypothesis.status == Status.DRAFT:
        raise moves.Refusal(_("A draft cannot be joined."))
    if hypothesis.proposer_id == person.pk:
        raise moves.Refusal(_("It is your own idea."))
    supporter, _made = hypothesis.supporters.get_or_create(
        person=person, defaults={"joined_at": now, "note": redaction.redact(note).text}
    )
    accounts.services.record(actor=person, action="join", target=hypothesis, name=hypothesis.key, now=now)
    return supporter


@transaction.atomic
def set_effort(*, hypothesis: Hypothesis, points: int, actor: Person, today: date, now: datetime) -> Hypothesis:
    """Estimate the work in points (about a person-day each); the score follows."""
    permissions.may_plan_sprints(actor).demand()
    hypothesis.effort_points = points
    hypothesis.updated_at = now
    hypothesis.save(update_fields=["effort_points", "updated_at"])
    accounts.services.record(
        actor=actor,
        action="estimate",
        target=hypothesis,
        name=hypothesis.key,
        details={"points": points},
        now=now,
    )
    evidence.score(hypothesis=hypothesis, today=today)
    return hypothesis

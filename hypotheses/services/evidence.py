"""Freezing what a theme's numbers were on the day an idea was sent, and scoring the idea by them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import metrics.selectors
from feedback.models import Contact, Theme
from feedback.selectors import theme_numbers
from hypotheses import scoring, states
from hypotheses.models import Evidence, Hypothesis
from hypotheses.track_record import TrackRecord, track_record
from metrics.periods import Period, Slice
from metrics.sums import Sums

EVIDENCE_DAYS = 28
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def freeze_theme(*, hypothesis: Hypothesis, theme: Theme, survey: bool, today: date, now: datetime) -> list[Evidence]:
    """Keep the theme's numbers of the last 28 days as they are now (and its satisfaction, if wanted)."""
    period = metrics.selectors.counted_days(today, EVIDENCE_DAYS)
    numbers = theme_numbers.numbers_of(theme, Slice(period))
    facts = {
        "name": theme.name,
        "contacts": numbers.contacts.as_json(),
        "share": numbers.share.as_json(),
        "per_1000_orders": numbers.per_1000_orders.as_json(),
        "change": numbers.change.change.as_json(),
        "cost": numbers.cost.as_json(),
        "weeks": list(numbers.weeks),
    }
    frozen = [_freeze(hypothesis, Evidence.Kind.THEME, theme, period, facts, now)]
    if survey and numbers.csat.n:
        satisfaction = {
            "csat": numbers.csat.as_json(),
            "csat_mean": numbers.csat_mean.as_json(),
            "csat_gap": numbers.csat_gap.as_json(),
        }
        frozen.append(_freeze(hypothesis, Evidence.Kind.SURVEY, theme, period, satisfaction, now))
    return frozen


def _freeze(
    hypothesis: Hypothesis, kind: str, theme: Theme, period: Period, facts: Mapping[str, object], now: datetime
) -> Evidence:
    return Evidence.objects.create(
        hypothesis=hypothesis,
        kind=kind,
        theme=theme,
        period_from=period.first,
        period_to=period.last,
        facts=dict(facts),
        frozen_at=now,
    )


def freeze_quote(*, hypothesis: Hypothesis, contact: Contact, now: datetime) -> Evidence:
    """Keep a customer's (redacted) words beside the numbers."""
    facts = {
        "text": contact.words.text or contact.words.subject,
        "language": contact.language.code if contact.language else "",
        "channel": contact.channel.label if contact.channel else "",
        "day": contact.local_day.isoformat(),
    }
    return Evidence.objects.create(
        hypothesis=hypothesis,
        kind=Evidence.Kind.QUOTE,
        theme=hypothesis.theme,
        origin={"contact": contact.pk},
        facts=facts,
        frozen_at=now,
    )


def score(*, hypothesis: Hypothesis, today: date) -> Hypothesis:
    """Compute the evidence score from the theme's last twelve weeks; without a theme there is none."""
    if hypothesis.theme is None:
        return hypothesis
    found = scoring.evidence_score(_evidence(hypothesis, hypothesis.theme, today))
    hypothesis.score = found.value
    hypothesis.score_parts = {factor.id: _part(factor) for factor in found.factors}
    hypothesis.save(update_fields=["score", "score_parts"])
    return hypothesis


def _part(factor: scoring.Factor) -> dict[str, float]:
    return {"measured": factor.measured, "multiplier": factor.multiplier}


def score_chances() -> int:
    """A test was decided: open ideas get the chance to win as it is now, the rest of their score stays; how many."""
    record = track_record()
    ideas = Hypothesis.objects.filter(status__in=states.OPEN, score__isnull=False).select_related("theme")
    changed = []
    for idea in ideas:
        chance = _chance(idea, record)
        idea.score_parts = {**idea.score_parts, "chance": {"measured": chance, "multiplier": chance}}
        idea.score = math.prod(float(part["multiplier"]) for part in idea.score_parts.values())
        changed.append(idea)
    return Hypothesis.objects.bulk_update(changed, ["score", "score_parts"], batch_size=200)


def _chance(hypothesis: Hypothesis, record: TrackRecord) -> float:
    stage = hypothesis.theme.stage_id if hypothesis.theme else None
    prior = scoring.company_prior(*record.everything)
    return scoring.chance_to_win(*record.of(hypothesis.source, stage), *prior)


def _evidence(hypothesis: Hypothesis, theme: Theme, today: date) -> scoring.Evidence:
    last = metrics.selectors.last_whole_day(today)
    reach, recent, previous = (
        Slice(Period(last - first * _WEEK + _DAY, last - end * _WEEK)) for first, end in ((8, 0), (4, 0), (12, 4))
    )
    everything = metrics.selectors.contact_sums(reach, by=["theme"], only=["contacts"])
    orders = _orders(reach)
    count = max(1, len(everything))
    typical = sum(cell.contacts for cell in everything.values()) / count / orders if orders else 0.0
    record = track_record()
    own = record.of(hypothesis.source, theme.stage_id)
    prior_wins, prior_losses = scoring.company_prior(*record.everything)
    return scoring.Evidence(
        reach=scoring.Counted(everything.get((theme.pk,), Sums()).contacts, orders),
        recent=_counted(theme, recent),
        previous=_counted(theme, previous),
        typical_per_order=typical,
        # A theme with less than two weeks' orders behind it leans on the mean.
        prior_orders=orders / 4,
        csat_gap=_gap(theme, reach),
        wins=own.wins,
        trials=own.trials,
        effort_days=float(hypothesis.effort_points or DEFAULT_EFFORT_DAYS),
        prior_wins=prior_wins,
        prior_losses=prior_losses,
    )


DEFAULT_EFFORT_DAYS = 3


def _orders(question: Slice) -> float:
    return metrics.selectors.commerce_sums(question).get((), Sums()).orders


def _counted(theme: Theme, question: Slice) -> scoring.Counted:
    sums = metrics.selectors.contact_sums(question, themes=[theme.pk], only=["contacts"]).get((), Sums())
    return scoring.Counted(sums.contacts, _orders(question))


def _gap(theme: Theme, question: Slice) -> float | None:
    """Overall less theme satisfaction, in standard deviations of one answer; None without answers."""
    mine = metrics.selectors.survey_sums(question, "csat", themes=[theme.pk]).get((), Sums())
    whole = metrics.selectors.survey_sums(question, "csat").get((), Sums())
    if mine.n < 5 or whole.n < 5:
        return None
    mean = whole.total / whole.n
    spread = max(0.0, whole.total_sq / whole.n - mean**2) ** 0.5
    return (mean - mine.total / mine.n) / spread if spread else None

"""Weeks after a release: were contacts avoided? The outcome is stored, and the proposer hears back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

import accounts.services
import hypotheses.services
import outbox.services
from experiments import deflection
from experiments.models import Outcome, Release, Status
from experiments.selectors import evaluations, observations
from hypotheses.models import Status as HypothesisStatus
from metrics.estimate import Estimate

FIRST_WEEKS = 4
FINAL_WEEKS = 12


def measure_due(*, today: date) -> list[Release]:
    """Releases with a theme whose newest outcome is not final, oldest first."""
    final = Outcome.objects.filter(is_final=True).values("release")
    return list(
        Release.objects.exclude(theme=None)
        .exclude(pk__in=final)
        .filter(released_on__lt=today)
        .select_related("experiment__hypothesis__proposer", "theme")
        .order_by("released_on", "pk")
    )


@transaction.atomic
def measure(*, release: Release, today: date, now: datetime) -> Outcome | None:
    """Measure a release with all whole weeks up to yesterday; the same weeks again give the stored outcome.

    With four weeks after the release the hypothesis counts as measured and its proposer is told, whatever
    came out. At twelve weeks the reading is final; when the verdict changed since, the proposer is told that too.
    """
    # Held to the end, so that the sweep and somebody's "Measure now" do not tell the same news twice.
    current = (
        Release.objects.select_for_update(of=("self",))
        .select_related("experiment__hypothesis__proposer")
        .get(pk=release.pk)
    )
    data = observations.daily_counts(current, through=today - timedelta(days=1))
    if str(current.theme_id) not in data.series:
        return None
    before = current.outcomes.order_by("-measured_at", "-pk").first()
    found = deflection.measure(data, _case(current))
    if before is not None and _same(before, found):
        return before
    outcome = _save(current, found, data.start + timedelta(days=data.days - 1), now)
    _tell(current, outcome, found, now)
    return outcome


def _same(before: Outcome, found: deflection.Deflection) -> bool:
    """Nothing new: no further week was completed and late rows changed nothing."""
    value = found.avoided.value
    return (before.weeks_after, before.verdict, before.grade) == (found.weeks_after, found.verdict, found.grade) and (
        value == before.contacts_avoided
    )


def _case(release: Release) -> deflection.Case:
    design = release.design
    filed = design.get("filed_on")
    controls = observations.untouched(release, design.get("controls", []))
    experiment = release.experiment
    return deflection.Case(
        theme=str(release.theme_id),
        released_on=release.released_on,
        filed_on=date.fromisoformat(filed) if filed else None,
        controls=[str(pk) for pk in controls],
        siblings=[str(pk) for pk in design.get("siblings", []) if pk in controls],
        other_releases=observations.other_releases(release),
        randomised=evaluations.contacts_effect(experiment) if experiment else None,
    )


def _save(release: Release, found: deflection.Deflection, through: date, now: datetime) -> Outcome:
    outcome = Outcome.objects.create(
        release=release,
        grade=found.grade,
        verdict=found.verdict,
        rate_ratio=found.rate_ratio.value,
        rate_ratio_low=found.rate_ratio.low,
        rate_ratio_high=found.rate_ratio.high,
        contacts_avoided=found.avoided.value,
        avoided_low=found.avoided.low,
        avoided_high=found.avoided.high,
        weeks_before=found.weeks_before,
        weeks_after=found.weeks_after,
        flags=list(found.flags),
        series=[_point(week) for week in found.weeks],
        guardrails=_guardrails(found),
        measured_through=through,
        measured_at=now,
        is_final=found.weeks_after >= FINAL_WEEKS,
    )
    accounts.services.record(
        actor=None,
        action="measure",
        target=release,
        name=release.name,
        details={"grade": found.grade, "verdict": found.verdict, "weeks_after": found.weeks_after},
        now=now,
    )
    return outcome


def _point(week: deflection.WeekPoint) -> dict[str, Any]:
    return {
        "starts_on": week.starts_on.isoformat(),
        "role": week.role,
        "observed": week.observed,
        "expected": week.expected,
        "low": week.low,
        "high": week.high,
        "orders": week.exposure,
    }


def _guardrails(found: deflection.Deflection) -> dict[str, Any]:
    checks = found.guardrails
    return {
        "trend_t": checks.trend_t,
        "placebo": _json(checks.placebo),
        "siblings": _json(checks.siblings),
        "moved": checks.moved,
        "all_per_1000_before": checks.all_per_1000_before,
        "all_per_1000_after": checks.all_per_1000_after,
        "more_weeks": found.more_weeks,
    }


def _json(found: Estimate | None) -> dict[str, object] | None:
    return found.as_json() if found else None


def _tell(release: Release, outcome: Outcome, found: deflection.Deflection, now: datetime) -> None:
    experiment = release.experiment
    if experiment is None or outcome.weeks_after < FIRST_WEEKS:
        return
    facts = {
        "experiment": experiment.key,
        "verdict": outcome.verdict,
        "grade": outcome.grade,
        "contacts_avoided": outcome.contacts_avoided,
        "low": outcome.avoided_low,
        "high": outcome.avoided_high,
        "weeks": outcome.weeks_after,
        "more_weeks": found.more_weeks,
    }
    hypothesis = experiment.hypothesis
    if experiment.status == Status.RELEASED:
        experiment.status = Status.MEASURED
        experiment.save(update_fields=["status"])
        if hypothesis.status == HypothesisStatus.RELEASED:
            hypotheses.services.measure(hypothesis=hypothesis, parameters=facts, now=now)
    elif outcome.is_final and _told(outcome) not in {None, outcome.verdict}:
        outbox.services.tell(
            recipient=hypothesis.proposer,
            kind="outcome_final",
            parameters={"key": hypothesis.key, "title": hypothesis.title, **facts},
            about=("hypothesis", hypothesis.pk),
            now=now,
        )


def _told(outcome: Outcome) -> str | None:
    """The verdict that the proposer has heard; None when nothing was said before, or the last word was."""
    earlier = outcome.release.outcomes.exclude(pk=outcome.pk)
    if earlier.filter(is_final=True).exists():
        return None
    told = earlier.filter(weeks_after__gte=FIRST_WEEKS).order_by("measured_at", "pk").first()
    return told.verdict if told else None

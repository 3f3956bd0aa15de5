"""Contacts that live changes kept away in a period, from their newest outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import metrics.selectors
from dashboards import rounds
from experiments.models import Outcome, Release
from experiments.selectors.experiments import newest_outcomes
from metrics.estimate import Estimate
from metrics.periods import Period, Slice
from metrics.selectors import Key
from metrics.sums import Sums

# The first week after a release is nobody's: the change was settling in (METHODS: washout).
WASHOUT = timedelta(days=7)
COUNTED = (Outcome.Grade.A, Outcome.Grade.B)


@dataclass(frozen=True)
class Avoided:
    """What one change keeps away in the period."""

    release: Release
    outcome: Outcome
    contacts: Estimate


@dataclass(frozen=True)
class AvoidedInPeriod:
    """Every change that is live and measured with grade A or B, and their sum.

    `live` counts all changes from the loop that went live up to the end of the period, `from_service` those from
    customer service.
    """

    parts: list[Avoided]
    total: Estimate
    live: int
    from_service: int


def avoided_in(period: Period) -> AvoidedInPeriod:
    """Contacts avoided by all changes of the loop; three queries and two for each set of markets."""
    rows = Release.objects.filter(experiment__isnull=False, released_on__lte=period.last)
    releases = list(rows.select_related("experiment__hypothesis__proposer", "theme").prefetch_related("markets"))
    outcomes = newest_outcomes([release.pk for release in releases])
    cells = _cells(releases, period)
    parts = [
        Avoided(release, outcome, _avoided(release, outcome, period, cells))
        for release in releases
        if (outcome := outcomes.get(release.pk)) and outcome.grade in COUNTED
    ]
    parts.sort(key=lambda part: -(part.contacts.value or 0))
    return AvoidedInPeriod(
        parts=parts,
        total=rounds.total([part.contacts for part in parts]),
        live=len(releases),
        from_service=sum(
            release.experiment is not None and release.experiment.hypothesis.source == "cs" for release in releases
        ),
    )


def _cells(releases: list[Release], period: Period) -> dict[Key, Sums]:
    themes = {release.theme_id for release in releases if release.theme_id}
    if not themes:
        return {}
    question = Slice(period)
    return metrics.selectors.contact_sums(question, by=["theme", "market", "day"], themes=themes, only=["contacts"])


def _avoided(release: Release, outcome: Outcome, period: Period, cells: dict[Key, Sums]) -> Estimate:
    markets = {market.pk for market in release.markets.all()}
    first = release.released_on + WASHOUT
    contacts = sum(
        cell.contacts
        for (theme, market, day), cell in cells.items()
        if theme == release.theme_id and (not markets or market in markets) and day >= first
    )
    return rounds.avoided(contacts, outcome.rate_ratio or 0, outcome.rate_ratio_low or 0, outcome.rate_ratio_high or 0)

"""Experiments as their pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

import accounts.selectors
from accounts.models import Market, Person
from accounts.paging import Page
from accounts.paging import page as keyset_page
from experiments import permissions, states
from experiments.evaluation import Arm, Evaluation, VariantResult
from experiments.models import Decision, Experiment, Outcome, Release, Result, Status, Variant
from experiments.selectors import evaluations
from hypotheses.models import Hypothesis, Move

PER_PAGE = 25
_KEY = re.compile(r"EXP-([0-9]{1,9})")


def by_key(key: str) -> Experiment | None:
    """The experiment with this key ("EXP-45"), with its idea, variants and release; None when there is none."""
    match = _KEY.fullmatch(key.upper())
    return _with_all(Experiment.objects.filter(number=int(match[1]))).first() if match else None


def _with_all(rows: QuerySet[Experiment]) -> QuerySet[Experiment]:
    return rows.select_related(
        "hypothesis__proposer__team", "hypothesis__theme", "owner", "decided_by", "release"
    ).prefetch_related("variants")


def newest_outcomes(releases: Iterable[int]) -> dict[int, Outcome]:
    """The newest outcome by release id; of all releases in two queries."""
    newest = Outcome.objects.filter(release__in=releases).order_by().values("release").annotate(last=Max("measured_at"))
    moments = {row["release"]: row["last"] for row in newest}
    found = Outcome.objects.filter(release__in=moments, measured_at__in=set(moments.values())).order_by("pk")
    return {one.release_id: one for one in found if one.measured_at == moments[one.release_id]}


def live_changes() -> list[tuple[Release, Outcome | None]]:
    """Every change of the loop that is live, newest first, with its newest outcome. Three queries."""
    rows = Release.objects.filter(experiment__isnull=False).order_by("-released_on", "-pk")
    found = list(rows.select_related("experiment__hypothesis__proposer__team", "theme"))
    outcomes = newest_outcomes([release.pk for release in found])
    return [(release, outcomes.get(release.pk)) for release in found]


@dataclass(frozen=True)
class Sample:
    """How far a test is: visitors seen and planned, the day it is at, and when its last results came in."""

    visitors: int
    planned: int
    last_day: date | None

    @property
    def share(self) -> float:
        """0 to 1 of the planned sample."""
        return min(1.0, self.visitors / self.planned) if self.planned else 0.0


def samples(experiments: Iterable[Experiment]) -> dict[int, Sample]:
    """How far each is, by experiment id, in one query."""
    wanted = {experiment.pk: experiment for experiment in experiments}
    rows = Result.objects.filter(variant__experiment__in=wanted).order_by().values("variant__experiment")
    found = {row["variant__experiment"]: row for row in rows.annotate(visitors=Sum("visitors"), last=Max("day"))}
    nothing: dict[str, Any] = {"visitors": 0, "last": None}
    seen = {pk: found.get(pk, nothing) for pk in wanted}
    return {pk: Sample(seen[pk]["visitors"] or 0, one.planned_visitors, seen[pk]["last"]) for pk, one in wanted.items()}


def is_ready(experiment: Experiment, today: date) -> bool:
    """Whether a running test has reached its planned end, so that somebody may decide."""
    return experiment.status == Status.RUNNING and experiment.ends_on is not None and experiment.ends_on < today


def running(today: date) -> list[Experiment]:
    """Tests under way that have not reached their end, newest first."""
    return [one for one in _of_status(Status.RUNNING) if not is_ready(one, today)]


def ready_to_decide(today: date) -> list[Experiment]:
    """Tests whose planned days are over and that nobody has decided, longest waiting first."""
    return sorted((one for one in _of_status(Status.RUNNING) if is_ready(one, today)), key=lambda one: str(one.ends_on))


def _of_status(status: str) -> list[Experiment]:
    return list(_with_all(Experiment.objects.filter(status=status)))


# The list ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One experiment in the list."""

    experiment: Experiment
    sample: Sample
    ready: bool
    outcome: Outcome | None


@dataclass(frozen=True)
class ExperimentList:
    """A page of experiments, and how many there are of each status."""

    rows: list[Row]
    page: Page[Experiment]
    counts: dict[str, int]
    ready: int

    @property
    def total(self) -> int:
        """All experiments."""
        return sum(self.counts.values())


def experiment_list(*, today: date, status: str = "", after: str = "", before: str = "") -> ExperimentList:
    """Experiments, newest first; `status` narrows, "" is all."""
    rows = _with_all(Experiment.objects.all())
    if status in Status.values:
        rows = rows.filter(status=status)
    page = keyset_page(rows, by="number", descending=True, size=PER_PAGE, after=after, before=before)
    counted = Experiment.objects.order_by().values_list("status").annotate(n=Count("pk"))
    found = samples(page.rows)
    outcomes = newest_outcomes(pk for one in page.rows if (pk := _release_id(one)))
    return ExperimentList(
        rows=[Row(one, found[one.pk], is_ready(one, today), outcomes.get(_release_id(one) or 0)) for one in page.rows],
        page=page,
        counts=dict(counted),
        ready=Experiment.objects.filter(status=Status.RUNNING, ends_on__lt=today).count(),
    )


def _release_id(experiment: Experiment) -> int | None:
    release = getattr(experiment, "release", None)
    return release.pk if release else None


# One experiment ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ArmRow:
    """One line of the variants table."""

    variant: Variant
    arm: Arm
    result: VariantResult | None

    @property
    def contacts_per_1000(self) -> float | None:
        """Contacts per 1,000 visitors, where they were counted."""
        if self.arm.contacts is None or not self.arm.visitors:
            return None
        return 1000 * self.arm.contacts / self.arm.visitors


@dataclass(frozen=True)
class ExperimentPage:
    """Everything on the page of one experiment, and what this reader may see and do."""

    experiment: Experiment
    sample: Sample
    arms: list[ArmRow]
    evaluation: Evaluation
    measures: list[evaluations.Measure]
    release: Release | None
    markets: list[Market]
    outcome: Outcome | None
    moves: list[Move]
    ready: bool
    # The effect of a test that still runs is for CRO leads, and only its always-valid interval.
    shows_effect: bool
    allowed: list[tuple[str, str]]
    may: dict[str, bool]

    @property
    def best(self) -> VariantResult | None:
        """The variant with the highest lift; None before there are results."""
        known = [one for one in self.evaluation.variants[1:] if one.lift.value is not None]
        return max(known, key=lambda one: one.lift.value or 0, default=None)


def experiment_page(experiment: Experiment, reader: Person, today: date) -> ExperimentPage:
    """The page of an experiment on this day; a decided test is shown as it stood at its decision."""
    arms = evaluations.arms_of([experiment])[experiment.pk]
    found = evaluations.evaluation_of(experiment, today=_read_on(experiment, today), arms=arms)
    results = {one.name: one for one in found.variants}
    release: Release | None = getattr(experiment, "release", None)
    shows_effect = experiment.status != Status.RUNNING or found.final or bool(permissions.may_peek(reader))
    return ExperimentPage(
        experiment=experiment,
        sample=samples([experiment])[experiment.pk],
        arms=[
            ArmRow(variant, arm, results.get(arm.name))
            for variant, arm in zip(experiment.variants.all(), arms, strict=True)
        ],
        evaluation=found,
        measures=evaluations.measures_of(arms),
        release=release,
        markets=list(release.markets.all()) if release else [],
        outcome=newest_outcomes([release.pk]).get(release.pk) if release else None,
        moves=_history(experiment.hypothesis),
        ready=is_ready(experiment, today),
        shows_effect=shows_effect,
        allowed=[(name, str(Decision(name).label)) for name in states.DECISIONS_BY_VERDICT[found.verdict]],
        may=_may(experiment, reader),
    )


def _read_on(experiment: Experiment, today: date) -> date:
    return accounts.selectors.market_day(experiment.decided_at) if experiment.decided_at else today


def _may(experiment: Experiment, reader: Person) -> dict[str, bool]:
    return {
        "start": bool(permissions.may_move(reader, experiment, "start")),
        "enter": bool(permissions.may_enter_results(reader, experiment)),
        "decide": bool(permissions.may_move(reader, experiment, "decide")),
        "release": bool(permissions.may_release(reader, experiment)),
        "measure": experiment.status in {Status.RELEASED, Status.MEASURED} and bool(permissions.may_measure(reader)),
    }


def _history(hypothesis: Hypothesis) -> list[Move]:
    """What happened to the idea, oldest first; moves that were taken back never happened."""
    return list(hypothesis.moves.filter(undone_at=None).select_related("actor").order_by("at", "pk"))

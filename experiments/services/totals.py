"""Results of a test: typed in, imported or posted. One row per arm and day; the same row again replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.services
from accounts.models import Person
from experiments import permissions
from experiments.models import Experiment, Result, Status, Variant
from experiments.services.tests import Refusal


@dataclass(frozen=True)
class Row:
    """Sufficient statistics of one arm on one day. Revenue in cents, its sum of squares in cents squared."""

    variant: str
    day: date
    visitors: int
    conversions: int
    revenue_sum: float | None = None
    revenue_sumsq: float | None = None
    contacts: int | None = None


@transaction.atomic
def enter_results(
    *,
    experiment: Experiment,
    rows: Sequence[Row],
    actor: Person | None,
    now: datetime,
    replace_all: bool = False,
) -> int:
    """Store the rows; how many. `replace_all` for totals typed in, which stand for the whole test so far.

    Without an actor an import does it, whose door has checked the right. Raises `Refusal` with a sentence for a
    variant that does not exist or counts that cannot be.
    """
    current = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if actor is not None:
        permissions.may_enter_results(actor, current).demand()
    elif current.status != Status.RUNNING:
        raise Refusal(_("Results can be entered while the experiment is running."))
    arms = {variant.key: variant for variant in experiment.variants.all()}
    for row in rows:
        _check(row, list(arms))
        _check_day(row, current)
    if replace_all:
        Result.objects.filter(variant__experiment=experiment).delete()
    # The last of several rows for the same arm and day counts, as if they were stored one after the other.
    kept = {(row.variant, row.day): row for row in rows}
    Result.objects.bulk_create(
        [_result(row, arms[row.variant]) for row in kept.values()],
        update_conflicts=True,
        unique_fields=["variant", "day"],
        update_fields=["visitors", "conversions", "revenue_sum", "revenue_sumsq", "contacts"],
    )
    accounts.services.record(
        actor=actor,
        action="enter_results",
        target=experiment,
        name=str(experiment),
        details={"rows": len(rows)},
        now=now,
    )
    return len(rows)


def _result(row: Row, variant: Variant) -> Result:
    return Result(
        variant=variant,
        day=row.day,
        visitors=row.visitors,
        conversions=row.conversions,
        revenue_sum=row.revenue_sum,
        revenue_sumsq=row.revenue_sumsq,
        contacts=row.contacts,
    )


def _check(row: Row, keys: Sequence[str]) -> None:
    if row.variant not in keys:
        raise Refusal(
            _("There is no variant “%(variant)s”; this test has %(keys)s.")
            % {"variant": row.variant, "keys": ", ".join(keys)}
        )
    if row.contacts is not None and row.contacts < 0:
        raise Refusal(_("Variant %(variant)s: contacts cannot be less than zero.") % {"variant": row.variant})
    if row.visitors < 0 or not 0 <= row.conversions <= row.visitors:
        raise Refusal(
            _("Variant %(variant)s: conversions must lie between 0 and the number of visitors.")
            % {"variant": row.variant}
        )


def _check_day(row: Row, experiment: Experiment) -> None:
    """A test is read at the end that was planned; what comes after it belongs to no plan."""
    if experiment.starts_on and row.day < experiment.starts_on:
        raise Refusal(
            _("The test started on %(start)s; %(day)s lies before that.")
            % {"start": experiment.starts_on.isoformat(), "day": row.day.isoformat()}
        )
    if experiment.ends_on and row.day > experiment.ends_on:
        raise Refusal(
            _("The test ended on %(end)s; results of %(day)s do not belong to it.")
            % {"end": experiment.ends_on.isoformat(), "day": row.day.isoformat()}
        )

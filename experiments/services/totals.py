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
from experiments.models import Experiment, Result
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
    """Store the rows; how many. `replace_all` for totals typed in, which stand for the whole test.

    Without an actor an import does it, whose door has checked the right. Raises `Refusal` with a sentence for a
    variant that does not exist or counts that cannot be.
    """
    if actor is not None:
        permissions.may_enter_results(actor, experiment).demand()
    arms = {variant.key: variant for variant in experiment.variants.all()}
    for row in rows:
        _check(row, list(arms))
    if replace_all:
        Result.objects.filter(variant__experiment=experiment).delete()
    for row in rows:
        Result.objects.update_or_create(
            variant=arms[row.variant],
            day=row.day,
            defaults={
                "visitors": row.visitors,
                "conversions": row.conversions,
                "revenue_sum": row.revenue_sum,
                "revenue_sumsq": row.revenue_sumsq,
                "contacts": row.contacts,
            },
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


def _check(row: Row, keys: Sequence[str]) -> None:
    if row.variant not in keys:
        raise Refusal(
            _("There is no variant “%(variant)s”; this test has %(keys)s.")
            % {"variant": row.variant, "keys": ", ".join(keys)}
        )
    if row.visitors < 0 or not 0 <= row.conversions <= row.visitors:
        raise Refusal(
            _("Variant %(variant)s: conversions must lie between 0 and the number of visitors.")
            % {"variant": row.variant}
        )

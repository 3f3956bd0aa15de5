"""A change goes live for everyone, and how it will be measured is fixed on that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.selectors
import accounts.services
import hypotheses.services
from accounts.models import Market, Person
from experiments import permissions
from experiments.models import Experiment, Release, Status
from experiments.selectors import observations
from experiments.services.tests import Refusal
from feedback.models import Theme
from hypotheses.models import Hypothesis


@transaction.atomic
def release(
    *,
    experiment: Experiment,
    released_on: date,
    markets: Sequence[Market],
    actor: Person,
    today: date,
    now: datetime,
) -> Release:
    """The winner is live from this day, in these markets (none named: in all)."""
    locked = Experiment.objects.select_for_update(of=("self",))
    current = locked.select_related("hypothesis__theme").get(pk=experiment.pk)
    permissions.may_release(actor, current).demand()
    _check_day(released_on, today)
    if current.starts_on and released_on < current.starts_on:
        raise Refusal(_("It cannot have gone live before its test started."))
    made = _record(
        name=current.name,
        released_on=released_on,
        markets=markets,
        experiment=current,
        hypothesis=current.hypothesis,
        actor=actor,
        now=now,
    )
    current.status = Status.RELEASED
    current.save(update_fields=["status"])
    hypotheses.services.release(
        hypothesis=current.hypothesis,
        actor=actor,
        parameters={"experiment": current.key, "released_on": released_on.isoformat()},
        now=now,
    )
    return made


@transaction.atomic
def announce(
    *,
    name: str,
    released_on: date,
    markets: Sequence[Market],
    theme: Theme | None,
    actor: Person,
    today: date,
    now: datetime,
) -> Release:
    """A change that was not tested here went live: it shows on charts, and no other theme leans on this one."""
    permissions.may_announce(actor).demand()
    if not name.strip():
        raise Refusal(_("Say what went live."))
    _check_day(released_on, today)
    return _record(
        name=name,
        released_on=released_on,
        markets=markets,
        experiment=None,
        hypothesis=None,
        theme=theme,
        actor=actor,
        now=now,
    )


def _check_day(released_on: date, today: date) -> None:
    if released_on > today:
        raise Refusal(_("The day it went live cannot be in the future."))


def _record(
    *,
    name: str,
    released_on: date,
    markets: Sequence[Market],
    experiment: Experiment | None,
    hypothesis: Hypothesis | None,
    actor: Person,
    now: datetime,
    theme: Theme | None = None,
) -> Release:
    subject = hypothesis.theme if hypothesis else theme
    made = Release.objects.create(
        name=name[:120],
        released_on=released_on,
        experiment=experiment,
        theme=subject,
        design=_design(subject, released_on, hypothesis, now),
        created_by=actor,
        created_at=now,
    )
    made.markets.set(markets)
    accounts.services.record(
        actor=actor, action="release", target=made, name=name, details={"on": released_on.isoformat()}, now=now
    )
    return made


def _design(theme: Theme | None, released_on: date, hypothesis: Hypothesis | None, now: datetime) -> dict[str, Any]:
    """Frozen before any data after the release: the theme, what it is compared with, when it was filed.

    Themes that another change touched within the weeks looked at are left out of the comparison. A theme whose
    own change goes live later is left out when this release is measured, because that cannot be known today.
    """
    if theme is None:
        return {}
    recent = Release.objects.filter(released_on__gt=released_on - observations.REACH)
    touched = recent.exclude(theme=None).values("theme")
    controls = Theme.objects.active().exclude(pk=theme.pk).exclude(pk__in=touched)
    filed = hypothesis.submitted_at if hypothesis else None
    return {
        "theme": theme.pk,
        "controls": sorted(controls.values_list("pk", flat=True)),
        "siblings": sorted(controls.filter(stage=theme.stage).values_list("pk", flat=True) if theme.stage_id else []),
        "filed_on": accounts.selectors.market_day(filed).isoformat() if filed else None,
        "frozen_at": now.isoformat(),
        "version": 1,
    }

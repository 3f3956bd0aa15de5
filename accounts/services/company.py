"""The company, its markets and its teams."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from accounts.models import Company, Market, Person, Team
from accounts.services.audit import record


@transaction.atomic
def update_company(
    *,
    actor: Person,
    company: Company,
    name: str,
    currency: str,
    handling_minute_cents: int,
    working_days: str,
    answer_within_days: int,
    now: datetime,
) -> None:
    """Keep what numbers and promises are made with; signs what changed, from and to."""
    _change(
        actor,
        company,
        {
            "name": name,
            "currency": currency,
            "handling_minute_cents": handling_minute_cents,
            "working_days": working_days,
            "answer_within_days": answer_within_days,
        },
        "change company",
        now,
    )


@transaction.atomic
def update_privacy(
    *, actor: Person, company: Company, retention_months: int | None, order_patterns: str, now: datetime
) -> None:
    """How long customers' words are kept, and which numbers in them are orders; signs what changed."""
    wanted = {"retention_months": retention_months, "order_patterns": order_patterns}
    _change(actor, company, wanted, "change company", now)


@transaction.atomic
def add_market(*, actor: Person, code: str, name: str, zone: str, currency: str, now: datetime) -> Market:
    """A market after the ones that exist."""
    last = Market.objects.aggregate(last=models.Max("position"))["last"] or 0
    market = Market.objects.create(code=code, name=name, zone=zone, currency=currency, position=last + 1)
    record(actor=actor, action="add market", target=market, details={"zone": zone, "currency": currency}, now=now)
    return market


@transaction.atomic
def change_market(
    *, actor: Person, market: Market, code: str, name: str, zone: str, currency: str, now: datetime
) -> None:
    """Correct a market. Days that were counted keep the zone they were counted in."""
    wanted = {"code": code, "name": name, "zone": zone, "currency": currency}
    _change(actor, market, wanted, "change market", now)


@transaction.atomic
def add_team(*, actor: Person, name: str, kind: str, now: datetime) -> Team:
    """A team without people."""
    team = Team.objects.create(name=name, kind=kind)
    record(actor=actor, action="add team", target=team, details={"kind": kind}, now=now)
    return team


@transaction.atomic
def change_team(*, actor: Person, team: Team, name: str, kind: str, now: datetime) -> None:
    """Rename a team or place it on another side of the loop."""
    _change(actor, team, {"name": name, "kind": kind}, "change team", now)


@transaction.atomic
def remove_team(*, actor: Person, team: Team, now: datetime) -> None:
    """Remove a team; its people stay, without a team."""
    details = {"people": team.people.count(), "kind": team.kind}
    record(actor=actor, action="remove team", target=team, details=details, now=now)
    team.delete()


def _change(actor: Person, thing: models.Model, wanted: dict[str, Any], action: str, now: datetime) -> None:
    before = {field: getattr(thing, field) for field in wanted}
    changed = [field for field, value in wanted.items() if before[field] != value]
    for field in changed:
        setattr(thing, field, wanted[field])
    if changed:
        thing.save(update_fields=changed)
        details = {field: [before[field], wanted[field]] for field in changed}
        record(actor=actor, action=action, target=thing, details=details, now=now)

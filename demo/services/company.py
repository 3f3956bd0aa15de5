"""The company and its people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

import accounts.services
from accounts.models import Company, Market, Person, Team
from demo import cast, world

NAME = "De Linde"
MARKET_NAMES = {"NL": "Netherlands", "BE": "Belgium"}


class NotEmpty(Exception):
    """This installation belongs to a real company; the demo would mix with its data."""


@transaction.atomic
def found(*, password: str, now: datetime) -> dict[str, Person]:
    """Make company, markets, teams and people, or find them from an earlier start; people by their login."""
    company = Company.objects.first()
    if company is not None and not company.is_demo:
        raise NotEmpty(company.name)
    if company is None:
        company = Company.objects.create(pk=1, name=NAME, is_demo=True, set_up_at=now)
        accounts.services.record(actor=None, action="set_up", target=company, name=NAME, now=now)
    for position, market in enumerate(world.MARKETS):
        Market.objects.get_or_create(
            code=market.code,
            defaults={
                "name": MARKET_NAMES[market.code],
                "zone": market.zone,
                "currency": market.currency,
                "position": position,
            },
        )
    teams = {name: Team.objects.get_or_create(name=name, defaults={"kind": kind})[0] for name, kind in cast.TEAMS}
    return {member.login: _person(member, teams[member.team], password, now) for member in cast.CAST}


def _person(member: cast.Member, team: Team, password: str, now: datetime) -> Person:
    person = Person.objects.filter(email=member.email).first() or Person(email=member.email, created_at=now)
    if person.pk and person.check_password(password):
        return person
    if not person.pk:
        person.name, person.role, person.team, person.language = member.name, member.role, team, member.language
    person.set_password(password)
    person.save()
    return person

"""Links that may be used once: to set up, to join, to choose a new password. No e-mail is needed: they are copied."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import Company, Invitation, Market, Person, Role, Team
from accounts.services.audit import record

SET_UP_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class NewMarket:
    """A market as the set-up asks for it."""

    code: str
    name: str
    zone: str
    currency: str


@transaction.atomic
def set_up_link(now: datetime, *, base: str = "") -> str | None:
    """The address at which the first administrator sets the installation up; None once it is set up.

    `base` is what the address starts with (default: the public address of the settings). Each call
    makes a new link and ends the ones before it.
    """
    if Company.objects.exists():
        return None
    Invitation.objects.filter(purpose=Invitation.Purpose.SET_UP).delete()
    key = keys.new_link()
    Invitation.objects.create(
        purpose=Invitation.Purpose.SET_UP, digest=key.digest, created_at=now, expires_at=now + SET_UP_LIFE
    )
    return (base or settings.PUBLIC_URL) + reverse("accounts:set-up", args=[key.secret])


@transaction.atomic
def set_up(
    *,
    link: Invitation,
    company: str,
    currency: str,
    handling_minute_cents: int,
    working_days: str,
    answer_within_days: int,
    markets: list[NewMarket],
    name: str,
    email: str,
    password: str,
    language: str,
    now: datetime,
) -> Person:
    """Make the company, its markets (at least one) and its first administrator; the link is used up.

    `working_days` are ISO digits ("12345"). Raises ValidationError when somebody was faster.
    """
    _use(link, now)
    if Company.objects.exists():
        raise ValidationError(_("This installation is set up already."))
    made = Company.objects.create(
        pk=1,
        name=company,
        currency=currency,
        handling_minute_cents=handling_minute_cents,
        working_days=working_days,
        answer_within_days=answer_within_days,
        set_up_at=now,
    )
    Market.objects.bulk_create(
        Market(code=market.code, name=market.name, zone=market.zone, currency=market.currency, position=position)
        for position, market in enumerate(markets, start=1)
    )
    person = Person(
        email=email,
        name=name,
        role=Role.ADMINISTRATOR,
        language=language,
        time_zone=markets[0].zone,
        created_at=now,
    )
    person.set_password(password)
    person.save()
    record(actor=person, action="set up", target=made, details={"markets": len(markets)}, now=now)
    return person


@transaction.atomic
def invite(
    *, actor: Person, name: str, email: str, role: str, team: Team | None, now: datetime
) -> tuple[Invitation, str]:
    """Invite somebody; returns the invitation and the link, which is shown once.

    An open invitation of the same address is replaced. Raises ValidationError when the person is here.
    """
    if Person.objects.filter(email__iexact=email).exists():
        raise ValidationError(_("%(email)s has an account already.") % {"email": email})
    Invitation.objects.filter(purpose=Invitation.Purpose.JOIN, email__iexact=email, used_at=None).delete()
    key = keys.new_link()
    invitation = Invitation.objects.create(
        purpose=Invitation.Purpose.JOIN,
        digest=key.digest,
        name=name,
        email=email,
        role=role,
        team=team,
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    record(actor=actor, action="invite", target=invitation, name=name, details={"role": role}, now=now)
    return invitation, settings.PUBLIC_URL + reverse("accounts:join", args=[key.secret])


@transaction.atomic
def password_link(*, actor: Person, person: Person, now: datetime) -> str:
    """A link with which this person chooses a new password within a day; links before it end."""
    Invitation.objects.filter(purpose=Invitation.Purpose.PASSWORD, person=person, used_at=None).delete()
    key = keys.new_link()
    Invitation.objects.create(
        purpose=Invitation.Purpose.PASSWORD,
        digest=key.digest,
        person=person,
        email=person.email,
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    record(actor=actor, action="make password link", target=person, now=now)
    return settings.PUBLIC_URL + reverse("accounts:new-password", args=[key.secret])


@transaction.atomic
def withdraw(*, actor: Person, invitation: Invitation, now: datetime) -> None:
    """Take an invitation back; its link opens nothing any more."""
    record(actor=actor, action="withdraw invitation", target=invitation, name=invitation.name, now=now)
    invitation.delete()


@transaction.atomic
def join(*, link: Invitation, name: str, language: str, time_zone: str, password: str, now: datetime) -> Person:
    """Make the invited person. Raises ValidationError when the link was used or the address has an account."""
    _use(link, now)
    if Person.objects.filter(email__iexact=link.email).exists():
        raise ValidationError(_("%(email)s has an account already.") % {"email": link.email})
    person = Person(
        email=link.email,
        name=name,
        role=link.role,
        team=link.team,
        language=language,
        time_zone=time_zone,
        created_at=now,
    )
    person.set_password(password)
    person.save()
    record(actor=person, action="join", target=person, details={"role": link.role}, now=now)
    return person


@transaction.atomic
def choose_password(*, link: Invitation, password: str, now: datetime) -> Person:
    """Give the person of the link the password they chose. Raises ValidationError when it was used."""
    _use(link, now)
    person = link.person
    if person is None or not person.is_active:
        raise ValidationError(_("This account is closed."))
    person.set_password(password)
    person.save(update_fields=["password"])
    record(actor=person, action="choose new password", target=person, now=now)
    return person


def _use(link: Invitation, now: datetime) -> None:
    """Use a link up; of two who try at once, one wins."""
    used = Invitation.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now)
    if not used:
        raise ValidationError(_("This link was used already, or its time is over."))

"""What happens to people: their own choices, their role and team, their passwords."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person, Role, Team
from accounts.services.audit import record


@transaction.atomic
def update_profile(
    *,
    person: Person,
    name: str,
    language: str,
    time_zone: str,
    theme: str,
    single_key_shortcuts: bool,
    may_be_named: bool,
    now: datetime,
) -> Person:
    """Keep what a person chose for themselves; signs which of it changed, if anything did."""
    chosen = {
        "name": name.strip(),
        "language": language,
        "time_zone": time_zone,
        "theme": theme,
        "single_key_shortcuts": single_key_shortcuts,
        "may_be_named": may_be_named,
    }
    changed = [field for field, value in chosen.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, chosen[field])
    if changed:
        person.save(update_fields=changed)
        record(actor=person, action="update profile", target=person, details={"changed": changed}, now=now)
    return person


@transaction.atomic
def change_password(*, person: Person, password: str, now: datetime) -> None:
    """Give a person the new password they chose. Sessions elsewhere end with the old one."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record(actor=person, action="change password", target=person, now=now)


@transaction.atomic
def change_person(
    *, actor: Person, person: Person, name: str, role: str, team: Team | None, is_active: bool, now: datetime
) -> None:
    """Set who somebody is here: name, role, team, and whether the account is open.

    Closing an account ends its sessions and tokens with the next request. Raises ValidationError when
    it would leave the installation without an open administrator.
    """
    if person.role == Role.ADMINISTRATOR and not (role == Role.ADMINISTRATOR and is_active):
        others = Person.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
        if not others.exclude(pk=person.pk).exists():
            raise ValidationError(_("Somebody must stay administrator. Make another person administrator first."))
    wanted = {"name": name, "role": role, "team": team, "is_active": is_active}
    before = {field: getattr(person, field) for field in wanted}
    changed = [field for field, value in wanted.items() if before[field] != value]
    for field in changed:
        setattr(person, field, wanted[field])
    if changed:
        person.save(update_fields=changed)
        details = {field: [str(before[field]), str(wanted[field])] for field in changed}
        record(actor=actor, action="change person", target=person, details=details, now=now)

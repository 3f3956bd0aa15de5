"""What happens to people: their own choices, their role and team, their passwords."""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
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

"""Who may do what with feedback, and the sentence when not."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from accounts.permissions import Verdict, has_role

Someone = Person | AnonymousUser


def may_import(person: Someone) -> Verdict:
    """Bring data in."""
    return has_role(
        person,
        Role.LINKING_PIN,
        Role.ADMINISTRATOR,
        why_not=_("The linking pin and administrators import data."),
    )


def may_undo(person: Someone) -> Verdict:
    """Take data out again."""
    return has_role(
        person,
        Role.LINKING_PIN,
        Role.ADMINISTRATOR,
        why_not=_("The linking pin and administrators undo imports."),
    )


def may_protect(person: Someone) -> Verdict:
    """Erase a customer, and say how long words are kept."""
    return has_role(
        person,
        Role.LINKING_PIN,
        Role.ADMINISTRATOR,
        why_not=_("The linking pin and administrators look after personal data."),
    )


def may_curate(person: Someone) -> Verdict:
    """Name, merge and lock themes; write their playbook."""
    return has_role(person, Role.LINKING_PIN, why_not=_("The linking pin looks after the themes."))


def may_own(person: Someone) -> Verdict:
    """Take a theme on, or hand it to someone."""
    return has_role(
        person,
        Role.LINKING_PIN,
        Role.CRO_LEAD,
        Role.CRO_MEMBER,
        Role.MANAGER,
        why_not=_("Ask the linking pin who owns this theme."),
    )

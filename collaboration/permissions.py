"""Who may keep the shared goals, and the sentence when not."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from accounts.permissions import Verdict, has_role


def may_keep_goals(person: Person | AnonymousUser) -> Verdict:
    """Add, change and remove shared goals."""
    return has_role(
        person, Role.LINKING_PIN, Role.MANAGER, why_not=_("The linking pin and managers keep the shared goals.")
    )

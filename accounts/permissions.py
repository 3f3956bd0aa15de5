"""May this person do this, and if not: the sentence that the page, the tooltip and the API all show."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Person


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with the reason. True and false like a bool."""

    allowed: bool
    why_not: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def demand(self) -> None:
        """Raise PermissionDenied with the sentence unless allowed."""
        if not self.allowed:
            raise PermissionDenied(self.why_not)


YES = Verdict(True)


def has_role(person: Person | AnonymousUser, *roles: str, why_not: str) -> Verdict:
    """Allowed for people with one of these roles."""
    if isinstance(person, Person) and person.is_active and person.role in roles:
        return YES
    return Verdict(False, why_not)


def signed_in(request: HttpRequest) -> Person:
    """The person who asks, for views behind a door of the matrix; raises PermissionDenied for nobody."""
    if isinstance(request.user, Person):
        return request.user
    raise PermissionDenied(_("Sign in first."))

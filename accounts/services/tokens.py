"""API tokens: made, used, revoked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts import keys, matrix
from accounts.models import ApiToken, Person, Role
from accounts.services.audit import record

_USE_STEP = timedelta(minutes=1)


@transaction.atomic
def create_token(
    *,
    actor: Person | None,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
    person: Person | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is kept nowhere.

    Without a `person` the token gets an API client of its own, named as the token, so that the audit
    trail tells programs apart. Raises KeyError for a scope that does not exist.
    """
    wanted = sorted(set(scopes))
    for scope in wanted:
        matrix.SCOPES[scope]
    key = keys.new_token()
    token = ApiToken.objects.create(
        person=person or _program(name, key.prefix, now),
        name=name,
        prefix=key.prefix,
        digest=key.digest,
        scopes=wanted,
        created_by=actor,
        created_at=now,
        expires_at=expires_at,
    )
    record(actor=actor, action="create token", target=token, details={"scopes": wanted}, now=now)
    return token, key.secret


def _program(name: str, prefix: str, now: datetime) -> Person:
    program = Person(email=f"{prefix}@program.invalid", name=name, role=Role.API_CLIENT, created_at=now)
    program.set_unusable_password()
    program.save()
    return program


@transaction.atomic
def revoke_token(*, actor: Person, token: ApiToken, now: datetime) -> bool:
    """End a token at once; False when it was ended before."""
    ended = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    if ended:
        record(actor=actor, action="revoke token", target=token, now=now)
    return bool(ended)


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Keep when a token was last used, to the minute; a write per call would queue behind imports."""
    if token.last_used_at is None or now - token.last_used_at >= _USE_STEP:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_STEP)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)

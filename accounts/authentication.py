"""The door of the API: tokens and scopes."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import keys, matrix
from accounts.models import ApiToken, Person
from accounts.services import tokens


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer hb_…`; answers the person whom the token stands for, and the token."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        """None without a token; raises AuthenticationFailed with the reason for a wrong one."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        secret = words[1].decode("ascii", "replace") if len(words) == 2 else ""
        now = timezone.now()
        token = ApiToken.objects.select_related("person__team").filter(prefix=keys.prefix_of(secret)).first()
        # Nothing but the holder of the secret learns whether it was revoked or has expired.
        if token is None or not keys.matches(secret, token.digest):
            raise exceptions.AuthenticationFailed(_("This API token is not known here."))
        if token.revoked_at is not None or not token.person.is_active:
            raise exceptions.AuthenticationFailed(_("This API token was revoked."))
        if token.expires_at is not None and token.expires_at <= now:
            raise exceptions.AuthenticationFailed(_("This API token has expired."))
        tokens.note_use(token=token, now=now)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says is wanted."""
        return "Bearer"


class HasScope(BasePermission):
    """Asks the matrix which scope this address needs, and the token whether it has it."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Raises NotAuthenticated or PermissionDenied with a sentence, else True."""
        if not isinstance(request.auth, ApiToken):
            raise exceptions.NotAuthenticated(_("Send an API token: “Authorization: Bearer hb_…”."))
        rule = _rule(request)
        wanted = rule.wanted(request.method or "") if isinstance(rule, matrix.Scopes) else ""
        if not wanted:
            raise exceptions.PermissionDenied(_("No token may do this at this address."))
        if wanted not in {matrix.ANY, *request.auth.scopes}:
            raise exceptions.PermissionDenied(_("This needs a token with the scope %(scope)s.") % {"scope": wanted})
        return True


def _rule(request: Request) -> matrix.Rule | None:
    match = request._request.resolver_match
    return matrix.DOORS.get(match.view_name if match else "")

"""Settings: API tokens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import notices, selectors, services
from accounts.forms.people import TokenForm
from accounts.models import ApiToken
from accounts.permissions import signed_in


@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """All tokens, and a form for a new one, which is shown this once."""
    now = timezone.now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret, made = "", None
    if request.method == "POST" and form.is_valid():
        made, secret = services.create_token(
            actor=signed_in(request),
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(now),
            now=now,
        )
        form = TokenForm()
    rows = selectors.tokens(now)
    context = {
        "form": form,
        "secret": secret,
        "made": next((row for row in rows if made is not None and row.token.pk == made.pk), None),
        "tokens": rows,
        "working": sum(row.state in {"open", "soon"} for row in rows),
        "section": "tokens",
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a token."""
    token = get_object_or_404(ApiToken, pk=pk, revoked_at=None)
    if request.method == "GET":
        return render(request, "accounts/token_revoke.html", {"token": token})
    services.revoke_token(actor=signed_in(request), token=token, now=timezone.now())
    notices.say(request, _("“%(name)s” is revoked; its next call is refused.") % {"name": token.name})
    return redirect("accounts:token-list")

"""The front door: sign in, sign out, choose a language before that."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors
from accounts.forms.signin import SignInForm
from accounts.models import Person, Role


def safe_next(request: HttpRequest) -> str:
    """The address to go on to, when it is one of ours; else ""."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password; the session starts anew at success."""
    going_to = safe_next(request)
    if selectors.company() is None:
        return redirect("accounts:not-set-up")
    if request.user.is_authenticated:
        return redirect(going_to or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        person = authenticate(request, **form.cleaned_data)
        if isinstance(person, Person) and person.role != Role.API_CLIENT:
            login(request, person)
            return redirect(going_to or settings.LOGIN_REDIRECT_URL)
        error = _for_programs() if person else _tries_left(request, form.cleaned_data["username"])
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "error": error, "next": going_to},
        status=422 if request.method == "POST" else 200,
    )


def _for_programs() -> str:
    return _("This account belongs to a program, which uses an API token.")


def _tries_left(request: HttpRequest, username: str) -> str:
    """What is said after a failure: how many tries are left before the pause."""
    failures = AxesProxyHandler.get_failures(request, {"username": username})
    left = max(0, settings.AXES_FAILURE_LIMIT - failures)
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    if left == 1:
        return _("One more try, then we pause for %(minutes)d minutes.") % {"minutes": minutes}
    return _("%(left)d more tries, then we pause for %(minutes)d minutes.") % {"left": left, "minutes": minutes}


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failures: say so, and for how long."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session. With `next` the following person comes back to the same page (a shared desk)."""
    going_to = safe_next(request)
    logout(request)
    query = f"?{urlencode({'next': going_to})}" if going_to else ""
    return redirect(reverse("accounts:sign-in") + query)


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language of this browser for the pages before sign-in."""
    response = redirect(safe_next(request) or resolve_url("accounts:sign-in"))
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@never_cache
@require_safe
def not_set_up(request: HttpRequest) -> HttpResponse:
    """What an installation without a company says: where its set-up link is, not the link itself."""
    if selectors.company() is not None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/not_set_up.html", status=503)

"""What every request gets: the door's rule, the person's language and clock, and the headers Django does not send."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import matrix, notices, selectors

Handler = Callable[[HttpRequest], HttpResponse]
# How exactly the end of an idle session is kept; a write per request would queue behind imports.
IDLE_STEP_SECONDS = 60


class GuardDoors:
    """Lets a request through to its view when `accounts.matrix.DOORS` allows it.

    Anonymous people are sent to sign in and come back after it; before set-up everybody is sent to
    the page that says where the set-up link is. Addresses of the API are left to
    `accounts.authentication.HasScope`, which reads the same matrix.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse, send to sign-in, or None to go on."""
        match = request.resolver_match
        rule = matrix.DOORS.get(match.view_name if match else "")
        if isinstance(rule, matrix.Public | matrix.Scopes):
            return None
        if not request.user.is_authenticated:
            return _send_to(request, _first_stop(request))
        if rule is None:
            raise PermissionDenied(_("This page is open to nobody yet: it is missing from the permission matrix."))
        if request.user.role not in rule.roles:
            raise PermissionDenied(matrix.refusal(rule))
        return None


def _send_to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A redirect would put the sign-in page inside the fragment's place.
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _first_stop(request: HttpRequest) -> str:
    if selectors.company() is None:
        return reverse("accounts:not-set-up")
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    wanted = request.get_full_path() if is_page else _came_from(request)
    if request.method == "POST" and wanted:
        notices.say(request, _("You were signed out, so what you sent last was not saved. Please do it once more."))
    query = f"?{urlencode({'next': wanted})}" if wanted not in {"", "/"} else ""
    return reverse("accounts:sign-in") + query


def _came_from(request: HttpRequest) -> str:
    """The page of ours that sent a form or asked for a fragment; "" when none says so."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}):
        return ""
    page = urlsplit(said)
    return f"{page.path}?{page.query}" if page.query else page.path


def idle_clock(get_response: Handler) -> Handler:
    """Move the end of the session along with its use, to the minute; what a page asks by itself is not use.

    A page that polls (a progress bar) says so with the header `X-Poll`, set by `hx-headers`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and "X-Poll" not in request.headers:
            now = int(time.time())
            if now - request.session.get("used_at", 0) >= IDLE_STEP_SECONDS:
                request.session["used_at"] = now
        return get_response(request)

    return middleware


def person_preferences(get_response: Handler) -> Handler:
    """Answer in the language and time zone of the person who asks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            return get_response(request)
        translation.activate(person.language)
        request.LANGUAGE_CODE = person.language
        with timezone.override(ZoneInfo(person.time_zone)):
            response = get_response(request)
        response.headers["Content-Language"] = person.language
        return response

    return middleware


def extra_headers(get_response: Handler) -> Handler:
    """Switch off what no page needs, and keep pages with personal data out of shared caches."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware

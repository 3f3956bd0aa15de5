"""Pages behind links that may be used once: set-up, invitation, new password."""

from typing import Any

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import choices, notices, selectors, services
from accounts.forms.people import JoinForm, NewPasswordForm
from accounts.forms.set_up import SetUp
from accounts.models import Invitation, Person

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_gone.html", status=410)


def _welcome(request: HttpRequest, person: Person, text: str) -> HttpResponse:
    """Sign in who has just shown the link, in a new session."""
    login(request, person, backend=_BACKEND)
    notices.say(request, text)
    return redirect("/")


def _refused(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, secret: str) -> HttpResponse:
    """Company, markets and first administrator, once."""
    now = timezone.now()
    link = selectors.open_link(secret, Invitation.Purpose.SET_UP, now)
    if link is None or selectors.company() is not None:
        return _gone(request)
    posted = request.method == "POST"
    forms = SetUp(request.POST if posted else None, language=get_language() or "en")
    context = {"forms": forms, "zones": choices.zones(), "currencies": choices.CURRENCIES}
    if not posted:
        return render(request, "accounts/set_up.html", context)
    if not forms.is_valid():
        return _refused(request, "accounts/set_up.html", context)
    try:
        person = services.set_up(link=link, **forms.answers(), now=now)
    except ValidationError:
        return _gone(request)
    return _welcome(request, person, _("Hearback is set up. Now bring in last month's contacts."))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Somebody who was invited makes their account."""
    now = timezone.now()
    link = selectors.open_link(secret, Invitation.Purpose.JOIN, now)
    if link is None:
        return _gone(request)
    market = next(iter(selectors.markets()), None)
    start = {"name": link.name, "language": get_language(), "time_zone": market.zone if market else "UTC"}
    form = JoinForm(request.POST or None, email=link.email, initial=start)
    context = {"form": form, "link": link, "zones": choices.zones()}
    if request.method == "GET":
        return render(request, "accounts/join.html", context)
    if not form.is_valid():
        return _refused(request, "accounts/join.html", context)
    answers = {name: form.cleaned_data[name] for name in ("name", "language", "time_zone", "password")}
    try:
        person = services.join(link=link, **answers, now=now)
    except ValidationError:
        return _gone(request)
    return _welcome(request, person, _("Welcome, %(name)s.") % {"name": person.first_name})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, secret: str) -> HttpResponse:
    """Somebody who forgot theirs chooses a new password."""
    now = timezone.now()
    link = selectors.open_link(secret, Invitation.Purpose.PASSWORD, now)
    if link is None or link.person is None:
        return _gone(request)
    form = NewPasswordForm(request.POST or None, person=link.person)
    context = {"form": form, "link": link}
    if request.method == "GET":
        return render(request, "accounts/new_password.html", context)
    if not form.is_valid():
        return _refused(request, "accounts/new_password.html", context)
    try:
        person = services.choose_password(link=link, password=form.cleaned_data["password"], now=now)
    except ValidationError:
        return _gone(request)
    return _welcome(request, person, _("Your new password works from now on."))

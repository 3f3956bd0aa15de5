"""A person's own page."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import choices, notices, services
from accounts.forms.profile import PasswordForm, ProfileForm
from accounts.models import Person
from accounts.permissions import signed_in


def _page(
    request: HttpRequest, person: Person, *, form: ProfileForm | None = None, password: PasswordForm | None = None
) -> HttpResponse:
    names = ["name", "language", "time_zone", "theme", "single_key_shortcuts", "may_be_named"]
    context = {
        "form": form or ProfileForm(initial={name: getattr(person, name) for name in names}),
        "password": password or PasswordForm(person=person, prefix="pw"),
        "zones": choices.zones(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form or password else 200)


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and keep what a person sets for themselves."""
    person = signed_in(request)
    if request.method == "GET":
        return _page(request, person)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form=form)
    services.update_profile(person=person, **form.cleaned_data, now=timezone.now())
    with translation.override(person.language):
        notices.say(request, _("Your profile is saved."))
    response = redirect("accounts:profile")
    # What was chosen here counts more than what this browser's moon said before.
    response.delete_cookie("hb_theme")
    return response


@sensitive_post_parameters()
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Take a new password; this session goes on, others end."""
    person = signed_in(request)
    form = PasswordForm(request.POST, person=person, prefix="pw")
    if not form.is_valid():
        return _page(request, person, password=form)
    services.change_password(person=person, password=form.cleaned_data["password"], now=timezone.now())
    update_session_auth_hash(request, person)
    notices.say(request, _("Your new password works from now on. Other places where you were signed in are closed."))
    return redirect("accounts:profile")

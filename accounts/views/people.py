"""Settings: people and their roles, invitations."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import notices, selectors, services
from accounts.forms.people import HUMAN_ROLES, InvitationForm, PersonForm
from accounts.models import Invitation, Person, Role
from accounts.permissions import signed_in


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """People and their roles; the first page of the settings."""
    filters = {name: request.GET.get(name, "").strip() for name in ("search", "role", "team", "after", "before")}
    now = timezone.now()
    working = [row for row in selectors.tokens(now) if row.state in {"open", "soon"}]
    ending = [row.token.expires_at for row in working if row.state == "soon" and row.token.expires_at]
    context = {
        "people": selectors.people_page(**filters),
        "filters": filters,
        "filtered": any(filters[name] for name in ("search", "role", "team")),
        "roles": HUMAN_ROLES,
        "teams": selectors.teams(),
        "tokens": len(working),
        "next_expiry_days": (min(ending) - now).days if ending else None,
        "section": "people",
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: name, role, team, open or closed."""
    person = get_object_or_404(Person.objects.select_related("team").exclude(role=Role.API_CLIENT), pk=pk)
    start = {"name": person.name, "role": person.role, "team": person.team_id, "is_active": person.is_active}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(actor=signed_in(request), person=person, **form.cleaned_data, now=timezone.now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            notices.say(request, _("%(name)s is saved.") % {"name": person.name})
            return redirect("accounts:settings")
    return _person_page(request, person, form)


def _person_page(request: HttpRequest, person: Person, form: PersonForm, link: str = "") -> HttpResponse:
    context = {"person": person, "form": form, "link": link, "section": "people"}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for a new password and show it this once."""
    person = get_object_or_404(Person.objects.select_related("team").exclude(role=Role.API_CLIENT), pk=pk)
    link = services.password_link(actor=signed_in(request), person=person, now=timezone.now())
    start = {"name": person.name, "role": person.role, "team": person.team_id, "is_active": person.is_active}
    return _person_page(request, person, PersonForm(initial=start), link)


@require_http_methods(["GET", "POST"])
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the link is shown once, to be copied."""
    now = timezone.now()
    form = InvitationForm(request.POST if request.method == "POST" else None)
    link, invited = "", None
    if request.method == "POST" and form.is_valid():
        invited, link = services.invite(actor=signed_in(request), **form.cleaned_data, now=now)
        form = InvitationForm()
    context = {
        "form": form,
        "link": link,
        "invited": invited,
        "invitations": selectors.open_invitations(now),
        "section": "invitations",
    }
    return render(request, "accounts/invitations.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take an invitation back."""
    invitation = get_object_or_404(Invitation, pk=pk, purpose=Invitation.Purpose.JOIN, used_at=None)
    if request.method == "GET":
        return render(request, "accounts/invitation_withdraw.html", {"invitation": invitation})
    services.withdraw(actor=signed_in(request), invitation=invitation, now=timezone.now())
    notices.say(request, _("The invitation of %(name)s is withdrawn.") % {"name": invitation.name})
    return redirect("accounts:invitation-list")

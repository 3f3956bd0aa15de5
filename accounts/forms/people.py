"""Who comes in: people, invitations, programs."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import matrix
from accounts.forms.plain import PlainForm
from accounts.forms.profile import ZoneField, check_new_password, new_password
from accounts.models import Person, Role, Team

HUMAN_ROLES = [choice for choice in Role.choices if choice[0] != Role.API_CLIENT]

# The type checker wants the model named; Django's class takes no subscript when it runs.
if TYPE_CHECKING:
    _TeamField = forms.ModelChoiceField[Team]
else:
    _TeamField = forms.ModelChoiceField


class TeamChoice(_TeamField):
    """One of the teams, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Team.objects.all(),
            label=gettext_lazy("Team"),
            required=False,
            empty_label=gettext_lazy("No team"),
            **kwargs,
        )


class PersonForm(PlainForm):
    """What an administrator sets for somebody."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=HUMAN_ROLES)
    team = TeamChoice()
    is_active = forms.BooleanField(
        label=gettext_lazy("The account is open"),
        help_text=gettext_lazy("A closed account signs in nowhere; what the person did stays."),
        required=False,
    )


class InvitationForm(PlainForm):
    """Somebody new."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=HUMAN_ROLES)
    team = TeamChoice()

    def clean_email(self) -> str:
        """Refuse the address of somebody who is here."""
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("%(email)s has an account already.") % {"email": email})
        return email


class JoinForm(PlainForm):
    """What somebody who was invited says of themselves."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = ZoneField()
    password = new_password(gettext_lazy("Password, at least 12 characters"))
    password_again = new_password(gettext_lazy("Password again"))

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Check the password against name and address."""
        check_new_password(self, Person(email=self.email, name=self.cleaned_data.get("name", "")))
        return self.cleaned_data


class NewPasswordForm(PlainForm):
    """A new password for somebody who has a link."""

    password = new_password(gettext_lazy("New password, at least 12 characters"))
    password_again = new_password(gettext_lazy("New password again"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Check the password against name and address."""
        check_new_password(self, self.person)
        return self.cleaned_data


class TokenForm(PlainForm):
    """A program and what it may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Such as “Shop orders nightly”.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=list(matrix.SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    life_days = forms.TypedChoiceField(
        label=gettext_lazy("It works for"),
        choices=[
            (90, gettext_lazy("three months")),
            (365, gettext_lazy("a year")),
            (0, gettext_lazy("as long as nobody revokes it")),
        ],
        coerce=int,
        initial=365,
    )

    def expires_at(self, now: datetime) -> datetime | None:
        """The moment of expiry; None for never."""
        days: int = self.cleaned_data["life_days"]
        return now + timedelta(days=days) if days else None

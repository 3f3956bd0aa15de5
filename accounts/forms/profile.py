"""What people set for themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import choices
from accounts.forms.plain import PlainForm
from accounts.models import Person


def new_password(label: Any) -> forms.CharField:
    """A field in which a new password is typed."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def check_new_password(form: forms.Form, person: Person) -> None:
    """Both spellings agree and the password is long and rare enough; errors go to their fields."""
    first, second = form.cleaned_data.get("password"), form.cleaned_data.get("password_again")
    if first and second and first != second:
        form.add_error("password_again", _("The two passwords differ."))
    if first:
        try:
            password_validation.validate_password(first, person)
        except ValidationError as error:
            form.add_error("password", error)


class ZoneField(forms.CharField):
    """A time zone, typed with suggestions from templates/components/zones.html."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Time zone"),
            max_length=64,
            validators=[choices.is_zone],
            widget=forms.TextInput(
                attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false", "placeholder": "Europe/Amsterdam"}
            ),
            **kwargs,
        )


class ProfileForm(PlainForm):
    """Name, language, time zone, looks and keys."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = ZoneField()
    theme = forms.ChoiceField(label=gettext_lazy("Light or dark"), choices=Person.Theme.choices)
    single_key_shortcuts = forms.BooleanField(
        label=gettext_lazy("Single letters are shortcuts"),
        help_text=gettext_lazy("Switch this off when you dictate or use a screen reader."),
        required=False,
    )
    may_be_named = forms.BooleanField(
        label=gettext_lazy("Thank me by name"),
        help_text=gettext_lazy("When an idea of yours works, your name may stand beside it on shared pages."),
        required=False,
    )


class PasswordForm(PlainForm):
    """A new password for someone who knows the old one."""

    old_password = forms.CharField(
        label=gettext_lazy("Your password now"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = new_password(gettext_lazy("New password, at least 12 characters"))
    password_again = new_password(gettext_lazy("New password again"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_old_password(self) -> str:
        """Refuse when it is not the password of now."""
        old = str(self.cleaned_data["old_password"])
        if not self.person.check_password(old):
            raise ValidationError(_("This is not your password."))
        return old

    def clean(self) -> dict[str, Any]:
        """Check the new one."""
        check_new_password(self, self.person)
        return self.cleaned_data

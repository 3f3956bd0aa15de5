"""Sign-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.plain import PlainForm


class SignInForm(PlainForm):
    """E-mail address and password; whether they belong together is asked by the view."""

    # Named as django-axes expects it.
    username = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        """The address in one spelling, so that failures are counted together."""
        return str(self.cleaned_data["username"]).lower()

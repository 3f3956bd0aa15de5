"""What a person enters so that a system can be pulled: in its makers' own words, and where to find it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.plain import PlainForm
from feedback.connectors import Connector

_EARLIEST = date(2010, 1, 1)
_LONGEST = 10_000


@dataclass(frozen=True)
class Wording:
    """How a field of a connector is asked for."""

    label: str | Promise
    hint: str | Promise
    is_long: bool = False
    is_required: bool = True
    choices: tuple[tuple[str, str | Promise], ...] = ()


# Their words stay as they are on their screens; where to find them is ours to say.
WORDINGS: dict[str, dict[str, Wording]] = {
    "zendesk": {
        "address": Wording("Subdomain", gettext_lazy("The first part of company.zendesk.com, or all of it")),
        "email": Wording(gettext_lazy("E-mail address"), gettext_lazy("Of an agent who may see all tickets")),
        "token": Wording("API token", gettext_lazy("Admin Center, Apps and integrations, APIs, Add API token")),
    },
    "salesforce": {
        "address": Wording("My Domain", gettext_lazy("The first part of company.my.salesforce.com, or all of it")),
        "username": Wording("Username", gettext_lazy("Of an integration user who may read cases and use the API")),
        "client_id": Wording(
            "Consumer key", gettext_lazy("Setup, App Manager, your connected app, Manage Consumer Details")
        ),
        "private_key": Wording(
            gettext_lazy("Private key"),
            gettext_lazy(
                "Of the certificate uploaded to that app under Use digital signatures, with its first and last line"
            ),
            is_long=True,
        ),
    },
    "intercom": {
        "address": Wording(
            gettext_lazy("Region"),
            gettext_lazy("Where your workspace is kept: Settings, Workspace, General"),
            choices=(
                ("eu", gettext_lazy("Europe")),
                ("us", gettext_lazy("United States")),
                ("au", gettext_lazy("Australia")),
            ),
        ),
        "token": Wording("Access token", gettext_lazy("Developer Hub, your app, Configure, Authentication")),
    },
    "gorgias": {
        "address": Wording("Domain", gettext_lazy("The first part of company.gorgias.com, or all of it")),
        "email": Wording("Username", gettext_lazy("Settings, REST API: the e-mail address that stands there")),
        "token": Wording("Password (API key)", gettext_lazy("Settings, REST API, Create API key")),
    },
    "freshdesk": {
        "address": Wording("Domain", gettext_lazy("The first part of company.freshdesk.com, or all of it")),
        "token": Wording(
            "API key", gettext_lazy("Your picture, Profile settings, View API key; of an agent who may see all tickets")
        ),
    },
    "shopify": {
        "address": Wording("Shop", gettext_lazy("The first part of company.myshopify.com, or all of it")),
        "token": Wording(
            "Admin API access token",
            gettext_lazy(
                "Settings, Apps, Develop apps, your app, API credentials. Scope read_orders, and read_all_orders for "
                "orders older than 60 days"
            ),
        ),
    },
    "woocommerce": {
        "address": Wording(
            gettext_lazy("Address of the shop"), gettext_lazy("As its visitors see it: https://shop.example")
        ),
        "key": Wording(
            "Consumer key", gettext_lazy("WooCommerce, Settings, Advanced, REST API, Add key, permission Read")
        ),
        "token": Wording("Consumer secret", gettext_lazy("Shown with the key, once")),
    },
    "ga4": {
        "property": Wording("Property ID", gettext_lazy("Analytics, Admin, Property details: a number")),
        "service_account": Wording(
            gettext_lazy("Key of a service account (JSON)"),
            gettext_lazy(
                "Google Cloud, IAM, Service accounts, Keys, with the Analytics Data API switched on. Give its e-mail "
                "address the role Viewer under Property access management"
            ),
            is_long=True,
        ),
    },
    "growthbook": {
        "address": Wording(
            gettext_lazy("API address"),
            gettext_lazy("Empty for GrowthBook Cloud; else that of your own server"),
            is_required=False,
        ),
        "token": Wording("Secret key", gettext_lazy("Settings, API keys, New secret key, role Read only")),
    },
}


class ConnectionForm(PlainForm):
    """What to sign in with, and from which day on. Secrets are asked for again at every change."""

    since = forms.DateField(
        label=gettext_lazy("Fetch from"),
        help_text=gettext_lazy("The first time everything that changed since this day; after that only what is new."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, connector: Connector, today: date, asks_since: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connector, self._today = connector, today
        since = self.fields.pop("since")
        for name in connector.fields:
            self.fields[name] = _field(WORDINGS[connector.name][name], is_secret=name in connector.secrets)
        if asks_since:
            self.fields["since"] = since

    def clean_since(self) -> date:
        """A day that can have brought something."""
        return _day(self.cleaned_data["since"], self._today)

    def values(self) -> dict[str, str]:
        """What was entered, by the names of the connector."""
        return {name: str(self.cleaned_data[name]).strip() for name in self._connector.fields}


class SinceForm(PlainForm):
    """From which day on everything is fetched once more."""

    since = forms.DateField(
        label=gettext_lazy("Fetch again from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_since(self) -> date:
        """A day that can have brought something."""
        return _day(self.cleaned_data["since"], self._today)


def _day(day: date, today: date) -> date:
    if not _EARLIEST <= day <= today:
        raise forms.ValidationError(_("Choose a day between 2010 and today."))
    return day


def _field(wording: Wording, *, is_secret: bool) -> forms.Field:
    common: dict[str, Any] = {"label": wording.label, "help_text": wording.hint, "required": wording.is_required}
    if wording.choices:
        return forms.ChoiceField(choices=wording.choices, widget=forms.Select(attrs={"class": "in"}), **common)
    attrs = {"class": "in", "autocomplete": "off", "spellcheck": "false"}
    widget: forms.Widget = forms.TextInput(attrs=attrs)
    if wording.is_long:
        # Shown while it is pasted, and never again: neither after an error nor later.
        widget = Unreturned(attrs={**attrs, "class": "in mono", "rows": 6})
    elif is_secret:
        widget = forms.PasswordInput(attrs=attrs)
    return forms.CharField(max_length=_LONGEST, widget=widget, **common)


class Unreturned(forms.Textarea):
    """A text area that never shows what was entered, as a password field does not."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Without the value."""
        return super().get_context(name, None, attrs)

"""The first set-up: company, markets, first administrator."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.company import CompanyForm, MarketForm
from accounts.forms.plain import PlainForm
from accounts.forms.profile import check_new_password, new_password
from accounts.models import Person
from accounts.services import NewMarket

MARKET_ROWS = 3


class FirstPersonForm(PlainForm):
    """The first administrator."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Your language"), choices=settings.LANGUAGES)
    password = new_password(gettext_lazy("Password, at least 12 characters"))
    password_again = new_password(gettext_lazy("Password again"))

    def clean(self) -> dict[str, Any]:
        """Check the password against name and address."""
        data = self.cleaned_data
        check_new_password(self, Person(email=data.get("email", ""), name=data.get("name", "")))
        return data


if TYPE_CHECKING:
    _Rows = forms.BaseFormSet[MarketForm]
else:
    _Rows = forms.BaseFormSet


def filled(rows: _Rows) -> list[MarketForm]:
    """The rows in which something was typed and right."""
    return [form for form in rows.forms if form.has_changed() and form.is_valid()]


class _DifferentCodes(_Rows):
    """Market rows that differ in code."""

    def clean(self) -> None:
        codes = [str(form.cleaned_data["code"]).lower() for form in filled(self)]
        if len(codes) != len(set(codes)):
            raise forms.ValidationError(_("Two markets have the same code."))


MarketRows = forms.formset_factory(
    MarketForm,
    formset=_DifferentCodes,
    extra=MARKET_ROWS - 1,
    min_num=1,
    validate_min=True,
    max_num=20,
    absolute_max=20,
)


class SetUp:
    """The three forms of the set-up page as one."""

    def __init__(self, data: Any = None, *, language: str) -> None:
        self.company = CompanyForm(data, prefix="company")
        self.markets = MarketRows(data, prefix="market")
        self.person = FirstPersonForm(data, prefix="you", initial={"language": language})

    def is_valid(self) -> bool:
        """Are all three? Every one is asked, so that all errors show at once."""
        return all([self.company.is_valid(), self.markets.is_valid(), self.person.is_valid()])

    def answers(self) -> dict[str, Any]:
        """What was typed, as `services.set_up` takes it."""
        company = self.company.choices_made()
        person = self.person.cleaned_data
        names = ("name", "email", "password", "language")
        markets = [
            NewMarket(**{field: form.cleaned_data[field] for field in ("code", "name", "zone", "currency")})
            for form in filled(self.markets)
        ]
        return {
            **company,
            "company": company["name"],
            **{name: person[name] for name in names},
            "markets": markets,
        }

"""The company, its markets and its teams."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import choices
from accounts.forms.plain import PlainForm
from accounts.forms.profile import ZoneField
from accounts.models import Company, Market, Team


class CurrencyField(forms.CharField):
    """An ISO 4217 code, typed with suggestions from templates/components/currencies.html."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Currency"),
            max_length=3,
            validators=[choices.is_currency],
            widget=forms.TextInput(attrs={"list": "currencies", "autocomplete": "off", "size": 5}),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """The code in capitals."""
        return str(super().to_python(value) or "").upper()


class CompanyForm(PlainForm):
    """What numbers and promises are made with."""

    name = forms.CharField(label=gettext_lazy("Company"), max_length=120)
    currency = CurrencyField(initial="EUR")
    handling_minute = forms.DecimalField(
        label=gettext_lazy("What a minute of handling a contact costs"),
        help_text=gettext_lazy("Wage and desk together, in the currency above. Costs of themes are counted with it."),
        min_value=Decimal("0.01"),
        max_value=Decimal(1000),
        decimal_places=2,
        initial=Decimal("0.62"),
    )
    working_days = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=choices.WEEKDAYS,
        initial=list("12345"),
        widget=forms.CheckboxSelectMultiple,
    )
    answer_within_days = forms.IntegerField(
        label=gettext_lazy("Working days within which every idea is answered"),
        min_value=1,
        max_value=30,
        initial=5,
    )

    @staticmethod
    def initial_of(company: Company) -> dict[str, Any]:
        """What the form shows for a company."""
        return {
            "name": company.name,
            "currency": company.currency,
            "handling_minute": Decimal(company.handling_minute_cents) / 100,
            "working_days": list(company.working_days),
            "answer_within_days": company.answer_within_days,
        }

    def choices_made(self) -> dict[str, Any]:
        """What was typed, as `services.update_company` takes it: money in cents, days as ISO digits."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "currency": data["currency"],
            "handling_minute_cents": int(data["handling_minute"] * 100),
            "working_days": "".join(sorted(data["working_days"])),
            "answer_within_days": data["answer_within_days"],
        }


class MarketForm(PlainForm):
    """A country or shop: a day is a day of its zone."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=12, help_text=gettext_lazy("As your files write it, such as NL.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    zone = ZoneField()
    currency = CurrencyField(initial="EUR")

    def __init__(self, *args: Any, market: Market | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market = market

    def clean_code(self) -> str:
        """Refuse a code that another market has."""
        code = str(self.cleaned_data["code"])
        others = Market.objects.filter(code__iexact=code)
        if self.market is not None:
            others = others.exclude(pk=self.market.pk)
        if others.exists():
            raise forms.ValidationError(_("Another market has this code."))
        return code


class TeamForm(PlainForm):
    """A team and its side of the loop."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Side of the loop"), choices=Team.Kind.choices)

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        """Refuse a name that another team has."""
        name = str(self.cleaned_data["name"])
        others = Team.objects.filter(name__iexact=name)
        if self.team is not None:
            others = others.exclude(pk=self.team.pk)
        if others.exists():
            raise forms.ValidationError(_("Another team has this name."))
        return name

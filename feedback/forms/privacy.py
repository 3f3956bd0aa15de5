"""What is personal: how long words are kept, and what the shop's own order numbers look like."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.plain import PlainForm
from accounts.models import Company
from feedback.redaction.orders import MAX_LENGTH, MAX_PATTERNS, MOST_REPEATS, BadPattern, compiled

MOST_MONTHS = 120


class PrivacyForm(PlainForm):
    """Two settings of the company that decide what is kept of customers' words."""

    retention_months = forms.IntegerField(
        label=gettext_lazy("Keep customers’ words for so many months"),
        help_text=gettext_lazy(
            "Older words are deleted every night; the rows keep counting. Leave this empty to keep them. "
            "Quotes that stand with an idea stay."
        ),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
    )
    order_patterns = forms.CharField(
        label=gettext_lazy("What your order numbers look like"),
        help_text=gettext_lazy(
            "Regular expressions, one a line, such as LN-?[0-9]{8}. These numbers leave the text, and the contact "
            "remembers which order it was about."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"}),
        required=False,
    )

    @staticmethod
    def initial_of(company: Company) -> dict[str, Any]:
        """What the form shows for a company."""
        return {"retention_months": company.retention_months, "order_patterns": company.order_patterns}

    def clean_order_patterns(self) -> str:
        """The lines that are not empty; refuses a pattern that could not be read or could take too long."""
        lines = [line.strip() for line in str(self.cleaned_data["order_patterns"]).splitlines() if line.strip()]
        written = "\n".join(lines)
        try:
            compiled(written)
        except BadPattern as bad:
            raise forms.ValidationError(sentence(bad)) from bad
        return written


def sentence(bad: BadPattern) -> str:
    """Which pattern is not taken, why, and what to write instead."""
    sentences = {
        "too_many": _("At most %(most)d patterns. Put alternatives in one line: (LN|LB)[0-9]{8}."),
        "too_long": _("“%(pattern)s” is longer than %(length)d signs. Split it over two lines."),
        "too_many_ways": _(
            "“%(pattern)s” could match in too many ways, which makes imports slow. Say how many digits there are: "
            "[0-9]{8} instead of [0-9]*."
        ),
        "too_short": _("“%(pattern)s” also matches nothing at all. Say how many digits there are: [0-9]{8}."),
        "not_read": _(
            "“%(pattern)s” cannot be used. Write letters, digits, [A-Z], [0-9], \\d, {8}, {6,10}, ? and (one|other); "
            "at most %(repeats)d times the same."
        ),
    }
    return sentences[bad.kind] % {
        "pattern": bad.pattern[:60],
        "most": MAX_PATTERNS,
        "length": MAX_LENGTH,
        "repeats": MOST_REPEATS,
    }


class EraseForm(PlainForm):
    """Which customer. What was typed is never put back into the page."""

    customer = forms.CharField(
        label=gettext_lazy("The customer’s id or e-mail address"),
        help_text=gettext_lazy(
            "As your shop or help desk writes it in the customer column. Known under an id and an address? Erase both, "
            "one after the other."
        ),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the id or the e-mail address of the customer.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

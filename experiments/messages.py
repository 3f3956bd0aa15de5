"""The messages of this floor in words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from outbox import messages
from outbox.messages import Rendered, Tone


@messages.renders("outcome_final")
def outcome_final(parameters: dict[str, Any]) -> Rendered:
    """The last reading says something else than the first one did."""
    title, tone = _finding(parameters)
    weeks = ngettext("%(count)d week", "%(count)d weeks", parameters["weeks"]) % {"count": parameters["weeks"]}
    body = _(
        "This is the last reading, over %(weeks)s after “%(title)s” went live. It differs from what we told you "
        "earlier, because more weeks say more. The evidence is of grade %(grade)s."
    ) % {"weeks": weeks, "title": parameters["title"], "grade": parameters["grade"]}
    return Rendered(
        title=title,
        body=body,
        url=reverse("experiments:experiment-detail", args=[parameters["experiment"]]),
        tone=tone,
        about=parameters["key"],
        action=_("See how it was measured"),
    )


def _finding(parameters: dict[str, Any]) -> tuple[str, Tone]:
    verdict, avoided = parameters["verdict"], parameters["contacts_avoided"]
    if verdict == "avoided" and avoided is not None:
        sentence = _("%(count)s contacts did not have to happen, somewhere between %(low)s and %(high)s")
        return sentence % _counts(avoided, parameters["low"], parameters["high"]), "good"
    if verdict == "more_contacts" and avoided is not None:
        sentence = _("%(count)s contacts more than expected, somewhere between %(low)s and %(high)s")
        return sentence % _counts(-avoided, -parameters["high"], -parameters["low"]), ""
    if verdict == "no_difference":
        return _("In the end no difference in contacts could be shown"), ""
    return _("In the end we cannot say whether contacts changed"), ""


def _counts(value: float, low: float, high: float) -> dict[str, str]:
    return {"count": formats.decimal(value), "low": formats.decimal(low), "high": formats.decimal(high)}

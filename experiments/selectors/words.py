"""What the keys of evaluations and outcomes mean, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import formats
from experiments.selectors.evaluations import CONTACTS, REVENUE

if TYPE_CHECKING:
    from experiments.models import Outcome

TEST_VERDICTS: dict[str, Promise] = {
    "winner": gettext_lazy("The variant is better, beyond chance."),
    "no_difference": gettext_lazy("No difference could be shown."),
    "harmful": gettext_lazy("The variant is worse, beyond chance."),
    "guardrail_worse": gettext_lazy("More conversions, but a measure that may not get worse got worse."),
    "too_few": gettext_lazy("Fewer than 10 conversions in an arm: too few to say."),
    "blocked": gettext_lazy("Visitors were not split as planned, so the numbers cannot be trusted."),
    "running": gettext_lazy("Still running."),
    "stopped_early": gettext_lazy("Stopped before its planned end."),
}
MEASURES: dict[str, Promise] = {
    CONTACTS: gettext_lazy("Contacts per visitor"),
    REVENUE: gettext_lazy("Revenue per visitor"),
}
GRADES: dict[str, Promise] = {
    "A": gettext_lazy("Randomised: contacts were counted per variant in the test."),
    "B": gettext_lazy("Compared: against themes that the change could not touch."),
    "C": gettext_lazy("Series only: it says what came after, not why."),
    "D": gettext_lazy("Not enough yet: counts as nothing."),
}
FLAGS: dict[str, Promise] = {
    "few_weeks_before": gettext_lazy("There are fewer than 8 whole weeks before it went live."),
    "few_weeks_after": gettext_lazy("There are fewer than 2 whole weeks since it went live."),
    "few_contacts": gettext_lazy("The theme had fewer than 40 contacts before."),
    "overlapping_release": gettext_lazy("Another change to the same theme went live in these weeks."),
    "tagging_changed": gettext_lazy("The way contacts are tagged changed in these weeks."),
    "few_comparison_series": gettext_lazy("Fewer than 8 themes were left alone, too few to compare with."),
    "small_comparison": gettext_lazy("The themes to compare with are too small."),
    "no_comparison": gettext_lazy("There is nothing to compare with."),
    "existing_trend": gettext_lazy("The theme was already rising or falling before."),
    "placebo_failed": gettext_lazy("A change that never was, four weeks earlier, would have shown an effect too."),
    "moved": gettext_lazy("Sibling themes rose by more than half the fall: moved, not avoided."),
    "too_noisy": gettext_lazy("The theme varies too much to see a fall of 20% within half a year."),
    "spread_assumed": gettext_lazy("How contacts spread over visitors was not recorded; the interval is a narrow one."),
}


def flags(keys: list[str]) -> list[str]:
    """The sentences of these flags; those without one are left out."""
    return [str(FLAGS[key]) for key in keys if key in FLAGS]


def outcome_heading(outcome: Outcome) -> str:
    """What the outcome says, in one short sentence."""
    texts: dict[str, str] = {
        "avoided": _("Since it went live, contacts fell"),
        "more_contacts": _("Since it went live, contacts rose"),
        "no_difference": _("Since it went live, no difference in contacts shown"),
        "too_early": _("Too early to say what it did to contacts"),
        "existing_trend": _("Cannot be told from the trend before"),
        "moved": _("Contacts moved to other themes"),
        "trend_only": _("Trend evidence, not proof"),
    }
    return texts.get(outcome.verdict, _("Not enough to say what it did to contacts"))


def outcome_detail(outcome: Outcome) -> str:
    """The line under the number: against what, or how long to wait."""
    if outcome.verdict == "too_early":
        return needs_weeks(outcome.guardrails.get("more_weeks"))
    if outcome.rate_ratio is None:
        return " ".join(flags(outcome.flags)) or str(GRADES["D"])
    change = formats.percent(abs(outcome.rate_ratio - 1) * 100, 0)
    if outcome.verdict == "avoided":
        return _("%(change)s below what was expected without the change") % {"change": change}
    if outcome.verdict == "more_contacts":
        return _("%(change)s above what was expected without the change") % {"change": change}
    return " ".join(flags(outcome.flags)) or _("It could also be nothing.")


def needs_weeks(weeks: int | None) -> str:
    """How long until there is something to say."""
    if not weeks:
        return _("A first reading needs two whole weeks.")
    sentence = ngettext("Needs about %(count)d more week.", "Needs about %(count)d more weeks.", weeks)
    return sentence % {"count": weeks}


def weeks(count: int) -> str:
    """ "5 weeks"."""
    return ngettext("%(count)d week", "%(count)d weeks", count) % {"count": count}

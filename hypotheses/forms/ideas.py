"""The idea form, and the few words that go with a move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.plain import PlainForm
from feedback.models import Theme
from hypotheses.models import Hypothesis
from hypotheses.selectors import found, sentences
from hypotheses.services.proposals import Chosen, Words

# The proposer says that no theme fits.
NO_THEME = "none"


class Ticks(forms.MultipleChoiceField):
    """Any values: what may be chosen is looked up when it is read; unknown values are left out, not refused."""

    def valid_value(self, value: Any) -> bool:
        """Always."""
        return True


class IdeaForm(PlainForm):
    """Problem, evidence, sentence, place. The page draws its fields itself, from `form.problem.value` and so on.

    `theme` is the theme chosen, `suggested` the one that the words chose, `shown` the one whose numbers were on the
    page: only numbers that the proposer saw are sent along.
    """

    problem = forms.CharField(
        label=_("The problem"),
        max_length=4000,
        error_messages={"required": _("Say in a sentence what customers keep running into.")},
    )
    change = forms.CharField(
        label=_("What you would change"),
        max_length=2000,
        error_messages={"required": _("Say what you would change; a rough idea is enough.")},
    )
    effect = forms.ChoiceField(
        label=_("will result in"),
        choices=Hypothesis.Effect.choices,
        initial=Hypothesis.Effect.FEWER_CONTACTS,
        required=False,
    )
    metric = forms.ChoiceField(
        label=_("measured by"),
        choices=list(sentences.MEASURES.items()),
        initial="contacts_per_1000_orders",
        required=False,
    )
    pages = Ticks(label=_("Where on the site?"), required=False)
    theme = forms.CharField(required=False, max_length=20)
    suggested = forms.CharField(required=False, max_length=20)
    shown = forms.CharField(required=False, max_length=20)
    use_theme = forms.BooleanField(required=False)
    use_survey = forms.BooleanField(required=False)
    quotes = Ticks(required=False)
    draft = forms.IntegerField(required=False)

    @staticmethod
    def initial_of(draft: Hypothesis) -> dict[str, Any]:
        """What the form shows for a draft."""
        return {
            "problem": draft.problem,
            "change": draft.change,
            "effect": draft.effect,
            "metric": draft.metric,
            "pages": draft.pages,
            "theme": str(draft.theme_id or ""),
            "draft": draft.pk,
        }

    def text(self, name: str) -> str:
        """What a field holds at the moment, valid or not."""
        return str(self[name].value() or "").strip()

    def number(self, name: str) -> int | None:
        """A field's key, or None."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) < 19 else None

    def listed(self, name: str) -> list[str]:
        """The values ticked."""
        return [str(value) for value in self[name].value() or []]

    @property
    def quote_ids(self) -> list[int]:
        """Keys of the contacts whose words were ticked."""
        return [int(value) for value in self.listed("quotes") if value.isdecimal() and len(value) < 19]

    @property
    def theme_is_decided(self) -> bool:
        """Did the proposer pick the theme (or none), rather than leave the one that the words chose?"""
        theme = self.text("theme")
        return bool(theme) and theme != self.text("suggested")

    @property
    def ticks_count(self) -> bool:
        """Are the ticks about the theme that is chosen now? Else its evidence comes ticked."""
        return bool(self.text("shown")) and self.text("shown") == self.text("theme")

    def ticked(self, name: str) -> bool:
        """Is this piece of evidence to go along?"""
        return bool(self[name].value()) if self.ticks_count else True

    def words(self) -> Words:
        """What was typed, for the services."""
        known = {page.code for page in found.pages()}
        effect, metric = self.text("effect"), self.text("metric")
        return Words(
            problem=self.text("problem")[:4000],
            change=self.text("change")[:2000],
            effect=effect if effect in Hypothesis.Effect.values else Hypothesis.Effect.FEWER_CONTACTS,
            metric=metric if metric in sentences.MEASURES else "contacts_per_1000_orders",
            pages=tuple(code for code in self.listed("pages") if code in known),
            theme=Theme.objects.active().filter(pk=self.number("theme") or 0).first(),
        )

    def chosen(self, theme: Theme | None) -> Chosen:
        """The evidence that goes along."""
        return Chosen(
            theme=self.ticked("use_theme"),
            survey=self.ticked("use_survey"),
            quotes=found.chosen_quotes(theme, self.quote_ids),
        )


class NoteForm(PlainForm):
    """A question, an answer, a reason."""

    note = forms.CharField(label=_("Your words"), required=False, max_length=2000)
    into = forms.CharField(label=_("The other idea"), required=False, max_length=20)


class EffortForm(PlainForm):
    """Points of effort, about a person-day each."""

    points = forms.IntegerField(
        label=_("Effort, points"),
        min_value=1,
        max_value=100,
        error_messages={"required": _("Choose how much work it is."), "invalid": _("Choose how much work it is.")},
    )

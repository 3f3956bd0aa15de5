"""The shapes of input on the pages of this floor; they validate and never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.selectors import places
from feedback.models import Theme

_PLAYBOOK = ("recognise", "reframe", "resolve", "first_offer", "second_offer", "playbook_until")


class ThemeForm(forms.Form):
    """The name of a theme and what to tell customers meanwhile."""

    name = forms.CharField(label=_("Name"), max_length=120)
    recognise = forms.CharField(
        label=_("Recognise"),
        required=False,
        max_length=1000,
        help_text=_("What shows that you understood, in the words you would use."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reframe = forms.CharField(
        label=_("Reframe"),
        required=False,
        max_length=1000,
        help_text=_("What is going on, and what will happen next."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    resolve = forms.CharField(
        label=_("Resolve"),
        required=False,
        max_length=1000,
        help_text=_("What you do about it now."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    first_offer = forms.CharField(label=_("First offer"), required=False, max_length=200)
    second_offer = forms.CharField(label=_("If that is not enough"), required=False, max_length=200)
    playbook_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "in"

    @property
    def playbook(self) -> dict[str, object]:
        """The lines of the playbook, as `feedback.services.themes.write_playbook` takes them."""
        return {name: self.cleaned_data[name] for name in _PLAYBOOK}


def theme_form(theme: Theme) -> ThemeForm:
    """The form as the theme stands."""
    return ThemeForm(initial={name: getattr(theme, name) for name in ("name", *_PLAYBOOK)})


class MergeForm(forms.Form):
    """Which theme takes the rows of this one."""

    into = forms.ModelChoiceField(
        label=_("Count its contacts in"), queryset=Theme.objects.none(), empty_label=_("Choose a theme")
    )

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = Theme.objects.active().exclude(pk=theme.pk).order_by("name")
        field.widget.attrs["class"] = "in"
        self._theme = theme

    def clean(self) -> dict[str, Any]:
        """A theme that ideas or live changes are about stays: their numbers are read under its name."""
        if places.is_held(self._theme):
            raise forms.ValidationError(
                _("Ideas or live changes are about this theme. Merge the other theme into this one instead.")
            )
        return super().clean() or {}

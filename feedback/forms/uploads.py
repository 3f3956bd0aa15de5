"""A file and what it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feedback import kinds, rejections, uploads
from feedback.models import Import


class UploadForm(forms.Form):
    """A file, what it is, and where it comes from."""

    kind = forms.ChoiceField(label=_("What is in it"), required=False)
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=80,
        help_text=_("A name of your own. The next file of the same name is read in the same way."),
    )
    # That it is empty is said once, by `clean`.
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        known = set(kinds.names())
        choice = self.fields["kind"]
        if isinstance(choice, forms.ChoiceField):
            every = [(value, label) for value, label in Import.Kind.choices if value in known]
            choice.choices = [("", _("What its headings say")), *every]
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "in")
        self.fields["source"].widget.attrs |= {"list": "sources", "placeholder": _("For example Zendesk")}

    def clean(self) -> dict[str, Any]:
        """A file that was stopped at the limit is not there any more; say why."""
        data = super().clean() or {}
        stopped = uploads.stopped(self._request) if self._request else None
        if stopped:
            self.add_error("file", rejections.sentence(stopped.reason, stopped.parameters))
        elif not data.get("file") or not data["file"].size:
            self.add_error("file", _("Choose a file that is not empty."))
        return data

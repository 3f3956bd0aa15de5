"""What people say about a source; forms validate and never save."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.plain import PlainForm
from accounts.models import Market
from feedback.forms.guides import SETTINGS, Guide, Setting
from feedback.models import Source
from feedback.systems.asked import FIELDS, INSTRUMENTS

MAX_LINES = 500
_MAX_LINE = 500
_MEANINGS = FIELDS | {"score2", "ignore"}


class NewSourceForm(PlainForm):
    """A name, and the market of what comes without one."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As your team calls it. A source of files with this name goes on as this one."),
    )
    market = forms.ModelChoiceField(
        label=gettext_lazy("Market, where it says none"),
        queryset=Market.objects.all(),
        required=False,
        empty_label=gettext_lazy("No market"),
    )

    def clean_name(self) -> str:
        """Without zero bytes, which no database takes."""
        return str(self.cleaned_data["name"]).replace("\0", "").strip()


class SecretForm(PlainForm):
    """A secret that the other side made."""

    secret = forms.CharField(
        label=gettext_lazy("Secret from over there"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class SettingsForm(PlainForm):
    """How the objects of a source become rows: its place, and what its mapper may be told."""

    market = forms.ModelChoiceField(
        label=gettext_lazy("Market, where it says none"),
        queryset=Market.objects.all(),
        required=False,
        empty_label=gettext_lazy("No market"),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        help_text=gettext_lazy("For times without one, and days without a market."),
        widget=forms.TextInput(attrs={"list": "zones"}),
    )

    def __init__(self, *args: Any, source: Source, guide: Guide | None, **kwargs: Any) -> None:
        self._source = source
        self._told = [SETTINGS[key] for key in guide.settings] if guide else []
        initial = {"market": source.market_id, "zone": source.zone}
        initial |= {one.key: written(one, source.config.get(one.key)) for one in self._told}
        super().__init__(*args, initial=initial, **kwargs)
        for one in self._told:
            self.fields[one.key] = _field(one)

    def clean_zone(self) -> str:
        """A zone that exists."""
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("This time zone does not exist."))
        return ZoneInfo(zone).key

    def clean(self) -> dict[str, Any]:
        """Read what was written line by line; each line that cannot be read is named."""
        data = super().clean() or {}
        for one in self._told:
            if one.key not in self.errors:
                try:
                    data[one.key] = read(one, data.get(one.key))
                except BadLine as bad:
                    self.add_error(one.key, str(bad))
        return data

    def config(self) -> dict[str, Any]:
        """The settings of the source with what was said here; the rest stays."""
        told = {one.key: self.cleaned_data[one.key] for one in self._told}
        before = self._source.config.get("experiments")
        if "experiments" in told and isinstance(before, dict):
            # What a line cannot say (variants, a goal of its own) stays with an experiment that is still the same.
            told["experiments"] = {
                name: before[name] if _right(before.get(name, "")) == key else key
                for name, key in told["experiments"].items()
            }
        return {name: value for name, value in {**self._source.config, **told}.items() if value}


class BadLine(ValueError):
    """A line that cannot be read; the text is shown."""


def written(setting: Setting, value: Any) -> Any:
    """A setting as its field shows it."""
    if setting.shape in {"check", "text", "pattern", "instrument"}:
        return value
    if setting.shape == "lines":
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")
    if not isinstance(value, dict):
        return ""
    return "\n".join(f"{name} = {_right(held)}" for name, held in value.items())


def read(setting: Setting, value: Any) -> Any:
    """A setting as the mapper reads it; raises BadLine."""
    if setting.shape == "lines":
        return _lines(value)
    if setting.shape == "pattern":
        return _pattern(str(value or ""))
    reader = _READERS.get(setting.shape)
    if reader is None:
        return value
    found: dict[str, Any] = {}
    for line in _lines(value):
        name, sign, right = line.rpartition("=") if setting.shape == "questions" else line.partition("=")
        if not sign or not name.strip() or not right.strip():
            raise BadLine(_("“%(line)s” is not “this = that”.") % {"line": line})
        found[name.strip()] = reader(right.strip())
    return found


def _lines(value: Any) -> list[str]:
    lines = [line for raw in str(value or "").splitlines() if (line := raw.strip())]
    if len(lines) > MAX_LINES or any(len(line) > _MAX_LINE for line in lines):
        raise BadLine(
            _("At most %(lines)d lines, and %(signs)d characters in each.") % {"lines": MAX_LINES, "signs": _MAX_LINE}
        )
    return lines


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        raise BadLine(_("This is not a regular expression.")) from None
    return text


def _question(text: str) -> Any:
    word, *bounds = text.lower().split()
    if word in INSTRUMENTS and len(bounds) == 2:
        low, high = (_number(bound) for bound in bounds)
        return {"as": "score", "instrument": word, "low": low, "high": high}
    if not bounds and (word in INSTRUMENTS or word in _MEANINGS):
        return word
    raise BadLine(_("“%(text)s” is not known. Write csat 1 5, comment, or another word named below.") % {"text": text})


def _survey(text: str) -> dict[str, Any]:
    words = text.lower().split()
    instrument = words.pop(0) if words and words[0] in INSTRUMENTS else "csat"
    return {"values": [_number(word) for word in words], "instrument": instrument}


def _number(text: str) -> int | float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise BadLine(_("“%(text)s” is not a number.") % {"text": text}) from None
    return int(value) if value.is_integer() else value


_READERS: dict[str, Callable[[str], Any]] = {
    "pairs": str,
    "questions": _question,
    "surveys": _survey,
    "experiments": str,
}


def _right(value: Any) -> str:
    """The right side of a line. An experiment with more than a key keeps only that here."""
    if not isinstance(value, dict):
        return str(value)
    if "values" in value:
        return " ".join(map(str, [value.get("instrument", "csat"), *value["values"]]))
    if "instrument" in value:
        return " ".join(str(value[name]) for name in ("instrument", "low", "high") if value.get(name) is not None)
    return str(value.get("key") or value.get("as") or "")


def _field(setting: Setting) -> forms.Field:
    common: dict[str, Any] = {"label": setting.label, "help_text": setting.hint, "required": False}
    if setting.shape == "check":
        return forms.BooleanField(**common)
    if setting.shape in {"text", "pattern"}:
        return forms.CharField(max_length=200, widget=forms.TextInput(attrs={"class": "in"}), **common)
    if setting.shape == "instrument":
        choices = [("", _("Not said")), *((name, name.upper()) for name in sorted(INSTRUMENTS))]
        return forms.ChoiceField(choices=choices, widget=forms.Select(attrs={"class": "in"}), **common)
    rows = {"class": "in mono", "rows": 4, "spellcheck": "false"}
    return forms.CharField(max_length=100_000, widget=forms.Textarea(attrs=rows), **common)

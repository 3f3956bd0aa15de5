"""The sentences that say why a row, or a whole file, could not be stored.

Stored are a kind and its parameters; the sentence is made in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# One row.
ROW_SENTENCES: dict[str, Promise] = {
    "ragged": gettext_lazy("This row does not have %(wanted)s columns, as the first line has."),
    "nul": gettext_lazy("This row holds zero bytes, which no text has."),
    "field_too_long": gettext_lazy("A cell is longer than 131,072 characters. Is a quotation mark missing?"),
    "not_json": gettext_lazy("This line is not a JSON object."),
    "id_missing": gettext_lazy("The row has no id."),
    "date_missing": gettext_lazy("The row has no date."),
    "not_a_date": gettext_lazy("This is not a date."),
    "date_ambiguous": gettext_lazy("Day and month cannot be told apart. Say in the mapping which comes first."),
    "date_outside": gettext_lazy("The date lies outside %(first)s to %(last)s."),
    "not_a_number": gettext_lazy("This is not a number."),
    "not_whole": gettext_lazy("This is not a whole number."),
    "negative": gettext_lazy("This cannot be less than zero."),
    "too_large": gettext_lazy("This is too large to be true."),
    "too_long": gettext_lazy("This is longer than %(limit)s characters."),
    "not_yes_no": gettext_lazy("This is neither yes nor no."),
    "score_missing": gettext_lazy("There is no score, and no invitation that could have gone unanswered."),
    "score_outside": gettext_lazy("The score lies outside the scale of %(low)s to %(high)s."),
    "scale_without_width": gettext_lazy("The scale ends where it begins."),
    "scale_of_instrument": gettext_lazy(
        "%(instrument)s is asked on a scale of %(low)s to %(high)s; other scales cannot be compared with it."
    ),
    "instrument_missing": gettext_lazy(
        "It is not said which survey this answers: csat, star, nps, enps, ces, ves or gcr."
    ),
    "instrument_unknown": gettext_lazy("This survey is not known; known are csat, star, nps, enps, ces, ves and gcr."),
    "nothing_counted": gettext_lazy("Nothing was counted in this row."),
}

# The whole file.
FILE_SENTENCES: dict[str, Promise] = {
    "file_empty": gettext_lazy("The file is empty."),
    "file_gone": gettext_lazy("The file is no longer here. Upload it again."),
    "file_too_large": gettext_lazy("The file is larger than %(limit)s MB."),
    "file_not_text": gettext_lazy("This is not a text file. Export it as CSV and try again."),
    "header_missing": gettext_lazy("The file has no first line with the names of its columns."),
    "too_many_columns": gettext_lazy("The file has more than 2,000 columns."),
    "encoding_unknown": gettext_lazy("This encoding is not known."),
    "kind_unknown": gettext_lazy("There is no kind “%(name)s”."),
    "mapping_not_object": gettext_lazy("The mapping is not a JSON object of the documented shape."),
    "mapping_key_unknown": gettext_lazy("The mapping has no part “%(name)s”."),
    "mapping_value_not_text": gettext_lazy("“%(name)s” of the mapping is not text."),
    "field_unknown": gettext_lazy("There is no field “%(name)s” for this kind of file."),
    "field_unmapped": gettext_lazy("No column says “%(name)s”. Choose one, or give a fixed value."),
    "heading_missing": gettext_lazy("The file has no column “%(name)s” for “%(field)s”."),
    "heading_not_text": gettext_lazy("The heading for “%(name)s” is not text."),
    "only_reason_several": gettext_lazy("“%(name)s” can come from one column only; just the reason may have several."),
    "delimiter_bad": gettext_lazy("Columns are split by one character."),
    "zone_unknown": gettext_lazy("The time zone “%(name)s” does not exist."),
    "scale_bad": gettext_lazy("A scale has a lower and a higher end, such as 1 and 5."),
}
_SENTENCES = ROW_SENTENCES | FILE_SENTENCES


def sentence(reason: str, parameters: Mapping[str, Any]) -> str:
    """The sentence of a kind, in the language in force."""
    if reason not in _SENTENCES:
        return _("The row could not be read.")
    plain = {name: f"{value:g}" if isinstance(value, float) else value for name, value in parameters.items()}
    try:
        return str(_SENTENCES[reason]) % plain
    except KeyError:
        return str(_SENTENCES[reason])


def add(sentences: Mapping[str, Promise]) -> None:
    """Sentences for the rows of a kind that a higher floor registers; done when its app starts."""
    _SENTENCES.update(sentences)


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value

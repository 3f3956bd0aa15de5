"""The sentences that say why a row, or a whole file, could not be stored.

Stored are a kind and its parameters; the sentence is made in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

# One row.
ROW_SENTENCES: dict[str, Promise] = {
    "ragged": gettext_lazy("This row does not have %(wanted)s columns, as the first line has."),
    "nul": gettext_lazy("This row holds zero bytes, which no text has."),
    "field_too_long": gettext_lazy("A cell is longer than %(limit)s characters. Is a quotation mark missing?"),
    "quote_open": gettext_lazy(
        "A quotation mark in this row is never closed, so all the lines below it were taken for its text. "
        "None of them is stored: mend the mark and import the file again."
    ),
    "not_json": gettext_lazy("This line is not a JSON object."),
    "id_shortened": gettext_lazy(
        "A spreadsheet has shortened this number. Export it again as text, and do not open it in Excel before."
    ),
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

# What a system sends.
SYSTEM_SENTENCES: dict[str, Promise] = {
    "body_not_json": gettext_lazy("What was sent is not JSON."),
    "map_missing": gettext_lazy("Nobody has said yet where its fields stand. Say so in the field map of the source."),
    "body_too_deep": gettext_lazy("What was sent holds lists within lists deeper than anything that can be read."),
    "too_many_records": gettext_lazy("More than %(limit)s things came at once."),
    "stumbled": gettext_lazy("This could not be understood. The log of the server says where it went wrong."),
    "not_expected": gettext_lazy("This does not look like what %(system)s sends."),
    "score_unknown": gettext_lazy("This is not a score that is known here."),
    "question_unmapped": gettext_lazy(
        "It is not said what the question “%(name)s” asks. Say so in the settings of the source."
    ),
    "survey_unmapped": gettext_lazy(
        "None of the questions of the survey “%(name)s” is named as one that gives a score. "
        "Say in the settings of the source which does."
    ),
    "country_unknown": gettext_lazy(
        "No market is known for the country “%(name)s”. Name its market in the settings of the source."
    ),
    "users_disagree": gettext_lazy("The variants have %(sum)s visitors together, and the whole says %(whole)s."),
    "experiment_unmapped": gettext_lazy(
        "It is not said which experiment here “%(name)s” is. Say so in the settings of the source."
    ),
    "goal_unmapped": gettext_lazy(
        "It is not said which of the metrics of “%(name)s” counts conversions. Say so in the settings of the source."
    ),
    "goal_not_binomial": gettext_lazy(
        "The metric “%(name)s” does not count visitors who converted, so it cannot be the goal."
    ),
    "variant_unmapped": gettext_lazy(
        "It is not said which variant here “%(name)s” is. Say so in the settings of the source."
    ),
}

# The whole file.
FILE_SENTENCES: dict[str, Promise] = {
    "file_empty": gettext_lazy("The file is empty."),
    "file_gone": gettext_lazy("The file is no longer here. Upload it again."),
    "file_too_large": gettext_lazy("The file is larger than %(limit)s MB."),
    "disk_full": gettext_lazy("The disk of the server is full, so the file could not be kept. Nothing was changed."),
    "file_not_text": gettext_lazy(
        "This is neither a text file nor a workbook. Export it as CSV or XLSX and try again."
    ),
    "header_missing": gettext_lazy("The file has no line with the names of its columns."),
    "header_open": gettext_lazy(
        "A quotation mark in the line with the names of the columns is never closed. Mend it and try again."
    ),
    "too_many_columns": gettext_lazy("The file has more than %(limit)s columns."),
    "too_many_rows": gettext_lazy("The file has more than %(limit)s rows. Split it by month and upload the parts."),
    "archive_broken": gettext_lazy("The file is damaged: it cannot be unpacked. Export it once more and try again."),
    "archive_too_large": gettext_lazy("Unpacked, the file is larger than %(limit)s MB. Split it by month."),
    "archive_ratio": gettext_lazy(
        "Unpacked, the file grows to more than %(limit)s times its size, which no export does. Upload it unpacked."
    ),
    "archive_nested": gettext_lazy("The file is packed twice. Unpack it once and upload the result."),
    "archive_not_workbook": gettext_lazy(
        "This is an archive that holds no Excel workbook. Unpack it and upload the file inside, or save it as XLSX."
    ),
    "workbook_old": gettext_lazy(
        "This workbook is in the old Excel format, or is protected by a password. Save it as XLSX without a password."
    ),
    "workbook_locked": gettext_lazy("The workbook is protected by a password. Save it without one."),
    "sheet_too_large": gettext_lazy("A sheet has more than %(limit)s cells. Save it as CSV, which may be longer."),
    "sheet_missing": gettext_lazy("The workbook has no sheet “%(name)s”. It has: %(names)s."),
    "stream_missing": gettext_lazy("The file has no stream “%(name)s”. It has: %(names)s."),
    "too_many_streams": gettext_lazy("The file has more than %(limit)s streams."),
    "json_list": gettext_lazy("This is one JSON list. Write one object a line (NDJSON) and try again."),
    "not_json_lines": gettext_lazy("No line of the file is a JSON object. Write one object a line (NDJSON)."),
    "dates_ambiguous": gettext_lazy(
        "Day and month cannot be told apart in “%(name)s”: %(example)s could be either. Say which comes first."
    ),
    "dates_mixed": gettext_lazy(
        "“%(name)s” has dates with the day first and dates with the month first: %(example)s. Say which is right; "
        "the other dates will be rejected."
    ),
    "ids_shortened": gettext_lazy(
        "A spreadsheet has shortened the numbers in “%(name)s”, such as %(example)s, so different rows have the same "
        "id. Export the file again and do not open it in Excel before you upload it; or import it into Excel with "
        "this column as text."
    ),
    "encoding_unknown": gettext_lazy("This encoding is not known."),
    "kind_unknown": gettext_lazy("There is no kind “%(name)s”."),
    "mapping_not_object": gettext_lazy("The mapping is not a JSON object of the documented shape."),
    "mapping_key_unknown": gettext_lazy("The mapping has no part “%(name)s”."),
    "mapping_value_not_text": gettext_lazy("“%(name)s” of the mapping is not text."),
    "field_unknown": gettext_lazy("There is no field “%(name)s” for this kind of file."),
    "field_unmapped": gettext_lazy("No column says “%(name)s”. Choose one, or give a fixed value."),
    "heading_missing": gettext_lazy("The file has no column “%(name)s” for “%(field)s”."),
    "heading_not_text": gettext_lazy("The heading for “%(name)s” is not text."),
    "only_reason_several": gettext_lazy(
        "“%(name)s” can come from one column only; a reason may have several, a date may have its time beside it."
    ),
    "time_without_day": gettext_lazy("This is a time of day; choose the column with its day as well."),
    "left_out_not_list": gettext_lazy("“left_out” of the mapping is a list of headings."),
    "transform_not_object": gettext_lazy("The transformation of “%(name)s” is not a JSON object with a kind."),
    "transform_unknown": gettext_lazy("There is no transformation “%(name)s”; there are %(known)s."),
    "transform_not_here": gettext_lazy("The transformation “%(name)s” makes no sense for “%(field)s”."),
    "transform_sign": gettext_lazy("Say at which sign to split, in at most ten characters."),
    "transform_unit": gettext_lazy("A duration is counted in milliseconds, seconds, minutes, hours or days."),
    "transform_words": gettext_lazy("Say which words mean yes, and which mean no."),
    "transform_word_twice": gettext_lazy("“%(name)s” cannot mean yes and no at once."),
    "transform_values": gettext_lazy("Say for at most %(limit)s values what each of them means."),
    "transform_keep": gettext_lazy("Say whether to keep what stands before the sign or after it."),
    "date_format_bad": gettext_lazy("“%(name)s” is neither dmy, mdy nor a pattern of dates such as %%d-%%m-%%Y."),
    "delimiter_bad": gettext_lazy("Columns are split by one character."),
    "zone_unknown": gettext_lazy("The time zone “%(name)s” does not exist."),
    "scale_bad": gettext_lazy("A scale has a lower and a higher end, such as 1 and 5."),
}
# A value that was to mean another.
VALUE_SENTENCES: dict[str, Promise] = {
    "value_gone": gettext_lazy("One of the two values is not there any more. Load the page again."),
    "value_mapped_already": gettext_lazy("Somebody has said meanwhile what this value means. Load the page again."),
    "value_means_others": gettext_lazy("Other values mean this one. Take those back first, or choose it as the goal."),
    "value_being_given_back": gettext_lazy(
        "The rows of this value are just getting it back. Try again when that is done."
    ),
}
_SENTENCES = ROW_SENTENCES | SYSTEM_SENTENCES | FILE_SENTENCES | VALUE_SENTENCES


def sentence(reason: str, parameters: Mapping[str, Any]) -> str:
    """The sentence of a kind, in the language in force."""
    if reason not in _SENTENCES:
        return _("The row could not be read.")
    plain = {name: f"{value:g}" if isinstance(value, float) else value for name, value in parameters.items()}
    try:
        return str(_SENTENCES[reason]) % plain
    except KeyError:
        return str(_SENTENCES[reason])


def passed_over(kind: str, count: int) -> str:
    """What is neither a row nor a reject and was passed over; `kind` and `count` as in `parsing.Shape.skipped`."""
    if kind == "preamble":
        text = ngettext(
            "%(count)d line above the headings is left out.", "%(count)d lines above the headings are left out.", count
        )
    elif kind == "total":
        text = ngettext("%(count)d row of totals is left out.", "%(count)d rows of totals are left out.", count)
    elif kind == "stream":
        text = ngettext(
            "%(count)d record of another stream is left out.", "%(count)d records of other streams are left out.", count
        )
    else:
        text = ngettext(
            "%(count)d message without a record is left out.",
            "%(count)d messages without a record are left out.",
            count,
        )
    return text % {"count": count}


def add(sentences: Mapping[str, Promise]) -> None:
    """Sentences for the rows of a kind that a higher floor registers; done when its app starts."""
    _SENTENCES.update(sentences)


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value

"""Transformations on the way in: what each of them makes of a cell, and the sentences for those that do not fit."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from feedback import kinds, mapping, rejections, transforms
from feedback.models import Contact, SurveyResponse
from feedback.normalise import Problem
from feedback.normalise.values import reason_paths, seconds, yes_no
from feedback.picking import picker
from tests.feedback.rows import bring_in, counts

FIELDS = {name: kind.columns for name in ("contacts", "surveys", "commerce") if (kind := kinds.get(name))}


def turned(field: str, transform: dict[str, Any], cell: str) -> str:
    """The cell of one column as the picker hands it on; "" when it is left out."""
    kind = "surveys" if field in {"score", "comment"} else "contacts"
    chosen = mapping.read({"columns": {field: "x"}, "transforms": {field: transform}}, FIELDS[kind])
    return picker({field: (0,)}, {}, chosen.converters())([cell]).get(field, "")


@pytest.mark.parametrize(
    ("sign", "cell", "levels"),
    [
        (">", "RETOUR>LABEL", ("RETOUR", "LABEL")),
        ("::", "Returns::Label", ("Returns", "Label")),
        ("/", "Returns / Label / Lost", ("Returns", "Label", "Lost")),
        (" - ", "Returns - Label", ("Returns", "Label")),
        ("/", "Returns/", ("Returns",)),
    ],
)
def test_a_path_is_split_at_its_sign(sign: str, cell: str, levels: tuple[str, ...]) -> None:
    assert reason_paths(turned("reason", {"kind": "path", "sign": sign}, cell)) == (levels,)


@pytest.mark.parametrize(
    ("sign", "cell", "paths"),
    [
        (",", "late, damaged", (("late",), ("damaged",))),
        (";", "Returns > Label; Delivery", (("Returns", "Label"), ("Delivery",))),
        (" ", "label_lost  vip", (("label_lost",), ("vip",))),
        ("|", "a|b", (("a",), ("b",))),
    ],
)
def test_a_list_is_several_reasons(sign: str, cell: str, paths: tuple[tuple[str, ...], ...]) -> None:
    assert reason_paths(turned("reason", {"kind": "list", "sign": sign}, cell)) == paths


def test_tags_of_the_system_are_dropped_from_a_list() -> None:
    tags = {"kind": "list", "sign": " ", "without": ["intent_", "closed_by_merge"]}
    assert turned("reason", tags, "Intent_confidence__high returns closed_by_merge") == "returns"
    assert turned("reason", tags, "closed_by_merge") == ""


@pytest.mark.parametrize(
    ("unit", "cell", "wanted"),
    [
        ("minutes", "4,5", 270),
        ("minutes", "6", 360),
        ("minutes", "4:30", 270),
        ("hours", "1.5", 5400),
        ("hours", "1:30", 5400),
        ("hours", "01:02:03", 3723),
        ("milliseconds", "1500", 1.5),
        ("days", "2", 172800),
    ],
)
def test_durations_become_seconds(unit: str, cell: str, wanted: float) -> None:
    found = turned("handle_seconds", {"kind": "duration", "unit": unit}, cell)
    assert seconds("handle_seconds", found) == pytest.approx(wanted)


def test_every_reply_time_is_converted() -> None:
    assert turned("reply_seconds", {"kind": "duration", "unit": "minutes"}, "1| 2 ") == "60.0|120.0"


def test_a_duration_that_is_none_rejects_its_row() -> None:
    with pytest.raises(Problem, match="not_a_number"):
        turned("handle_seconds", {"kind": "duration", "unit": "minutes"}, "long")


@pytest.mark.parametrize(
    ("words", "cell", "wanted"),
    [
        ({"yes": ["J"], "no": ["N"]}, "j", True),
        ({"yes": ["J"], "no": ["N"]}, "N", False),
        ({"yes": ["Opgelost"], "no": ["Open"]}, "yes", True),
        ({"yes": ["Complaint"]}, "Question", False),
    ],
)
def test_own_words_for_yes_and_no(words: dict[str, Any], cell: str, wanted: bool) -> None:
    assert yes_no("is_complaint", turned("is_complaint", {"kind": "words", **words}, cell)) is wanted


def test_a_word_that_nobody_named_rejects_its_row() -> None:
    with pytest.raises(Problem, match="not_yes_no"):
        turned("is_complaint", {"kind": "words", "yes": ["J"], "no": ["N"]}, "misschien")


def test_values_stand_for_others_whatever_their_capitals() -> None:
    table = {"kind": "values", "values": {"Tel.": "Phone", "WA": "WhatsApp", "?": ""}}
    assert [turned("channel", table, cell) for cell in ("tel.", "WA", "chat", "?")] == ["Phone", "WhatsApp", "chat", ""]


@pytest.mark.parametrize(
    ("keep", "cell", "wanted"), [("before", "nl-NL", "nl"), ("after", "nl-NL", "NL"), ("after", "NL", "NL")]
)
def test_only_what_stands_before_or_after_a_sign(keep: str, cell: str, wanted: str) -> None:
    assert turned("market", {"kind": "part", "sign": "-", "keep": keep}, cell) == wanted


def test_a_score_keeps_its_scale_beside_it(db: None) -> None:
    rows = "when,mark\n2026-03-01,8\n2026-03-01,11\n"
    imported = bring_in(
        rows,
        "surveys",
        fields={
            "columns": {"responded_at": "when", "score": "mark"},
            "constants": {"instrument": "csat"},
            "transforms": {"score": {"kind": "scale", "from": [1, 10]}},
        },
    )
    assert counts(imported) == (2, 1, 0, 0, 1)
    answer = SurveyResponse.objects.get()
    assert (answer.score, answer.scale_min, answer.scale_max) == (8, 1, 10)
    assert answer.standard_score == pytest.approx(1 + 4 * 7 / 9)
    reject = imported.rejects.get()
    assert (reject.value, reject.parameters) == ("11", {"low": 1, "high": 10})


@pytest.mark.parametrize(
    ("day", "time"),
    [
        ("09-11-2026", "9:04"),
        ("2026-11-09", "09:04:00"),
        ("2026-11-09 00:00:00", "1899-12-31 09:04:00"),
        ("2026-11-09T00:00:00", "09:04"),
    ],
)
def test_a_day_and_its_time_in_two_columns(db: None, day: str, time: str) -> None:
    fields = {"columns": {"external_id": "id", "occurred_at": ["Day", "Time"]}, "date_format": "dmy"}
    bring_in(f"id,Day,Time\n1,{day},{time}\n", fields=fields)
    assert Contact.objects.get().occurred_at.isoformat() == "2026-11-09T08:04:00+00:00"


@pytest.mark.parametrize(
    ("field", "transform", "sentence"),
    [
        ("reason", "split", "not a JSON object with a kind"),
        ("reason", {"kind": "magic"}, "There is no transformation “magic”; there are path, list"),
        ("channel", {"kind": "path", "sign": "/"}, "makes no sense for “channel”"),
        ("text", {"kind": "values", "values": {"a": "b"}}, "makes no sense for “text”"),
        ("reason", {"kind": "path"}, "at which sign"),
        ("reason", {"kind": "list", "sign": "x" * 11}, "at which sign"),
        ("reason", {"kind": "list", "sign": ",", "without": [1]}, "which words"),
        ("handle_seconds", {"kind": "duration", "unit": "weeks"}, "milliseconds, seconds, minutes, hours or days"),
        ("is_complaint", {"kind": "words", "yes": []}, "which words mean yes"),
        ("is_complaint", {"kind": "words", "yes": ["J"], "no": ["j"]}, "“j” cannot mean yes and no"),
        ("channel", {"kind": "values", "values": {}}, "at most 500 values"),
        ("channel", {"kind": "values", "values": {"a": 1}}, "at most 500 values"),
        ("market", {"kind": "part", "sign": "-", "keep": "both"}, "before the sign or after it"),
        ("colour", {"kind": "path", "sign": "/"}, "no field “colour”"),
    ],
)
def test_what_does_not_fit_is_a_sentence(field: str, transform: object, sentence: str) -> None:
    with pytest.raises(mapping.BadMapping) as refused:
        mapping.read({"transforms": {field: transform}}, FIELDS["contacts"])
    assert sentence in rejections.sentence(refused.value.reason, refused.value.parameters)


@pytest.mark.parametrize("ends", [None, [1], [5, 1], ["a", 2], [1, float("inf")]])
def test_a_scale_has_two_ends(ends: object) -> None:
    with pytest.raises(mapping.BadMapping, match="scale_bad"):
        mapping.read({"transforms": {"score": {"kind": "scale", "from": ends}}}, FIELDS["surveys"])


def test_a_mapping_comes_back_as_it_was_stored() -> None:
    data = {
        "columns": {"reason": "Onderwerp", "occurred_at": ["Datum", "Tijd"], "market": None},
        "left_out": ["Kanaal_2"],
        "transforms": {
            "reason": {"kind": "list", "sign": " ", "without": ["intent_"]},
            "handle_seconds": {"kind": "duration", "unit": "minutes"},
            "is_complaint": {"kind": "words", "yes": ["J"], "no": ["N"]},
            "channel": {"kind": "values", "values": {"Tel.": "Phone"}},
            "market": {"kind": "part", "sign": "-", "keep": "after"},
        },
    }
    assert mapping.read(data, FIELDS["contacts"]).as_json() == data
    score = {"transforms": {"score": {"kind": "scale", "from": [1.0, 10.0]}}}
    assert mapping.read({"scale": [1, 10]}, FIELDS["surveys"]).as_json() == score
    assert mapping.read(score, FIELDS["surveys"]).scale == (1, 10)


def test_every_transformation_is_documented() -> None:
    text = (Path(settings.BASE_DIR) / "docs/import-mapping.md").read_text()
    assert [kind for kind in transforms.KINDS if f'"kind": "{kind}"' not in text] == []
    assert [unit for unit in transforms.UNITS if unit not in text] == []

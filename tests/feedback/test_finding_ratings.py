"""Which columns of a file of contacts hold scores, and what an answer is made of."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from feedback import evidence, mapping, ratings

ClientFor = Callable[[Person], Client]
FIELDS = ("external_id", "occurred_at", "resolved_at", "channel", "market", "team", "text", "customer")
HEADER = ("Id", "Created", "Solved", "Via", "Words", "Rating")
ROWS = (
    ("1", "2026-03-02 09:00", "2026-03-02 10:00", "Mail", "Where is it?", "5"),
    ("2", "2026-03-02 09:30", "", "Chat", "No label", ""),
    ("3", "2026-03-03 09:00", "2026-03-04 10:00", "Mail", "Broken", "2"),
)
CHOSEN: dict[str, Any] = {
    "columns": {"external_id": "Id", "occurred_at": "Created", "resolved_at": "Solved", "channel": "Via"},
    "transforms": {"channel": {"kind": "values", "values": {"Mail": "email"}}},
    "constants": {"market": "NL"},
}


def find(
    header: Sequence[str] = HEADER, rows: Sequence[Sequence[str]] = ROWS, chosen: dict[str, Any] = CHOSEN
) -> ratings.Ratings | None:
    return ratings.find(evidence.columns(header, rows), rows, mapping.read(chosen, FIELDS))


def renamed(heading: str, *scores: str) -> ratings.Ratings | None:
    rows = [(*row[:-1], score) for row, score in zip(ROWS, scores, strict=True)]
    return find((*HEADER[:-1], heading), rows)


def test_an_answer_is_of_its_contact_and_of_the_day_that_it_was_solved() -> None:
    found = find()
    assert found
    assert (found.heading, found.count) == ("Rating", 2)
    # "Rating" does not say which survey; a person does.
    assert found.guess == ""
    assert "csat" in found.instruments
    assert found.as_survey("csat") == {
        "columns": {
            "external_id": None, "contact": ["Id"], "responded_at": ["Solved"], "score": ["Rating"],
            "channel": ["Via"],
        },
        "constants": {"market": "NL", "instrument": "csat"},
        "transforms": {"channel": {"kind": "values", "values": {"Mail": "email"}}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "scores", "guess", "instruments"),
    [
        ("Satisfaction Score", ("Good", "Not Offered", "Bad"), "csat", ("csat",)),
        ("Tevredenheid", ("Goed", "Aangeboden", "Slecht"), "csat", ("csat",)),
        ("NPS", ("9", "", "0"), "nps", ("nps", "enps")),
        # Seven is on no scale of CSAT.
        ("CSAT", ("7", "", "2"), "", ("nps", "enps", "ces")),
    ],
)
def test_only_surveys_on_whose_scale_the_scores_are_can_be_chosen(
    heading: str, scores: tuple[str, ...], guess: str, instruments: tuple[str, ...]
) -> None:
    found = renamed(heading, *scores)
    assert found
    assert (found.guess, found.instruments, found.count) == (guess, instruments, 2)


def test_words_that_this_file_does_not_have_are_known_in_the_next() -> None:
    found = renamed("Satisfaction", "Good", "Offered", "Good")
    assert found
    assert found.mapping["transforms"]["score"]["values"]["bad"] == "1"


@pytest.mark.parametrize("scores", [("", "", ""), ("fine", "so so", "poor"), ("Offered", "Offered", "Offered")])
def test_a_column_without_scores_is_no_survey(scores: tuple[str, ...]) -> None:
    assert renamed("Rating", *scores) is None


def test_without_an_id_no_answer_can_be_told_from_another() -> None:
    assert find(chosen={"columns": {"occurred_at": "Created"}}) is None


def test_a_score_that_is_something_else_already_is_left_alone() -> None:
    taken = {"columns": {**CHOSEN["columns"], "team": "Rating"}}
    assert find(chosen=taken) is None


def test_an_answer_about_what_was_never_solved_is_of_the_day_it_was_asked() -> None:
    found = renamed("Rating", "5", "4", "")
    assert found
    assert found.mapping["columns"]["responded_at"] == ["Created"]


def test_an_answer_has_an_id_that_no_other_survey_gives_and_always_the_same() -> None:
    assert (ratings.answer_id("17"), ratings.answer_id("")) == ("rating:17", "")
    long = [ratings.answer_id("7" * 119 + last) for last in "121"]
    assert max(map(len, long)) <= 120
    assert long[0] == long[2] != long[1]

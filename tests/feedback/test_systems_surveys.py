"""Survey tools and reviews: what a question asks is said, never guessed, and an answer is counted once."""

from typing import Any

import pytest

from feedback.normalise import Problem
from feedback.systems import Mapped, Record, Settings, Unknown, Unmappable
from tests.feedback import systems_run as run

pytestmark = pytest.mark.slow  # the same on every database


def sent(name: str, *bodies: Any, **config: Any) -> list[Record]:
    return [it for body in bodies for it in run.system(name).records(body, Settings(config=config))]


def mapped(name: str, records: list[Record], **config: Any) -> list[Mapped]:
    return run.rows_of(run.system(name), records, Settings(config=config))


def form(**more: Any) -> dict[str, Any]:
    """A form that asks two questions of the type "number", whose answers carry no reference."""
    return {
        "event_id": "EV1", "event_type": "form_response",
        "form_response": {
            "form_id": "F1", "token": "tok1", "submitted_at": "2026-11-02T09:00:00Z",
            "definition": {"id": "F1", "title": "Na contact", "fields": [
                {"id": "fA", "ref": "ref_a", "title": "Hoe tevreden bent u?", "type": "number"},
                {"id": "fB", "ref": "ref_b", "title": "En over de bezorging?", "type": "number"},
                {"id": "fC", "ref": "ref_c", "title": "Wat kon beter?", "type": "long_text"},
            ]},
            "answers": [
                {"type": "number", "number": 4, "field": {"id": "fA", "type": "number"}},
                {"type": "number", "number": 2, "field": {"id": "fB", "type": "number"}},
                {"type": "text", "text": "Bezorging", "field": {"id": "fC", "type": "long_text"}},
            ],
        } | more,
    }  # fmt: skip


def test_pitfall_9_a_number_of_which_nobody_said_what_it_asks_is_told_by_its_question() -> None:
    with pytest.raises(Unmappable) as fault:
        mapped("typeform", sent("typeform", form()))
    assert fault.value.reason == "question_unmapped"
    assert fault.value.parameters == {"name": "Hoe tevreden bent u?"}
    assert fault.value.value == "4"


@pytest.mark.parametrize("key", ["ref_a", "fA", "Hoe tevreden bent u?"])
def test_pitfall_9_answers_without_reference_are_found_by_field_reference_or_title(key: str) -> None:
    config = {"questions": {key: {"instrument": "csat", "low": 0, "high": 10}}}
    rows = mapped("typeform", sent("typeform", form(), **config), **config)
    assert [dict(row.fields) for row in rows] == [
        {
            "external_id": "tok1", "instrument": "csat", "score": "4", "scale_min": "0", "scale_max": "10",
            "responded_at": "2026-11-02T09:00:00+00:00",
        }
    ]  # fmt: skip


def test_two_scores_of_one_response_are_two_answers_and_its_words_stand_once() -> None:
    config = {"questions": {"ref_a": "csat", "ref_b": "ces", "ref_c": "comment"}}
    rows = mapped("typeform", sent("typeform", form(), **config), **config)
    assert sorted((row.fields["external_id"], row.fields["instrument"], row.fields.get("comment")) for row in rows) == [
        ("tok1", "csat", "Bezorging"),
        ("tok1:ref_b", "ces", None),
    ]


def test_a_pulled_response_is_the_same_answer_without_its_definition() -> None:
    config = {"questions": {"fA": "csat"}}
    response = {key: value for key, value in form()["form_response"].items() if key != "definition"}
    pulled = run.system("typeform").pulled["responses"](response, Settings(config=config))
    assert mapped("typeform", list(pulled), **config) == mapped(
        "typeform", sent("typeform", form(), **config), **config
    )


def test_a_survey_without_any_named_score_is_told_by_its_title() -> None:
    body = form(answers=[{"type": "text", "text": "Hoi", "field": {"id": "fC", "type": "long_text"}}])
    with pytest.raises(Unmappable) as fault:
        mapped("typeform", sent("typeform", body))
    assert (fault.value.reason, fault.value.parameters) == ("survey_unmapped", {"name": "Na contact"})


def test_a_skipped_score_is_no_answer() -> None:
    config = {"questions": {"ref_a": "csat", "ref_c": "comment"}}
    body = form(answers=[{"type": "text", "text": "Hoi", "field": {"id": "fC", "type": "long_text"}}])
    assert mapped("typeform", sent("typeform", body, **config), **config) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 2, 1, 0, 0)])
def test_three_deliveries_of_a_formbricks_response_are_one_answer(order: tuple[int, ...]) -> None:
    config = {"questions": {"q1": "csat", "q2": "comment"}}
    states = [({}, False), ({"q1": 4}, False), ({"q1": 5, "q2": "Prima"}, True)]
    bodies = [
        {
            "event": ("responseCreated", "responseUpdated", "responseFinished")[at],
            "data": {
                "id": "r1", "surveyId": "s1", "finished": done, "createdAt": "2026-11-02T09:00:00.000Z",
                "updatedAt": f"2026-11-02T09:00:{at}0.000Z", "data": data,
            },
        }
        for at, (data, done) in enumerate(states)
    ]  # fmt: skip
    rows = mapped("formbricks", sent("formbricks", *(bodies[at] for at in order), **config), **config)
    assert [(row.fields["external_id"], row.fields["score"], row.fields["comment"]) for row in rows] == [
        ("r1", "5", "Prima")
    ]


def test_a_response_that_is_not_finished_waits_without_a_complaint() -> None:
    begun = {"event": "responseCreated", "data": {"id": "r1", "finished": False, "data": {"q9": 3}}}
    assert mapped("formbricks", sent("formbricks", begun)) == []
    ended = {"event": "responseFinished", "data": {"id": "r1", "finished": True, "data": {"q9": 3}}}
    with pytest.raises(Unmappable) as fault:
        mapped("formbricks", sent("formbricks", ended))
    assert (fault.value.reason, fault.value.parameters) == ("question_unmapped", {"name": "q9"})


def test_delighted_s_zero_is_an_answer_and_its_type_wins_over_the_settings() -> None:
    response = {"id": "1", "score": 0, "created_at": 1793610000, "updated_at": 1793610000}
    body = {"event_type": "survey_response.created", "event_id": "e", "event_data": response}
    (nps,) = mapped("delighted", sent("delighted", body), instrument="nps")
    assert (nps.fields["score"], nps.fields["instrument"]) == ("0", "nps")
    pulled = run.system("delighted").pulled["responses"](response | {"survey_type": "csat", "score": 3}, Settings())
    (csat,) = mapped("delighted", list(pulled), instrument="nps")
    assert csat.fields["instrument"] == "csat"
    with pytest.raises(Unmappable) as fault:
        mapped("delighted", list(run.system("delighted").pulled["responses"](
            response | {"survey_type": "thumbs"}, Settings())))  # fmt: skip
    assert (fault.value.reason, fault.value.value) == ("instrument_unknown", "thumbs")


@pytest.mark.parametrize(
    ("kind", "instrument", "scale"),
    [("stars_five", "star", (1, 5)), ("csat", "csat", (1, 5)), ("csat3", "csat", (1, 3)), ("ces7", "ces", (1, 7))],
)
def test_delighted_s_types_are_scales(kind: str, instrument: str, scale: tuple[int, int]) -> None:
    item = {"id": "1", "score": 3, "survey_type": kind, "created_at": 1793610000, "updated_at": 1793610000}
    (row,) = mapped("delighted", list(run.system("delighted").pulled["responses"](item, Settings())))
    read = run.READERS["surveys"](dict(row.fields))
    assert (row.fields["instrument"], read.scale_min, read.scale_max) == (instrument, *scale)


def test_delighted_s_effort_of_five_points_is_not_read_as_one_of_seven() -> None:
    item = {"id": "1", "score": 5, "survey_type": "ces", "created_at": 1793610000, "updated_at": 1793610000}
    with pytest.raises(Problem) as problem:
        mapped("delighted", list(run.system("delighted").pulled["responses"](item, Settings())))
    assert (problem.value.reason, problem.value.value) == ("scale_of_instrument", "1 – 5")


def test_a_rating_that_was_never_offered_is_no_answer_and_one_that_nobody_knows_is_told() -> None:
    def rated(score: str) -> list[Mapped]:
        item = {"id": 1, "ticket_id": 2, "score": score, "created_at": "2026-11-02T09:00:00Z"}
        return mapped("zendesk", list(run.system("zendesk").pulled["ratings"](item, Settings())))

    assert [(row.gone, row.fields) for row in rated("unoffered")] == [(True, {"external_id": "1"})]
    with pytest.raises(Unmappable) as fault:
        rated("so-so")
    assert (fault.value.reason, fault.value.value) == ("score_unknown", "so-so")


def test_what_typeform_calls_personal_is_not_kept() -> None:
    answers = [
        {"type": "file_url", "file_url": "https://files.example/ID.jpg", "field": {"id": "fD", "type": "file_upload"}},
        {"type": "signature", "signature": "Anja van Dijk", "field": {"id": "fE", "type": "signature"}},
    ]
    (record,) = sent("typeform", form(answers=answers))
    assert "ID.jpg" not in str(record.payload)
    assert "Anja" not in str(record.payload)


def test_an_invitation_without_an_answer_is_no_score_of_zero() -> None:
    for name, stream, item in (
        ("zendesk", "ratings", {"id": 1, "ticket_id": 2, "score": "offered", "created_at": "2026-11-02T09:00:00Z"}),
        ("gorgias", "surveys", {"id": 1, "ticket_id": 2, "score": None, "sent_datetime": "2026-11-02T09:00:00"}),
    ):
        (row,) = mapped(name, list(run.system(name).pulled[stream](item, Settings())))
        assert "score" not in row.fields
        assert row.fields["invited_at"]
        assert run.READERS["surveys"](dict(row.fields)).score is None


def test_a_new_zendesk_survey_has_as_many_points_as_the_settings_say() -> None:
    response = {
        "id": "01R", "subject_zrns": ["zen:ticket:7"],
        "answers": [{"type": "rating_scale", "rating": 3, "updated_at": "2026-11-02T09:00:00Z"}],
    }  # fmt: skip
    records = list(run.system("zendesk").pulled["survey_responses"](response, Settings()))
    (row,) = mapped("zendesk", records, csat_points=3)
    assert (row.fields["score"], row.fields["scale_max"], row.fields["contact"]) == ("3", "3", "7")


def test_a_deleted_review_keeps_its_stars_and_an_edited_one_its_last_words() -> None:
    review = {"id": "r1", "stars": 1, "title": "Slecht", "text": "Nooit meer", "language": "nl",
              "createdAt": "2026-11-02T09:00:00Z", "referenceId": "#100234", "consumer": {"id": "c"}}  # fmt: skip
    edited = review | {"stars": 4, "text": "Toch goed", "updatedAt": "2026-11-03T09:00:00Z"}

    def event(name: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"events": [{"eventName": f"service-review-{name}", "eventData": data}]}

    bodies = [event("created", review), event("updated", edited), event("deleted", {"id": "r1"})]
    records = sent("trustpilot", *bodies)
    assert records[0].people.order == "100234"
    (row,) = mapped("trustpilot", records[1::-1])
    assert (row.fields["score"], row.fields["comment"], row.fields["instrument"]) == ("4", "Slecht\nToch goed", "star")
    for some in (records, records[::-1]):
        (row,) = mapped("trustpilot", some)
        assert row.fields["score"] == "4"
        assert "comment" not in row.fields
    with pytest.raises(Unknown, match="product-review-created"):
        sent("trustpilot", {"events": [{"eventName": "product-review-created", "eventData": {}}]})

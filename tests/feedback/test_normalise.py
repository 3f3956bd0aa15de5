"""Fields to values: dates, numbers, reasons, scales, and the sentence for everything that does not fit."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import rejections
from feedback.normalise import Circumstances, Problem, commerce, contacts, surveys
from feedback.normalise.dates import Reader, order_of
from feedback.normalise.values import number, reason_paths, seconds, yes_no
from feedback.references import Occurrences, References

pytestmark = pytest.mark.slow  # the same on every database

AMSTERDAM, LISBON, UTC_ZONE = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Lisbon"), ZoneInfo("UTC")
REFERENCES = References("a key")
CONTACT = {"external_id": "T1", "occurred_at": "2026-03-01T10:00:00Z"}
SURVEY = {"external_id": "S1", "responded_at": "2026-03-01T10:00:00Z", "instrument": "csat", "score": "4"}
SHOP_DAY = {"date": "2026-03-01", "orders": "12"}


def _around(**changes: Any) -> Circumstances:
    markets = {"NL": ("NL", AMSTERDAM), "NETHERLANDS": ("NL", AMSTERDAM), "PT": ("PT", LISBON)}
    return Circumstances(**{"references": REFERENCES, "zone": AMSTERDAM, "markets": markets, **changes})


def _contact(row: Mapping[str, str], **changes: Any) -> contacts.ContactRow:
    return contacts.normaliser(_around(**changes))({**CONTACT, **row})


def _survey(row: Mapping[str, str], **changes: Any) -> surveys.SurveyRow:
    whole = {**SURVEY, **row}
    return surveys.normaliser(_around(**changes))({key: value for key, value in whole.items() if value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00+0100", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026-03-01 10:00", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 2, 28, 23, tzinfo=UTC)),
        ("2026/3/1 9:05", datetime(2026, 3, 1, 8, 5, tzinfo=UTC)),
        ("1772359200", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1772359200000", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("20260301100000", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("31-12-2026 10:00", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("12/31/2026 10:00:30", datetime(2026, 12, 31, 9, 0, 30, tzinfo=UTC)),
        ("2026-07-01 00:30", datetime(2026, 6, 30, 22, 30, tzinfo=UTC)),
    ],
)
def test_times_of_every_export_become_utc(value: str, expected: datetime) -> None:
    assert Reader().moment("occurred_at", value, AMSTERDAM) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2015-13-45 99:00", "not_a_date"),
        ("00-00-0000", "not_a_date"),
        ("yesterday", "not_a_date"),
        ("2026-02-30", "not_a_date"),
        ("03-04-2026", "date_ambiguous"),
        ("0001-01-01T00:00:00", "date_outside"),
        ("9999-12-31", "date_outside"),
    ],
)
def test_what_is_no_date_is_said(value: str, reason: str) -> None:
    with pytest.raises(Problem) as problem:
        Reader().moment("occurred_at", value, AMSTERDAM)
    assert problem.value.reason == reason


def test_the_order_of_day_and_month_comes_from_the_whole_column() -> None:
    assert order_of(["03-04-2026", "13-04-2026"]) == "dmy"
    assert order_of(["03/04/2026", "03/14/2026"]) == "mdy"
    assert order_of(["03-04-2026"]) == ""
    assert order_of(["13-04-2026", "03-14-2026"]) == "", "a column that contradicts itself settles nothing"
    assert Reader(order="dmy").day("date", "03-04-2026") == date(2026, 4, 3)
    assert Reader("mdy", "dmy").day("date", "03-04-2026") == date(2026, 3, 4), "the mapping wins"
    assert Reader("%d.%m.%y").day("date", "03.04.26") == date(2026, 4, 3)


def test_the_day_is_that_of_the_market_and_the_time_without_zone_too() -> None:
    late = {"occurred_at": "2026-03-01T23:30:00Z"}
    assert _contact({**late, "market": "nl"}).local_day == date(2026, 3, 2)
    assert _contact({**late, "market": "PT"}).local_day == date(2026, 3, 1)
    assert _contact({**late, "market": "Netherlands"}).market == "NL"
    written = _contact({"occurred_at": "2026-03-01 00:30", "market": "PT"})
    assert written.occurred_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    mapped = _contact({"occurred_at": "2026-03-01 00:30", "market": "NL"}, written_zone=UTC_ZONE)
    assert (mapped.occurred_at.hour, mapped.local_day) == (0, date(2026, 3, 1))
    assert _contact({"market": "us"}).market == "US", "a market nobody set up is kept"


@pytest.mark.parametrize(
    ("value", "decimal", "expected"),
    [("4.5", "", 4.5), ("4,5", "", 4.5), ("1.234,56", "", 1234.56), ("1,234.5", "", 1234.5), ("1,234", "", 1234),
     ("1,234", ",", 1.234), ("4.479", ",", 4479), ("0.125", ",", 0.125), ("4.479", "", 4.479), ("4.479", ".", 4.479),
     ("1.234.567", "", 1_234_567), ("1 200", "", 1200), ("-5", "", -5), ("1e3", "", 1000)],
)  # fmt: skip
def test_numbers_as_people_write_them(value: str, decimal: str, expected: float) -> None:
    assert number("score", value, decimal) == expected


@pytest.mark.parametrize("value", ["nan", "inf", "1_000", "-o", "cc", "0x10", "1e999", "٣", "4,x", "--4"])
def test_what_only_looks_like_a_number_is_none(value: str) -> None:
    with pytest.raises(Problem, match="not_a_number"):
        number("score", value)


def test_durations_are_seconds_or_clocks() -> None:
    assert [seconds("handle_seconds", value) for value in ("90", "1:30", "1:00:05")] == [90, 90, 3605]
    assert _contact({"talk_seconds": "60", "wrapup_seconds": "30"}).handle_seconds == 90
    assert _contact({"handle_seconds": "10", "talk_seconds": "60"}).handle_seconds == 10
    row = _contact({"reply_seconds": "30|90| 60"})
    assert (row.reply_seconds, row.reply_squares, row.reply_count) == (180, 900 + 8100 + 3600, 3)
    assert _contact({}).handle_seconds is None, "not known is never zero"


def test_yes_and_no_in_the_words_of_exports() -> None:
    assert [yes_no("abandoned", value) for value in ("true", "J", "1", "Nee", "f", "0")] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ("Returns::Label::Broken", (("Returns", "Label", "Broken"),)),
        ("Returns > Label", (("Returns", "Label"),)),
        ("Returns > Label|Delivery|Returns::Label", (("Returns", "Label"), ("Delivery",))),
        (" A  b ::: | ", (("A b", ":"),)),
        ("RETOUR>LABEL", (("RETOUR>LABEL",),)),
        ("", ()),
        ("ACCOUNT\x1ecreate | or not", (("ACCOUNT", "create | or not"),)),
    ],
)
def test_reason_paths(value: str, paths: tuple[tuple[str, ...], ...]) -> None:
    assert reason_paths(value) == paths


def test_customers_orders_and_agents_are_hashes_with_the_key() -> None:
    row = _contact({"customer": "Jan Jansen", "order": "LN1", "agent": "sanne"})
    assert "Jan" not in repr(row._replace(known=()))
    assert _contact({"customer": " jan jansen "}).customer_ref == row.customer_ref
    assert References("another key").customer("Jan Jansen") != row.customer_ref
    assert len({row.customer_ref, REFERENCES.order("Jan Jansen"), REFERENCES.agent("Jan Jansen")}) == 3
    assert row.known == ("Jan Jansen",)
    assert _contact({}).customer_ref == ""


def test_equal_rows_have_equal_hashes_and_any_change_shows() -> None:
    same = _contact({"text": "hello"})
    assert _contact({"text": "hello"}).row_hash == same.row_hash
    assert _contact({"text": "hello!"}).row_hash != same.row_hash
    assert _contact({"text": "hello", "reason": "A"}).row_hash != same.row_hash


def test_a_page_loses_what_may_name_a_customer() -> None:
    assert _contact({"page": "/account/orders?email=jan@x.nl#top"}).page == "/account/orders"
    assert len(_contact({"page": "/" + "a" * 500}).page) == 120


def test_twice_the_same_row_is_two_rows_and_twice_the_same_file_the_same_ids() -> None:
    cells = [["a", "b"], ["a", "b"], ["a", "c"], ["a", "b"]]
    first, second = Occurrences(REFERENCES), Occurrences(REFERENCES)
    ids = [first.identify(row) for row in cells]
    assert len(set(ids)) == 4
    assert [second.identify(row) for row in cells] == ids
    assert REFERENCES.cells(["ab", ""]) != REFERENCES.cells(["a", "b"])


@pytest.mark.parametrize(
    ("score", "scale", "standard"),
    [
        ("4", None, 4.0),
        ("3", (-5.0, 5.0), 4.2),
        ("-5", (-5.0, 5.0), 1.0),
        ("5", (-5.0, 5.0), 5.0),
        ("7,5", (0.0, 10.0), 4.0),
    ],
)
def test_csat_on_another_scale_is_stretched_and_not_rounded(
    score: str, scale: tuple[float, float] | None, standard: float
) -> None:
    row = _survey({"score": score}, scale=scale)
    assert row.standard_score == pytest.approx(standard)
    assert (row.scale_min, row.scale_max) == (scale or (1, 5))


def test_the_scale_of_the_row_wins_over_that_of_the_mapping() -> None:
    row = _survey({"score": "8", "scale_min": "0", "scale_max": "10"}, scale=(-5.0, 5.0))
    assert row.standard_score == pytest.approx(4.2)


def test_an_invitation_without_a_score_is_not_answered() -> None:
    row = _survey({"score": "", "responded_at": "", "invited_at": "2026-03-01T10:00:00Z"})
    assert (row.score, row.standard_score, row.local_day) == (None, None, date(2026, 3, 1))


def test_a_response_belongs_to_the_day_it_was_given() -> None:
    row = _survey({"invited_at": "2026-02-20T10:00:00Z"})
    assert row.local_day == date(2026, 3, 1)


def test_ves_needs_both_answers_and_gcr_is_yes_or_no() -> None:
    assert _survey({"instrument": "ves", "score": "6", "score2": "7"}).standard_score == 6.5
    assert _survey({"instrument": "VES", "score": "6"}).standard_score is None
    assert [_survey({"instrument": "gcr", "score": value}).standard_score for value in ("yes", "0")] == [1.0, 0.0]
    assert _survey({"instrument": "nps", "score": "0"}).standard_score == 0.0


def test_an_address_where_the_contact_should_stand_says_which_customer_it_was() -> None:
    found = _survey({"contact": "Jan@example.nl"})
    assert (found.contact_external_id, found.customer_ref) == ("", REFERENCES.customer("jan@example.nl"))
    assert "example.nl" not in repr(found).lower()
    told = _survey({"contact": "jan@example.nl", "customer": "K1"})
    assert (told.contact_external_id, told.customer_ref) == ("", REFERENCES.customer("K1"))
    numbered = [_survey({"contact": contact}) for contact in ("T1", "0612345678", "ticket@42")]
    assert [one.contact_external_id for one in numbered] == ["T1", "0612345678", "ticket@42"]
    assert {one.customer_ref for one in numbered} == {""}


def test_a_day_of_the_shop_is_known_by_day_market_and_device() -> None:
    normalise = commerce.normaliser(_around())
    row = normalise({**SHOP_DAY, "market": "nl", "revenue": "€ 1.234,56", "device": "Mobile"})
    assert (row.external_id, row.orders, row.revenue_cents) == ("2026-03-01|NL|mobile", 12, 123_456)
    assert row.sessions is None


@pytest.mark.parametrize(
    ("written", "code"), [("jan@kpn.nl", "[EMAIL]"), ("0612345678", "[PHONE]"), ("1012 AB", "[POSTCODE]")]
)
def test_a_market_that_nobody_knows_says_nothing_of_a_person(written: str, code: str) -> None:
    for kind, row in BASES.items():
        found = NORMALISERS[kind]({**row, "market": written})
        assert written.lower() not in repr(found).lower(), kind
        assert found.market == code
        # As it stands in a raw record by then.
        assert NORMALISERS[kind]({**row, "market": found.market.lower()}).market == found.market
    day = NORMALISERS["commerce"]({**SHOP_DAY, "device": written})
    assert written.lower() not in repr(day).lower()


def test_a_market_that_is_known_is_never_looked_into() -> None:
    markets = {"0612345678": ("0612345678", LISBON)}
    found = _contact({"market": "0612345678"}, markets=markets)
    assert (found.market, found.local_day) == ("0612345678", date(2026, 3, 1))


NORMALISERS: dict[str, Callable[[Mapping[str, str]], Any]] = {
    "contacts": contacts.normaliser(_around()),
    "surveys": surveys.normaliser(_around()),
    "commerce": commerce.normaliser(_around()),
}
BASES = {"contacts": CONTACT, "surveys": SURVEY, "commerce": SHOP_DAY}
REJECTED = [
    ("contacts", {"external_id": ""}, "id_missing", "external_id"),
    ("contacts", {"occurred_at": ""}, "date_missing", "occurred_at"),
    ("contacts", {"occurred_at": "2026-31-31"}, "not_a_date", "occurred_at"),
    ("contacts", {"resolved_at": "later"}, "not_a_date", "resolved_at"),
    ("contacts", {"occurred_at": "01-02-2026"}, "date_ambiguous", "occurred_at"),
    ("contacts", {"occurred_at": "1890-01-01"}, "date_outside", "occurred_at"),
    ("contacts", {"handle_seconds": "five minutes"}, "not_a_number", "handle_seconds"),
    ("contacts", {"wait_seconds": "-1"}, "negative", "wait_seconds"),
    ("contacts", {"wait_seconds": "1e15"}, "too_large", "wait_seconds"),
    ("contacts", {"abandoned": "maybe"}, "not_yes_no", "abandoned"),
    ("contacts", {"external_id": "x" * 121}, "too_long", "external_id"),
    ("contacts", {"market": "The United Kingdom"}, "too_long", "market"),
    ("contacts", {"market": "jan.jansen@example.nl"}, "too_long", "market"),
    ("contacts", {"market": "NL 1012 AB"}, "too_long", "market"),
    ("contacts", {"reason": "A > " + "b" * 121}, "too_long", "reason"),
    ("surveys", {"score": ""}, "score_missing", "score"),
    ("surveys", {"score": "-o"}, "not_a_number", "score"),
    ("surveys", {"score": "6"}, "score_outside", "score"),
    ("surveys", {"instrument": ""}, "instrument_missing", "instrument"),
    ("surveys", {"instrument": "smile"}, "instrument_unknown", "instrument"),
    ("surveys", {"responded_at": ""}, "date_missing", "responded_at"),
    ("surveys", {"scale_min": "5", "scale_max": "5"}, "scale_without_width", "scale_min"),
    ("surveys", {"instrument": "nps", "scale_max": "5"}, "scale_of_instrument", "scale_max"),
    ("commerce", {"orders": "-4"}, "negative", "orders"),
    ("commerce", {"orders": "2.5"}, "not_whole", "orders"),
    ("commerce", {"orders": "1e18"}, "too_large", "orders"),
    ("commerce", {"orders": ""}, "nothing_counted", "orders"),
    ("commerce", {"date": ""}, "date_missing", "date"),
]


@pytest.mark.parametrize(("kind", "row", "reason", "column"), REJECTED)
def test_every_refusal_names_its_column_and_has_a_sentence(
    kind: str, row: dict[str, str], reason: str, column: str
) -> None:
    whole = {key: value for key, value in {**BASES[kind], **row}.items() if value}
    with pytest.raises(Problem) as problem:
        NORMALISERS[kind](whole)
    assert (problem.value.reason, problem.value.column) == (reason, column)
    sentence = rejections.sentence(reason, problem.value.parameters)
    assert sentence.endswith(".")
    assert "%(" not in sentence


def test_every_sentence_of_a_row_is_tested() -> None:
    of_the_file = {"ragged", "nul", "field_too_long", "quote_open", "not_json", "id_shortened"}
    assert set(rejections.ROW_SENTENCES) - of_the_file <= {reason for _, _, reason, _ in REJECTED}


CELLS = st.text(max_size=30) | st.sampled_from(
    ["-1", "1e400", "nan", "2026-13-01", "0000-00-00", "99999999999", "1|2|x", "::", " > ", "\x1e", "=1+1", "::a"]
)


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(NORMALISERS)), data=st.data())
def test_whatever_a_file_holds_a_row_is_a_row_or_a_problem(kind: str, data: st.DataObject) -> None:
    columns = {"contacts": contacts.COLUMNS, "surveys": surveys.COLUMNS, "commerce": commerce.COLUMNS}[kind]
    row = data.draw(st.dictionaries(st.sampled_from(columns), CELLS.map(str.strip).filter(bool)))
    problem = None
    try:
        result = NORMALISERS[kind]({**BASES[kind], **row})
    except Problem as raised:
        problem = raised
    if problem is not None:
        assert rejections.sentence(problem.reason, problem.parameters)
    else:
        assert len(result.row_hash) == 32
        assert len(result.external_id) <= 120

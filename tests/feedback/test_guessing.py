"""What is guessed of files that nobody has mapped: headings of other systems, and what their values say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from feedback import evidence, guessing, kinds, proposals

pytestmark = pytest.mark.slow  # the same on every database

FIELDS = {name: kind.columns for name in guessing.KNOWN_KINDS if (kind := kinds.get(name))}
# A few different cells, by what a column holds.
CELLS = {
    "id": ["41001", "41002", "41003", "41004"],
    "when": ["2026-03-02 09:00", "2026-03-03 10:30", "2026-03-04 11:45", "2026-03-05 12:00"],
    "day": ["20260302", "20260303", "20260304", "20260305"],
    "words": ["Where is my parcel, it is late", "The label was not in the box", "I want my money back now", "Too late"],
    "few": ["Returns", "Delivery", "Returns", "Delivery"],
    "tags": ["late_parcel vip", "return_label", "late_parcel", "return_label vip"],
    "mail": ["a@example.com", "b@example.com", "c@example.com", "d@example.com"],
    "name": ["Jan de Vries", "Sanne Bakker", "Mia Peeters", "Tom Vos"],
    "clock": ["0:05:10", "0:10:00", "1:02:03", "0:00:30"],
    "number": ["12", "3", "40", "7"],
    "money": ["12.50", "30.00", "41.95", "7.00"],
    "score": ["4", "5", "2", "1"],
    "yes": ["J", "N", "J", "J"],
    "channel": ["Email", "Chat", "Phone", "Email"],
    "country": ["NL", "BE", "NL", "NL"],
    "page": ["/checkout", "/returns", "/", "/cart"],
}


def columns(*headed: tuple[str, str]) -> list[evidence.Column]:
    """Columns with these headings, each with cells of this sort."""
    rows = list(zip(*(CELLS[sort] for _heading, sort in headed), strict=True))
    return evidence.columns([heading for heading, _sort in headed], rows)


def guessed(kind: str, *headed: tuple[str, str]) -> dict[str, Any]:
    """The guess, its columns by field with the heading or headings joined by " + "."""
    found = guessing.guess(kind, FIELDS[kind], columns(*headed))
    return found | {"columns": {field: " + ".join(several) for field, several in found["columns"].items()}}


@pytest.mark.parametrize(
    ("kind", "headed", "wanted"),
    [
        pytest.param(
            "contacts",
            [("Id", "id"), ("Subject", "words"), ("Requester", "name"), ("Requester email", "mail"),
             ("Requested", "when"), ("Group", "few"), ("Assignee", "name"), ("Tags", "tags"), ("Channel", "channel"),
             ("First reply time in minutes", "number"), ("Solved", "when"), ("Status", "few")],
            {"external_id": "Id", "subject": "Subject", "customer": "Requester email", "customer_name": "Requester",
             "occurred_at": "Requested", "team": "Group", "agent": "Assignee", "reason": "Tags", "channel": "Channel",
             "first_response_seconds": "First reply time in minutes", "resolved_at": "Solved"},
            id="zendesk",
        ),
        pytest.param(
            "contacts",
            [("Case Number", "id"), ("Date/Time Opened", "when"), ("Case Origin", "channel"), ("Case Reason", "few"),
             ("Subject", "words"), ("Case Owner", "name"), ("Contact Email", "mail"), ("Date/Time Closed", "when")],
            {"external_id": "Case Number", "occurred_at": "Date/Time Opened", "channel": "Case Origin",
             "reason": "Case Reason", "subject": "Subject", "agent": "Case Owner", "customer": "Contact Email",
             "resolved_at": "Date/Time Closed"},
            id="salesforce",
        ),
        pytest.param(
            "contacts",
            [("Conversation ID", "id"), ("Conversation started at (Europe/Amsterdam)", "when"), ("Channel", "channel"),
             ("Conversation tags", "tags"), ("Teammate assigned", "name"), ("Team assigned", "few"),
             ("User email", "mail"), ("Time to first response (seconds)", "number")],
            {"external_id": "Conversation ID", "occurred_at": "Conversation started at (Europe/Amsterdam)",
             "channel": "Channel", "reason": "Conversation tags", "agent": "Teammate assigned",
             "team": "Team assigned", "customer": "User email",
             "first_response_seconds": "Time to first response (seconds)"},
            id="intercom",
        ),
        pytest.param(
            "contacts",
            [("Ticket ID", "id"), ("Created time", "when"), ("Source", "channel"), ("Type", "few"), ("Tags", "tags"),
             ("Subject", "words"), ("Agent", "name"), ("Group", "few"), ("First response time (in hrs)", "clock"),
             ("Resolved time", "when"), ("Email", "mail"), ("Full name", "name")],
            {"external_id": "Ticket ID", "occurred_at": "Created time", "channel": "Source", "reason": "Tags",
             "subject": "Subject", "agent": "Agent", "team": "Group", "resolved_at": "Resolved time",
             "first_response_seconds": "First response time (in hrs)", "customer": "Email",
             "customer_name": "Full name"},
            id="freshdesk",
        ),
        pytest.param(
            "contacts",
            [("Bonnr", "id"), ("Datum", "day"), ("Tijd", "clock"), ("Winkel", "few"), ("Land", "country"),
             ("Onderwerp", "few"), ("Toelichting", "words"), ("Duur_min", "number"), ("Opgelost", "yes"),
             ("Medewerker", "name")],
            {"external_id": "Bonnr", "occurred_at": "Datum + Tijd", "location": "Winkel", "market": "Land",
             "reason": "Onderwerp", "text": "Toelichting", "handle_seconds": "Duur_min",
             "resolved_first_contact": "Opgelost", "agent": "Medewerker"},
            id="dutch",
        ),
        pytest.param(
            "contacts",
            [("Ticket-ID", "id"), ("Aanvrager", "name"), ("Aangevraagd", "when"), ("Groep", "few"),
             ("Toegewezen persoon", "name"), ("Onderwerp", "words"), ("Tags", "tags"), ("Kanaal", "channel")],
            {"external_id": "Ticket-ID", "customer": "Aanvrager", "occurred_at": "Aangevraagd", "team": "Groep",
             "agent": "Toegewezen persoon", "subject": "Onderwerp", "reason": "Tags", "channel": "Kanaal"},
            id="zendesk in Dutch",
        ),
        pytest.param(
            "contacts",
            [("Ticket id", "id"), ("Created datetime", "when"), ("Initial channel", "channel"), ("Tags", "tags"),
             ("Customer email", "mail"), ("Customer name", "name"), ("Assignee user", "name"),
             ("Assignee team", "few"), ("Closed datetime", "when"), ("First response time (s)", "number")],
            {"external_id": "Ticket id", "occurred_at": "Created datetime", "channel": "Initial channel",
             "reason": "Tags", "customer": "Customer email", "customer_name": "Customer name",
             "agent": "Assignee user", "team": "Assignee team", "resolved_at": "Closed datetime",
             "first_response_seconds": "First response time (s)"},
            id="gorgias",
        ),
        pytest.param(
            "commerce",
            [("Datum", "day"), ("Seitenpfad und Bildschirmklasse", "page"), ("Sitzungen", "number"),
             ("Transaktionen", "number"), ("Kaufumsatz", "money")],
            {"date": "Datum", "detail": "Seitenpfad und Bildschirmklasse", "sessions": "Sitzungen",
             "orders": "Transaktionen", "revenue": "Kaufumsatz"},
            id="analytics in German",
        ),
        pytest.param(
            "contacts",
            [("Vorgangsnummer", "id"), ("Eröffnet am", "when"), ("Kategorie", "few"), ("Unterkategorie", "few"),
             ("Beschreibung", "words"), ("Bearbeiter", "name"), ("Kundennummer", "id"), ("Gelöst am", "when")],
            {"external_id": "Vorgangsnummer", "occurred_at": "Eröffnet am", "reason": "Kategorie + Unterkategorie",
             "text": "Beschreibung", "agent": "Bearbeiter", "customer": "Kundennummer", "resolved_at": "Gelöst am"},
            id="german",
        ),
        pytest.param(
            "surveys",
            [("Response ID", "id"), ("Response Date", "when"), ("NPS", "score"), ("Comment", "words"),
             ("Email", "mail")],
            {"external_id": "Response ID", "responded_at": "Response Date", "score": "NPS", "comment": "Comment",
             "customer": "Email"},
            id="delighted",
        ),
        pytest.param(
            "surveys",
            [("How likely are you to recommend us?", "score"), ("Feedback", "words"), ("Submit Date (UTC)", "when"),
             ("Token", "id")],
            {"score": "How likely are you to recommend us?", "comment": "Feedback",
             "responded_at": "Submit Date (UTC)", "external_id": "Token"},
            id="typeform",
        ),
        pytest.param(
            "surveys",
            [("Review Created (UTC)", "when"), ("Review Stars", "score"), ("Review Title", "few"),
             ("Review Content", "words"), ("Review Id", "id"), ("Review Language", "few")],
            {"responded_at": "Review Created (UTC)", "score": "Review Stars", "comment": "Review Content",
             "external_id": "Review Id", "language": "Review Language"},
            id="trustpilot",
        ),
        pytest.param(
            "surveys",
            [("Reviewer Language", "country"), ("Device", "few"), ("Review Submit Date and Time", "when"),
             ("Star Rating", "score"), ("Review Text", "words")],
            {"language": "Reviewer Language", "responded_at": "Review Submit Date and Time", "score": "Star Rating",
             "comment": "Review Text"},
            id="google play",
        ),
        pytest.param(
            "commerce",
            [("Date", "day"), ("Page path and screen class", "page"), ("Sessions", "number"),
             ("Transactions", "number"), ("Purchase revenue", "money"), ("Country", "country")],
            {"date": "Date", "detail": "Page path and screen class", "sessions": "Sessions",
             "orders": "Transactions", "revenue": "Purchase revenue", "market": "Country"},
            id="analytics",
        ),
        pytest.param(
            "commerce",
            [("Order Number", "id"), ("Order Date", "when"), ("Order Total Amount", "money"),
             ("Billing Country", "country")],
            {"detail": "Order Number", "date": "Order Date", "revenue": "Order Total Amount",
             "market": "Billing Country"},
            id="woocommerce",
        ),
    ],
)  # fmt: skip
def test_headings_of_other_systems(kind: str, headed: Sequence[tuple[str, str]], wanted: dict[str, str]) -> None:
    assert guessed(kind, *headed)["columns"] == wanted


@pytest.mark.parametrize("heading", ["Requester e-mail", "Customer E-Mail", "E-mail klant", "E-Mail-Adresse"])
def test_whoever_is_known_by_an_address_is_not_known_by_a_name(heading: str) -> None:
    """Two people of one name are two customers, and the name goes out of their texts."""
    found = guessed("contacts", ("Ticket ID", "id"), ("Requester", "name"), (heading, "mail"))
    assert found["columns"]["customer"] == heading
    assert found["columns"]["customer_name"] == "Requester"


def test_units_in_a_heading_become_a_transformation() -> None:
    found = guessed("contacts", ("First reply time in minutes", "number"), ("Handle time (s)", "number"))
    assert found["transforms"] == {"first_response_seconds": {"kind": "duration", "unit": "minutes"}}
    clock = guessed("contacts", ("First response time (in hrs)", "clock"))
    assert clock["columns"] == {"first_response_seconds": "First response time (in hrs)"}
    assert clock["transforms"] == {}, "hours, minutes and seconds are written out"


def test_tags_are_a_list_without_what_the_system_adds() -> None:
    tags = guessed("contacts", ("Tags", "tags"))["transforms"]["reason"]
    assert (tags["kind"], tags["sign"], "intent_" in tags["without"]) == ("list", " ", True)


@pytest.mark.parametrize(
    ("cells", "transform"),
    [
        (["RETURN/LABEL", "RETURN/LATE"], {"kind": "path", "sign": "/"}),
        (["RETURN>LABEL", "LATE"], {"kind": "path", "sign": ">"}),
        (["RETURN > LABEL", "LATE"], {}),
        (["RETURN::LABEL"], {}),
        (["Return label"], {}),
    ],
)
def test_the_sign_of_a_path_is_found(cells: list[str], transform: dict[str, str]) -> None:
    column = evidence.columns(["Reason"], [[cell] for cell in cells])[0]
    assert guessing.transform("reason", column) == transform


def test_words_for_yes_and_no_are_found_and_usual_ones_need_none() -> None:
    own = evidence.columns(["Opgelost"], [["Opgelost"], ["Open"]])[0]
    assert guessing.transform("resolved_first_contact", own) == {"kind": "words", "yes": ["Opgelost"], "no": ["Open"]}
    usual = evidence.columns(["Opgelost"], [["ja"], ["nee"]])[0]
    assert guessing.transform("resolved_first_contact", usual) == {}


def test_a_rating_in_words_becomes_a_score_and_no_answer_none() -> None:
    words = evidence.columns(["Satisfaction score"], [["Good"], ["Bad"], ["Offered"]])[0]
    found = guessing.guess("surveys", FIELDS["surveys"], [words])
    assert found["transforms"]["score"]["values"] == {"Good": "5", "Bad": "1", "Offered": ""}
    assert found["constants"] == {"instrument": "csat"}


def test_a_dutch_subject_is_a_reason_only_where_nothing_better_says_it() -> None:
    tags = guessed("contacts", ("Onderwerp", "few"), ("Tags", "tags"))
    assert tags["columns"] == {"reason": "Tags", "subject": "Onderwerp"}
    assert guessed("contacts", ("Onderwerp", "few"))["columns"] == {"reason": "Onderwerp"}


def test_the_time_until_a_solution_is_no_time_in_a_queue() -> None:
    waits = evidence.columns(["Requester wait time in minutes", "Wait time"], [["180", "40"], ["2400", "12"]])
    assert guessing.guess("contacts", FIELDS["contacts"], waits)["columns"] == {"wait_seconds": ["Wait time"]}


def test_the_survey_is_told_by_its_heading_and_never_by_its_numbers() -> None:
    assert guessed("surveys", ("NPS", "score"))["constants"] == {"instrument": "nps"}
    assert guessed("surveys", ("Star Rating", "score"))["constants"] == {"instrument": "star"}
    assert guessed("surveys", ("Score", "score"))["constants"] == {}


def test_countries_written_out_become_codes() -> None:
    column = evidence.columns(["Country"], [["Netherlands"], ["België"], ["NL"], ["(not set)"], ["Atlantis"]])[0]
    found = guessing.transform("market", column)
    assert found == {"kind": "values", "values": {"Netherlands": "NL", "België": "BE", "(not set)": ""}}
    assert guessing.transform("market", evidence.columns(["Country"], [["NL"]])[0]) == {}


def test_a_row_for_each_order_counts_one() -> None:
    assert guessed("commerce", ("Name", "id"), ("Paid at", "when"), ("Total", "money"))["constants"] == {"orders": "1"}
    assert guessed("commerce", ("Day", "day"), ("Orders", "number"))["constants"] == {}


def test_a_zone_in_a_heading_is_taken() -> None:
    assert guessed("surveys", ("Submit Date (UTC)", "when"))["timezone"] == "UTC"
    assert guessed("contacts", ("Created (Mars/Olympus)", "when"))["timezone"] == ""


def test_values_that_cannot_be_the_field_are_not_taken_for_it() -> None:
    assert guessed("contacts", ("Date", "few"), ("Duration", "few"), ("Channel", "words"))["columns"] == {
        "channel": "Channel"
    }
    assert guessed("contacts", ("Onderwerp", "words"))["columns"]["subject"] == "Onderwerp"
    assert guessed("contacts", ("Onderwerp", "few"))["columns"]["reason"] == "Onderwerp"
    assert guessed("contacts", ("Solved", "when"))["columns"] == {"resolved_at": "Solved"}


@pytest.mark.parametrize(
    ("headed", "kind"),
    [
        ([("Date", "day"), ("Sessions", "number"), ("Transactions", "number")], "commerce"),
        ([("Page path and screen class", "page"), ("Views", "number"), ("Active users", "number")], "commerce"),
        ([("Response ID", "id"), ("NPS", "score"), ("Comment", "words")], "surveys"),
        ([("Id", "id"), ("Subject", "words"), ("Assignee", "name"), ("Satisfaction score", "score")], "contacts"),
        ([("experiment", "few"), ("variant", "few"), ("visitors", "number"), ("conversions", "number")], "results"),
        ([("a", "few"), ("b", "number")], "contacts"),
    ],
)
def test_the_kind_is_told_by_the_headings(headed: list[tuple[str, str]], kind: str) -> None:
    assert guessing.kind_of(columns(*headed), FIELDS, "contacts") == kind


@pytest.mark.parametrize(
    ("headed", "kind"),
    [
        ([("Id", "id"), ("Subject", "words"), ("Assignee", "name"), ("Satisfaction score", "score")], "contacts"),
        ([("Name", "id"), ("Email", "mail"), ("Paid at", "when"), ("Total", "money"), ("Id", "number"),
          ("Source", "few"), ("Tags", "tags")], "commerce"),
        ([("Ticket id", "id"), ("Rating", "score"), ("Comment", "words")], "surveys"),
        ([("a", "few"), ("b", "number")], ""),
    ],
)  # fmt: skip
def test_where_no_kind_was_chosen_the_likeliest_is_taken(headed: list[tuple[str, str]], kind: str) -> None:
    assert guessing.kind_of(columns(*headed), FIELDS, "") == kind


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        (["09-11-2026", "13-11-2026", "00-00-0000"], (2, 1, "dmy", False)),
        (["11/09/2026", "11/13/2026"], (1, 2, "mdy", False)),
        (["09-11-2026", "10-11-2026"], (2, 2, "", True)),
        (["2026-11-09"], (0, 0, "", False)),
    ],
)
def test_day_and_month_are_judged_by_all_dates(values: list[str], counted: tuple[Any, ...]) -> None:
    found = evidence.day_order(values)
    assert (found.day_first, found.month_first, found.order, found.is_open) == counted


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [(["4,5", "1,234"], ","), (["1.234,50"], ","), (["1,234.50"], "."), (["1,234"], ""), (["1,234,567"], ".")],
)
def test_a_comma_is_judged_by_the_whole_column(cells: list[str], decimal: str) -> None:
    found = evidence.comma(evidence.columns(["x"], [[cell] for cell in cells]))
    assert found is not None
    assert found.decimal == decimal


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["4.479", "812"], ","),
        (["1.234.567"], ","),
        (["812", "4"], ""),
        (["4.0", "1.234"], ""),
        (["0.125"], ""),
    ],
)
def test_points_in_counts_part_thousands(cells: list[str], decimal: str) -> None:
    found = evidence.columns(["Datum", "Sessies"], [["1-11-2026", cell] for cell in cells])
    assert guessing.guess("commerce", FIELDS["commerce"], found)["decimal"] == decimal


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("# 20261101-20261130", (date(2026, 11, 1), date(2026, 11, 30))),
        ("# Start date: 20261101\n# End date: 20261101", (date(2026, 11, 1), date(2026, 11, 1))),
        ("# Start date: 2026-11-01\n# End date: 2026-11-03", (date(2026, 11, 1), date(2026, 11, 3))),
        ("# 20261301-20261399", None),
        ("# Pages and screens", None),
    ],
)
def test_the_days_above_the_headings(line: str, days: tuple[date, date] | None) -> None:
    assert proposals.days_above(line.split("\n")) == days


def test_the_last_mapping_is_used_as_far_as_it_fits() -> None:
    kept = {
        "columns": {"external_id": "Nr", "reason": ["Cat", "Sub"], "text": "Words", "market": None},
        "constants": {"channel": "Store"},
        "left_out": ["Old", "Internal"],
        "transforms": {"reason": {"kind": "path", "sign": "/"}, "text": {"kind": "part"}},
    }
    guess = {"columns": {"occurred_at": ["Date"], "channel": ["Via"], "agent": ["Internal"]}, "transforms": {}}
    found = proposals.propose(kept, guess, ["nr", "Cat", "Date", "Via", "Internal", "market"])
    assert found.mapping["columns"] == {
        "external_id": ["Nr"], "reason": ["Cat"], "market": None, "occurred_at": ["Date"],
    }  # fmt: skip
    assert found.mapping["transforms"] == {"reason": {"kind": "path", "sign": "/"}}
    assert found.mapping["left_out"] == ["Internal"]
    assert (found.new, found.gone) == (("Date", "Via"), ("Sub", "Words"))

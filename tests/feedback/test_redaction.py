"""Redaction: what must go, what must stay, and that running it twice changes nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback.redaction import Redacted, redact

pytestmark = pytest.mark.slow  # the same on every database

GOES = [
    ("mail me at jan.de-vries+shop@example.co.uk.", "mail me at [email]."),
    ("anna @ example.nl graag", "[email] graag"),
    ("jan [at] example [dot] com", "[email]"),
    ("schrijf naar piet(at)example.nl", "schrijf naar [email]"),
    ("jan apenstaartje example punt nl", "[email]"),
    ("nl91 abna 0417 1643 00 is my account", "[iban] is my account"),
    ("IBAN NL91ABNA0417164300", "IBAN [iban]"),
    ("BE71 0961 2345 6769, bedankt", "[iban], bedankt"),
    ("naar DE89.3704.0044.0532.0130.00 graag", "naar [iban] graag"),
    ("GB29-NWBK-6016-1331-9268-19", "[iban]"),
    ("card 4111 1111 1111 1111 exp 04/27", "card [card] exp 04/27"),
    ("4111.1111.1111.1111", "[card]"),
    ("amex 3782 822463 10005 geweigerd", "amex [card] geweigerd"),
    ("5500-0000-0000-0004", "[card]"),
    ("mijn bsn is 123456782", "mijn bsn is [bsn]"),
    ("BSN: 123.456.782", "BSN: [bsn]"),
    ("rijksregisternummer 85.07.30-033.28", "rijksregisternummer [bsn]"),
    ("from 81.23.45.67 today", "from [ip] today"),
    ("my ip is 1.2.3.4", "my ip is [ip]"),
    ("ping 2001:db8::ff00:42:8329 fails", "ping [ip] fails"),
    ("bel 0151/23456789 aub", "bel [phone] aub"),
    ("call 06-12345678", "call [phone]"),
    ("+31 (0)6 12 34 56 78, 12 stuks", "[phone], 12 stuks"),
    ("+31 (0)6 12 34 56 78 12 stuks", "[phone] 12 stuks"),
    ("0031612345678", "[phone]"),
    ("whatsapp 31612345678", "whatsapp [phone]"),
    ("call me on 020 7946 0958", "call me on [phone]"),
    ("(020) 624 11 11", "[phone]"),
    ("US line 212-555-0134", "US line [phone]"),
    ("ik woon op 1017 cv amsterdam", "ik woon op [postcode] amsterdam"),
    ("postcode 1017cv", "postcode [postcode]"),
    ("3011 BL Rotterdam", "[postcode] Rotterdam"),
    ("2026 BL Haarlem", "[postcode] Haarlem"),
    ("PLZ 10115", "PLZ [postcode]"),
    ("flat in SW1A 1AA", "flat in [postcode]"),
    ("Kerkstraat 12, 1017 CV Amsterdam", "[address], [postcode] Amsterdam"),
    ("deliver to 12 High Street", "deliver to [address]"),
    ("geboren op 12 mei 1980", "geboren op [birthdate]"),
    ("date of birth: 01/02/1990", "date of birth: [birthdate]"),
    ("Groetjes, Anna de Vries", "Groetjes, [name]"),
    ("mvg\njan", "mvg\n[name]"),
    ("Met vriendelijke groet,\nP. Jansen\n06 12345678", "Met vriendelijke groet,\n[name]\n[phone]"),
    ("Kind regards,\nJohn Smith", "Kind regards,\n[name]"),
    ("Mvg, J. de Vries", "Mvg, [name]"),
    ("Mvg, ing. P. van der Berg", "Mvg, ing. [name]"),
    ("Groeten, J.de Vries", "Groeten, [name]"),
    ("tnv M. el Idrissi", "tnv [name]"),
    ("Liebe Grüße Sabine & Jörg", "Liebe Grüße [name]"),
    ("Beste Grüße aus München, Kathi", "Beste Grüße aus München, [name]"),
    ("Danke im Voraus\nMehmet", "Danke im Voraus\n[name]"),
    ("Great service.\nBest\nCharlotte", "Great service.\nBest\n[name]"),
    ("Naam: Piet Jansen\nMaat: 42", "Naam: [name]\nMaat: 42"),
    ("inlog vanaf 145.53.12.200 geblokkeerd", "inlog vanaf [ip] geblokkeerd"),
    ("telefoon (0)6 12345678", "telefoon [phone]"),
    ("bel 06 48123129 12-03-2026 na 9 uur", "bel [phone] 12-03-2026 na 9 uur"),
    ("bel 06 48123129  1/3/2026", "bel [phone]  1/3/2026"),
    ("0475 12.10.56", "[phone]"),
    ("Telefon: 0 30 / 12 34 56 78", "Telefon: [phone]"),
    ("Ship to 14 St John's Road, sw11 1pt", "Ship to [address], [postcode]"),
    ("wohnhaft Am Bahnhof 7a, 60329 Frankfurt", "wohnhaft [address], [postcode] Frankfurt"),
    ("geb. 03.04.1975", "geb. [birthdate]"),
    ("Bestellung 77120394 vom 01.11.26", "Bestellung [order] vom 01.11.26"),
    ("Viele Grüße, Jürgen Müller", "Viele Grüße, [name]"),
    ("mevrouw Jansen zei nee", "mevrouw [name] zei nee"),
    ("Dear Mr. O'Brien,", "Dear Mr. [name],"),
    ("Mijn naam is Piet van der Berg en ik", "Mijn naam is [name] en ik"),
    ("order 48213 is niet geleverd", "order [order] is niet geleverd"),
    ("bestelnummer 0612345678", "bestelnummer [order]"),
    ("Mijn bestelnummer is LN7990646.", "Mijn bestelnummer is [order]."),
    ("Order nr. 4111111111111111", "Order nr. [order]"),
    ("Order number: #LN-48213", "Order number: #[order]"),
    ("order 123456782 of bestelling 987654321", "order [order] of bestelling [order]"),
]

STAYS = [
    "I ordered 12000 bricks",
    "order 2026 and order 12",
    "track & trace 00340434161094042557",
    "3SABCD123456789 van PostNL",
    "1Z999AA10123456784",
    "EAN 4006381333931",
    "EAN: 8712345678906",
    "order van 01-02-2026 14:30, en 06-11-2025",
    "2026-01-02 12:30:45",
    "in januari 2026 BL",
    "Kollektion 2026 BL, Größe 38",
    "Product name: Nike Air",
    "These are the best\nDelivery was quick",
    "Groetjes en Fijne Feestdagen",
    "version 1.2.3.4",
    "1.2.3.4 version",
    "app v10.12.1.4 crashes",
    "€ 1.234,56 terug, of 1500 KM verder",
    "maat 42 en 43, 2 stuks, 100% katoen",
    "between 12:30 and 14:30",
    "groetjes en bedankt",
    "Cheers. Delivery was late",
    "Kind regards, Team",
    "beste mensen, dear sir or madam",
    "onderweg 3 dagen",
    "@delinde waar blijft mijn pakket",
    "2 @ 5.99 each",
    "",
]


@pytest.mark.parametrize(("text", "redacted"), GOES)
def test_personal_data_goes_and_says_what_stood_there(text: str, redacted: str) -> None:
    assert redact(text).text == redacted


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_personal_data_stays(text: str) -> None:
    assert redact(text) == Redacted(text, {})


def test_the_pieces_are_counted_by_kind() -> None:
    found = redact("jan@example.nl of jan2@example.nl, bel 06-12345678. Groetjes, Jan")
    assert found.text == "[email] of [email], bel [phone]. Groetjes, [name]"
    assert found.counts == {"email": 2, "phone": 1, "name": 1}
    assert found.total == 4


def test_known_values_go_wherever_they_stand() -> None:
    known = ["Anna de Groot", "anna.groot@example.nl", "Dorpsweg 3"]
    found = redact("ANNA DE GROOT, dorpsweg 3. Anna wil een groot pakket van De Groot", known)
    assert found.text == "[name], [name]. [name] wil een groot pakket van De [name]"
    assert found.counts == {"name": 4}


def test_a_known_value_is_not_looked_for_inside_words_or_placeholders() -> None:
    assert redact("Annalies mailt anna@example.nl", ["Anna", "email", "al"]).text == "Annalies mailt [email]"


@pytest.mark.parametrize(
    "text",
    [
        "van den Berg", "J. van den Berg", "j.vdberg", "jan_vandenberg", "v.d. Berg", "Jan v/d Berg",
        "JAN VAN DEN BERG",
        "jan  van den\nberg", "Berg", "jvdberg", "jan.b",
    ],
)  # fmt: skip
def test_known_values_go_however_they_are_written(text: str) -> None:
    known = ["Jan van den Berg", "jan.b@example.nl", "+31612345678"]
    assert redact(f"ik ben {text} uit", known).text == "ik ben [name] uit"


@pytest.mark.parametrize("text", ["99-12 34 56 78", "(99) 12345678", "0031 99 1234 5678", "jan.b@example.nl"])
def test_a_known_number_or_address_goes_as_what_it_is(text: str) -> None:
    """Also a number that no plan allows, in whatever groups."""
    found = redact(f"ik ben {text} uit", ["jan.b@example.nl", "+319912345678"])
    assert found.text == f"ik ben [{'email' if '@' in text else 'phone'}] uit"


def test_a_known_surname_that_is_a_word_stays_a_word() -> None:
    text = "de berg is hoog, een bakker in de buurt, mark my words"
    assert redact(text, ["Jan van den Berg", "Mark Bakker"]).text == text


PIECES = st.sampled_from(
    [text for text, _ in GOES] + STAYS + ["[", "]", "@", "+31", "06", "groet,", " ", "\n", "Jan", "[email]", "::", "."]
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=8).map("".join)),
    st.lists(st.text(max_size=8), max_size=2),
)
@example("a@b.co@c.nl", [])
@example("groetjes, Anna. Bob", ["nam"])
@example("٠٦١٢٣٤٥٦٧٨ tel ²³⁴⁵⁶⁷⁸⁹", [])
def test_redacting_twice_changes_nothing_and_nothing_raises(text: str, known: list[str]) -> None:
    once = redact(text, known)
    assert redact(once.text, known) == Redacted(once.text, {})

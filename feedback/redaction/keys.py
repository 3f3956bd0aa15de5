"""What the keys of a payload say about the values below them. Pure.

Help desks name the same thing in many ways: ``email``, ``requesterEmail``, ``email_address``,
"E-mail adres". A key is therefore read as words, and judged by the last ones.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = ["Meaning", "is_person", "meaning", "words_of"]

Meaning: TypeAlias = Literal["personal", "number", "person", "name", "place", "id", "other"]
"""What a key promises: ``personal`` a value that must go, ``number`` one that must go even when it is a JSON
number, ``person`` somebody, ``name`` a name of somebody or something, ``place`` an address in parts, ``id`` an
identifier, ``other`` anything else."""

_READ = 64
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[À-ÿ]+|[0-9]+")


def _set(words: str, between: str | None = None) -> frozenset[str]:
    return frozenset(words.split(between))


_PERSONAL = _set(
    "email emails mail mailadres emailadres emailadresse emailaddress ccs cc bcc "
    "firstname lastname fullname middlename surname forename username nickname displayname realname initials "
    "voornaam achternaam naam tussenvoegsel volledigenaam vorname nachname familienname prenom nom "
    "avatar avatars avatarurl avatarhash gravatar photo photos picture pictures thumbnail portrait foto bild "
    "signature handtekening unterschrift birthday birthdate geboortedatum geburtsdatum dob gender geslacht "
    "street streetname straat strasse straße city town woonplaats plaats stadt ort zip zipcode postcode postal "
    "postalcode plz address1 address2 adres1 adres2 housenumber huisnummer hausnummer "
    "iban bic bankaccount rekeningnummer passport password secret apikey"
)
_PERSONAL_NUMBERS = _set(
    "phone phones telephone telefoon telefoonnummer telefon telefonnummer mobile mobiel mobil mobilnummer cell gsm "
    "fax whatsapp phonenumber phonenumbers ip ipaddress ips latitude longitude lat lng lon bsn ssn "
    "burgerservicenummer sofinummer socialsecurity"
)
_PAIRS = _set(
    "first name|last name|full name|middle name|sur name|given name|family name|display name|real name|nick name|"
    "user name|author name|customer name|requester name|submitter name|sender name|contact name|agent name|"
    "reviewer name|reviewer nickname|consumer name|client name|billing name|shipping name|recipient name|"
    "supplied name|available name|public name|preferred name|person name|buyer name|guest name|account holder|"
    "screen name|email address|mail address|e mail|mail adres|mail adresse|birth date|date birth|birth day|postal code|"
    "zip code|address 1|address 2|address line|house number|bank account|social security|api key|access token|"
    "pubsub token|refresh token|private key|signing secret|image url|image 24|image 32|image 48|image 72|"
    "image 192|image 512",
    "|",
)
_PAIRS_OF_NUMBERS = _set("phone number|phone numbers|mobile number|fax number|ip address|cell phone", "|")
_PEOPLE = _set(
    "person people requester submitter customer contact contacts sender receiver recipient recipients author user "
    "users assignee assigneeuser admin agent reviewer consumer visitor lead client buyer guest member creator owner "
    "reporter from to replyto collaborator collaborators follower followers participant participants "
    "klant kunde afzender ontvanger profile teammate employee"
)
_PLACES = _set(
    "address addresses location locations billing shipping adres adresse anschrift geo geolocation destination"
)
_IDS = _set(
    "id ids uuid guid gid ref refs reference sku code key hash sha sha256 etag cursor slug barcode ean gtin type "
    "status state version locale language currency event action channel kind timezone ordernumber casenumber"
)
_ID_PAIRS = frozenset({"order number", "case number", "confirmation number", "invoice number", "ticket number"})
# Of an address these say where a market is, and no more.
_MARKET = frozenset({"country", "countrycode", "countryname", "continent", "land", "province", "provincecode"})
_PERSONAL_SIBLINGS = frozenset({"personal", "number"})


def words_of(key: str) -> tuple[str, ...]:
    """``requesterEmail_address`` → ``("requester", "email", "address")``; its last 64 characters are read."""
    return tuple(word.lower() for word in _WORD.findall(key[-_READ:]))


def meaning(key: str) -> Meaning:
    """What the key says; its last word decides, or its last two."""
    return _meaning(key[-_READ:])


@lru_cache(maxsize=4096)
def _meaning(key: str) -> Meaning:
    words = words_of(key)
    if not words:
        return "other"
    last, whole = words[-1], "".join(words)
    pair = " ".join(words[-2:])
    if pair in _PAIRS_OF_NUMBERS or last in _PERSONAL_NUMBERS or whole in _PERSONAL_NUMBERS:
        return "number"
    if pair in _PAIRS or last in _PERSONAL or whole in _PERSONAL or whole.removesuffix("url") in _PERSONAL:
        return "personal"
    if last in _IDS or whole in _IDS or pair in _ID_PAIRS:
        return "id"
    if last in _PLACES:
        return "place"
    if last in _PEOPLE or whole in _PEOPLE:
        return "person"
    return "name" if last == "name" else "other"


def names_a_market(key: str) -> bool:
    """Whether a part of an address is kept: the country, never the street."""
    return "".join(words_of(key)) in _MARKET


def is_person(keys: Collection[str]) -> bool:
    """Whether an object with these keys describes somebody: its "name" is then a person's."""
    return any(meaning(key) in _PERSONAL_SIBLINGS for key in keys)


def names_somebody(key: str) -> bool:
    """Whether the key speaks of a person anywhere: ``requester_id``, ``contactInbox``, ``from``."""
    return not _PEOPLE.isdisjoint(words_of(key))

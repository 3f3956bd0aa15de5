"""Numbers that can be checked: bank accounts, cards, citizen numbers, IP addresses.

All patterns ask for ASCII digits (``[0-9]``): ``\\d`` also matches the digits of other scripts,
which the check-digit libraries refuse.
"""

import ipaddress
import re

from stdnum import iban, luhn

from feedback.redaction.scan import ends, preceded_by, replace

# "bestelnummer is LN7990646", "order #48213": the word that announces it stays, the number goes. Dates stay.
_ORDER = re.compile(
    r"(?i)(\b(?:order|bestelling|bestel|auftrag|bestell(?:ung)?)s?[ -]?(?:nummern?|numbers?|nr|no|id)?\.?"
    r"(?: (?:is|was|with|met|mit|number|nummer|nr|no)\.?){0,2} ?[:#]? ?#?)"
    r"(?![0-9]{1,4}[-/.][0-9]{1,2}[-/.])((?=[A-Z0-9-]{0,20}[0-9]{4})[A-Z]{0,4}-?[0-9][A-Z0-9-]{4,18})(?![\w-])"
)

# What stands before a number that is no personal data: "order 4111…", "EAN: 40…", "track & trace".
GOODS = re.compile(
    r"(?i)(?:\border|\bbestel|\bauftrag|\bsendung|\bpaket|\bpakket|\bzending|\btrack|\btrace|\bparcel|"
    r"\bshipment|\bean\b|\bgtin|\bisbn|\bsku|\bartikel|\barticle|\bproduct|\bfactuur|\binvoice|"
    r"\brechnung|\bticket|\bcase\b|\bkenmerk|\bref\b|\brefer|\bklant|\bcustomer|\bkunde|\bserie|\bserial|"
    r"\bbarcode|\bvoucher|\bcoupon|\bcode\b|\bretour|\breturn|\btransacti|\bbooking|\bboeking)"
    r"[a-z&-]{0,12}"
    r"(?:[\s:#.,=()-]|&|nr|no|n°|nummers?|numbers?|nummern?|code|id\b|is|was|and|en|trace|van|mijn|my)*$"
)

_IBAN = re.compile(r"(?<![A-Za-z0-9\[])[A-Za-z]{2}[ .\-]?[0-9]{2}(?:[ .\-]{0,2}[A-Za-z0-9]){11,30}")
# How long the account numbers of a country are: one length to try instead of all (ISO 13616 registry).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN_REMAINDER = 1

_CARD = re.compile(r"(?<![\w.,€$£-])[2-6][0-9]{3}(?:[ .\-]{0,2}[0-9]){8,15}(?![0-9])")
# Issuer ranges with their lengths: a Luhn check alone lets one number in ten through.
_CARD_BRANDS = re.compile(
    r"4[0-9]{12}(?:[0-9]{3}){0,2}"  # Visa 13, 16, 19
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}"  # Diners
    r"|(?:35[0-9]{2}|6011|65[0-9]{2}|64[4-9][0-9])[0-9]{12}"  # JCB, Discover
    r"|(?:50|5[6-8]|6[0-9])[0-9]{10,17}"  # Maestro
)

_CITIZEN = re.compile(r"(?<![\w.,€$£-])[0-9](?:[ .\-]{0,2}[0-9]){7,10}(?!\w)")
_CITIZEN_DIGITS = frozenset({8, 9, 11})
_CITIZEN_CONTEXT = re.compile(
    r"(?i)\b(?:bsn|burger ?service ?n(?:umme)?r|burgerservicenummer|sofi(?:-?nummer)?|"
    r"rijksregister(?:nummer)?|registre national|num[ée]ro national|citizen service number|national (?:id|number)|"
    r"social security(?: number)?)"
    r"(?:[\s:#.,=()-]|nummer|number|nr|no|is|van|mij|mijn|my|luidt)*$"
)

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?<![\w.\[-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.\[])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_IPV6_LEAST_GROUPS = 3
_IP_CONTEXT = re.compile(r"(?i)\bip\b.{0,20}$")
_VERSION_BEFORE = re.compile(
    r"(?i)(?:\bv|(?:version|versie|release|firmware|build|update|\bapp|\bios|android|chrome|firefox|"
    r"section|paragraaf|hoofdstuk|chapter)[a-z]*)[\s:.=(/]*$"
)
_VERSION_AFTER = re.compile(r"(?i)\s*\(?(?:version|versie|release|build|firmware)")


def _compact(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)


def ibans(text: str) -> tuple[str, int]:
    """Account numbers of every country, in groups or not, in any case (modulus 97 and layout)."""

    def decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
        wanted = _IBAN_LENGTHS.get(candidate[0][:2].upper())
        for end in ends(text, candidate.start(), candidate.end()) if wanted else ():
            number = _compact(text[candidate.start() : end])
            if len(number) <= (wanted or 0):
                return (candidate.start(), end) if len(number) == wanted and _checks_out(number) else None
        return None

    return replace(text, _IBAN, "[iban]", decide)


def _checks_out(number: str) -> bool:
    """Modulus 97, then the country's layout. National check digits are left alone: real Belgian numbers fail them."""
    remainder = int("".join(str(int(sign, 36)) for sign in f"{number[4:]}{number[:4]}")) % 97
    return remainder == _IBAN_REMAINDER and iban.is_valid(number, check_country=False)


def cards(text: str) -> tuple[str, int]:
    """Payment cards: an issuer's range and length, and the Luhn check; not behind "EAN"."""

    def decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
        if preceded_by(text, candidate.start(), GOODS):
            return None
        for end in ends(text, candidate.start(), candidate.end()):
            number = _compact(text[candidate.start() : end])
            if _CARD_BRANDS.fullmatch(number) and luhn.is_valid(number):
                return candidate.start(), end
        return None

    return replace(text, _CARD, "[card]", decide)


def citizen_numbers(text: str) -> tuple[str, int]:
    """Dutch and Belgian citizen numbers, behind the word that says so.

    The eleven test alone is passed by one in eleven nine-digit order numbers, so the word is asked
    for; and with the word there, a number that fails the test is a mistyped citizen number.
    """

    def decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
        if not preceded_by(text, candidate.start(), _CITIZEN_CONTEXT):
            return None
        for end in ends(text, candidate.start(), candidate.end()):
            if len(_compact(text[candidate.start() : end])) in _CITIZEN_DIGITS:
                return candidate.start(), end
        return None

    return replace(text, _CITIZEN, "[bsn]", decide)


def ip_addresses(text: str) -> tuple[str, int]:
    """IPv4 and IPv6; four dotted digits are a version number unless "ip" stands before them."""
    text, fours = replace(text, _IPV4, "[ip]", _decide_ipv4)
    text, sixes = replace(text, _IPV6, "[ip]", _decide_ipv6)
    return text, fours + sixes


def _decide_ipv4(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    if preceded_by(text, candidate.start(), _IP_CONTEXT):
        return candidate.span()
    looks_like_a_version = (
        all(len(octet) == 1 for octet in candidate[0].split("."))
        or preceded_by(text, candidate.start(), _VERSION_BEFORE)
        or _VERSION_AFTER.match(text, candidate.end())
    )
    return None if looks_like_a_version else candidate.span()


def _decide_ipv6(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    groups = [group for group in candidate[0].split(":") if group]
    if len(groups) < _IPV6_LEAST_GROUPS or not any(char.isdigit() for char in candidate[0]):
        return None
    try:
        ipaddress.IPv6Address(candidate[0])
    except ValueError:
        return None
    return candidate.span()


def orders(text: str) -> tuple[str, int]:
    """Order numbers, which lead to a person for whoever has the shop's records; only beside their word."""
    return _ORDER.subn(r"\1[order]", text)

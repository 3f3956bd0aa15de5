"""What is found by the words around it: e-mail, names, streets, postcodes, birth dates."""

import re

from feedback.redaction.scan import preceded_by, replace

# The local part is bounded, so that a very long word cannot cost quadratic time.
_LOCAL = r"[\w.+'-]{1,64}"
_EMAIL = re.compile(
    rf"{_LOCAL} ?@ ?(?:[\w-]{{1,63}}\.)+[^\W\d_]{{2,24}}|{_LOCAL}@\[?(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}\]?"
)
_WRITTEN_AT = re.compile(
    rf"(?i)(?<!\[){_LOCAL}\s?[\[({{]\s?(?:at|apenstaartje|apestaartje|arroba|ät)\s?[\])}}]\s?[\w-]{{1,63}}"
    r"(?:(?:\s?\.\s?|\s?[\[({]\s?(?:dot|punt|punkt|point)\s?[\])}]\s?|\s(?:dot|punt|punkt)\s)[\w-]{2,63})+"
)
_SPOKEN_AT = re.compile(rf"(?i)(?<!\[)\b{_LOCAL} (?:at|apenstaartje) [\w-]{{2,63}} (?:dot|punt|punkt) [a-z]{{2,8}}\b")
_AT_WORDS = ("[at]", "(at)", "{at}", "[ at", "( at", "apenstaartje", "apestaartje", "arroba", " dot ", "(ät)", "[ät]")

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ]"
_PART = rf"{_CAPITAL}[\w'’-]{{0,24}}(?:\.(?=\s?{_CAPITAL}))?"
_PARTICLE = r"(?:van|von|de|den|der|des|di|da|du|el|la|le|te|ten|ter|in|op|'t|’t|zu|af)"
_NAME = rf"(?:{_PARTICLE} ){{0,3}}{_PART}(?:[ -]?(?:{_PARTICLE} ){{0,3}}{_PART}){{0,3}}"
_GREETING = (
    r"(?:gr(?:oet(?:en|jes?)?|tjs|tz|\.)|mvg|m\.v\.g\.?|regards|sincerely|cheers|(?:best|warm|kind) wishes|"
    r"yours (?:truly|faithfully)|gr(?:ü|ue)(?:ß|ss)(?:en?)?|gru(?:ß|ss)|hoogachtend|cordialement)"
)
_NO_NAME = (
    r"(?!(?:The|A|An|And|But|Thanks?|Team|Support|Service|Klantenservice|Customer|Please|Hello|I|We|My|You|It|This|"
    r"Ik|We|Wij|De|Het|Een|En|Maar|Dit|Dat|Die|Bedankt|Dank|Alvast|Graag|Mijn|U|Jullie|Is|Sir|Madam|Der|Die|Das|"
    r"Ich|Wir|Und|Danke|Sent|Verzonden|Verstuurd|Gesendet)\b)"
)
_SIGNED = re.compile(
    rf"(?i:\b{_GREETING})(?i: van| from| von| uit)?"
    rf"(?:[\s,:;–-]{{1,8}}(?={_CAPITAL}|{_PARTICLE} ){_NO_NAME}(?P<name>{_NAME})"
    rf"|[.!]\s{{1,4}}{_NO_NAME}(?P<last>{_NAME})(?=[\s.,;!]{{0,5}}$))"
)
_SMALL = "[a-zà-ÿ'’-]{2,20}"
_SIGNED_SMALL = re.compile(
    rf"(?i:\b{_GREETING})(?: van| from| von)?[\s,:;–-]{{1,8}}"
    rf"(?P<name>{_SMALL}(?: {_SMALL}){{0,2}})(?=[\s.,;!]{{0,5}}$)"
)
_FOLLOWS_A_GREETING = (
    "en and from uit of or bedankt dank dankjewel thanks thank you u je jullie alvast graag team allemaal iedereen "
    "terug aan to all everyone klant customer the an een my mijn mfg und vielen danke again for voor in advance "
    "namens family familie"
)
_SMALL_WORDS = frozenset(_FOLLOWS_A_GREETING.split())
_INTRODUCED = re.compile(
    r"(?i:\b(?:mijn naam is|my name is|my name['’]s|mein name ist|ik heet|ich heiße|ich heisse|je m['’]appelle|"
    rf"op naam van|in the name of|t\.a\.v\.))[ :]{{1,3}}{_NO_NAME}(?P<name>{_NAME})"
)
_TITLED = re.compile(
    rf"\b(?i:heer|mevr(?:ouw)?\.?|mw\.|dhr\.?|mr\.?|mrs\.?|ms\.|miss|herrn?|frau) {_NO_NAME}(?P<name>{_NAME})"
)
# What stands near a name, in lower case: looking for a substring is far cheaper than a pattern.
_NAME_STEMS = (
    "groet", "grtjs", "grtz", "gr.", "gr,", "mvg", "m.v.g", "regards", "sincerely", "cheers", "wishes", "grüß", "grüss",
    "gruß", "gruss", "gruess", "grueß", "yours ", "hoogachtend", "cordialement", "naam ", "name", "heet ", "heiße ",
    "heisse ", "appelle ", "t.a.v.", "heer ", "mevr", "mw. ", "dhr", "mr ", "mr. ", "mrs", "ms. ", "miss ", "herr",
    "frau ",
)  # fmt: skip

_STREET_END = r"(?:straat|str\.|laan|plein|gracht|kade|singel|dreef|steeg|dijk|weg|straße|strasse|allee|platz)"
_STREET_WORD = r"(?:Street|Road|Avenue|Lane|Drive|Close|Crescent|Boulevard)"
_WORDS_BEFORE = rf"(?:{_CAPITAL}[\w'’-]{{1,24}} )"
_STREET = re.compile(
    rf"(?<![\w\[])(?!Onderweg|Overweg|Halverweg){_WORDS_BEFORE}{{0,2}}?{_CAPITAL}[\w'’-]{{1,30}}?{_STREET_END} "
    r"[1-9][0-9]{0,4}(?: ?[-/]? ?[0-9a-zA-Z]{1,3})?(?!\w)"
    rf"|(?<![\w\[])[1-9][0-9]{{0,3}}[a-zA-Z]?,? {_WORDS_BEFORE}{{1,3}}{_STREET_WORD}(?!\w)"
)
_STREET_STEMS = (
    "straat", "str.", "laan", "plein", "gracht", "kade", "singel", "dreef", "steeg", "dijk", "weg", "straße", "strasse",
    "allee", "platz", "street", "road", "avenue", " lane", "drive", "close", "crescent", "boulevard",
)  # fmt: skip
_POSTCODE_NL = re.compile(r"(?<![\w.,€$£#/+\[-])[1-9][0-9]{3} ?(?!S[ADS]|s[ads])[A-Za-z]{2}(?![\w-])")
_POSTCODE_GB = re.compile(r"(?<![\w-])[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}(?![\w-])")
_POSTCODE_BARE = re.compile(r"(?<![\w.,€$£#/+\[-])[0-9]{4,5}(?!\w)")
_POSTCODE_CALLED = re.compile(
    r"(?i)\b(?:postcode|postal code|zip(?: ?code)?|postleitzahl|plz|code postal)(?:[\s:.,=()-]|is|van|mijn|my)*$"
)
_ADDRESS_BEFORE = re.compile(
    r"(?i)(?:\b(?:postcode|postal code|zip(?: ?code)?|adres|address|woon|wonen|live)\b|\[address\]|"
    r"(?:straat|laan|weg|plein|gracht|kade|singel) [0-9]+[a-z]?)[^0-9\n]{0,20}$"
)
_TOWN_AFTER = re.compile(rf",?\s{_CAPITAL}[\w'’-]{{2,}}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# Units and small words behind four digits: "1500 KM", "2000 EU".
_NO_LETTERS = frozenset(
    {"km", "kg", "gb", "mb", "tb", "cm", "mm", "ml", "kw", "eu", "us", "uk", "pm", "hz", "ok", "px", "ma"}
)

_BIRTH = re.compile(
    r"(?i)(?P<word>\b(?:geboren(?: op)?|geboortedatum|geb\.? ?dat(?:um)?|geburtsdatum|born(?: on)?|date of birth|"
    r"birth ?dat[ey]|birthday|dob|d\.o\.b\.|née? le)(?:[\s:.=()-]|is|was|van|mij|mijn|my|am|op|on)*)"
    r"(?P<date>[0-3]?[0-9][-/. ]{1,2}(?:[01]?[0-9]|[a-zé]{3,10})[-/. ]{1,2}(?:[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|[12][0-9]{3}[-/.][01]?[0-9][-/.][0-3]?[0-9](?![0-9]))"
)
_BIRTH_STEMS = ("gebo", "geb.", "geb ", "geburt", "born", "birth", "dob", "d.o.b", "né")


def mentions_at(lowered: str) -> bool:
    """Whether a lower-cased text may hold an address with its @ written out."""
    return any(word in lowered for word in _AT_WORDS)


def mentions_a_name(lowered: str) -> bool:
    """Whether a lower-cased text holds a sign-off, an introduction or a title."""
    return any(stem in lowered for stem in _NAME_STEMS)


def mentions_a_street(lowered: str) -> bool:
    """Whether a lower-cased text holds a word that streets end in."""
    return any(stem in lowered for stem in _STREET_STEMS)


def mentions_birth(lowered: str) -> bool:
    """Whether a lower-cased text may speak of a date of birth."""
    return any(stem in lowered for stem in _BIRTH_STEMS)


def emails(text: str) -> tuple[str, int]:
    """Addresses with ``@``, with spaces around it, or with it written out (``[at]``)."""
    text, signs = _EMAIL.subn("[email]", text)
    text, written = _WRITTEN_AT.subn("[email]", text)
    text, spoken = _SPOKEN_AT.subn("[email]", text)
    return text, signs + written + spoken


def names(text: str) -> tuple[str, int]:
    """Names behind a sign-off ("groetjes, Anna"), an introduction or a title."""
    total = 0
    for pattern in (_SIGNED, _SIGNED_SMALL, _INTRODUCED, _TITLED):
        text, found = replace(text, pattern, "[name]", _decide_name)
        total += found
    return text, total


def _decide_name(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    name = candidate.lastgroup or 0
    if candidate.re is _SIGNED_SMALL and _SMALL_WORDS.intersection(candidate[name].split()):
        return None
    return candidate.span(name)


def streets(text: str) -> tuple[str, int]:
    """A capitalised street with its number: "Kerkstraat 12", "12 High Street"."""
    return _STREET.subn("[address]", text)


def birth_dates(text: str) -> tuple[str, int]:
    """A date behind the word that makes it a date of birth."""
    return _BIRTH.subn(lambda found: f"{found['word']}[birthdate]", text)


def postcodes_on_the_continent(text: str) -> tuple[str, int]:
    """Dutch postcodes; bare four or five digits only where they are called a postcode."""
    text, dutch = replace(text, _POSTCODE_NL, "[postcode]", _decide_postcode)
    text, called = replace(text, _POSTCODE_BARE, "[postcode]", _decide_bare_postcode)
    return text, dutch + called


def british_postcodes(text: str) -> tuple[str, int]:
    """British postcodes in capitals with their space: "SW1A 1AA"."""
    return _POSTCODE_GB.subn("[postcode]", text)


def _decide_postcode(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    if preceded_by(text, candidate.start(), _ADDRESS_BEFORE):
        return candidate.span()
    letters = candidate[0][-2:]
    if not letters.isupper() or letters.lower() in _NO_LETTERS:
        return None
    if _YEAR.match(candidate[0]) and not _TOWN_AFTER.match(text, candidate.end()):
        return None  # "January 2026 BL": a year and initials
    return candidate.span()


def _decide_bare_postcode(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    return candidate.span() if preceded_by(text, candidate.start(), _POSTCODE_CALLED) else None

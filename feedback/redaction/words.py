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
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽ]"
_PARTICLE = r"(?:van|von|de|den|der|des|di|da|du|el|la|le|te|ten|ter|in|op|'t|’t|zu|af)"
# "Jan." goes on with a capital, "J." and "Th." with a particle too: "J. de Vries".
_DOT = rf"\.(?=\s?{_CAPITAL})|(?<!\w{{3}})\.(?=\s?(?:{_PARTICLE} ){{1,3}}{_CAPITAL})"
# Taken whole ("+" behind the count), so that a long word cannot be cut in a thousand ways.
_PART = rf"{_CAPITAL}[\w'’-]{{0,24}}+(?:{_DOT})?"
_NAME = rf"(?:{_PARTICLE} ){{0,3}}{_PART}(?:(?: |(?<=\.))(?:{_PARTICLE} ){{0,3}}{_PART}){{0,3}}"
# Whether a name is all that follows, on a line of its own: of words that end a letter, and other lines too.
_NAMED_LAST = rf"[ \t]?\n\s{{0,3}}(?-i:{_NAME})[\s.,;!]{{0,5}}\Z"
_GREETING = (
    r"(?:(?:gr(?:oet(?:en|jes?)?|tjs|tz?|\.)?|mvg|m\.v\.g\.?|regards|sincerely(?: yours)?|cheers|liefs|xxx?|"
    rf"(?:best|warm|kind) wishes|best(?=,|{_NAMED_LAST})|yours(?: truly| faithfully|(?=,|{_NAMED_LAST}))|"
    r"gr(?:ü|ue)(?:ß|ss)(?:en?)?|gru(?:ß|ss)|mfg|[lv]g|hoogachtend|hochachtungsvoll|cordialement)(?!\w))"
)
_NO_NAMES = (
    r"The|A(?!\.)|An|And|But|Thanks?|Team|Support|Service|Klantenservice|Customer|Please|Hello|I(?!\.)|We|My|You|It|"
    r"This|Ik|We|Wij|De(?! [A-Z])|Het|Een|En|Maar|Dit|Dat|Die|Bedankt|Dank|Alvast|Graag|Mijn|U|Jullie|Is|Sir|Madam|"
    r"Der|Das|Ich|Wir|Und|Danke|Sent|Verzonden|Verstuurd|Gesendet|Voor|Für|Vom|For|From|That|There|No|Not|Yes|Nee|Ja|"
    r"Nein|Geen|Aus|Ihr|Ihre|Dear|Beste|Hallo|Amazon|Dies|Was|Wat|What|When|Wanneer|Wann|Kunt|Kun|Kan|Can|Could|"
    r"Könnten|Gr(?:ü|ue?)(?:ß|ss)en?|Regards|Wishes|"
    r"Können|Mit|Met|With|All|Alle|Allemaal|Zusammen|Everyone|Mensen|Damen|Kundenservice|Kundendienst"
)
_NO_NAME = rf"(?!(?:{_NO_NAMES})\b)"
# "Groeten uit Utrecht, Piet"; "Liebe Grüße, Sabine & Jörg".
_FROM_SOMEWHERE = rf"(?i: uit| aus| from)(?: (?:het|de|dem|der|the))? {_PART}(?=[,\n])"
_CALLED = r"(?i:(?:fam|drs?|ing|ir|mr|prof)\. )?"
_AND_SOMEBODY = rf"(?: (?:&|\+|en|und|and) {_NO_NAME}{_NAME}(?=[ .,;!]{{0,5}}(?:\n|\Z)))?"
_SIGNED = re.compile(
    rf"(?i:\b{_GREETING})(?:{_FROM_SOMEWHERE}|(?i: van| from| von| uit))?"
    rf"(?:[\s,:;–-]{{1,8}}{_CALLED}(?={_CAPITAL}|{_PARTICLE} ){_NO_NAME}(?P<name>{_NAME}{_AND_SOMEBODY})"
    rf"|[.!]\s{{1,4}}{_NO_NAME}(?P<last>{_NAME})(?=[\s.,;!]{{0,5}}$))"
)
_SMALL = "[a-zà-ÿ'’-]{2,20}"
_SIGNED_SMALL = re.compile(
    rf"(?i:\b{_GREETING})(?: van| from| von)?[\s,:;–-]{{1,8}}"
    rf"(?P<name>{_SMALL}(?: {_SMALL}){{0,2}})(?=[\s.,;!]{{0,5}}$)"
)
# "Bedankt, Willem" and "Many thanks in advance\nOliver", as the last line only.
_THANKED = re.compile(
    r"(?i:\b(?:bedankt|dank(?:jewel|e)?|dank (?:je|u) wel|thanks|thank you(?: so much| very much)?|thx|merci)"
    r"(?: (?:alvast|in advance|im vora?us|bij voorbaat|d'avance))?)"
    rf"(?:[,!.]? ?\n\s{{0,3}}|[,!] )[–-]? ?{_NO_NAME}(?P<name>{_NAME})(?=[\s.,;!]{{0,5}}$)"
)
_FOLLOWS_A_GREETING = (
    "en and from uit of or bedankt dank dankjewel thanks thank you u je jullie alvast graag team allemaal iedereen "
    "terug aan to all everyone klant customer the an een my mijn mfg und vielen danke again for voor in advance "
    "namens family familie"
)
_SMALL_WORDS = frozenset(_FOLLOWS_A_GREETING.split())
_INTRODUCED = re.compile(
    r"(?i:\b(?:mijn naam is|my name is|my name['’]s|mein name ist|ik heet|ich heiße|ich heisse|je m['’]appelle|"
    r"op naam van|in the name of|t\.a\.v\.|t\.?n\.?v\.?|spreekt met|account holder(?: is)?|"
    r"rekeninghoud(?:er|ster)(?: is)?|kontoinhaber(?:in)?(?: ist)?|(?:mijn|mein|my) na(?:am|me)(?=:)))"
    rf"[ :]{{1,3}}{_NO_NAME}(?P<name>{_NAME})"
)
# A line of a form: "Name: Harriet Jones". "Product name: …" is none.
_FORM = re.compile(
    r"(?im:^[ \t]{0,4}(?:(?:first|last|full|your|family|uw|je|ihr) ?)?(?:(?:voor|achter|vor|nach|familien)?na(?:am|me))"
    rf" ?: ?){_NO_NAME}(?P<name>{_NAME})"
)
# "Hoi Marieke, …", at the very beginning, and "Goedemiddag, met Karin Post".
_SALUTED = re.compile(
    r"\s{0,4}(?i:hi|hoi|hey|hello|hallo|dear|beste|lieber?|guten tag|moin|dag|(?:goede|guten? ?)[a-z]{3,6})"
    rf"(?i:,? (?:u spreekt )?met)? {_NO_NAME}(?P<name>{_NAME})(?=\s?[,!\n])"
)
# A name alone on the last line, behind the end of a sentence.
_LAST_LINE = re.compile(rf"[,.!?]\s{{0,3}}\n\s{{0,3}}(?:[–-] ?)?{_NO_NAME}(?P<name>{_NAME})(?=[\s.,;!]{{0,5}}$)")
# Weaker: only in front of two capitalised words.
_SAID = re.compile(
    rf"(?i:\b(?:ik ben|i am|i['’]m|this is|ich bin|hier ist) ){_NO_NAME}"
    rf"(?P<name>{_PART} (?:{_PARTICLE} ){{0,3}}{_PART})(?!\w)"
)
_TITLED = re.compile(
    rf"\b(?i:heer|mevr(?:ouw)?\.?|mw\.|dhr\.?|mr\.?|mrs\.?|ms\.?|miss|herrn?|frau) {_NO_NAME}(?P<name>{_NAME})"
)
_STREET_END = r"(?:straat|str\.|laan|plein|gracht|kade|singel|dreef|steeg|dijk|weg|straße|strasse|allee|platz)"
_STREET_ALONE = r"(?:Straat|Laan|Plein|Gracht|Kade|Singel|Weg|Straße|Strasse|Allee|Platz|Ring|Hof)"
_STREET_WORD = r"(?:Street|Road|Avenue|Lane|Drive|Close|Crescent|Boulevard)"
_WORDS_BEFORE = rf"(?:{_CAPITAL}[\w'’-]{{1,24}} )"
_STREET = re.compile(
    rf"(?<![\w\[])(?!Onderweg|Overweg|Halverweg)(?:{_WORDS_BEFORE}{{0,2}}?{_CAPITAL}[\w'’-]{{1,30}}?{_STREET_END}"
    rf"|{_WORDS_BEFORE}{{1,2}}{_STREET_ALONE}) "
    r"[1-9][0-9]{0,4}(?: ?[-/]? ?[0-9a-zA-Z]{1,3})?(?!\w)"
    rf"|(?<![\w\[])[1-9][0-9]{{0,3}}[a-zA-Z]?,? {_WORDS_BEFORE}{{1,3}}{_STREET_WORD}(?!\w)"
)
# Whatever its name ends in, a street stands behind the word for it.
_CALLED_AN_ADDRESS = re.compile(
    r"(?i:\b(?:adres(?:se)?|anschrift|address|woon(?:achtig)?|wohn[a-z]{0,4}|live)\b)(?:[:,]| is| ist)?"
    r"(?: (?:aan|op|in|at|de|het|der|dem|an)){0,3} ?"
    rf"(?P<street>(?:(?:{_CAPITAL}[\w'’-]{{1,24}}+|van|der|den|de|het|'t|am|an|zur|zum) ){{1,5}}"
    r"[1-9][0-9]{0,3}(?:[ /-]?[0-9a-zA-Z]{1,3})?)(?!\w)"
)
_POSTCODE_NL = re.compile(r"(?<![\w.,€$£#/+\[-])[1-9][0-9]{3} ?(?!S[ADS]|s[ads])[A-Za-z]{2}(?![\w-])")
_POSTCODE_GB = re.compile(r"(?<![\w-])[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}(?![\w-])")
# In small letters it may be anything, but for its place: "14 High Road, sw11 1pt".
_POSTCODE_GB_BEHIND = re.compile(
    r"(?i)(?P<before>\[address\],?\s{1,2}|\bpostcode:? (?:is )?)"
    r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}(?![\w-])"
)
_POSTCODE_BARE = re.compile(r"(?<![\w.,€$£#/+\[-])[0-9]{4,5}(?!\w)")
_POSTCODE_CALLED = re.compile(
    r"(?i)\b(?:postcode|postal code|zip(?: ?code)?|postleitzahl|plz|code postal)(?:[\s:.,=()-]|is|van|mijn|my)*$"
)
_ADDRESS_BEFORE = re.compile(
    r"(?i)(?:\b(?:postcode|postal code|zip(?: ?code)?|adres|address|woon|wonen|live)\b|\[address\]|"
    r"(?:straat|laan|weg|plein|gracht|kade|singel) [0-9]+[a-z]?)[^0-9\n]{0,20}$"
)
_BEHIND_A_STREET = ("[address], ", "[address] ", "[address],", "[address]\n", "[address],\n")
_GERMAN = 5
_TOWN_AFTER = re.compile(rf"\s{_CAPITAL}[\w'’-]{{2,}}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
# Units and small words behind four digits: "1500 KM", "2000 EU".
_NO_LETTERS = frozenset(
    {"km", "kg", "gb", "mb", "tb", "cm", "mm", "ml", "kw", "eu", "us", "uk", "pm", "hz", "ok", "px", "ma"}
)

_BIRTH = re.compile(
    r"(?i)(?P<word>\b(?:geboren(?: op)?|geboortedatum|geb\.? ?dat(?:um)?|geb(?=[.:])|geburtsdatum|born(?: on)?|"
    r"date of birth|birth ?dat[ey]|birthday|dob|d\.o\.b\.|née? le)(?:[\s:.=()-]|is|ist|was|van|mij|mijn|my|am|op|on)*)"
    r"(?P<date>[0-3]?[0-9][-/. ]{1,2}(?:[01]?[0-9]|[a-zé]{3,10})[-/. ]{1,2}(?:[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|[12][0-9]{3}[-/.][01]?[0-9][-/.][0-3]?[0-9](?![0-9]))"
)


def emails(text: str) -> tuple[str, int]:
    """Addresses with ``@``, also with spaces around it."""
    return _EMAIL.subn("[email]", text)


def written_emails(text: str) -> tuple[str, int]:
    """Addresses with their @ in words: "jan [at] example [dot] com"."""
    text, written = _WRITTEN_AT.subn("[email]", text)
    text, spoken = _SPOKEN_AT.subn("[email]", text)
    return text, written + spoken


def signatures(text: str) -> tuple[str, int]:
    """Names behind a greeting: "groetjes, Anna", "Kind regards,\\nJohn Smith", "mvg jan"."""
    text, large = replace(text, _SIGNED, "[name]", _decide_name)
    text, small = replace(text, _SIGNED_SMALL, "[name]", _decide_name)
    return text, large + small


def thanks(text: str) -> tuple[str, int]:
    """A name behind a thank-you at the very end."""
    return replace(text, _THANKED, "[name]", _decide_name)


def salutations(text: str) -> tuple[str, int]:
    """Whom the text begins with: "Hoi Marieke,"."""
    found = _SALUTED.match(text)
    if found is None:
        return text, 0
    start, end = found.span("name")
    return f"{text[:start]}[name]{text[end:]}", 1


def last_lines(text: str) -> tuple[str, int]:
    """A name that is all of the last line."""
    return replace(text, _LAST_LINE, "[name]", _decide_name)


def introductions(text: str) -> tuple[str, int]:
    """Names that somebody gives: "mijn naam is Piet Jansen", "I am Emma Clarke"."""
    text, given = replace(text, _INTRODUCED, "[name]", _decide_name)
    text, filled_in = replace(text, _FORM, "[name]", _decide_name)
    text, said = replace(text, _SAID, "[name]", _decide_name)
    return text, given + filled_in + said


def titled(text: str) -> tuple[str, int]:
    """Names behind a title: "mevrouw Jansen", "Herr Weiß"."""
    return replace(text, _TITLED, "[name]", _decide_name)


def _decide_name(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
    name = candidate.lastgroup or 0
    if candidate.re is _SIGNED_SMALL and _SMALL_WORDS.intersection(candidate[name].split()):
        return None
    return candidate.span(name)


def streets(text: str) -> tuple[str, int]:
    """A capitalised street with its number: "Kerkstraat 12", "12 High Street"."""
    return _STREET.subn("[address]", text)


def called_addresses(text: str) -> tuple[str, int]:
    """A street of any name behind the word for an address: "ik woon aan de Laan van Meerdervoort 1421"."""
    return replace(text, _CALLED_AN_ADDRESS, "[address]", lambda _text, candidate: candidate.span("street"))


def birth_dates(text: str) -> tuple[str, int]:
    """A date behind the word that makes it a date of birth."""
    return _BIRTH.subn(lambda found: f"{found['word']}[birthdate]", text)


def postcodes_on_the_continent(text: str) -> tuple[str, int]:
    """Dutch postcodes; bare four or five digits only where they are called a postcode."""
    text, dutch = replace(text, _POSTCODE_NL, "[postcode]", _decide_postcode)
    text, called = replace(text, _POSTCODE_BARE, "[postcode]", _decide_bare_postcode)
    return text, dutch + called


def british_postcodes(text: str) -> tuple[str, int]:
    """British postcodes in capitals with their space: "SW1A 1AA"; in any way behind a street."""
    text, found = _POSTCODE_GB.subn("[postcode]", text)
    text, behind = _POSTCODE_GB_BEHIND.subn(r"\g<before>[postcode]", text)
    return text, found + behind


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
    behind_a_street = text.endswith(_BEHIND_A_STREET, 0, candidate.start()) and len(candidate[0]) == _GERMAN
    return candidate.span() if behind_a_street or preceded_by(text, candidate.start(), _POSTCODE_CALLED) else None

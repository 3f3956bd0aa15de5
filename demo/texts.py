"""Believable messages in English and Dutch, put together from openers, bodies, details and endings.

The heart of a message says what its contact reason is about; the rest is the noise that real
messages have. A few carry an e-mail address, a phone number, an account number or a name, all of
them invented or published as examples, so that redaction has something to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo import phrases_en, phrases_nl
from demo.phrases_en import Phrases
from demo.world import REASONS

PERSONAL_RATIO = 0.05
"""Share of messages that carry personal data."""

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The parts of a message in one language."""

    bodies: Phrases
    openers: tuple[str, ...]
    details: tuple[str, ...]
    endings: tuple[str, ...]
    personal: tuple[str, ...]
    names: tuple[str, ...]
    praise: tuple[str, ...]
    middling: tuple[str, ...]
    blame: tuple[str, ...]
    asking: frozenset[str]


ENGLISH = Tongue(
    bodies=phrases_en.BODIES,
    openers=(
        "", "", "", "Hi, ", "Hello, ", "Good morning, ", "Good evening, ", "Hi there, ",
        "Quick question: ", "Dear team, ", "Help please, ", "Second time I ask: ", "Sorry, ",
        "Hey De Linde, ", "I am a bit lost, ", "Just wondering, ", "For my mother: ",
        "Not happy, ", "I looked everywhere, ", "Before I order again, ",
    ),
    details=(
        "", "", "", "", "It is about a birthday present.", "I ordered it in the app.",
        "I tried it on my phone and on the laptop.", "This is the second time this month.",
        "I already looked in the questions page.", "It was for my daughter.",
        "The chat window closed before I got an answer.", "I have been a customer for years.",
        "A colleague of yours said it would be fine.", "I need to know before Friday.",
        "My order number is {order}.", "It concerns order {order}.", "Order {order}.",
        "It cost {amount} euros, so I would like to be sure.", "I paid {amount} euros.",
        "The page did not help me.", "I waited twenty minutes on the phone.",
        "I am leaving for a trip tomorrow.",
    ),
    endings=(
        "", "", "", "Thanks.", "Thank you!", "Please let me know.", "Can you help?",
        "Kind regards", "I hope to hear from you soon.", "What should I do now?",
        "Put it on the page next time, then I need not ask.", "I closed the page in the end.",
        "Otherwise I will order somewhere else.", "Thanks in advance.",
    ),
    personal=(
        "You can reach me at {mail}.", "My number is {phone}.", "Please pay it to {iban}.",
        "Regards, {name}", "Call me on {phone} after six.", "My other mail is {mail}.",
    ),
    names=("Anna Miller", "James Porter", "Sophie Carter", "Peter Lambert", "Nina Hughes"),
    praise=(
        "Friendly and quick.", "Solved in a minute, thank you.", "Very kind colleague.",
        "Clear answer, great service.", "Your colleague really listened.",
        "Happy with the help I got.", "All good now.", "Fast delivery and a nice shop.",
    ),
    middling=(
        "It was all right, but I should not have had to ask.", "Helpful, after a long wait.",
        "Fine in the end.", "Took two contacts to get an answer.", "Could be on the website.",
        "The answer was correct but short.",
    ),
    blame=(
        "I still do not have an answer.", "Waited far too long.",
        "I had to explain it three times.", "Nobody could tell me anything.",
        "The website says something else than your colleague.", "Very disappointing.",
        "I had to call back twice.", "Not solved.",
    ),
    asking=frozenset((
        "are", "is", "can", "could", "do", "does", "how", "when", "where", "what", "which", "why",
        "who", "will",
    )),
)  # fmt: skip

DUTCH = Tongue(
    bodies=phrases_nl.BODIES,
    openers=(
        "", "", "", "Hoi, ", "Hallo, ", "Goedemorgen, ", "Goedenavond, ", "Beste De Linde, ",
        "Vraagje: ", "Dag, ", "Help, ", "Ik vraag het voor de tweede keer: ", "Sorry, ",
        "Beste team, ", "Even een vraag, ", "Ik kom er niet uit, ", "Voor mijn moeder: ",
        "Niet blij, ", "Overal gezocht, ", "Voordat ik weer bestel, ",
    ),
    details=(
        "", "", "", "", "Het is een cadeau voor een verjaardag.", "Besteld in de app.",
        "Ik heb het op mijn telefoon en op de laptop geprobeerd.",
        "Dit is al de tweede keer deze maand.", "Bij de veelgestelde vragen staat het niet.",
        "Het was voor mijn dochter.", "De chat ging dicht voordat ik antwoord kreeg.",
        "Ik ben al jaren klant.", "Jullie collega zei dat het goed zou komen.",
        "Ik moet het voor vrijdag weten.", "Mijn bestelnummer is {order}.",
        "Het gaat om bestelling {order}.", "Bestelling {order}.",
        "Het kostte {amount} euro, dus ik wil het graag zeker weten.",
        "Ik heb {amount} euro betaald.", "Op de pagina kwam ik niet verder.",
        "Ik heb twintig minuten aan de telefoon gewacht.", "Morgen ga ik op reis.",
    ),
    endings=(
        "", "", "", "Bedankt.", "Dank je wel!", "Ik hoor het graag.", "Kunnen jullie helpen?",
        "Met vriendelijke groet", "Hopelijk snel antwoord.", "Wat moet ik nu doen?",
        "Zet het erbij, dan hoef ik jullie niet te bellen.",
        "Uiteindelijk heb ik de pagina gesloten.", "Anders bestel ik ergens anders.",
        "Alvast bedankt.",
    ),
    personal=(
        "Ik ben bereikbaar op {mail}.", "Mijn nummer is {phone}.",
        "Graag overmaken naar {iban}.", "Groetjes, {name}", "Bel me na zessen op {phone}.",
        "Mijn andere adres is {mail}.",
    ),
    names=("Annelies Bakker", "Pieter de Groot", "Sofie Maes", "Karim Aydin", "Els Vermeulen"),
    praise=(
        "Vriendelijk en snel.", "Binnen een minuut opgelost, dank.", "Heel aardige collega.",
        "Duidelijk antwoord, fijne service.", "Jullie collega luisterde echt.",
        "Blij met de hulp.", "Nu is alles goed.", "Snelle bezorging en een fijne winkel.",
    ),
    middling=(
        "Prima, maar ik had het niet hoeven vragen.", "Goed geholpen, na lang wachten.",
        "Uiteindelijk in orde.", "Twee keer contact nodig voor een antwoord.",
        "Dit kan gewoon op de site.", "Het antwoord klopte maar was kort.",
    ),
    blame=(
        "Ik heb nog steeds geen antwoord.", "Veel te lang gewacht.",
        "Ik moest het drie keer uitleggen.", "Niemand kon mij iets vertellen.",
        "De site zegt iets anders dan jullie collega.", "Erg teleurstellend.",
        "Ik moest twee keer terugbellen.", "Niet opgelost.",
    ),
    asking=frozenset((
        "zijn", "is", "kan", "kunnen", "hoe", "hoeveel", "wanneer", "waar", "wat", "welke",
        "waarom", "wie", "komt", "kost", "gaat", "valt", "heb", "staat", "brengen", "krimpt",
    )),
)  # fmt: skip

_MAILS = ("jan.devries{n}@example.com", "s.bakker{n}@example.org", "familie{n}@example.net")
_PHONES = ("06-12345678", "06 11223344", "+31 6 12345678", "020-1234567", "0470 12 34 56")
_IBANS = ("NL91 ABNA 0417 1643 00", "BE68 5390 0754 7034", "NL91ABNA0417164300")


def messages(rng: np.random.Generator, reasons: Integers, dutch: Booleans, orders: Sequence[str]) -> list[str]:
    """One message per contact; `reasons` are positions in `world.REASONS`, `orders` may be ""."""
    draw = rng.integers(0, 1 << 30, size=(len(reasons), 5))
    personal = rng.random(len(reasons)) < PERSONAL_RATIO
    tongues = (ENGLISH, DUTCH)
    bodies = [[tongue.bodies[reason.slug][1] for reason in REASONS] for tongue in tongues]
    texts = []
    for index, (reason, is_dutch) in enumerate(zip(reasons.tolist(), dutch.tolist(), strict=True)):
        tongue = tongues[is_dutch]
        a, b, c, d, e = draw[index].tolist()
        texts.append(
            _assemble(tongue, bodies[is_dutch][reason], (a, b, c, d), orders[index])
            + (f" {_personal(tongue, e)}" if personal[index] else "")
        )
    return texts


def _assemble(tongue: Tongue, bodies: tuple[str, ...], draw: tuple[int, int, int, int], order: str) -> str:
    """Opener, body, detail and ending, with a capital at the start and the right stop."""
    opener = tongue.openers[draw[0] % len(tongue.openers)]
    body = bodies[draw[1] % len(bodies)]
    detail = tongue.details[draw[2] % len(tongue.details)]
    if "{order}" in detail:
        detail = detail.format(order=order) if order else ""
    elif "{amount}" in detail:
        detail = detail.format(amount=15 + draw[2] % 180)
    ending = tongue.endings[draw[3] % len(tongue.endings)]
    first = opener + body
    stop = "?" if body.split(" ", 1)[0] in tongue.asking else "."
    return " ".join(part for part in (first[0].upper() + first[1:] + stop, detail, ending) if part)


def _personal(tongue: Tongue, draw: int) -> str:
    """A sentence with something that must never be stored."""
    return tongue.personal[draw % len(tongue.personal)].format(
        mail=_MAILS[draw % 7 % len(_MAILS)].format(n=draw % 97),
        phone=_PHONES[draw % 11 % len(_PHONES)],
        iban=_IBANS[draw % 13 % len(_IBANS)],
        name=tongue.names[draw % 17 % len(tongue.names)],
    )


def subjects(reasons: Integers, dutch: Booleans) -> list[str]:
    """The subject line that goes with each reason, as a customer would type it."""
    lines = [[tongue.bodies[reason.slug][0] for reason in REASONS] for tongue in (ENGLISH, DUTCH)]
    return [lines[is_dutch][reason] for reason, is_dutch in zip(reasons.tolist(), dutch.tolist(), strict=True)]


def comments(rng: np.random.Generator, moods: Integers, dutch: Booleans) -> list[str]:
    """A short remark under a score; moods: 0 unhappy, 1 so-so, 2 happy."""
    draw = rng.integers(0, 1 << 30, size=len(moods)).tolist()
    remarks = [(t.blame, t.middling, t.praise) for t in (ENGLISH, DUTCH)]
    return [
        pool[number % len(pool)]
        for number, pool in zip(
            draw,
            (remarks[d][m] for m, d in zip(moods.tolist(), dutch.tolist(), strict=True)),
            strict=True,
        )
    ]

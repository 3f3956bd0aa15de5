"""Texts before they are clustered: cleaned, told apart, and looked at for content."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

# What a redaction left, here ("[name]") or before ("xxxx").
_PLACEHOLDER = re.compile(r"\[[a-z]+\]|\b[xX]{3,}\b")
# Whom a message addresses ("@shop") is not what it is about.
_LINK = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

_ENGLISH = (
    "a about after again all also am an and any anyone are as at be because been before being but by can can't "
    "cannot could couldn't did didn't do does doesn't doing don't down for from further had has hasn't have "
    "haven't having he her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its just let "
    "like made make me more most much my myself need no nor not now of off on once only or other our out over own "
    "please same she should so some such than that that's the their them then there these they this those through "
    "to too under until up upon us very want was wasn't we were weren't what what's when where which while who "
    "whom why will with won't would wouldn't yet you your yours got get getting one still really tell know im ive "
    "dont cant didnt"
)
_DUTCH = (
    "aan al alle alleen als alles ander andere anders ben bent bij daar dan dat de deze die dit doch doe doen "
    "door dus een eens en er ge geen geweest graag haar had hadden heb hebben hebt heeft hem het hier hij hoe hun "
    "ik iemand iets in is ja je jij jou jouw jullie kan kon kun kunnen kunt maar me meer men met mij mijn moet "
    "moeten mogen na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen toch toen tot u uit "
    "uw van veel voor want waren was wat we wel werd wezen wie wij wil wilde willen word worden wordt zal ze zeer "
    "zei zelf zich zij zijn zo zonder zou waar waarom wanneer welke even"
)
STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_DUTCH.split())
"""Small words of English and Dutch: never at the end of a theme's name, never a text's only content."""

# Words that judge or greet without saying about what.
_FILLERS = frozenset(
    [
        "ok",
        "okay",
        "okey",
        "good",
        "great",
        "nice",
        "fine",
        "fantastic",
        "excellent",
        "perfect",
        "super",
        "top",
        "awesome",
        "amazing",
        "wonderful",
        "brilliant",
        "bad",
        "poor",
        "terrible",
        "awful",
        "happy",
        "satisfied",
        "thanks",
        "thank",
        "thx",
        "cheers",
        "hello",
        "hi",
        "hey",
        "bye",
        "yes",
        "no",
        "nope",
        "yep",
        "none",
        "nothing",
        "na",
        "n/a",
        "nil",
        "best",
        "love",
        "loved",
        "lovely",
        "cool",
        "wow",
        "everything",
        "well",
        "goed",
        "prima",
        "fijn",
        "mooi",
        "geweldig",
        "uitstekend",
        "perfect",
        "slecht",
        "matig",
        "tevreden",
        "bedankt",
        "dank",
        "dankjewel",
        "hallo",
        "hoi",
        "dag",
        "doei",
        "nee",
        "ja",
        "nvt",
        "geen",
        "niks",
        "leuk",
        "lekker",
        "heel",
        "erg",
        "best",
        "groetjes",
        "groeten",
        "mvg",
        "gut",
        "sehr",
        "danke",
        "bien",
        "merci",
        "oui",
        "non",
    ]
)


@dataclass(frozen=True, slots=True)
class Distinct:
    """Texts told apart: each different text once, with how often it came."""

    texts: tuple[str, ...]
    """Cleaned, in lower case."""
    spoken: tuple[str, ...]
    """The same texts as they first came, with their capitals: a sentence encoder reads them."""
    counts: IntArray
    """How many rows each text stands for, shape (texts,)."""
    of_row: IntArray
    """Position in ``texts`` of each row, shape (rows,); −1 for rows without content."""


def clean(text: str) -> str:
    """Without links, handles and redaction's placeholders, in lower case, with single spaces."""
    return _spoken(text).lower()


def _spoken(text: str) -> str:
    return _SPACE.sub(" ", _LINK.sub(" ", _PLACEHOLDER.sub(" ", text))).strip()


def words(text: str) -> list[str]:
    """The words of a cleaned text: letters, with an apostrophe inside them."""
    return _WORD.findall(text)


def has_content(cleaned: str) -> bool:
    """Whether the text says what it is about: one word that is neither small nor mere judgement.

    "ok", "very good" and "thanks!" say nothing to act on; "refund" does.
    """
    return any(
        len(word) > 1 and word not in _FILLERS and word.replace("’", "'") not in STOP_WORDS for word in words(cleaned)
    )


def distinct(rows: Sequence[str]) -> Distinct:
    """Duplicates counted instead of clustered, and rows without content set apart."""
    position: dict[str, int] = {}
    contents: list[str] = []
    spoken: list[str] = []
    of_row = np.empty(len(rows), dtype=np.int64)
    for row, text in enumerate(rows):
        said = _spoken(text)
        cleaned = said.lower()
        if cleaned not in position:
            position[cleaned] = len(contents) if has_content(cleaned) else -1
            if position[cleaned] >= 0:
                contents.append(cleaned)
                spoken.append(said)
        of_row[row] = position[cleaned]
    counts = np.bincount(of_row[of_row >= 0], minlength=len(contents)).astype(np.int64)
    return Distinct(tuple(contents), tuple(spoken), counts, of_row)

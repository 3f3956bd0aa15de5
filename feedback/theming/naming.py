"""Names for groups of texts: the phrases that are common in a group and rare outside it.

Class-based TF-IDF over phrases of one to three words. Small words may stand inside a phrase but not
at its ends: "change of address" reads well, "the address" and "atm ate card" do not. A name is a
proposal until a person accepts it.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feedback.texts import STOP_WORDS, IntArray, words

_LONGEST_PHRASE = 3
_SHORTEST_WORD = 2
# A longer phrase says more, but is found less often: this evens it out.
_WEIGHT_OF_LENGTH = 1.3
_BELONG_TO_VERBS = frozenset({"up", "in", "out", "off", "back"})
# One word ("card") names half the themes: a phrase this nearly as telling is preferred.
_NEARLY_AS_TELLING = 0.4
_LEAST_SHARE = 0.06
_PHRASES_IN_SUBTITLE = 3
_LONGEST_FALLBACK = 6


@dataclass(frozen=True, slots=True)
class Name:
    """What to call a group until a person names it."""

    title: str
    subtitle: str
    """The next phrases, comma-separated; empty when there are none."""


def name_groups(texts: Sequence[str], labels: IntArray, groups: int) -> tuple[Name, ...]:
    """A different name for each of ``groups`` groups of cleaned ``texts``; largest group first choice."""
    inside: list[Counter[str]] = [Counter() for _ in range(groups)]
    sizes = [0] * groups
    shortest = [""] * groups
    for text, label in zip(texts, labels.tolist(), strict=True):
        inside[label].update(set(_phrases(words(text))))
        sizes[label] += 1
        if not shortest[label] or len(text) < len(shortest[label]):
            shortest[label] = text
    everywhere: Counter[str] = Counter()
    for counted in inside:
        everywhere.update(counted)
    names: list[Name] = [Name("", "")] * groups
    taken: set[str] = set()
    for group in sorted(range(groups), key=lambda group: (-sizes[group], group)):
        ranked = _ranked(inside[group], everywhere, sizes[group], len(texts))
        names[group] = _named(ranked, taken, shortest[group])
        taken.add(names[group].title.lower())
    return tuple(names)


def _phrases(spoken: list[str]) -> Iterator[str]:
    for length in range(1, _LONGEST_PHRASE + 1):
        for start in range(len(spoken) - length + 1):
            phrase = spoken[start : start + length]
            # "Top up" and "log in" end in a small word that belongs to the verb.
            verb = length > 1 and phrase[-1] in _BELONG_TO_VERBS and _may_end(phrase[-2])
            if _may_end(phrase[0]) and (verb or _may_end(phrase[-1])):
                yield " ".join(phrase)


def _may_end(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word.replace("’", "'") not in STOP_WORDS


def _ranked(inside: Counter[str], everywhere: Counter[str], size: int, texts: int) -> list[str]:
    least = max(1 if size < 5 else 2, _LEAST_SHARE * size)
    scored = {
        phrase: found / size * math.log(1 + texts / everywhere[phrase]) * (phrase.count(" ") + 1) ** _WEIGHT_OF_LENGTH
        for phrase, found in inside.items()
        if found >= least
    }
    ranked = sorted(scored, key=lambda phrase: (-scored[phrase], phrase))
    telling = [
        phrase for phrase in ranked if " " in phrase and scored[phrase] >= _NEARLY_AS_TELLING * scored[ranked[0]]
    ]
    return telling + [phrase for phrase in ranked if phrase not in set(telling)]


def _named(ranked: list[str], taken: set[str], shortest: str) -> Name:
    title = next((phrase for phrase in ranked if phrase not in taken), None)
    if title is None:
        title = " ".join(shortest.split()[:_LONGEST_FALLBACK])
        number = 2
        while title in taken:
            title = f"{' '.join(shortest.split()[:_LONGEST_FALLBACK])} ({number})"
            number += 1
    said = set(title.split())
    subtitle: list[str] = []
    for phrase in ranked:
        if len(subtitle) == _PHRASES_IN_SUBTITLE:
            break
        new = {word for word in phrase.split() if word not in STOP_WORDS}
        if not new & said:
            subtitle.append(phrase)
            said |= new
    return Name(title[:1].upper() + title[1:], ", ".join(subtitle))

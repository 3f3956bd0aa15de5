"""Redaction is called for every text that comes in: what it costs, counted in steps rather than in seconds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from feedback.redaction import candidates, phones, redact, scan, words
from feedback.redaction import known as known_values

pytestmark = pytest.mark.slow  # the same on every database

PLAIN = [
    "I ordered a pair of boots last week and the delivery still has not come, could you look into it",
    "De levering van 12-03-2026 tussen 12:30 en 14:30 is niet gekomen, maat 42 en € 1.234,56 betaald",
    "Ich habe das Paket am 05.06.2026 14:30 noch nicht erhalten, der Fehler 502 kommt immer wieder",
]
HOSTILE = [
    "a", "0", "1:", "Aa ", "nl91", "nl 91 ", "groet. Aa", "groetjes ", "order-", "order A-", "06 ", "0612 ", "+31 6 ",
    "4111 ", "bsn 1", "a@", "a@a.", "a [at] ", "a dot ", "Kerkstraat ", "12 High ", "SW1A ", "geboren op 1 ",
    "mijn naam is A", "mevr A", "ik ben A B ", "adres Aa ", "1.2.3.", "::", "1017 A", "bedankt, A", "A.", "tel 1 ",
    "212 555 0134 ", "[name]", "İ", "van ", "best\nAa ", "gr, A. de ", "Naam: A\n", "groet A & ", "groet uit A,",
]  # fmt: skip


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many candidates are decided about, and how many characters patterns are tried on for that."""
    steps = [0]
    replace = scan.replace

    def counting(text: str, pattern: re.Pattern[str], placeholder: str, decide: scan.Decide) -> tuple[str, int]:
        def counting_decide(text: str, candidate: re.Match[str]) -> tuple[int, int] | None:
            steps[0] += 1 + candidate.end() - candidate.start()
            return decide(text, candidate)

        steps[0] += 1
        return replace(text, pattern, placeholder, counting_decide)

    for module in (words, phones):
        monkeypatch.setattr(module, "replace", counting)
    monkeypatch.setattr("feedback.redaction.numbers.replace", counting)
    yield steps


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_anything_personal_meets_no_rule(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look, and out: also with dates, times and prices in it."""
    assert candidates.look(text) == 0
    with counted(monkeypatch) as steps:
        redact(text)
    assert steps == [0]


def test_a_name_that_is_not_in_the_text_compiles_no_pattern() -> None:
    known_values._pattern.cache_clear()
    for number in range(100):
        redact(PLAIN[0], [f"Wilhelmina Achternaam{number}", f"w{number}@example.nl", "+31612345678"])
    assert known_values._pattern.cache_info().misses == 0


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_costs_twice_the_steps(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as steps:
        redact(piece * (10_000 // len(piece)))
        once, steps[0] = steps[0], 0
        redact(piece * (20_000 // len(piece)))
    assert steps[0] <= 2.2 * once + 100


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_hostile_signs_come_back(piece: str) -> None:
    """Patterns themselves are linear too: with a quadratic one this takes minutes."""
    redact((piece * 100_000)[:100_000] + " groet, Anna 12", ["Jan van den Berg"])


def test_numbering_plans_are_asked_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(phones, "_is_valid", lambda number, region: asked.append(number))
    text = " ".join(f"0699 {number:04} xx" for number in range(5_000))
    assert "0699" not in redact(text).text[10_000:]
    assert len(asked) < 30_000

"""Similar ideas while typing: the same meaning is found, the unrelated is not."""

import pytest

from feedback import similarity

pytestmark = pytest.mark.slow  # the same on every database

IDEAS = [
    "Show the delivery date on the product page",
    "Explain the return costs before the customer orders",
    "Let customers change the delivery address after ordering",
    "Toon de maattabel naast de maatkeuze",
    "Add a guest checkout without an account",
]


def test_the_same_idea_in_other_words_comes_first() -> None:
    found = similarity.rank("change delivery address after the order is placed", IDEAS)
    assert found[0][0] == 2
    assert 0 < found[0][1] <= 1
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_an_idea_is_found_from_a_few_typed_letters_and_in_dutch() -> None:
    assert similarity.rank("guest check", IDEAS)[0][0] == 4
    assert similarity.rank("maattabellen bij de maat", IDEAS)[0][0] == 3


def test_the_unrelated_finds_nothing() -> None:
    assert similarity.rank("birthday voucher by post", IDEAS) == []
    assert similarity.rank("the of and", IDEAS) == []
    assert similarity.rank("", IDEAS) == []
    assert similarity.rank("delivery", []) == []
    assert similarity.rank("delivery", ["", "!!"]) == []


def test_no_more_than_asked_for() -> None:
    assert len(similarity.rank("delivery address", IDEAS * 10, top=3)) == 3

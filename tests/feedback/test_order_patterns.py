"""The shop's own order numbers: found by its patterns, and no pattern can bring anything to a halt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.redaction import redact
from feedback.redaction.orders import MAX_PATTERNS, BadPattern, OrderPatterns, compiled

pytestmark = pytest.mark.slow  # the same on every database


def test_the_shops_numbers_leave_the_text_and_are_handed_back() -> None:
    patterns = compiled("LN-?[0-9]{6,8}\n\n  \\d{4}-\\d{6}  \n")
    found = redact("LN4821377 en 2026-118830 van 2026-01-02, bel 06-12345678", orders=patterns)
    assert found.text == "[order] en [order] van 2026-01-02, bel [phone]"
    assert found.orders == ("LN4821377", "2026-118830")
    assert found.counts == {"order": 2, "phone": 1}
    assert redact(found.text, orders=patterns).orders == ()


def test_the_shops_pattern_goes_before_what_only_looks_like_it() -> None:
    assert redact("0612345678", orders=compiled(r"\d{10}")).text == "[order]"
    assert redact("4111111111111111", orders=compiled(r"4\d+")).orders == ("4111111111111111",)


def test_words_and_parts_of_longer_numbers_are_no_order_numbers() -> None:
    patterns = compiled("[a-z0-9]+")
    assert redact("abc 12 x1", orders=patterns).orders == ()
    assert redact("XLN4821377 LN48213771234", orders=compiled("LN[0-9]{7}")).orders == ()


@pytest.mark.parametrize(
    "pattern", ["LN\\d+", "^LN\\d+$", "\\bLN\\d{8}\\b", "(LN|LB)-?\\d{7}", "#\\d{5}", "[A-Z]{2}(-\\d{4})?\\d{4}"]
)
def test_what_people_write_is_taken(pattern: str) -> None:
    assert OrderPatterns([pattern])


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("(a+)+$", "not_read"), ("(a|a)*b", "not_read"), ("(\\d)\\1", "not_read"), ("a(?=b)", "not_read"),
        ("(?i)LN", "not_read"), (".*", "not_read"), ("[^a]{9}", "not_read"), ("\\D{9}", "not_read"), ("[", "not_read"),
        ("LN\\d{9999}", "not_read"), ("LN\\d{8,2}", "not_read"), ("[z-a]1", "not_read"), ("LN)", "not_read"),
        ("\\d*\\d*\\d*\\d*x", "too_many_ways"), ("\\d?", "too_short"), ("LN\\d|", "too_short"), ("1" * 121, "too_long"),
    ],
)  # fmt: skip
def test_what_could_cost_too_much_is_refused_with_its_kind(pattern: str, kind: str) -> None:
    with pytest.raises(BadPattern) as refused:
        OrderPatterns([pattern])
    assert (refused.value.kind, refused.value.pattern) == (kind, pattern)


def test_there_are_not_too_many() -> None:
    with pytest.raises(BadPattern, match="too_many"):
        compiled("\n".join(f"LN{number}" for number in range(MAX_PATTERNS + 1)))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="aL1\\d+*?{}(),|[]-^$.2 ", max_size=24))
def test_whatever_is_written_is_taken_or_refused_and_never_slow(pattern: str) -> None:
    """Ten thousand signs that nearly match go through whatever was taken."""
    try:
        patterns = OrderPatterns([pattern])
    except BadPattern:
        return
    for piece in ("1", "a", "L1", "1-", "1 "):
        patterns.take_out(piece * (10_000 // len(piece)))

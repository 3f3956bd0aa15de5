"""What this floor keeps of customers: their words as evidence with an idea, and what people quoted of them."""

from __future__ import annotations

from feedback import erasing
from feedback.services.erasure import out_of_table
from hypotheses.models import Evidence, Hypothesis, Move, Supporter


def erase_quotes(gone: erasing.Gone) -> int:
    """The quotes of these contacts say that they were erased; copies of their words leave the ideas."""
    quotes = [
        quote
        for quote in Evidence.objects.filter(kind=Evidence.Kind.QUOTE)
        if quote.origin.get("contact") in gone.contacts and quote.facts.get("text") != erasing.ERASED
    ]
    for quote in quotes:
        quote.facts = {**quote.facts, "text": erasing.ERASED}
    Evidence.objects.bulk_update(quotes, ["facts"], batch_size=200)
    copies = gone.copies()
    return len(quotes) + sum(
        out_of_table(copies, model, fields)
        for model, fields in (
            (Hypothesis, ("title", "problem", "change")),
            (Supporter, ("note",)),
            (Move, ("note", "before")),
        )
    )

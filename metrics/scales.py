"""From one answer, ticket or thread to what is added up: survey scales, NPS classes, VES pairs, response times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from metrics.sums import Sums

CSAT_SATISFIED = 4.0
"""On the scale of 1 to 5: the two top boxes."""
CES_AGREES = 5.0
CES_ALERT = 2.0
"""An effort score this low goes to somebody (1 to 7, higher = easier)."""
SCALES: dict[str, tuple[float, float]] = {
    "csat": (1, 5),
    "star": (1, 5),
    "nps": (0, 10),
    "enps": (0, 10),
    "ces": (1, 7),
    "ves": (1, 7),
    "gcr": (0, 1),
}
"""The scale of each instrument when the source names none."""

NpsClass = Literal["promoter", "passive", "detractor"]
_ROUNDING = 1e-9


def csat_scaled(score: float | None, low: float, high: float) -> float | None:
    """A score on another scale as 1 + 4 (x - low) / (high - low), never rounded.

    None for a blank, a score outside the scale or a scale without width: such a row is rejected, not bent.
    """
    if score is None or high <= low or not low <= score <= high:
        return None
    return 1 + 4 * (score - low) / (high - low)


def csat_satisfied(scaled: float) -> bool:
    """Whether a score on 1 to 5 is in the two top boxes; on -5 to 5 that is 3 and up."""
    return scaled >= CSAT_SATISFIED - _ROUNDING


def nps_class(score: float) -> NpsClass:
    """9 and 10 promote, 7 and 8 are passive, 0 to 6 detract."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def ves_score(first: float | None, second: float | None) -> float | None:
    """The mean of a customer's two answers (1 to 7); None when one is missing. Twice this is the sum of 2 to 14."""
    return None if first is None or second is None else (first + second) / 2


def answer_sums(
    instrument: str, score: float | None, score2: float | None = None, scale: tuple[float, float] | None = None
) -> Sums | None:
    """The cell of one invitation; without a score it counts as invited and not answered.

    `scale` is that of the source and matters for CSAT alone. None when the score is outside its scale: reject the row.
    Raises KeyError for an instrument that does not exist.
    """
    low, high = scale or SCALES[instrument]
    if score is None:
        return Sums(invited=1)
    if instrument == "ves":
        if not (low <= score <= high) or (score2 is not None and not low <= score2 <= high):
            return None
        both = ves_score(score, score2)
        return Sums(invited=1) if both is None else Sums(invited=1, n=1, total=both, total_sq=both * both)
    if not low <= score <= high:
        return None
    value = csat_scaled(score, low, high) if instrument == "csat" else score
    if value is None:
        return None
    return Sums(
        invited=1,
        n=1,
        hits=float(_is_hit(instrument, value)),
        promoters=float(instrument in {"nps", "enps"} and nps_class(value) == "promoter"),
        detractors=float(instrument in {"nps", "enps"} and nps_class(value) == "detractor"),
        total=value,
        total_sq=value * value,
    )


def _is_hit(instrument: str, value: float) -> bool:
    match instrument:
        case "csat":
            return csat_satisfied(value)
        case "ces":
            return value >= CES_AGREES
        case "gcr":
            return value >= 1
        case _:
            return False


class FirstResponses(NamedTuple):
    """First response time in both readings of the guide's sentence, each None without a resolved ticket."""

    resolved_cohort: float | None
    literal: float | None


def first_response_time(tickets: Iterable[tuple[float | None, bool]]) -> FirstResponses:
    """Mean first response over (first response, resolved) pairs, in the unit given.

    `resolved_cohort` (the default of the product) has resolved tickets above and below the line; `literal` divides the
    response times of all tickets by the number of resolved ones, as the guide can also be read.
    """
    answered = [(wait, resolved) for wait, resolved in tickets if wait is not None]
    resolved = [wait for wait, done in answered if done]
    if not resolved:
        return FirstResponses(None, None)
    return FirstResponses(sum(resolved) / len(resolved), sum(wait for wait, _ in answered) / len(resolved))


class Replies(NamedTuple):
    """The waits of a thread: one per customer turn that was answered, and whether the last turn is still open."""

    waits: tuple[float, ...]
    open: bool


def reply_waits(thread: Sequence[tuple[str, float]]) -> Replies:
    """Waits from (author, time) messages in order; the author is "customer" or an agent.

    Consecutive customer messages are one turn, counted from the first. The first wait is the first response time, the
    mean of all is the average response time.
    """
    waits: list[float] = []
    since: float | None = None
    for author, at in thread:
        if author == "customer":
            since = at if since is None else since
        elif since is not None:
            waits.append(at - since)
            since = None
    return Replies(tuple(waits), since is not None)

"""A row of a survey file as one response or one unanswered invitation, or a `Problem`. Pure.

Which instrument it is comes from the file or the mapping and is never guessed from the number.
A CSAT score on another scale becomes 1 + 4 (x − min)/(max − min), never rounded (METHODS §1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from feedback.normalise import values as cell
from feedback.normalise.circumstances import Circumstances, Place, local_day
from feedback.normalise.contacts import known_names
from feedback.normalise.problem import Problem
from feedback.redaction import redact
from metrics.scales import SCALES, csat_scaled, ves_score

COLUMNS = (
    "external_id", "invited_at", "responded_at", "instrument", "score", "score2", "scale_min", "scale_max",
    "comment", "contact", "customer", "customer_name", "channel", "market", "stage", "page", "language", "department",
)  # fmt: skip


class SurveyRow(NamedTuple):
    """One response, in the units of the database. The comment is not yet redacted."""

    external_id: str
    row_hash: str
    instrument: str
    invited_at: datetime | None
    responded_at: datetime | None
    local_day: date
    score: float | None
    score2: float | None
    scale_min: float
    scale_max: float
    standard_score: float | None
    market: str
    channel: str
    stage: str
    page: str
    language: str
    department: str
    contact_external_id: str
    customer_ref: str
    text: str
    known: tuple[str, ...]


def normaliser(around: Circumstances) -> Callable[[Mapping[str, str]], SurveyRow]:
    """A function from the fields of a row to a response; it raises Problem."""

    def normalise(row: Mapping[str, str]) -> SurveyRow:
        external_id = cell.name(row, "external_id")
        if not external_id:
            raise Problem("external_id", "", "id_missing")
        instrument = _instrument(row)
        place = around.place(row)
        invited_at = _moment(around, row, "invited_at", place)
        responded_at = _moment(around, row, "responded_at", place)
        low, high = _scale(around, row, instrument)
        score = _score(around, row, "score", instrument, low, high)
        score2 = _score(around, row, "score2", instrument, low, high)
        if score is None and invited_at is None:
            raise Problem("score", "", "score_missing")
        given = (responded_at if score is not None else None) or invited_at or responded_at
        if given is None:
            raise Problem("responded_at", "", "date_missing")
        contact, customer = _about(row)
        facts = (
            instrument,
            invited_at,
            responded_at,
            local_day(given, place.zone),
            score,
            score2,
            low,
            high,
            _standard(instrument, score, score2, low, high),
            place.market,
            cell.name(row, "channel"),
            cell.name(row, "stage"),
            cell.page(row),
            cell.name(row, "language"),
            cell.name(row, "department"),
            contact,
            around.references.customer(customer),
            row.get("comment", ""),
        )
        return SurveyRow(
            external_id,
            around.references.row(facts),
            *facts,
            known_names(customer, called=row.get("customer_name", "")),
        )

    return normalise


def _about(row: Mapping[str, str]) -> tuple[str, str]:
    """The contact and the customer. An address where the contact should stand says who answered, not which contact."""
    contact, customer = cell.name(row, "contact"), row.get("customer", "")
    if "@" in contact and redact(contact).total:
        return "", customer or contact
    return contact, customer


def _instrument(row: Mapping[str, str]) -> str:
    value = row.get("instrument", "")
    if not value:
        raise Problem("instrument", "", "instrument_missing")
    if value.lower() not in SCALES:
        raise Problem("instrument", value, "instrument_unknown")
    return value.lower()


def _moment(around: Circumstances, row: Mapping[str, str], column: str, place: Place) -> datetime | None:
    value = row.get(column)
    return around.dates.moment(column, value, place.written) if value else None


def _scale(around: Circumstances, row: Mapping[str, str], instrument: str) -> tuple[float, float]:
    """Of the row, else of the mapping, else the instrument's own; only CSAT may stand on another one."""
    usual = SCALES[instrument]
    low, high = around.scale or usual
    if "scale_min" in row:
        low = cell.number("scale_min", row["scale_min"], around.decimal)
    if "scale_max" in row:
        high = cell.number("scale_max", row["scale_max"], around.decimal)
    if not low < high:
        raise Problem("scale_min", f"{low:g} – {high:g}", "scale_without_width")
    if instrument != "csat" and (low, high) != usual:
        raise Problem(
            "scale_max",
            f"{low:g} – {high:g}",
            "scale_of_instrument",
            instrument=instrument.upper(),
            low=usual[0],
            high=usual[1],
        )
    return low, high


def _score(
    around: Circumstances, row: Mapping[str, str], column: str, instrument: str, low: float, high: float
) -> float | None:
    value = row.get(column)
    if value is None:
        return None
    if instrument == "gcr":
        return float(cell.yes_no(column, value))
    score = cell.number(column, value, around.decimal)
    if not low <= score <= high:
        raise Problem(column, value, "score_outside", low=low, high=high)
    return score


def _standard(instrument: str, score: float | None, score2: float | None, low: float, high: float) -> float | None:
    """On the instrument's own scale; VES only when both items were answered."""
    if instrument == "csat":
        return csat_scaled(score, low, high)
    if instrument == "ves":
        return ves_score(score, score2)
    return score

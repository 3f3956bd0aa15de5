"""The book of formulas: every KPI once. Pages, exports, the API, tooltips and `docs/metrics.md` are made from it.

Labels and formula sentences are plain English here and translated where they are shown. Shares are percent (0 to 100),
NPS is points (-100 to 100), durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from metrics.estimate import DEFAULT_LEVEL, PER_1000_ORDERS, PERCENT, POINTS, SCORE, SECONDS, SMALL, Estimate, hidden
from metrics.measures import Duration, MeanScore, Measure, NetScore, RatePer1000, Share
from metrics.sums import Sums

Direction = Literal["up", "down", "none"]
Source = Literal["contacts", "surveys", "commerce", "contacts+commerce"]

SURVEY_MINIMUM = 30
SURVEY_HIDE_BELOW = 5
GUIDE = "The ultimate guide to customer service (2022)"


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry of the registry.

    `direction` says which way is better; "none" is a metric that must never become a target (handling time). Under
    `minimum_n` the estimate carries the flag "small", under `hide_below_n` its value is withheld. `instrument` is the
    survey whose cells it reads, `needs` the sums, `reference` where the formula comes from. In its first `settles_days`
    a day's value can still change and is provisional.
    """

    id: str
    name: str
    formula: str
    source: Source
    unit: str
    direction: Direction
    measure: Measure
    reference: str
    minimum_n: int = 0
    hide_below_n: int = 0
    instrument: str | None = None
    settles_days: int = 0

    @property
    def needs(self) -> tuple[str, ...]:
        """The additive sums that the formula reads."""
        return self.measure.needs

    def compute(self, sums: Sums, *, phi: float = 1.0, level: float = DEFAULT_LEVEL) -> Estimate:
        """The value with its interval, greyed or hidden when too thin.

        `phi` widens the interval of a contact rate by its square root (`intervals.dispersion` of the weekly counts).
        """
        found = self.measure.estimate(sums, phi=phi, level=level)
        if found.value is None:
            return found
        if found.n < self.hide_below_n:
            return hidden(found)
        return found.with_flags(SMALL) if found.n < self.minimum_n else found


def _survey(
    id: str, name: str, formula: str, measure: Measure, unit: str, instrument: str, reference: str = GUIDE
) -> Metric:
    return Metric(
        id=id,
        name=name,
        formula=formula,
        source="surveys",
        unit=unit,
        direction="up",
        measure=measure,
        reference=reference,
        minimum_n=SURVEY_MINIMUM,
        hide_below_n=SURVEY_HIDE_BELOW,
        instrument=instrument,
    )


def _duration(id: str, name: str, formula: str, prefix: str, direction: Direction = "down") -> Metric:
    return Metric(id, name, formula, "contacts", SECONDS, direction, Duration(prefix), GUIDE)


_ALL = (
    Metric(
        id="conversion_rate",
        name="Conversion rate",
        formula="100 × orders ÷ sessions",
        source="commerce",
        unit=PERCENT,
        direction="up",
        measure=Share(of="sessions", hits="orders"),
        reference="Standard definition",
    ),
    Metric(
        id="contacts_per_1000_orders",
        name="Contacts per 1,000 orders",
        formula="1,000 × contacts ÷ orders of the same days and markets",
        source="contacts+commerce",
        unit=PER_1000_ORDERS,
        direction="down",
        measure=RatePer1000("contacts"),
        reference="Standard definition",
    ),
    Metric(
        id="complaints_per_1000_orders",
        name="Complaints per 1,000 orders",
        formula="1,000 × complaints ÷ orders of the same days and markets",
        source="contacts+commerce",
        unit=PER_1000_ORDERS,
        direction="down",
        measure=RatePer1000("complaints"),
        reference="Standard definition",
    ),
    _survey(
        "csat",
        "Customer satisfaction (CSAT)",
        "100 × answers of 4 or 5 ÷ all answers, on a scale of 1 to 5",
        Share(of="n", hits="hits"),
        PERCENT,
        "csat",
    ),
    _survey(
        "csat_mean",
        "Mean satisfaction score",
        "sum of scores ÷ answers, on a scale of 1 to 5",
        MeanScore(1, 5),
        SCORE,
        "csat",
    ),
    _survey("star", "Star rating", "sum of stars ÷ ratings, 1 to 5", MeanScore(1, 5), SCORE, "star"),
    _survey(
        "nps",
        "Net promoter score (NPS)",
        "100 × (answers of 9 and 10 − answers of 0 to 6) ÷ all answers",
        NetScore(),
        POINTS,
        "nps",
    ),
    _survey(
        "enps",
        "Employee net promoter score (eNPS)",
        "100 × (answers of 9 and 10 − answers of 0 to 6) ÷ all answers by employees",
        NetScore(),
        POINTS,
        "enps",
    ),
    _survey(
        "ces",
        "Customer effort score (CES)",
        "sum of scores ÷ answers, from 1 (strongly disagree that it was easy) to 7 (strongly agree)",
        MeanScore(1, 7),
        SCORE,
        "ces",
    ),
    _survey(
        "ces_agree",
        "Customers who found it easy",
        "100 × answers of 5 to 7 ÷ all answers to the effort question",
        Share(of="n", hits="hits"),
        PERCENT,
        "ces",
    ),
    _survey(
        "ves",
        "Value enhancement score (VES)",
        "mean of each customer's two answers, 1 to 7, over customers who gave both",
        MeanScore(1, 7),
        SCORE,
        "ves",
    ),
    _survey(
        "gcr",
        "Goal completion rate (GCR)",
        "100 × yes ÷ (yes + no) to whether the visit reached its goal",
        Share(of="n", hits="hits"),
        PERCENT,
        "gcr",
    ),
    _duration(
        "frt", "First response time (FRT)", "first response times of resolved tickets ÷ resolved tickets", "first"
    ),
    _duration("asa", "Average speed of answer (ASA)", "queue time of handled calls ÷ handled calls", "wait"),
    _duration(
        "art", "Average response time (ART)", "sum of waits for a reply ÷ customer turns that were answered", "reply"
    ),
    _duration(
        "aht", "Average handling time (AHT)", "talk, hold and follow-up time ÷ handled contacts", "handle", "none"
    ),
    Metric(
        id="fcr",
        name="First contact resolution (FCR)",
        formula="100 × resolved at the first contact ÷ contacts whose outcome is known",
        source="contacts",
        unit=PERCENT,
        direction="up",
        measure=Share(of="fcr_known", hits="fcr_yes"),
        reference=GUIDE,
        minimum_n=30,
        # A customer who is not helped after all comes back within a week.
        settles_days=7,
    ),
)

REGISTRY: dict[str, Metric] = {metric.id: metric for metric in _ALL}
"""Every metric by id, in the order in which pages list them."""

FCR_COVERAGE = Share(of="contacts", hits="fcr_known")
"""How many contacts have a known outcome; shown beside FCR, which is the guide's "all incoming" only at 100 %."""

RESPONSE_RATE = Share(of="invited", hits="n")
"""Answers per invitation; shown beside every survey metric when two periods are compared."""


def metric(id: str) -> Metric:
    """The registry's entry; raises KeyError for an id that does not exist."""
    return REGISTRY[id]

"""A small shop for the tests of this floor: days in the series, themes, contacts with words, ideas and tests."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import Market, Person
from experiments.models import Experiment, Outcome, Release, Variant
from feedback.models import (
    Contact,
    ContactReason,
    ContactText,
    ContactTheme,
    DimensionValue,
    Import,
    ReasonTag,
    Source,
    Theme,
)
from hypotheses.models import Hypothesis, Move, Sprint
from metrics.models import CommerceCell, ContactCell, SurveyCell

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)
FIRST = TODAY - timedelta(days=28)


def theme(name: str, **fields: Any) -> Theme:
    return Theme.objects.create(name=name, created_at=NOW, **fields)


def dimension(kind: str, code: str) -> DimensionValue:
    return DimensionValue.objects.get_or_create(dimension=kind, code=code, defaults={"label": code.capitalize()})[0]


def count(subject: Theme | None, day: date, contacts: int, *, market: int = 0, channel: int = 0, **sums: float) -> None:
    """Contacts of one day in the series; without a theme, all contacts of the day."""
    ContactCell.objects.create(
        theme=subject.pk if subject else 0, day=day, contacts=contacts, market=market, channel=channel, **sums
    )


def counts(subject: Theme, per_day: dict[int, int] | int, *, days: int = 56, market: int = 0) -> None:
    """So many contacts on each of the last days (a dict: by week, 0 is the newest), of a minute each; totals too."""
    for back in range(days):
        contacts = per_day if isinstance(per_day, int) else per_day.get(back // 7, 0)
        if not contacts:
            continue
        day = YESTERDAY - timedelta(days=back)
        sums: dict[str, Any] = {"handle_n": contacts, "handle_sum": 60.0 * contacts, "handle_sumsq": 3600.0 * contacts}
        count(subject, day, contacts, market=market, **sums)
        everything, _made = ContactCell.objects.get_or_create(theme=0, day=day, market=market)
        for name, value in {"contacts": contacts, "with_reason": contacts, **sums}.items():
            setattr(everything, name, getattr(everything, name) + value)
        everything.save()


def orders(per_day: int, *, days: int = 56, sessions: int = 0) -> None:
    for back in range(days):
        CommerceCell.objects.create(
            day=YESTERDAY - timedelta(days=back), orders=per_day, sessions=sessions or 20 * per_day
        )


def answers(subject: Theme | None, day: date, n: int, hits: int, instrument: str = "csat") -> None:
    SurveyCell.objects.create(
        theme=subject.pk if subject else 0, day=day, instrument=instrument, n=n, hits=hits, total=4.0 * n,
        total_sq=17.0 * n,
    )  # fmt: skip


def contact(
    number: int, subject: Theme | None = None, text: str = "", *, day: date = YESTERDAY, **fields: Any
) -> Contact:
    source, _ = Source.objects.get_or_create(name="desk", defaults={"created_at": NOW})
    made = Contact.objects.create(
        source=source, external_id=str(number), occurred_at=NOW, local_day=day, row_hash="",
        **fields,
    )  # fmt: skip
    if text:
        ContactText.objects.create(contact=made, text=text)
    if subject:
        ContactTheme.objects.create(contact=made, theme=subject)
        reason, _ = ContactReason.objects.get_or_create(name=subject.name, path=subject.name)
        ReasonTag.objects.create(contact=made, reason=reason)
    return made


def imported(rejected: int, now: datetime = NOW) -> Import:
    source, _ = Source.objects.get_or_create(name="desk", defaults={"created_at": now})
    return Import.objects.create(
        source=source, kind="contacts", door="upload", sha256="0" * 64, created_at=now, file_name="nov.csv",
        read_count=500, rejected_count=rejected, state="finished",
    )  # fmt: skip


def idea(number: int, proposer: Person, subject: Theme | None, status: str = "submitted", **fields: Any) -> Hypothesis:
    sent = fields.pop("sent", NOW - timedelta(days=1))
    return Hypothesis.objects.create(
        number=number, title=f"Idea {number}", proposer=proposer, source=fields.pop("source", "cs"), theme=subject,
        status=status, problem="People ask.", created_at=sent, updated_at=sent, submitted_at=sent, **fields,
    )  # fmt: skip


def move(hypothesis: Hypothesis, name: str, at: datetime, actor: Person | None = None, note: str = "") -> Move:
    return Move.objects.create(
        hypothesis=hypothesis,
        name=name,
        from_status="submitted",
        to_status=hypothesis.status,
        actor=actor,
        at=at,
        note=note,
    )


def trial(hypothesis: Hypothesis, number: int, status: str = "running", **fields: Any) -> Experiment:
    made = Experiment.objects.create(
        number=number, name=f"Test {number}", hypothesis=hypothesis, status=status, created_at=NOW, **fields
    )
    for position, key in enumerate(("control", "b")):
        Variant.objects.create(experiment=made, position=position, key=key, name=key)
    return made


def live(
    experiment: Experiment, on: date, *, ratio: tuple[float, float, float] | None = None, grade: str = "B"
) -> Release:
    """A release of the test, with an outcome when a ratio is given as (value, low, high)."""
    release = Release.objects.create(
        name=experiment.name, released_on=on, experiment=experiment, theme=experiment.hypothesis.theme, created_at=NOW
    )
    if ratio:
        value, low, high = ratio
        Outcome.objects.create(
            release=release, grade=grade, verdict="avoided", rate_ratio=value, rate_ratio_low=low, rate_ratio_high=high,
            contacts_avoided=10, avoided_low=5, avoided_high=15, weeks_after=4, measured_through=YESTERDAY,
            measured_at=NOW,
        )  # fmt: skip
    return release


def sprint(number: int = 1, quota: int = 1, state: str = "running") -> Sprint:
    return Sprint.objects.create(
        number=number, quota=quota, state=state, starts_on=TODAY - timedelta(days=4), ends_on=TODAY + timedelta(days=5)
    )


def market(code: str = "NL") -> Market:
    return Market.objects.get(code=code)

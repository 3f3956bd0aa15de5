"""The sentences of an experiment's page: its finding, the three cells of the verdict, the checks, its way round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import accounts.selectors
from accounts import formats
from experiments.models import Decision, Experiment, Outcome, Status
from experiments.selectors import words
from experiments.selectors.experiments import ExperimentPage, Row, Sample
from hypotheses.models import Move
from metrics import charts
from metrics.estimate import Estimate


@dataclass(frozen=True)
class Cell:
    """One cell of the verdict: heading, the number with its interval (or words), and the line under it.

    `kind` is "n" (tested), "e" (proven) or "d"; the number is coloured only when it says something.
    """

    heading: str
    number: str
    interval: str
    detail: str
    kind: str = "d"


@dataclass(frozen=True)
class Tag:
    """Where it stands: words, colour and icon of a tag."""

    text: str
    kind: str
    glyph: str


@dataclass(frozen=True)
class Check:
    """Something that could speak against the numbers, and whether it does."""

    text: str
    ok: bool


@dataclass(frozen=True)
class Step:
    """One step of the way round."""

    on: date
    text: str
    note: str
    kind: str


def tag(page: ExperimentPage) -> Tag:
    """The tag above the title."""
    experiment = page.experiment
    if page.release:
        day = formats.day(page.release.released_on)
        if page.markets:
            names = ", ".join(market.name for market in page.markets)
            return Tag(_("Live in %(markets)s since %(day)s") % {"markets": names, "day": day}, "e", "circle-check")
        return Tag(_("Live for everyone since %(day)s") % {"day": day}, "e", "circle-check")
    if experiment.status == Status.RUNNING and page.ready:
        return Tag(_("Ready to decide"), "r", "scale")
    if experiment.status == Status.RUNNING:
        return Tag(_("Running"), "n", "flask")
    if experiment.decision:
        return Tag(str(Decision(experiment.decision).label), "n" if experiment.decision == "won" else "o", "scale")
    return Tag(str(Status(experiment.status).label), "o", "calendar-event")


def finding(page: ExperimentPage) -> str:
    """The title: what we know now."""
    name = page.experiment.name
    if page.outcome:
        return _live_finding(name, page.outcome)
    if page.release:
        return _("“%(name)s” is live; its first reading is still to come") % {"name": name}
    if page.experiment.status == Status.PLANNED:
        return _("“%(name)s” is planned and can start") % {"name": name}
    if page.experiment.status == Status.RUNNING:
        if page.ready:
            return _("“%(name)s” has run its course: time to decide") % {"name": name}
        share = formats.percent(100 * page.sample.share, 0)
        return _("“%(name)s” has %(share)s of its sample") % {"name": name, "share": share}
    return _decided_finding(page)


def _live_finding(name: str, outcome: Outcome) -> str:
    count = outcome.contacts_avoided
    shown = {"name": name, "count": formats.decimal(abs(count or 0)), "weeks": words.weeks(outcome.weeks_after)}
    if outcome.verdict == "avoided" and count is not None:
        return _("“%(name)s” took away %(count)s contacts in %(weeks)s") % shown
    if outcome.verdict == "more_contacts" and count is not None:
        return _("“%(name)s” brought %(count)s contacts more in %(weeks)s") % shown
    if outcome.verdict == "no_difference":
        return _("“%(name)s” is live, and no difference in contacts could be shown") % shown
    if outcome.verdict == "too_early":
        return _("“%(name)s” is live, too early to say what it did to contacts") % shown
    return _("“%(name)s” is live, and we cannot say what it did to contacts") % shown


def _decided_finding(page: ExperimentPage) -> str:
    decision, best = page.experiment.decision, page.best
    lift = formats.percent(abs(100 * best.lift.value)) if best and best.lift.value is not None else ""
    shown = {"name": page.experiment.name, "lift": lift}
    texts = {
        Decision.WON: _("“%(name)s” won: conversion rose %(lift)s"),
        Decision.LOST: _("“%(name)s” does not go live: conversion fell %(lift)s"),
        Decision.INCONCLUSIVE: _("“%(name)s” showed no difference in conversion"),
        Decision.STOPPED: _("“%(name)s” was stopped early"),
        Decision.INVALID: _("“%(name)s” cannot be read: its numbers are not valid"),
    }
    if decision == Decision.LOST and (not best or (best.lift.value or 0) >= 0):
        return _("“%(name)s” does not go live") % shown
    return texts[Decision(decision)] % shown


# The verdict ---------------------------------------------------------------------------------------------------------


def test(page: ExperimentPage, today: date) -> Cell:
    """What the test says, as far as it may be said now."""
    experiment, found = page.experiment, page.evaluation
    if experiment.status == Status.PLANNED:
        planned = formats.decimal(experiment.planned_visitors)
        detail = ngettext(
            "visitors planned, in %(count)d day", "visitors planned, in %(count)d days", experiment.planned_days
        )
        return Cell(_("The test has not started"), planned, "", detail % {"count": experiment.planned_days})
    if found.blocked:
        return Cell(_("The test says nothing"), _("Not valid"), "", str(words.TEST_VERDICTS["blocked"]))
    if experiment.status == Status.RUNNING and not found.final:
        return _running(page, today)
    best = page.best
    if best is None or found.verdict == "too_few":
        return Cell(_("In the test"), _("Too few to say"), "", str(words.TEST_VERDICTS["too_few"]))
    lift = best.lift if found.final else best.always_valid
    return Cell(_heading(lift), _signed(lift), _interval(lift), _span(page), "n" if lift.excludes_zero else "d")


def _running(page: ExperimentPage, today: date) -> Cell:
    experiment = page.experiment
    share = formats.percent(100 * page.sample.share, 0)
    seen = _("%(seen)s of %(planned)s visitors") % {
        "seen": formats.decimal(page.sample.visitors),
        "planned": formats.decimal(page.sample.planned),
    }
    started, ends = experiment.starts_on or today, experiment.ends_on or today
    detail = _("Day %(day)d of %(days)d, until %(end)s.") % {
        "day": max(0, min((today - started).days, experiment.planned_days)),
        "days": experiment.planned_days,
        "end": formats.day(ends),
    }
    best = page.best
    if not page.shows_effect:
        return Cell(_("The test is running"), share, seen, f"{detail} {_('The effect is shown at the end.')}")
    if best is None or best.always_valid.value is None:
        return Cell(_("The test is running"), share, seen, detail)
    so_far = _("For CRO leads: %(lift)s so far, %(interval)s, an interval that may be read every day.") % {
        "lift": _signed(best.always_valid),
        "interval": _interval(best.always_valid),
    }
    return Cell(_("The test is running"), share, seen, f"{detail} {so_far}")


def _heading(lift: Estimate) -> str:
    if not lift.excludes_zero:
        return _("In the test, no difference in conversion shown")
    return _("In the test, conversion rose") if (lift.value or 0) > 0 else _("In the test, conversion fell")


def _span(page: ExperimentPage) -> str:
    experiment = page.experiment
    days = (
        formats.day_range(experiment.starts_on, experiment.ends_on)
        if experiment.starts_on and experiment.ends_on
        else ""
    )
    seen = _("%(days)s, %(visitors)s visitors") % {"days": days, "visitors": formats.decimal(page.sample.visitors)}
    if page.sample.share >= 1:
        return _("%(what)s, planned sample reached") % {"what": seen}
    share = formats.percent(100 * page.sample.share, 0)
    return _("%(what)s, %(share)s of the planned sample") % {"what": seen, "share": share}


def _signed(lift: Estimate) -> str:
    return "–" if lift.value is None else formats.signed_percent(100 * lift.value)


def _interval(lift: Estimate) -> str:
    if lift.low is None or lift.high is None:
        return ""
    return _("%(low)s to %(high)s, 95%% interval") % {
        "low": formats.decimal(100 * lift.low, 1),
        "high": formats.decimal(100 * lift.high, 1),
    }


def outcome(page: ExperimentPage) -> Cell:
    """What came of it since it went live."""
    found = page.outcome
    if page.release is None:
        waits = page.experiment.status != Status.DECIDED or bool(page.experiment.decision in {"won", "inconclusive"})
        detail = _("Contacts are measured once it is live.") if waits else _("It did not go live.")
        return Cell(_("Contacts"), _("Not live"), "", detail)
    if found is None:
        return Cell(_("Since it went live"), _("Not measured yet"), "", words.needs_weeks(None))
    heading, detail = words.outcome_heading(found), words.outcome_detail(found)
    if found.contacts_avoided is None or found.avoided_low is None or found.avoided_high is None:
        return Cell(heading, _("Not known"), "", detail)
    sign = -1 if found.verdict == "more_contacts" else 1
    ends = sorted((sign * found.avoided_low, sign * found.avoided_high))
    interval = _("%(low)s to %(high)s in %(weeks)s") % {
        "low": formats.decimal(ends[0]),
        "high": formats.decimal(ends[1]),
        "weeks": words.weeks(found.weeks_after),
    }
    number = formats.decimal(sign * found.contacts_avoided)
    return Cell(heading, number, interval, detail, "e" if found.verdict == "avoided" else "d")


def decision(page: ExperimentPage) -> Cell:
    """Who decided what."""
    experiment = page.experiment
    if not experiment.decision:
        return Cell(_("Decision"), _("Open"), "", _("A CRO lead decides when the planned sample is in."))
    heading = {
        Decision.WON: _("Roll it out") if page.release is None else _("Rolled out"),
        Decision.INCONCLUSIVE: _("No difference") if page.release is None else _("Live, without a shown difference"),
        Decision.LOST: _("Not going live"),
        Decision.STOPPED: _("Stopped early"),
        Decision.INVALID: _("Not valid"),
    }[Decision(experiment.decision)]
    by = experiment.decided_by.name if experiment.decided_by else ""
    day = formats.day(accounts.selectors.market_day(experiment.decided_at)) if experiment.decided_at else ""
    signed = _("%(name)s, %(day)s.") % {"name": by, "day": day}
    return Cell(_("Decision"), heading, "", f"{signed} {experiment.learning}")


# Checks --------------------------------------------------------------------------------------------------------------


def checks(page: ExperimentPage) -> list[Check]:
    """Everything that was looked at before the numbers were believed."""
    found = []
    srm = page.evaluation.srm_p
    if srm is not None:
        shown = {"p": formats.decimal(srm, 3 if srm < 0.1 else 2)}
        if page.evaluation.blocked:
            text = _("Visitors were not split as planned (p = %(p)s)") % shown
        else:
            text = _("Visitors were split as planned, no sample ratio mismatch (p = %(p)s)") % shown
        found.append(Check(text, not page.evaluation.blocked))
    if page.shows_effect:
        for measure in page.measures:
            name = words.MEASURES[measure.key]
            text = _("%(measure)s got worse") if measure.worse else _("%(measure)s held")
            found.append(Check(text % {"measure": name}, not measure.worse))
    return found + (_outcome_checks(page.outcome) if page.outcome else [])


def _outcome_checks(found: Outcome) -> list[Check]:
    guard, flags = found.guardrails, set(found.flags)
    checked = []
    if guard.get("trend_t") is not None:
        bad = "existing_trend" in flags
        checked.append(
            Check(str(words.FLAGS["existing_trend"]) if bad else _("No own trend before it went live"), not bad)
        )
    if guard.get("placebo"):
        bad = "placebo_failed" in flags
        good = _("A change that never was, four weeks earlier, shows nothing")
        checked.append(Check(str(words.FLAGS["placebo_failed"]) if bad else good, not bad))
    # Without a fall there is nothing that could have moved.
    if guard.get("moved") is not None and found.verdict in {"avoided", "moved"}:
        bad = "moved" in flags
        checked.append(Check(str(words.FLAGS["moved"]) if bad else _("Sibling themes did not take them over"), not bad))
    before, after = guard.get("all_per_1000_before"), guard.get("all_per_1000_after")
    if before and after:
        text = _("All contacts: %(before)s per 1,000 orders before, %(after)s after")
        numbers = {"before": formats.decimal(before, 1), "after": formats.decimal(after, 1)}
        checked.append(Check(text % numbers, True))
    told = {"existing_trend", "placebo_failed", "moved"}
    checked += [Check(text, False) for text in words.flags([flag for flag in found.flags if flag not in told])]
    return checked


# How it went round ---------------------------------------------------------------------------------------------------

_TESTED = {"plan", "unplan", "test", "decide"}
_PROVEN = {"release", "measure"}


def story(page: ExperimentPage) -> list[Step]:
    """The steps of its idea, oldest first."""
    zone = accounts.selectors.market_zone()
    return [
        Step(
            move.at.astimezone(zone).date(),
            _step(move, page.experiment),
            move.note if move.name in {"ask", "decline"} else "",
            "n" if move.name in _TESTED else "e" if move.name in _PROVEN else "",
        )
        for move in page.moves
    ]


def _step(move: Move, experiment: Experiment) -> str:
    name = move.actor.first_name if move.actor else ""
    proposer = experiment.hypothesis.proposer.first_name
    texts = {
        "submit": _("%(name)s sends the idea"),
        "ask": _("%(name)s asks something"),
        "answer": _("%(name)s answers"),
        "accept": _("Accepted by %(name)s"),
        "decline": _("Declined by %(name)s"),
        "merge": _("Merged by %(name)s"),
        "plan": _("Into a sprint"),
        "unplan": _("Out of the sprint again"),
        "test": _("Test starts, %(visitors)s visitors planned"),
        "decide": _("Decided by %(name)s"),
        "release": _("Live"),
        "measure": _("Measured; %(proposer)s is told the same day"),
        "reopen": _("Taken up again by %(name)s"),
    }
    shown = {"name": name, "proposer": proposer, "visitors": formats.decimal(experiment.planned_visitors)}
    return texts.get(move.name, move.name) % shown


def sample_bar(sample: Sample) -> charts.Svg:
    """How far the sample is, as a bar."""
    label = _("%(share)s of the planned sample") % {"share": formats.percent(100 * sample.share, 0)}
    return charts.bar(sample.share, tone="indigo", label=label, width=300)


def card_bar(sample: Sample) -> charts.Svg:
    """The same on a card of the board, where the words stand beside it."""
    return charts.bar(sample.share, tone="indigo")


def state_tag(row: Row) -> Tag:
    """Where an experiment stands, in the list."""
    experiment = row.experiment
    if row.ready:
        return Tag(_("Ready to decide"), "r", "scale")
    if experiment.status in {Status.RELEASED, Status.MEASURED}:
        return Tag(str(Status(experiment.status).label), "e", "circle-check")
    if experiment.status == Status.RUNNING:
        return Tag(_("Running"), "n", "flask")
    if experiment.decision:
        return Tag(str(Decision(experiment.decision).label), "n" if experiment.decision == "won" else "o", "scale")
    return Tag(str(Status(experiment.status).label), "o", "calendar-event")

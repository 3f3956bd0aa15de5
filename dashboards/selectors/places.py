"""Where themes are in the loop: the one thing that is furthest along and not finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments.models import Experiment, Release
from experiments.models import Status as TestStatus
from feedback.models import Theme
from hypotheses.models import Hypothesis, Status

_WAITING = {Status.SUBMITTED, Status.ASKED}
_OVER = {Status.DRAFT, Status.DECLINED, Status.DUPLICATE}


@dataclass(frozen=True)
class Place:
    """A tag: its words, its colour ("g" heard, "n" tested, "e" proven, "r" act now, "o" nothing yet) and its address.

    `hypothesis` (a number) or `experiment` (a key) is what it is about; neither when it is about several.
    """

    text: str
    kind: str
    hypothesis: int | None = None
    experiment: str = ""


def places(themes: Iterable[int], today: date) -> dict[int, Place]:
    """The place of every theme that has an idea; two queries, however many themes."""
    ideas: dict[int, list[Hypothesis]] = defaultdict(list)
    rows = Hypothesis.objects.filter(theme__in=list(themes)).exclude(status__in=_OVER)
    for hypothesis in rows.prefetch_related("experiments").order_by("pk"):
        if hypothesis.theme_id is not None:
            ideas[hypothesis.theme_id].append(hypothesis)
    return {theme: place(found, today) for theme, found in ideas.items()}


def nothing_yet() -> Place:
    """The place of a theme that nobody has an idea for."""
    return Place(_("No idea yet"), "o")


def place(ideas: Sequence[Hypothesis], today: date) -> Place:
    """Where these ideas of one theme have got to."""
    tests = [experiment for idea in ideas for experiment in idea.experiments.all()]
    return (
        _running(tests, today)
        or _planned(ideas)
        or _waiting(ideas)
        or _live(tests)
        or Place(ngettext("%(count)d idea", "%(count)d ideas", len(ideas)) % {"count": len(ideas)}, "g")
    )


def _running(tests: Sequence[Experiment], today: date) -> Place | None:
    running = [test for test in tests if test.status == TestStatus.RUNNING]
    for test in running:
        if test.ends_on and test.ends_on < today:
            return Place(_("Decide, %(key)s") % {"key": test.key}, "r", experiment=test.key)
    if running:
        return Place(_("Testing, %(key)s") % {"key": running[0].key}, "n", experiment=running[0].key)
    return None


def _planned(ideas: Sequence[Hypothesis]) -> Place | None:
    for idea in ideas:
        if idea.status in {Status.PLANNED, Status.TESTING}:
            words = _("Building, %(key)s") if idea.building_since else _("In the sprint, %(key)s")
            return Place(words % {"key": idea.key}, "n", hypothesis=idea.number)
    return None


def _waiting(ideas: Sequence[Hypothesis]) -> Place | None:
    waiting = [idea for idea in ideas if idea.status in _WAITING]
    if len(waiting) == 1:
        return Place(_("To triage, %(key)s") % {"key": waiting[0].key}, "g", hypothesis=waiting[0].number)
    open_ideas = len(waiting) + sum(idea.status == Status.ACCEPTED for idea in ideas)
    if open_ideas:
        return Place(ngettext("%(count)d idea", "%(count)d ideas", open_ideas) % {"count": open_ideas}, "g")
    return None


def _live(tests: Sequence[Experiment]) -> Place | None:
    live = [test for test in tests if test.status in {TestStatus.RELEASED, TestStatus.MEASURED}]
    if live:
        return Place(_("Live, %(key)s") % {"key": live[-1].key}, "e", experiment=live[-1].key)
    decided = [test for test in tests if test.status == TestStatus.DECIDED]
    if decided:
        return Place(_("Decided, %(key)s") % {"key": decided[-1].key}, "", experiment=decided[-1].key)
    return None


def is_held(theme: Theme) -> bool:
    """Are ideas or releases about this theme, so that its rows must go on counting under it?"""
    return Hypothesis.objects.filter(theme=theme).exists() or Release.objects.filter(theme=theme).exists()

"""De Linde's year, told through the services that its people would have used: ideas, sprints, tests, releases."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

import experiments.services
import hypotheses.services
import outbox.services
from accounts.models import Person
from demo import ideas, world
from demo.generate import Truth
from demo.services import agreements
from demo.services.calendar import Fortnight, Timeline, at, fortnights, workdays_after
from experiments.models import Experiment, Release
from experiments.services import Arm, Row
from feedback.models import Contact, ContactReason, DimensionValue, Theme
from hypotheses.models import Hypothesis, Sprint, Status
from hypotheses.services.proposals import Chosen, Words

WAIVERS = (
    "Release freeze around the sale: only fixes this sprint. The next sprint takes two.",
    "The two ideas on the shortlist wait for the new label supplier.",
    "Half of the team is at the fair; we finish what is running.",
)
GOALS = (
    "Fewer customers stuck between basket and payment.",
    "Answer on the page what people now call about.",
    "Make returning as easy as ordering.",
    "Say when it comes, before they have to ask.",
)
TESTED = {idea.slug: idea for idea in ideas.TESTED}


@dataclass
class Story:
    """What the events share while the story is told."""

    people: dict[str, Person]
    last_day: date
    results: dict[str, list[Row]]
    themes: dict[str, Theme] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Hypothesis] = field(default_factory=dict)
    tests: dict[str, Experiment] = field(default_factory=dict)
    sprints: dict[Fortnight, Sprint] = field(default_factory=dict)
    waivers: int = 0

    def now(self, slug: str) -> Hypothesis:
        """The idea as it is at this moment."""
        return Hypothesis.objects.get(pk=self.sent[slug].pk)


@transaction.atomic
def tell(*, people: dict[str, Person], truth: Truth, results: Sequence[Path], now: datetime) -> None:
    """Let everything happen, in the order of time, up to `now`."""
    story = Story(people, truth.last_day, _results(results), _themes(), _pages())
    timeline = Timeline()
    _plan_tests(story, timeline)
    _plan_loose_ideas(story, timeline)
    _plan_sprints(story, timeline)
    agreements.plan(story.people, story.themes, truth, timeline)
    for when, happens in timeline.until(now):
        happens(when)
    _read_old_mail(people, now)


def _themes() -> dict[str, Theme]:
    """The theme of each reason, by the reason's slug."""
    by_path = {row.path: row.theme for row in ContactReason.objects.select_related("theme")}
    found = {reason.slug: by_path.get(reason.path.replace("::", " > ")) for reason in world.REASONS}
    return {slug: theme for slug, theme in found.items() if theme is not None}


def _pages() -> dict[str, str]:
    """Codes of pages by their label."""
    return dict(DimensionValue.objects.filter(dimension="page").values_list("label", "code"))


def _results(paths: Sequence[Path]) -> dict[str, list[Row]]:
    """The rows of the results files by experiment key, money in cents as the services want it."""
    found: dict[str, list[Row]] = defaultdict(list)
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                found[line["experiment"]].append(_row(line))
    return found


def _row(line: dict[str, str]) -> Row:
    return Row(
        variant=line["variant"],
        day=date.fromisoformat(line["date"]),
        visitors=int(line["visitors"]),
        conversions=int(line["conversions"]),
        # Rounded as the import rounds, which meets these rows again and must find them unchanged.
        revenue_sum=round(float(line["revenue_sum"]) * 100, 6) if line["revenue_sum"] else None,
        revenue_sumsq=round(float(line["revenue_sumsq"]) * 10_000, 6) if line["revenue_sumsq"] else None,
        contacts=int(line["contacts"]) if line["contacts"] else None,
    )


# ── Ideas that were tested ────────────────────────────────────────────────────


def _plan_tests(story: Story, timeline: Timeline) -> None:
    for test in world.EXPERIMENTS:
        filed = world.day_before(story.last_day, test.filed_before)
        begins, ends = world.run_period(test, story.last_day)
        _say_later(timeline, at(filed, 10, 20), _send_tested, story, test)
        _say_later(timeline, at(workdays_after(filed, 3), 9, 40), _accept, story, test.slug, TESTED[test.slug].points)
        if test.ending != "planned":
            _say_later(timeline, at(begins, 9, 30), _start_test, story, test, begins)
        if TESTED[test.slug].learning:
            _say_later(timeline, at(workdays_after(ends, 2), 15, 0), _decide, story, test)
        if test.release is not None:
            live = world.released_on(test, story.last_day)
            _say_later(timeline, at(live, 11, 0), _release, story, test, live)
            for weeks in (4, 12):
                # One week is washed out; the reading is taken the morning after the last whole week.
                _say_later(timeline, at(live + timedelta(weeks=weeks + 1), 5, 0), _measure, story, test)


def _say_later(timeline: Timeline, when: datetime, happens: object, *arguments: object) -> None:
    timeline.add(when, lambda now: happens(now, *arguments))  # type: ignore[operator]


def _send_tested(now: datetime, story: Story, test: world.Experiment) -> None:
    idea = TESTED[test.slug]
    words = Words(
        problem=idea.problem,
        change=idea.change,
        effect=idea.effect,
        metric="conversion_rate" if idea.effect == "more_orders" else "contacts_per_1000_orders",
        pages=_codes(story, test.page),
        theme=story.themes.get(test.reason),
        title=test.title,
    )
    story.sent[test.slug] = _send(now, story, idea.by, words)


def _send(now: datetime, story: Story, by: str, words: Words) -> Hypothesis:
    return hypotheses.services.propose(
        proposer=story.people[by],
        words=words,
        chosen=Chosen(quotes=_quotes(words.theme, now.date())),
        today=now.date(),
        now=now,
    )


def _codes(story: Story, page: str) -> tuple[str, ...]:
    return (story.pages[page],) if page in story.pages else ()


def _quotes(theme: Theme | None, day: date) -> tuple[Contact, ...]:
    """The newest customer's words on the theme at that time."""
    if theme is None:
        return ()
    recent = (
        Contact.objects.filter(
            theme_links__theme=theme, local_day__range=(day - timedelta(days=10), day - timedelta(days=1))
        )
        .exclude(words=None)
        .exclude(words__text="")
        .select_related("words", "language", "channel")
    )
    return tuple(recent.order_by("-local_day", "-id")[:1])


def _accept(now: datetime, story: Story, slug: str, points: int) -> None:
    hypotheses.services.set_effort(
        hypothesis=story.now(slug), points=points, actor=story.people["priya"], today=now.date(), now=now
    )
    hypotheses.services.accept(hypothesis=story.now(slug), actor=story.people["daan"], now=now)


def _start_test(now: datetime, story: Story, test: world.Experiment, begins: date) -> None:
    idea = TESTED[test.slug]
    made = experiments.services.make(
        hypothesis=story.now(test.slug),
        name=test.title,
        arms=[Arm("A", "As it is today"), Arm("B", idea.variant or idea.change[:1].upper() + idea.change[1:])],
        planned_visitors=2 * test.visitors,
        planned_days=test.days,
        actor=story.people["priya"],
        now=now,
    )
    story.tests[test.slug] = experiments.services.start(
        experiment=made, starts_on=begins, actor=story.people["priya"], now=now
    )


def _decide(now: datetime, story: Story, test: world.Experiment) -> None:
    experiment = story.tests[test.slug]
    experiments.services.enter_results(
        experiment=experiment, rows=story.results[experiment.key], actor=story.people["priya"], now=now
    )
    story.tests[test.slug] = experiments.services.decide(
        experiment=experiment,
        decision=test.ending,
        learning=TESTED[test.slug].learning,
        actor=story.people["daan"],
        today=now.date(),
        now=now,
    )


def _release(now: datetime, story: Story, test: world.Experiment, live: date) -> None:
    experiments.services.release(
        experiment=story.tests[test.slug],
        released_on=live,
        markets=[],
        actor=story.people["daan"],
        today=now.date(),
        now=now,
    )


def _measure(now: datetime, story: Story, test: world.Experiment) -> None:
    release = Release.objects.select_related("experiment__hypothesis__proposer", "theme").get(
        experiment=story.tests[test.slug]
    )
    experiments.services.measure(release=release, today=now.date(), now=now)


def measure_all(*, today: date, now: datetime) -> None:
    """Today's reading of every release that is not final yet."""
    for release in experiments.services.measure_due(today=today):
        experiments.services.measure(release=release, today=today, now=now)


# ── Ideas without a test ──────────────────────────────────────────────────────


def _plan_loose_ideas(story: Story, timeline: Timeline) -> None:
    for idea in ideas.LOOSE:
        sent = world.day_before(story.last_day, idea.days_before)
        _say_later(timeline, at(sent, 13, 5), _send_loose, story, idea)
        if idea.ending != "waiting":
            _say_later(timeline, at(workdays_after(sent, 3), 16, 10), _answer, story, idea)


def _send_loose(now: datetime, story: Story, idea: ideas.Loose) -> None:
    words = Words(
        problem=idea.problem,
        change=idea.change,
        effect=idea.effect,
        pages=_codes(story, idea.page),
        theme=story.themes.get(idea.reason),
        title=idea.title,
    )
    story.sent[idea.title] = _send(now, story, idea.by, words)


def _answer(now: datetime, story: Story, idea: ideas.Loose) -> None:
    lead, pin = story.people["daan"], story.people["marijke"]
    current = story.now(idea.title)
    match idea.ending:
        case "shortlist":
            _accept(now, story, idea.title, idea.points)
        case "asked":
            hypotheses.services.ask(hypothesis=current, actor=pin, question=idea.note, now=now)
        case "declined":
            hypotheses.services.decline(hypothesis=current, actor=lead, reason=idea.note, now=now)
        case "merged":
            same = next(other for other in ideas.LOOSE if other.reason == idea.reason and other.ending == "shortlist")
            hypotheses.services.merge(hypothesis=current, into=story.now(same.title), actor=pin, now=now)


# ── Sprints ───────────────────────────────────────────────────────────────────


def _plan_sprints(story: Story, timeline: Timeline) -> None:
    first = min(world.run_period(test, story.last_day)[0] for test in world.EXPERIMENTS)
    today = story.last_day + timedelta(days=1)
    frames = fortnights(first, today)
    for frame in [*frames, Fortnight(frames[-1].starts_on + timedelta(days=14))]:
        _say_later(timeline, at(frame.starts_on - timedelta(days=4), 14, 0), _prepare_sprint, story, frame)
        _say_later(timeline, at(frame.starts_on, 9, 0), _start_sprint, story, frame)
        _say_later(timeline, at(frame.ends_on, 16, 30), _close_sprint, story, frame)


def _prepare_sprint(now: datetime, story: Story, frame: Fortnight) -> None:
    number = len(story.sprints)
    sprint = hypotheses.services.make_sprint(
        actor=story.people["daan"],
        starts_on=frame.starts_on,
        ends_on=frame.ends_on,
        goal=GOALS[number % len(GOALS)],
        now=now,
    )
    story.sprints[frame] = sprint
    for test in world.EXPERIMENTS:
        if frame.holds(world.run_period(test, story.last_day)[0]):
            _take_up(now, story, test.slug, sprint)
    if not _has_customer_service(sprint) and (carried := _to_carry(story, now)):
        _take_up(now, story, carried, sprint)


def _take_up(now: datetime, story: Story, slug: str, sprint: Sprint) -> None:
    if story.now(slug).status == Status.ACCEPTED:
        hypotheses.services.plan(hypothesis=story.now(slug), sprint=sprint, actor=story.people["daan"], now=now)


def _has_customer_service(sprint: Sprint) -> bool:
    return sprint.hypotheses.filter(source=Hypothesis.Source.CUSTOMER_SERVICE).exists()


def _to_carry(story: Story, now: datetime) -> str | None:
    """An idea of an agent that was planned once and not tested in time; each is carried once."""
    for idea in ideas.LOOSE:
        if not idea.carried or idea.title not in story.sent:
            continue
        current = story.now(idea.title)
        if current.status == Status.ACCEPTED and not current.moves.filter(name="plan").exists():
            return idea.title
    return None


def _start_sprint(now: datetime, story: Story, frame: Fortnight) -> None:
    sprint = story.sprints[frame]
    reason = ""
    if not _has_customer_service(sprint):
        reason = WAIVERS[story.waivers % len(WAIVERS)]
        story.waivers += 1
    hypotheses.services.start_sprint(sprint=sprint, actor=story.people["daan"], waiver_reason=reason, now=now)


def _close_sprint(now: datetime, story: Story, frame: Fortnight) -> None:
    hypotheses.services.close_sprint(
        sprint=Sprint.objects.get(pk=story.sprints[frame].pk), actor=story.people["daan"], now=now
    )


def _read_old_mail(people: dict[str, Person], now: datetime) -> None:
    """Everybody has read what came more than a week ago."""
    for person in people.values():
        outbox.services.mark_read(person=person, now=now - timedelta(days=7))

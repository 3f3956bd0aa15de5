"""From release to outcome: the design is frozen, the effect is found, its absence too, and people are told once."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Market, Person
from experiments import services
from experiments.models import Outcome, Release, Status
from experiments.services import Refusal
from feedback.models import Theme
from hypotheses.models import Hypothesis
from hypotheses.models import Status as HypothesisStatus
from metrics.models import ContactCell
from outbox.models import Message
from tests import people
from tests.experiments import shop

pytestmark = pytest.mark.django_db

MEASURED = ("hypothesis_measure", "outcome_final")


def _measure(release: Release, today: date) -> Outcome | None:
    return services.measure(release=release, today=today, now=shop.at(today))


def _told(person: Person) -> list[Message]:
    return list(Message.objects.filter(recipient=person, kind__in=MEASURED).order_by("pk"))


def _interval(outcome: Outcome) -> tuple[float, float, float]:
    low, value, high = outcome.avoided_low, outcome.contacts_avoided, outcome.avoided_high
    assert low is not None
    assert value is not None
    assert high is not None
    return low, value, high


# Going live ----------------------------------------------------------------------------------------------------------


def test_a_release_moves_the_idea_and_freezes_how_it_will_be_measured(agent: Person) -> None:
    themes = shop.themes()
    release = shop.released(themes[0])
    assert release.design["theme"] == themes[0].pk
    assert release.design["controls"] == sorted(theme.pk for theme in themes[1:])
    assert release.design["filed_on"] == shop.FILED.isoformat()
    assert release.experiment is not None
    assert release.experiment.status == Status.RELEASED
    assert Hypothesis.objects.get().status == HypothesisStatus.RELEASED
    told = Message.objects.get(recipient=agent, kind="hypothesis_release")
    assert told.parameters["released_on"] == shop.LIVE.isoformat()
    themes_later = [*themes, Theme.objects.create(name="Born later", created_at=people.THEN)]
    shop.contacts(themes_later)
    _measure(release, shop.weeks_after(5))
    release.refresh_from_db()
    assert release.design["controls"] == sorted(theme.pk for theme in themes[1:])


def test_only_a_lead_puts_a_change_live_and_only_one_that_may(cro_member: Person, cro_lead: Person) -> None:
    experiment = shop.decided(lift=-0.15, decision="lost")
    with pytest.raises(PermissionDenied, match="does not go live"):
        services.release(
            experiment=experiment,
            released_on=shop.LIVE,
            markets=[],
            actor=cro_lead,
            today=shop.LIVE,
            now=shop.at(shop.LIVE),
        )
    with pytest.raises(PermissionDenied):
        services.release(
            experiment=shop.decided(),
            released_on=shop.LIVE,
            markets=[],
            actor=cro_member,
            today=shop.LIVE,
            now=shop.at(shop.LIVE),
        )


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(shop.LIVE + timedelta(days=1), "in the future"), (shop.STARTED - timedelta(days=1), "before its test started")],
)
def test_the_day_it_went_live_must_be_possible(cro_lead: Person, day: date, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        services.release(
            experiment=shop.decided(),
            released_on=day,
            markets=[],
            actor=cro_lead,
            today=shop.LIVE,
            now=shop.at(shop.LIVE),
        )
    assert not Release.objects.exists()


def test_a_theme_that_another_change_touched_lately_is_no_comparison(cro_lead: Person) -> None:
    themes = shop.themes()
    for theme, day in ((themes[3], shop.LIVE - timedelta(weeks=6)), (themes[4], shop.LIVE - timedelta(weeks=60))):
        services.announce(
            name="Another change",
            released_on=day,
            markets=[],
            theme=theme,
            actor=cro_lead,
            today=shop.LIVE,
            now=shop.at(shop.LIVE),
        )
    controls = shop.released(themes[0]).design["controls"]
    assert themes[3].pk not in controls
    assert themes[4].pk in controls


def test_an_announcement_needs_a_name_a_past_day_and_the_team(cro_lead: Person, agent: Person) -> None:
    def announce(name: str, day: date, actor: Person) -> Release:
        return services.announce(
            name=name, released_on=day, markets=[], theme=None, actor=actor, today=shop.LIVE, now=shop.at(shop.LIVE)
        )

    with pytest.raises(Refusal, match="what went live"):
        announce(" ", shop.LIVE, cro_lead)
    with pytest.raises(Refusal, match="in the future"):
        announce("x", shop.LIVE + timedelta(days=1), cro_lead)
    with pytest.raises(PermissionDenied):
        announce("x", shop.LIVE, agent)
    assert announce("x", shop.LIVE, cro_lead).design == {}


# Measuring -----------------------------------------------------------------------------------------------------------


def test_a_true_fall_lies_inside_the_interval_and_the_agent_hears(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.65)
    release = shop.released(themes[0])
    outcome = _measure(release, shop.weeks_after(12))
    assert outcome is not None
    assert (outcome.grade, outcome.verdict) == ("B", "avoided")
    assert outcome.weeks_after == 12
    assert outcome.is_final
    truth = 30 * 7 * 12 * 0.35
    low, value, high = _interval(outcome)
    assert 0 < low < truth < high
    assert low < value < high
    assert (outcome.rate_ratio_low or 0) < 0.65 < (outcome.rate_ratio_high or 0) < 1
    (told,) = _told(agent)
    assert told.kind == "hypothesis_measure"
    assert told.parameters["contacts_avoided"] == value
    assert told.parameters["weeks"] == 12
    assert Hypothesis.objects.get().status == HypothesisStatus.MEASURED
    assert release.experiment is not None
    release.experiment.refresh_from_db()
    assert release.experiment.status == Status.MEASURED


def test_the_series_holds_every_week_with_what_was_expected() -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    outcome = _measure(shop.released(themes[0]), shop.weeks_after(6))
    assert outcome is not None
    after = [point for point in outcome.series if point["role"] == "after"]
    assert len(after) == 6
    for point in after:
        assert point["low"] <= point["expected"] <= point["high"]
        assert point["observed"] < point["low"]
        assert point["orders"] == 7 * shop.ORDERS
    assert {point["role"] for point in outcome.series} == {"before", "selection", "washout", "after"}


def test_all_contacts_are_counted_once_with_or_without_a_theme() -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    ContactCell.objects.filter(theme=0).update(contacts=900)
    outcome = _measure(shop.released(themes[0]), shop.weeks_after(6))
    assert outcome is not None
    assert outcome.guardrails["all_per_1000_before"] == pytest.approx(1000 * 900 / shop.ORDERS)
    assert outcome.guardrails["all_per_1000_after"] == pytest.approx(1000 * 900 / shop.ORDERS)


def test_no_effect_is_said_to_be_none(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=1.0)
    outcome = _measure(shop.released(themes[0]), shop.weeks_after(12))
    assert outcome is not None
    assert outcome.verdict == "no_difference"
    low, _value, high = _interval(outcome)
    assert low < 0 < high
    assert [told.parameters["verdict"] for told in _told(agent)] == ["no_difference"]


@pytest.mark.parametrize("weeks", [0, 1])
def test_too_early_gives_no_number_and_tells_nobody(agent: Person, weeks: int) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    release = shop.released(themes[0])
    outcome = _measure(release, shop.weeks_after(weeks))
    assert outcome is not None
    assert (outcome.grade, outcome.verdict) == ("D", "too_early")
    assert outcome.contacts_avoided is None
    assert outcome.guardrails["more_weeks"] == 2 - weeks
    assert _told(agent) == []
    assert Hypothesis.objects.get().status == HypothesisStatus.RELEASED


def test_days_of_which_nothing_came_in_are_not_days_without_contacts(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=1.0)
    release = shop.released(themes[0])
    last = shop.weeks_after(6) - timedelta(days=1)
    ContactCell.objects.filter(day__gt=last).delete()
    outcome = _measure(release, shop.weeks_after(12))
    assert outcome is not None
    assert outcome.weeks_after == 6
    assert outcome.measured_through == last
    assert not outcome.is_final
    assert outcome.verdict == "no_difference"


def test_before_four_weeks_there_may_be_a_number_but_no_message(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    release = shop.released(themes[0])
    early = _measure(release, shop.weeks_after(3))
    assert early is not None
    assert early.contacts_avoided is not None
    assert _told(agent) == []
    _measure(release, shop.weeks_after(4))
    assert len(_told(agent)) == 1


def test_measuring_the_same_weeks_again_stores_and_tells_nothing(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.65)
    release = shop.released(themes[0])
    first = _measure(release, shop.weeks_after(5))
    again = _measure(release, shop.weeks_after(5) + timedelta(days=3))
    assert first == again
    assert Outcome.objects.count() == 1
    later = _measure(release, shop.weeks_after(6))
    assert later != first
    assert len(_told(agent)) == 1


def test_the_last_word_is_told_when_it_differs_from_what_was_told(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=1.0)
    release = shop.released(themes[0])
    _measure(release, shop.weeks_after(4))
    # From then on the change works after all, and the sweep sees it week by week.
    since = shop.weeks_after(4)
    for cell in ContactCell.objects.filter(theme=themes[0].pk, day__gte=since):
        cell.contacts = cell.contacts // 3
        cell.save(update_fields=["contacts"])
    for weeks in range(5, 13):
        _measure(release, shop.weeks_after(weeks))
    first, last = _told(agent)
    assert first.parameters["verdict"] != "avoided"
    assert (last.kind, last.parameters["verdict"]) == ("outcome_final", "avoided")
    assert Outcome.objects.filter(is_final=True).count() == 1


def test_a_verdict_that_stays_is_told_once(agent: Person) -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.6)
    release = shop.released(themes[0])
    for weeks in range(2, 13):
        _measure(release, shop.weeks_after(weeks))
    assert len(_told(agent)) == 1


def test_after_the_last_word_a_release_is_no_longer_due() -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.6)
    release = shop.released(themes[0])
    assert services.measure_due(today=shop.LIVE) == []
    assert services.measure_due(today=shop.weeks_after(5)) == [release]
    _measure(release, shop.weeks_after(12))
    assert services.measure_due(today=shop.weeks_after(13)) == []


def _another(theme: Theme, day: date, markets: list[Market]) -> Release:
    return services.announce(
        name="Another change",
        released_on=day,
        markets=markets,
        theme=theme,
        actor=people.person("cro_lead"),
        today=day,
        now=shop.at(day),
    )


def test_another_change_to_the_same_theme_leaves_nothing_to_say() -> None:
    themes = shop.themes()
    shop.contacts(themes, ratio=0.5)
    release = shop.released(themes[0])
    _another(themes[0], shop.LIVE + timedelta(weeks=3), [])
    outcome = _measure(release, shop.weeks_after(8))
    assert outcome is not None
    assert (outcome.grade, outcome.verdict) == ("D", "insufficient")
    assert "overlapping_release" in outcome.flags
    assert outcome.contacts_avoided is None


def test_a_later_change_elsewhere_takes_its_theme_out_of_the_comparison() -> None:
    themes = shop.themes(9)
    shop.contacts(themes, ratio=0.5)
    release = shop.released(themes[0])
    assert (_measure(release, shop.weeks_after(4)) or Outcome()).grade == "B"
    _another(themes[5], shop.LIVE + timedelta(weeks=5), [])
    outcome = _measure(release, shop.weeks_after(6))
    assert outcome is not None
    assert outcome.grade != "B"
    assert "few_comparison_series" in outcome.flags


def test_changes_in_other_markets_do_not_overlap(company: object) -> None:
    themes = shop.themes()
    netherlands, belgium = Market.objects.get(code="NL"), Market.objects.get(code="BE")
    shop.contacts(themes, ratio=0.5)
    ContactCell.objects.update(market=netherlands.pk)
    release = shop.released(themes[0])
    release.markets.set([netherlands])
    _another(themes[0], shop.LIVE + timedelta(weeks=3), [belgium])
    outcome = _measure(release, shop.weeks_after(8))
    assert outcome is not None
    assert "overlapping_release" not in outcome.flags


def test_a_theme_nobody_wrote_about_has_no_outcome() -> None:
    themes = shop.themes()
    shop.contacts(themes[1:])
    assert _measure(shop.released(themes[0]), shop.weeks_after(5)) is None
    assert not Outcome.objects.exists()

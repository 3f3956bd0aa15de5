"""The one sentence of the data health page: what to do first, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from feedback.selectors.counted_twice import Warned
from feedback.selectors.health import Health, SourceHealth

# Rejected rows of a source that are worth looking at first, and contacts without a reason.
_MANY_REJECTED = 0.02
_MANY_WITHOUT_REASON = 25.0
_FEW_CONTACTS = 100


@dataclass(frozen=True)
class FirstStep:
    """A sentence, a reason, and the way there; no way when nothing is to be done."""

    title: str
    text: str
    url: str = ""
    action: str = ""


def first_step(health: Health, failed_jobs: int, twice: Sequence[Warned] = ()) -> FirstStep:
    """The most urgent of what is wrong, told by what it costs: missing data, then wrong data, then vague data."""
    if not health.sources:
        return FirstStep(
            _("Nothing comes in yet"),
            _("Upload a file, or connect the system that your customers write to."),
            reverse("feedback:import-list"),
            _("Upload a file"),
        )
    if health.late:
        return _late(health.late[0])
    broken = next((source for source in health.sources if source.problem), None)
    if broken:
        return FirstStep(
            _("%(source)s cannot be fetched") % {"source": broken.name},
            broken.problem,
            reverse("feedback:source-detail", args=[broken.id]),
            _("Look at %(source)s") % {"source": broken.name},
        )
    unheard = next((source for source in health.sources if _is_unheard(source)), None)
    if unheard:
        return FirstStep(
            _("%(source)s is connected and has not brought anything yet") % {"source": unheard.name},
            _("Its page says what it still needs, and shows what it sends as soon as it does."),
            reverse("feedback:source-detail", args=[unheard.id]),
            _("Look at %(source)s") % {"source": unheard.name},
        )
    if failed_jobs:
        title = ngettext(
            "Start the job that did not finish again", "Start %(count)d jobs that did not finish again", failed_jobs
        )
        return FirstStep(
            title % {"count": failed_jobs},
            _("Nothing is lost. It goes on where it stopped."),
            f"{reverse('outbox:job-list')}?state=failed",
            _("See the jobs"),
        )
    waiting = next((source for source in health.sources if source.draft_import), None)
    if waiting:
        return FirstStep(
            _("Map the file of %(source)s first") % {"source": waiting.name},
            _("It is uploaded and waits for you to say what its columns are."),
            reverse("feedback:import-map", args=[waiting.draft_import]),
            _("Map the file"),
        )
    if twice:
        return FirstStep(twice[0].title, twice[0].text, twice[0].url, twice[0].action)
    return _vague(health)


def _late(source: SourceHealth) -> FirstStep:
    late = pause(source.late_by or timedelta())
    if source.draft_import:
        return FirstStep(
            _("Map the file of %(source)s first, it is %(late)s late") % {"source": source.name, "late": late},
            _("It is uploaded and waits for you to say what its columns are."),
            reverse("feedback:import-map", args=[source.draft_import]),
            _("Map the file"),
        )
    text = rhythm_told(source.usual or timedelta(), source.last, source.last_day)
    if source.is_live:
        text = f"{text} {source.problem or _('Look whether it still sends, and whether its secret was changed.')}"
        url, action = reverse("feedback:source-detail", args=[source.id]), _("Look at the source")
    else:
        url, action = reverse("feedback:import-list"), _("Upload its file")
    return FirstStep(
        _("%(source)s is silent, it is %(late)s late") % {"source": source.name, "late": late}, text, url, action
    )


def _vague(health: Health) -> FirstStep:
    bad = next((one for one in health.sources if one.rejected_ratio > _MANY_REJECTED and one.import_with_rejects), None)
    if bad:
        return FirstStep(
            _("Look at the rejected rows of %(source)s first") % {"source": bad.name},
            _("%(rejected)s of %(read)s rows of the last 7 days could not be stored.")
            % {"rejected": formats.decimal(bad.rejected), "read": formats.decimal(bad.read)},
            reverse("feedback:import-detail", args=[bad.import_with_rejects]),
            _("See why"),
        )
    if health.to_map:
        title = ngettext("Say what one new value means", "Say what %(count)s new values mean", health.to_map)
        return FirstStep(
            title % {"count": formats.decimal(health.to_map)},
            _("They are stored and counted as they came, beside the values that you know."),
            reverse("feedback:value-list"),
            _("Map the values"),
        )
    vague = next((one for one in health.sources if _has_no_reasons(one)), None)
    if vague:
        return FirstStep(
            _("Ask %(source)s for reasons") % {"source": vague.name},
            _("%(share)s of its contacts say no reason; their themes are guessed from their words.")
            % {"share": formats.percent(vague.without_reason_percent or 0, 0)},
            f"{reverse('feedback:contact-list')}?reason=none",
            _("See them"),
        )
    held = next((one for one in health.sources if one.paused_at), None)
    if held:
        return FirstStep(
            _("%(name)s is paused") % {"name": held.name},
            _("Nothing new of it is counted since %(day)s. What it sends is kept, and goes in when it goes on.")
            % {"day": formats.moment(held.paused_at) if held.paused_at else ""},
            reverse("feedback:source-detail", args=[held.id]),
            _("Look at %(source)s") % {"source": held.name},
        )
    if not health.judged:
        return FirstStep(
            _("Nothing waits for you"), _("Too little came in so far to know how often each source brings something.")
        )
    return FirstStep(_("Everything comes in as it should"), _("Every source is on time and nothing waits for you."))


def _is_unheard(source: SourceHealth) -> bool:
    return source.is_live and source.last is None and not source.rows and not source.paused_at


def _has_no_reasons(source: SourceHealth) -> bool:
    share = source.without_reason_percent
    return share is not None and share > _MANY_WITHOUT_REASON and source.contacts >= _FEW_CONTACTS


def rhythm_told(usual: timedelta, last: datetime | None, last_day: date | None) -> str:
    """How often it usually comes, and when it came last; of rows that came all at once, the days that they are of."""
    if last_day:
        return _("Its rows usually go on every %(pause)s; the last are of %(day)s.") % {
            "pause": pause(usual),
            "day": formats.day(last_day),
        }
    return _("It usually brings something every %(pause)s; the last came on %(day)s.") % {
        "pause": pause(usual),
        "day": formats.moment(last) if last else "–",
    }


def pause(length: timedelta) -> str:
    """A pause in the largest unit that says enough: "4 days", "7 hours", "20 minutes"."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes >= 36 * 60:
        days = round(minutes / 1440)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes >= 90:
        hours = round(minutes / 60)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}

"""Data health: is everything coming in, what to do first, and values that wait for their meaning."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

import accounts.selectors
import outbox.selectors
from accounts import formats, notices
from accounts.permissions import signed_in
from feedback import permissions, rejections
from feedback.models import Import, ValueMapping
from feedback.selectors import counted_twice, first_step, unmapped
from feedback.selectors import health as questions
from feedback.selectors.health import SourceHealth
from feedback.services import values
from feedback.systems import registry
from metrics.charts import Svg, sparkline
from metrics.charts.svg import Tone
from outbox.selectors import JobCard

SHOWN_JOBS = 5
KEEP = "keep"
_TONES: dict[str, Tone] = {"commerce": "ink", "results": "indigo"}


@dataclass(frozen=True)
class SourceRow:
    """A source as a row of the table."""

    source: SourceHealth
    kinds: str
    rhythm: str
    late: str
    spark: Svg
    url: str
    action: str


@require_GET
def data_health(request: HttpRequest) -> HttpResponse:
    """Every source: when it came last, whether that is late, and what is wrong with what it brought."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    now = timezone.now()
    health = questions.health(now=now, today=accounts.selectors.market_day(now))
    broken = outbox.selectors.job_page(person, state="failed")
    running = outbox.selectors.job_page(person, state="running").jobs[:SHOWN_JOBS] if broken.live else []
    twice = counted_twice.counted_twice()
    step = first_step.first_step(health, broken.failed, twice)
    context = {
        "health": health,
        "step": step,
        # What the head does not say already.
        "twice": [one for one in twice if (one.title, one.text) != (step.title, step.text)],
        "rows": [_row(source) for source in health.sources],
        "on_time": health.judged - len(health.late),
        "with_reason": _share(health.total("with_reason"), health.total("contacts")),
        "without_reason": health.total("contacts") - health.total("with_reason"),
        "jobs": _jobs(broken.jobs[:SHOWN_JOBS], running),
        "failed": broken.failed,
        "affected": [_affected(source, health) for source in health.late[:SHOWN_JOBS] if source.rows],
        "rejected": health.total("rejected"),
        "read": health.total("read"),
    }
    return render(request, "feedback/data_health.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def value_list(request: HttpRequest) -> HttpResponse:
    """Values never seen before: keep them, or say which value each of them is; many at once."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    problems: list[str] = []
    if request.method == "POST":
        kept, mapped, problems = _apply(request)
        if not problems:
            notices.say(request, _said(kept, mapped))
            return redirect("feedback:value-list")
    context = {
        "dimensions": unmapped.unmapped(),
        "made": unmapped.mappings(),
        "problems": problems,
        "chosen": request.POST,
        "shown": unmapped.SHOWN,
    }
    return render(request, "feedback/value_list.html", context, status=422 if problems else 200)


@require_POST
def value_take_back(request: HttpRequest, mapping_id: int) -> HttpResponse:
    """A value means itself again, and its rows get it back."""
    person = signed_in(request)
    permissions.may_import(person).demand()
    mapping = get_object_or_404(ValueMapping, pk=mapping_id)
    values.take_back(mapping=mapping, actor=person, now=timezone.now())
    notices.say(request, _("The rows are getting their own value back."))
    return redirect("feedback:value-list")


def _apply(request: HttpRequest) -> tuple[int, int, list[str]]:
    """What was chosen: kept, mapped, and what could not be. Names are `value-channel-12`, values "keep" or an id."""
    person, now = signed_in(request), timezone.now()
    kept: dict[str, list[int]] = {}
    mapped, problems = 0, []
    everything = request.POST.get("all", "")
    for name in request.POST:
        choice = request.POST.get(name, "")
        part, _sign, rest = name.partition("-")
        dimension, _sign, key = rest.partition("-")
        if part != "value" or dimension not in unmapped.NAMES or not _is_id(key):
            continue
        if everything:
            choice = KEEP if everything == dimension else ""
        if choice == KEEP:
            kept.setdefault(dimension, []).append(int(key))
        elif _is_id(choice):
            try:
                values.map_value(dimension=dimension, from_id=int(key), to_id=int(choice), actor=person, now=now)
                mapped += 1
            except values.Unfit as error:
                problems.append(rejections.sentence(error.reason, {}))
    done = sum(values.accept(dimension=name, ids=ids, actor=person, now=now) for name, ids in kept.items())
    return done, mapped, list(dict.fromkeys(problems))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _said(kept: int, mapped: int) -> str:
    parts = []
    if mapped:
        parts.append(
            ngettext("%(count)d value is being mapped.", "%(count)d values are being mapped.", mapped)
            % {"count": mapped}
        )
    if kept:
        parts.append(
            ngettext("%(count)d value is kept as it is.", "%(count)d values are kept as they are.", kept)
            % {"count": kept}
        )
    return " ".join(parts) or _("Nothing was chosen.")


def _row(source: SourceHealth) -> SourceRow:
    url, action = _action(source)
    first = source.kinds[0] if source.kinds else ""
    return SourceRow(
        source,
        ", ".join(str(Import.Kind(kind).label) for kind in source.kinds if kind in Import.Kind.values)
        or _system(source),
        _rhythm(source),
        _("%(pause)s late") % {"pause": first_step.pause(source.late_by)} if source.late_by else "",
        sparkline(
            source.rows_a_day,
            _("Rows a day over 28 days, %(average)s on average") % {"average": formats.decimal(source.average, 1)},
            tone="red" if source.late_by else _TONES.get(first, "gold"),
        ),
        url,
        action,
    )


def _system(source: SourceHealth) -> str:
    """What the makers of its system call it; files are of no system."""
    system = registry.get(source.system)
    return str(system.label) if system else _("File")


def _rhythm(source: SourceHealth) -> str:
    if source.paused_at:
        return _("Paused since %(moment)s") % {"moment": formats.moment(source.paused_at)}
    if source.every_minutes:
        return _("Fetched every %(minutes)s minutes") % {"minutes": source.every_minutes}
    if source.usual is None and source.last_day:
        return _("Rows up to %(day)s") % {"day": formats.day(source.last_day)}
    if source.usual is None:
        return _("Too few deliveries to know its rhythm")
    return _("On time, about every %(pause)s") % {"pause": first_step.pause(source.usual)}


def _action(source: SourceHealth) -> tuple[str, str]:
    if source.draft_import:
        return reverse("feedback:import-map", args=[source.draft_import]), _("Map file")
    if source.is_live and (source.problem or source.late_by or source.rejected or source.paused_at or not source.last):
        return reverse("feedback:source-detail", args=[source.id]), _("Look")
    if source.rejected and source.import_with_rejects:
        return reverse("feedback:import-detail", args=[source.import_with_rejects]), _("Look")
    if source.to_map:
        return reverse("feedback:value-list"), _("Map %(count)s") % {"count": formats.decimal(source.to_map)}
    return "", ""


def _affected(source: SourceHealth, health: questions.Health) -> tuple[str, str]:
    """Where a silent source is missed: its share of what usually comes in."""
    share = source.rows / max(1, health.total("rows"))
    if "commerce" in source.kinds:
        return source.name, _("Everything per 1,000 orders stops at its last day.")
    return source.name, _("About %(share)s of all rows usually come from it; counts are that much too low.") % {
        "share": formats.percent(100 * share, 0)
    }


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _jobs(failed: list[JobCard], running: list[JobCard]) -> list[JobCard]:
    return [*failed, *running][:SHOWN_JOBS]

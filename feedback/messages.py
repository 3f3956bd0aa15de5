"""What this floor tells people, written out in their language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import formats
from feedback.selectors.first_step import pause, rhythm_told
from outbox import troubles
from outbox.messages import Rendered, renders


@renders("source_silent")
def source_silent(parameters: dict[str, Any]) -> Rendered:
    """A source is silent for longer than usual. Parameters: source, late_seconds, usual_seconds, last, last_day."""
    late = pause(timedelta(seconds=parameters["late_seconds"]))
    last_day = parameters.get("last_day", "")
    return Rendered(
        title=_("%(source)s is silent, it is %(late)s late") % {"source": parameters["source"], "late": late},
        body=rhythm_told(
            timedelta(seconds=parameters["usual_seconds"]),
            datetime.fromisoformat(parameters["last"]) if parameters["last"] else None,
            date.fromisoformat(last_day) if last_day else None,
        ),
        url=reverse("feedback:data-health"),
        tone="ask",
        about=parameters["source"],
        action=_("Data health"),
    )


@renders("draft_deleted")
def draft_deleted(parameters: dict[str, Any]) -> Rendered:
    """An upload waited too long for its mapping. Parameters: file, source, held (ISO)."""
    return Rendered(
        title=_("%(file)s was deleted, it was never imported") % {"file": parameters["file"]},
        body=_("You uploaded it on %(day)s and its columns were not mapped. Upload it again when you need it.")
        % {"day": formats.moment(datetime.fromisoformat(parameters["held"]))},
        url=reverse("feedback:import-list"),
        about=parameters["source"],
        action=_("Imports"),
    )


@renders("pull_failed")
def pull_failed(parameters: dict[str, Any]) -> Rendered:
    """Nothing can be fetched from a system. Parameters: source_id, source, problem, parameters."""
    return Rendered(
        title=_("Nothing can be fetched for %(source)s") % {"source": parameters["source"]},
        body=troubles.sentence(parameters["problem"], parameters["parameters"])
        + "\n\n"
        + _("Nothing is lost: it goes on where it stopped."),
        url=reverse("feedback:source-detail", args=[parameters["source_id"]]),
        tone="ask",
        about=parameters["source"],
        action=_("Look at it"),
    )

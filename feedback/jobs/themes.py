"""New and changed rows find their themes."""

from datetime import date

from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import metrics.services
from feedback.models import Contact, SurveyResponse
from feedback.services import themes
from metrics.models import Kind
from outbox import jobs

IDS_AT_ONCE = 50_000


@jobs.handles("feedback.assign_themes", title=_("Sort into themes"))
def assign_themes(run: jobs.Run) -> None:
    """Link the contacts of the import `run.arguments["import_id"]` to the themes of their reasons.

    The import has marked the days it touched; responses are linked again from the first of them on.
    """
    import_id = run.arguments["import_id"]
    rows = Contact.objects.filter(imported_id=import_id)
    ids = rows.aggregate(first=Min("id"), last=Max("id"), day=Min("local_day"))
    if ids["first"] is not None:
        run.expect(ids["last"] - ids["first"] + 1)
        _link_contacts(run, import_id, ids["first"], ids["last"])
    _link_surveys(run, import_id, ids["day"])


def _link_contacts(run: jobs.Run, import_id: int, first: int, last: int) -> None:
    while first + run.cursor <= last:
        start = first + run.cursor
        end = min(start + IDS_AT_ONCE - 1, last)
        with run.chunk(to=end - first + 1):
            themes.themes_for_reasons(now=timezone.now())
            themes.link_by_reason(import_id=import_id, first=start, last=end)
            # A recount may have run since the import marked these days.
            rows = Contact.objects.filter(imported_id=import_id, id__range=(start, end))
            metrics.services.mark(Kind.CONTACTS, rows.values_list("local_day", flat=True).distinct())


def _link_surveys(run: jobs.Run, import_id: int, contacts_since: date | None) -> None:
    surveys = SurveyResponse.objects.filter(imported_id=import_id)
    touched = [day for day in (contacts_since, surveys.aggregate(day=Min("local_day"))["day"]) if day]
    if not touched:
        return
    with run.chunk(to=run.cursor + 1):
        themes.link_surveys_to_contacts(since=min(touched).isoformat())
        # A recount may have run since the import marked the days of its own responses, too.
        metrics.services.mark(Kind.SURVEYS, surveys.values_list("local_day", flat=True).distinct())
        if contacts_since:
            rows = SurveyResponse.objects.filter(local_day__gte=contacts_since, contact__imported_id=import_id)
            metrics.services.mark(Kind.SURVEYS, rows.values_list("local_day", flat=True).distinct())

"""What an idea keeps as evidence stays as it was seen, also when the import that brought it is undone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from feedback.models import Contact, Theme
from feedback.services import undo
from hypotheses import services
from hypotheses.models import Evidence
from metrics.models import ContactCell
from outbox import jobs
from outbox.models import Job
from tests.feedback.rows import bring_in
from tests.hypotheses import material

pytestmark = pytest.mark.django_db


def _work_off() -> None:
    while waiting := Job.objects.filter(jobs.due(timezone.now())).order_by("pk").first():
        jobs.perform(waiting.pk)


def test_evidence_outlives_the_import_that_it_was_seen_in(
    agent: Person, linking_pin: Person, tmp_path: Path, settings: Settings
) -> None:
    settings.UPLOAD_DIR, settings.IMPORT_UNDO_DAYS = tmp_path, 10_000
    material.theme_with_contacts()
    days = [material.TODAY - timedelta(days=1 + number % 9) for number in range(30)]
    rows = "".join(f"N{at},{day}T10:00:00Z,chat,Letters,Where is letter {at}?\n" for at, day in enumerate(days))
    imported = bring_in(f"external_id,occurred_at,channel,reason,text\n{rows}")
    _work_off()
    theme = Theme.objects.get(name="Letters")
    idea = material.sent(agent)
    services.freeze_theme(hypothesis=idea, theme=theme, survey=False, today=material.TODAY, now=material.NOW)
    quoted = Contact.objects.select_related("words").get(external_id="N3")
    services.freeze_quote(hypothesis=idea, contact=quoted, now=material.NOW)
    before = list(Evidence.objects.filter(hypothesis=idea).order_by("pk").values())
    of_theme, quote = before[-2:]
    assert of_theme["facts"]["contacts"]["value"] == 30
    assert quote["facts"]["text"] == "Where is letter 3?"
    begun = undo.begin(imported=imported, actor=linking_pin, now=material.NOW)
    assert begun.undo_job
    jobs.perform(begun.undo_job.pk)
    _work_off()
    assert not Contact.objects.filter(external_id__startswith="N").exists()
    assert not ContactCell.objects.filter(theme=theme.pk).exists(), "counted again without it"
    assert list(Evidence.objects.filter(hypothesis=idea).order_by("pk").values()) == before

"""Words that older rules redacted are redacted again, and only those."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from feedback.jobs.redoing import KIND
from feedback.models import ContactText, SearchMark, SurveyText
from feedback.redaction import RULES_VERSION
from feedback.services import forgetting
from outbox import jobs
from outbox.models import Job
from outbox.schedules import registered
from tests.feedback.rows import CONTACTS, SURVEYS, bring_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Settings) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


def work() -> Job:
    done = jobs.perform(jobs.enqueue(KIND, now=timezone.now()).pk)
    assert done
    assert done.state == Job.State.DONE, done.error
    return done


@pytest.mark.usefixtures("company")
def test_older_words_are_redone_and_newer_ones_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "chunk_rows", lambda: 1)
    bring_in(CONTACTS)
    bring_in(SURVEYS, "surveys")
    old = ContactText.objects.get(contact__external_id="T1")
    ContactText.objects.filter(pk=old.pk).update(text="mail jan@example.nl", rules_version=RULES_VERSION - 1)
    other = ContactText.objects.exclude(pk=old.pk).get()
    ContactText.objects.filter(pk=other.pk).update(text="piet@example.nl")
    SurveyText.objects.update(rules_version=0)
    SearchMark.objects.all().delete()

    assert work().progress == {"redacted": 1}

    old.refresh_from_db()
    other.refresh_from_db()
    assert (old.text, old.redactions, old.rules_version) == ("mail [email]", 1, RULES_VERSION)
    assert other.text == "piet@example.nl"
    assert not SurveyText.objects.exclude(rules_version=RULES_VERSION)
    # Read into the search index again: the row that changed, no other.
    assert list(SearchMark.objects.values_list("first_id", "last_id")) == [(old.pk, old.pk)]
    # What it said before leaves the file, too.
    assert Job.objects.filter(kind=forgetting.JOB_KIND).count() == (connection.vendor == "sqlite")


@pytest.mark.usefixtures("company")
def test_every_night_and_mostly_for_nothing() -> None:
    assert KIND in registered()
    bring_in(CONTACTS)
    assert work().cursor == 0
    assert not Job.objects.filter(kind=forgetting.JOB_KIND)

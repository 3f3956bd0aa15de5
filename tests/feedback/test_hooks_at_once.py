"""The same webhook twenty times at once, and its versions in no order, on a database with real connections."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from feedback.models import Contact, Delivery, RawRecord
from outbox.models import Job
from tests.feedback import delivering
from tests.outbox.installation import Installation, installed
from tests.servers import a_database

pytestmark = [pytest.mark.fault]


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    with a_database() as url, django_db_blocker.unblock(), installed(tmp_path, url, "own_hooks") as own:
        yield own


def test_twenty_deliveries_at_once_have_one_effect_and_the_newest_version_wins(installation: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.feedback.delivering"],
        cwd=settings.BASE_DIR,
        env=installation.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers["same"] == [200] * delivering.TIMES
    assert answers["versions"] == [200] * delivering.VERSIONS
    assert answers["stale"] == 401
    deliveries = Delivery.objects.using(installation.alias)
    assert deliveries.count() == 1 + delivering.VERSIONS
    assert deliveries.get(key="E0").repeats == delivering.TIMES - 1
    records = RawRecord.objects.using(installation.alias)
    assert records.count() == 1 + delivering.VERSIONS
    assert not records.filter(mapped_at__isnull=True).exists()
    contact = Contact.objects.using(installation.alias).get()
    assert contact.channel is not None
    assert contact.channel.code == delivering.LAST_WORDS
    assert not Job.objects.using(installation.alias).filter(state=Job.State.FAILED).exists()

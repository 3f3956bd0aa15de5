"""Fixtures that several files of this folder share."""

import pytest
from pytest_django import Settings

from tests.feedback.erased import everything as everything
from tests.feedback.erased import hashed as hashed
from tests.feedback.pulled import OpenGate


@pytest.fixture
def fakes_here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake systems stand on this machine, and nobody waits for them."""
    settings.OUTBOUND_PRIVATE = True
    monkeypatch.setattr("outbox.fetching.time.sleep", lambda seconds: None)
    monkeypatch.setattr("outbox.fetching.TURNSTILE", OpenGate())

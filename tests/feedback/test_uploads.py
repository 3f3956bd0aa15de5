"""Uploads that are stopped: too large, or the disk is full. Nothing of them stays behind."""

import errno
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from pytest_django import Settings

from accounts.models import Company, Person
from feedback import services, uploads
from feedback.models import Import
from feedback.parsing import Limits, Unreadable
from tests.cast import ClientFor
from tests.feedback.rows import NOW

pytestmark = pytest.mark.django_db
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def folders(tmp_path: Path, settings: Settings) -> list[Path]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    return [tmp_path / "uploads", tmp_path / "incoming"]


@pytest.fixture
def browser(company: Company, linking_pin: Person, client_for: ClientFor) -> Client:
    return client_for(linking_pin)


def send(browser: Client) -> Any:
    """As the page does: the name of the source stands behind the file."""
    file = SimpleUploadedFile("tickets.csv", b"external_id,occurred_at\n" + b"T1,2026-03-01\n" * 10_000)
    return browser.post("/imports/", {"kind": "contacts", "file": file, "source": "desk"})


def nothing_stays(folders: list[Path]) -> bool:
    return not Import.objects.exists() and not any(list(folder.iterdir()) for folder in folders if folder.exists())


def test_a_file_that_is_too_large_says_the_limit(browser: Client, settings: Settings, folders: list[Path]) -> None:
    settings.UPLOAD_MAX_BYTES = 1 << 16
    answer = send(browser)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The file is larger than 0 MB." in page
    assert "This field is required" not in page
    assert 'value="desk"' in page
    assert nothing_stays(folders)


def test_an_empty_file_is_said_once(browser: Client, folders: list[Path]) -> None:
    answer = browser.post("/imports/", {"source": "desk", "file": SimpleUploadedFile("tickets.csv", b"")})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose a file that is not empty." in page
    assert "The submitted file is empty" not in page


def test_a_disk_that_is_full_while_the_file_comes_in(
    browser: Client, monkeypatch: pytest.MonkeyPatch, folders: list[Path]
) -> None:
    def full(self: uploads.CappedUpload, raw_data: bytes, start: int) -> None:
        raise FULL

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    answer = send(browser)
    assert answer.status_code == 422
    assert "The disk of the server is full" in answer.content.decode()
    assert nothing_stays(folders)


def test_a_disk_that_is_full_when_the_file_is_kept(
    browser: Client, monkeypatch: pytest.MonkeyPatch, folders: list[Path]
) -> None:
    def full(**given: Any) -> Import:
        raise Unreadable("disk_full")

    monkeypatch.setattr(services, "hold", full)
    answer = send(browser)
    assert answer.status_code == 422
    assert "The disk of the server is full" in answer.content.decode()
    assert nothing_stays(folders[1:])


class FullDisk(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise FULL


def test_half_a_file_is_deleted_when_the_disk_is_full(folders: list[Path]) -> None:
    source = services.source_named(name="desk", now=NOW)
    with pytest.raises(Unreadable, match="disk_full"):
        services.hold(
            file=FullDisk(), file_name="a.csv", kind="contacts", source=source, door=Import.Door.UPLOAD, now=NOW
        )
    assert nothing_stays(folders)


def test_the_limits_of_reading_are_settings(settings: Settings) -> None:
    assert uploads.limits() == Limits(), "as they are documented, unless the environment says otherwise"
    settings.UPLOAD_MAX_ROWS, settings.UPLOAD_MAX_RATIO = 7, 9
    assert (uploads.limits().rows, uploads.limits().ratio) == (7, 9)

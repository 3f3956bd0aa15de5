"""What is sealed is opened by this installation alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from accounts import vault

SECRET = "zd-token-é-4711"


def test_what_is_sealed_comes_back_and_cannot_be_read() -> None:
    sealed = vault.seal(SECRET)

    assert vault.unseal(sealed) == SECRET
    assert SECRET not in sealed
    assert vault.seal(SECRET) != sealed


def test_another_key_opens_nothing_and_says_what_to_do(settings: Settings) -> None:
    sealed = vault.seal(SECRET)
    settings.VAULT_KEY = "another"

    with pytest.raises(vault.CannotUnseal, match="enter it again") as refused:
        vault.unseal(sealed)
    assert sealed not in str(refused.value)


@pytest.mark.parametrize("damaged", ["", "x", "gAAAA", "é"])
def test_a_damaged_text_is_refused(damaged: str) -> None:
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(damaged)


def test_a_changed_text_is_refused() -> None:
    sealed = vault.seal(SECRET)
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(sealed[:-6] + ("AAAA==" if not sealed.endswith("AAAA==") else "BBBB=="))


def test_while_the_key_is_changed_both_open_and_the_new_one_seals(settings: Settings) -> None:
    settings.VAULT_KEY = "old"
    sealed = vault.seal(SECRET)
    settings.VAULT_KEY = "new,old"
    moved = vault.seal(vault.unseal(sealed))
    settings.VAULT_KEY = "new"

    assert vault.unseal(moved) == SECRET
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(sealed)


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    program = "from config import settings; print(settings.VAULT_KEY)"
    environ = {**os.environ, "HEARBACK_DATA": str(tmp_path)} | {"HEARBACK_VAULT_KEY": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=True
    )

    file = tmp_path / "vault_key"
    assert done.stdout.strip() == file.read_text()
    assert len(file.read_text()) >= 43
    assert file.stat().st_mode & 0o777 == 0o600

"""Security checks 4, 5, 6: CSRF on every POST, a strict policy on every page, cookies and headers."""

import os
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.test.utils import override_settings

from accounts.models import Person
from tests.cast import ClientFor
from tests.people import PASSWORD

_ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


@pytest.mark.parametrize("address", ["/sign-in/", "/profile/", "/settings/", "/nowhere/", "/settings/tokens/"])
def test_every_page_comes_with_the_whole_armour(client_for: ClientFor, admin: Person, address: str) -> None:
    headers = client_for(admin).get(address, follow=True).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";") if part)
    assert policy == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/", "/profile/", "/settings/tokens/"])
def test_a_post_without_the_csrf_token_is_refused(admin: Person, address: str, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, headers=headers).status_code == 403


def test_a_post_with_the_token_of_the_page_goes_through_as_field_and_as_header(admin: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/profile/")
    token = page.context["csrf_token"]
    form = {"name": "Ada", "language": "en", "time_zone": "UTC", "theme": "system"}
    assert client.post("/profile/", form | {"csrfmiddlewaretoken": str(token)}).status_code == 302
    assert client.post("/profile/", form, headers={"X-CSRFToken": str(token)}).status_code == 302


def _cookies(**changes: Any) -> SimpleCookie:
    with override_settings(**changes):
        client = Client()
        client.get("/sign-in/", secure=True)
        client.post("/sign-in/", {"username": "admin@testers.example", "password": PASSWORD}, secure=True)
    return client.cookies


def test_cookies_are_out_of_reach_for_scripts_and_behind_https_never_sent_without(admin: Person) -> None:
    plain = _cookies()
    for name in ("sessionid", "csrftoken"):
        assert plain[name]["httponly"]
        assert plain[name]["samesite"] == "Lax"
        assert not plain[name]["secure"]
    assert plain["sessionid"]["max-age"] == project.SESSION_COOKIE_AGE == 3600
    safe = _cookies(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
    assert safe["sessionid"]["secure"]
    assert safe["csrftoken"]["secure"]


def _manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HEARBACK_URL": "https://hearback.example",
        "HEARBACK_HOSTS": "hearback.example",
        "HEARBACK_DATA": str(data),
        "HEARBACK_DEBUG": "",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_the_deployment_check_is_clean_behind_https(tmp_path: Path) -> None:
    done = _manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.slow
def test_behind_https_the_settings_say_so(tmp_path: Path) -> None:
    names = (
        "SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE "
        "SECURE_HSTS_INCLUDE_SUBDOMAINS DEBUG PASSWORD_HASHERS"
    )
    code = f"from django.conf import settings; print([getattr(settings, n) for n in '{names}'.split()])"
    done = _manage(tmp_path, "shell", "-v", "0", "-c", code)
    assert done.stdout.strip() == (
        "[31536000, True, True, True, True, False, ['django.contrib.auth.hashers.Argon2PasswordHasher']]"
    )


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_behind_https_plain_requests_are_sent_over_and_hsts_is_on(client: Client, admin: Person) -> None:
    assert client.get("/sign-in/").headers["Location"] == "https://testserver/sign-in/"
    safe = client.get("/sign-in/", secure=True)
    assert safe.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"

"""Where we connect: public addresses, the very one that was checked, and only with a certificate."""

from __future__ import annotations

import datetime as dates
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from outbox import addresses
from outbox.answers import Lasting, Request, Trouble
from outbox.fetching import Fetcher
from tests.feedback.fake_systems.server import FakeSystem, Said
from tests.outbox.outside import ask, names

pytestmark = pytest.mark.slow  # the same on every database


@pytest.fixture
def system(settings: Settings) -> Iterator[FakeSystem]:
    settings.OUTBOUND_PRIVATE = True
    with FakeSystem() as fake:
        yield fake


REFUSED = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "168.63.129.16", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",  # noqa: S104
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
)  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_of_our_own_network_are_refused(address: str) -> None:
    assert not addresses.is_allowed(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert addresses.is_allowed(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "168.63.129.16", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]
)
def test_where_a_cloud_hands_out_passwords_is_refused_always(address: str) -> None:
    assert not addresses.is_allowed(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.168.1.1", "10.1.2.3", "fc00::1"])
def test_an_installation_may_open_its_own_network(address: str) -> None:
    assert addresses.is_allowed(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_however_it_is_written_nothing_is_asked_there(system: FakeSystem, settings: Settings, host: str) -> None:
    settings.OUTBOUND_PRIVATE = False
    with pytest.raises(Trouble) as trouble:
        ask(f"https://{host}:{system.port}/")
    assert trouble.value.kind in {"private", "unreachable"}
    assert not system.asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_rest, **_more: found)
    with pytest.raises(Lasting) as trouble:
        addresses.checked("both.example", 443, private=False)
    assert trouble.value.kind == "private"


def test_a_name_is_looked_up_once_and_the_checked_address_is_the_one_that_is_asked(
    system: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = names(monkeypatch, "127.0.0.1", "192.0.2.1")
    with Fetcher() as fetcher:
        for _time in range(3):
            assert fetcher.fetch(Request("GET", f"http://rebinding.example:{system.port}/x")).status == 200
            for line in fetcher._lines.values():
                line.close()
    assert looked_up == ["rebinding.example"]
    assert {asked.headers["host"] for asked in system.asked} == {f"rebinding.example:{system.port}"}


def test_a_name_that_turns_private_later_is_checked_again_by_the_next_conversation(
    system: FakeSystem, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, "127.0.0.1")
    settings.OUTBOUND_PRIVATE = False
    with pytest.raises(Lasting) as trouble:
        ask(f"https://rebinding.example:{system.port}/")
    assert trouble.value.kind == "private"
    assert not system.asked


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://shop.example/", "not_https"),
        ("ftp://shop.example/", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://me:secret@shop.example/", "not_an_address"),
        ("https://shop.example:99999/", "not_an_address"),
        ("https://[::1/", "not_an_address"),
        ("shop.example", "not_an_address"),
    ],
)
def test_what_is_no_address_is_refused(url: str, kind: str) -> None:
    with pytest.raises(Lasting) as trouble:
        ask(url)
    assert trouble.value.kind == kind


def test_a_redirect_is_not_followed(system: FakeSystem) -> None:
    system.disturbances.append(Said(b"", 302, {"Location": f"{system.url}/elsewhere"}))
    with pytest.raises(Lasting) as trouble:
        ask(f"{system.url}/start", headers={"Authorization": "key-4711"})
    assert trouble.value.kind == "redirected"
    assert [asked.path for asked in system.asked] == ["/start"]


# ── Certificates ───────────────────────────────────────────────────────────────
def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dates.timedelta(days=1))
        .not_valid_after(now + dates.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def test_a_certificate_is_checked_against_the_name_and_not_the_pinned_address(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_PRIVATE = True
    names(monkeypatch, "127.0.0.1")
    cert, key = certificate(tmp_path, "help.example")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(cert, key)
    trusted = ssl.create_default_context(cafile=str(cert))
    with FakeSystem(tls=served) as system:
        with Fetcher(trusted=trusted) as fetcher:
            assert fetcher.fetch(Request("GET", f"https://help.example:{system.port}/")).status == 200
            with pytest.raises(Lasting) as other_name:
                fetcher.fetch(Request("GET", f"https://other.example:{system.port}/"))
        with pytest.raises(Lasting) as unknown:
            ask(f"https://help.example:{system.port}/")
    assert (other_name.value.kind, unknown.value.kind) == ("certificate", "certificate")

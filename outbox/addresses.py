"""Which address a host may be reached at: public ones, so that nobody makes us ask inside our own network."""

from __future__ import annotations

import ipaddress
import socket

from outbox.answers import Lasting, Passing

# Where clouds answer machines with their own passwords: never, also where private addresses are allowed.
_CLOUD = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::254/128"),
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("100.100.100.200/32"),
    ipaddress.ip_network("192.0.0.192/32"),
)
# IPv6 around IPv4 that the operating system may unwrap: translated by the network.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def checked(host: str, port: int, *, private: bool) -> str:
    """One address of the host, to connect to as it is: asked once, so it cannot be another one the next time.

    Every address that the name has must be allowed. Raises Trouble "private" or "unreachable".
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Passing("unreachable", host=host) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses:
        raise Passing("unreachable", host=host)
    if not all(is_allowed(ipaddress.ip_address(address), private=private) for address in addresses):
        raise Lasting("private", host=host)
    return addresses[0]


def is_allowed(address: Address, *, private: bool) -> bool:
    """Whether we may connect there; `private` lets loopback and private networks in too."""
    inner = _unwrapped(address)
    if any(one.version == network.version and one in network for one in (address, inner) for network in _CLOUD):
        return False
    if inner.is_multicast or inner.is_unspecified:
        return False
    return private or (inner.is_global and not inner.is_reserved)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where it is only a wrapping."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address

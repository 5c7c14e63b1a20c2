"""The address that a request came from: what guesses are counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  what a socket without an address counts as
_HOME_BITS = 64  # what one household or server gets of IPv6


def client_address(request: HttpRequest) -> str:
    """An IPv4 address, or the first of an IPv6 /64: who holds one address there holds them all."""
    return source_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def source_address(peer: str, forwarded: str) -> str:
    """`forwarded` (X-Forwarded-For) counts only as far as settings.PROXIES of our own stand in front.

    Each proxy adds at the right who spoke to it: with two proxies the second from the right is the client, and
    all left of it is what the client claims. A header shorter than that came past the proxies: the peer counts.
    """
    hops = [hop.strip() for hop in forwarded.split(",")]
    told = hops[-settings.PROXIES] if 0 < settings.PROXIES <= len(hops) else peer
    return _normal(told) or _normal(peer) or UNKNOWN


def _normal(text: str) -> str:
    """ "" where it is no address."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _HOME_BITS), strict=False).network_address)

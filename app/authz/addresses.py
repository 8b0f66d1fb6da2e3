"""What addresses are: safe to ask, on this machine, an origin."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(url: str) -> bool:
    """Say whether what comes from an address can be trusted to come from its owner.

    That is `https`, or `http` on this machine, where nobody stands in between. An address with a
    user name or password in it is neither.
    """
    if not re.fullmatch(r"[\x21-\x7E]+", url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_origin(url: str) -> bool:
    """Say whether an address is scheme, host and port alone (RFC 6454, section 6.2), in characters
    that need no escape in a header."""
    if not re.fullmatch(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", url):
        return False
    try:
        return urlsplit(url).port != 0 and bool(urlsplit(url).hostname)
    except ValueError:
        return False

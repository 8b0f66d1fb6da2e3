"""Whether two addresses are the same target of a request (RFC 9449, section 4.3, item 9)."""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

#: An address is visible ASCII (RFC 3986, section 2); `urlsplit` would drop the rest in silence.
_ADDRESS = re.compile(r"[\x21-\x7E]+")


class Target(NamedTuple):
    """An http address without query and fragment, in the one form that all its spellings share."""

    scheme: str
    host: str
    port: int
    path: bytes


def normalise(address: str) -> Target | None:
    """Return the target of an address; None if it is no http address, or has a user name in it.

    Case, default port and empty path are as RFC 3986 has them (section 6.2.2.1, section 6.2.3). Of
    the path all percent-encoding is undone, and not just that of unreserved characters (section
    6.2.2.2): WSGI undoes it too, so the server cannot know which of two such spellings was asked
    for, and the app answers both alike. Dot segments stay, as the app sees them.
    """
    if not _ADDRESS.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    if port is None:
        port = _DEFAULT_PORTS[parts.scheme]
    return Target(parts.scheme, parts.hostname, port, unquote_to_bytes(parts.path or "/"))


def same_target(one: str, other: str) -> bool:
    """Say whether two addresses are spellings of one target. One that has none equals nothing."""
    target = normalise(one)
    return target is not None and target == normalise(other)

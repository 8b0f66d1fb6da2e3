"""Where a browser may be sent from the tenant: to this machine, whatever the port and the path."""

import re

from app.authz.addresses import is_loopback

#: An address of the web on some host, in the characters of RFC 3986 and without user information or
#: fragment: text that browsers and libraries read alike.
_ADDRESS = re.compile(
    r"(?P<origin>https?://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?)"
    r"(/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*)?(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?"
)


def is_local(address: str) -> bool:
    """Tell whether an address is one of this machine (RFC 8252, section 7.3).

    It is read strictly: what a browser might take for another host is none.
    """
    match = _ADDRESS.fullmatch(address)
    return match is not None and is_loopback(match["host"].strip("[]"))


def origin_of(address: str) -> str:
    """Return the origin (RFC 6454) of an address that was found to be good.

    :raises ValueError: it is not one.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError("not an address of the web")
    return match["origin"]


def is_local_origin(origin: str) -> bool:
    """Tell whether the text of an `Origin` header is an origin of this machine."""
    return is_local(origin) and origin_of(origin) == origin

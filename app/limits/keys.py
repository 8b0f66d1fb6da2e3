"""Whom a request is counted for."""

from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network

from flask import request

from app.authz import current_identity, events
from app.authz.errors import (
    AuthzError,
    DpopNonceRequired,
    RequestMalformed,
    TokenMissing,
    Unauthorized,
)

_BAD: tuple[type[AuthzError], ...] = (
    RequestMalformed,
    Unauthorized,
    *Unauthorized.__subclasses__(),
)

#: Codes of refusals that say that the credentials themselves were no good. Not among them: an
#: outage, no credentials at all, and a proof that is to be sent again with a nonce.
BAD_TOKEN = frozenset(error.code for error in _BAD) - {TokenMissing.code, DpopNonceRequired.code}


def address() -> str:
    """Return the network that the client of the current request is in. Behind a proxy it is the
    client's only with `PROXY_HOPS`."""
    return _network(request.remote_addr or "")


@lru_cache(maxsize=4096)
def _network(text: str) -> str:
    """Return an IPv4 address as it is, and of an IPv6 address the /64: the least that anybody has,
    who may send each request from another address in it."""
    try:
        found = ip_address(_without_port(text))
    except ValueError:
        return "local"  # a Unix socket's peer has none
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), 64), strict=False))


def _without_port(text: str) -> str:
    """Return an address without the port that some proxies write behind it: with it, all clients of
    such a proxy would be counted as one."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def caller() -> str:
    """Return a name for the caller that was let in: no other's, and nothing of theirs in it."""
    name = events.subject_hash(current_identity._get_current_object())  # type: ignore[union-attr]
    assert name is not None  # else `is_anonymous`
    return name


def is_anonymous() -> bool:
    """Say whether the current request was let in without a login."""
    return current_identity.subject is None

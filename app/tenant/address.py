"""Addresses of this machine: the tenant has no other."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from app.authz.addresses import is_loopback


class AddressError(ValueError):
    """Raised if an address is not one that the local tenant can have. The text says the cure."""


def issuer_at(host: str, port: int) -> str:
    """Return the issuer of a tenant that listens there; as Auth0's, it ends in a slash."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def local_issuer(configured: str) -> str:
    """Return the local one of the configured issuers.

    :param configured: `AUTH0_ISSUER_URL` as it is written: one address or more, comma-separated.
    :raises AddressError: none of them is a local tenant's, so its tokens could not be made here.
    """
    for address in configured.split(","):
        issuer = _as_local_issuer(address.strip())
        if issuer is not None:
            return issuer
    raise AddressError(
        "AUTH0_ISSUER_URL names no local tenant, and only its own issuer can make its tokens: "
        "set it to the local tenant's address, such as http://127.0.0.1:7001/, "
        "or ask the configured issuer for a token."
    )


def foreign(addresses: Iterable[str]) -> list[str]:
    """Return those of some addresses that are not of this machine; an empty one is none."""
    return [address.strip() for address in addresses if address.strip() and not _is_here(address)]


def _is_here(address: str) -> bool:
    try:
        return is_loopback(urlsplit(address.strip()).hostname or "")
    except ValueError:
        return False


def _as_local_issuer(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        origin = issuer_at(parts.hostname or "", parts.port) if parts.port else ""
    except ValueError:
        return None
    is_local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return origin if is_local and f"{address.rstrip('/')}/" == origin else None

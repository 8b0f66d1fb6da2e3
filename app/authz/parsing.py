"""What the value of a setting can mean: one function a kind.

Each takes a text, or what a Python config holds in its place, and returns what the layer goes by.
Each raises `ValueError`, `TypeError`, `KeyError` or `AttributeError` if the value is none of its
kind: see `reading`.
"""

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from .addresses import is_origin, is_safe
from .algorithms import ALGORITHMS

#: An entry of `TRUSTED_PROXIES`: a network, or "unix" for whoever reaches our Unix socket.
Peer = IPv4Network | IPv6Network | Literal["unix"]

Word = TypeVar("Word", bound=str)


def names(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the parts of a comma-separated text, or of an iterable. At least one."""
    parts = value.split(",") if isinstance(value, str) else list(value)
    found = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise ValueError("at least one name is needed")
    return found


def grants(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return names as `names` does, or none."""
    return names(value) if value else ()


def switch(value: str | bool) -> bool:
    """Return what `on` or `off` says."""
    if isinstance(value, bool):
        return value
    return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[
        value.lower()
    ]


def one_of(*words: Word) -> Callable[[Any], Word]:
    """Return what reads one of some words."""

    def parse(value: Any) -> Word:
        return {word: word for word in words}[value]

    return parse


def number(
    least: float, most: float, kind: Callable[[Any], float] = float
) -> Callable[[Any], float]:
    """Return what reads a number within bounds, a whole one if `kind` is `int`."""

    def parse(value: Any) -> float:
        found = kind(value)
        if not least <= found <= most:
            raise ValueError
        return found

    return parse


def text(value: str) -> str | None:
    """Return a text, or None for an empty one."""
    if not isinstance(value, str):
        raise TypeError
    return value or None


def secret(value: str) -> str:
    """Return a secret of which nobody can try all values, or an empty text."""
    if not isinstance(value, str):
        raise TypeError
    if value and len(value) < 32:
        raise ValueError
    return value


def issuer_urls(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of issuers, each once."""
    urls = names(value)
    if not all(is_issuer(url) for url in urls):
        raise ValueError
    if len({url.removesuffix("/") for url in urls}) != len(urls):
        raise ValueError
    return urls


def is_issuer(url: str) -> bool:
    """Say whether an address can be an issuer's (OpenID Connect Discovery, section 3)."""
    return is_safe(url) and "?" not in url and "#" not in url


def domains(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of tenants, whose host names are given."""
    found = names(value)
    if not all(re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", domain) for domain in found):
        raise ValueError
    return issuer_urls(f"https://{domain}/" for domain in found)


def endpoint(value: str) -> str | None:
    """Return an address that a secret may be sent to."""
    if value and (not is_safe(value) or urlsplit(value).fragment):
        raise ValueError
    return value or None


def tenant(value: str) -> str | None:
    """Return the origin of an Auth0 tenant, without a slash at its end."""
    url = value.removesuffix("/")
    if url and not (is_safe(url) and is_origin(url)):
        raise ValueError
    return url or None


def origin(value: str) -> str | None:
    """Return an origin (RFC 6454, section 6.2), without a slash at its end."""
    url = value.removesuffix("/")
    if url and not is_origin(url):
        raise ValueError
    return url or None


def resource(value: str) -> str | None:
    """Return a protected resource's identifier (RFC 9728, section 1.2)."""
    # Its path is a rule of a route: one without arguments.
    if value and (not is_safe(value) or re.search(r'["#\\<>]', unquote(value))):
        raise ValueError
    return value or None


def peers(value: str | Iterable[str]) -> tuple[Peer, ...]:
    """Return from where proxies reach us."""
    return tuple("unix" if name == "unix" else ip_network(name) for name in names(value))


def algorithms(value: str | Iterable[str]) -> frozenset[str]:
    """Return names of signature algorithms, asymmetric ones only."""
    found = frozenset(names(value))
    if not found <= ALGORITHMS.keys():
        raise ValueError(f"algorithms are among {', '.join(ALGORITHMS)}")
    return found


def realm(value: str) -> str:
    """Return a realm, in characters that a challenge need not escape."""
    if not re.fullmatch(r"[A-Za-z0-9._/:-]{1,100}", value):
        raise ValueError
    return value


def header(value: str) -> str:
    """Return the name of a header."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", value):
        raise ValueError
    return value


def claim(value: str) -> str:
    """Return the name of a claim, or the dotted path to it."""
    if not isinstance(value, str):
        raise TypeError
    if not all(value.split(".")):
        raise ValueError
    return value

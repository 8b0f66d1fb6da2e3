"""The settings of the guard layer: one frozen object, made when the app is set up.

Values come from the app's config, as text (from the environment) or as Python values. All problems
are reported at once, each with the setting's name and the cure.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal
from urllib.parse import urlsplit

from .addresses import is_origin, is_safe
from .algorithms import ALGORITHMS

#: Whether the DPoP scheme is spoken: not, beside Bearer, or alone.
DpopMode = Literal["off", "allowed", "required"]

#: An entry of `trusted_proxies`: a network, or "unix" for whoever reaches our Unix socket.
Peer = IPv4Network | IPv6Network | Literal["unix"]

#: Config keys with this prefix are ours: one that is not in the table below is a mistake.
PREFIX = "AUTHZ_"


class SettingsError(Exception):
    """Raised if the settings do not allow a start. The text lists every problem and its cure."""

    def __init__(self, problems: list[str]) -> None:
        #: One sentence a problem, beginning with the setting's name.
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer whose tokens are accepted."""

    #: Its address, as its tokens write it in `iss` but for a trailing slash.
    url: str
    #: Names of this API, of which `aud` must hold one. At least one.
    audiences: frozenset[str]
    #: Allowed values of `alg`. At least one.
    algorithms: frozenset[str] = frozenset({"RS256"})

    def __init__(
        self, url: str, audiences: Iterable[str], algorithms: Iterable[str] = ("RS256",)
    ) -> None:
        """
        :param url: an https address, or http on a loopback host.
        :raises ValueError: if one of them is not as it must be: what is not checked is accepted.
        """
        # The dataclass is frozen: its own fields can only be set past it.
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "audiences", frozenset(_names(audiences)))
        object.__setattr__(self, "algorithms", _algorithms(algorithms))
        if not _is_issuer(url):
            raise ValueError(f"{url!r} cannot be an issuer: {_UNSAFE_ISSUER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the guard layer goes by. Durations are in seconds."""

    issuers: tuple[Issuer, ...]
    realm: str
    leeway: float
    permissions_claim: str
    keys_fresh: float
    keys_stale: float
    keys_timeout: float
    token_cache_size: int
    token_cache_seconds: float
    glob_grants: bool
    anonymous_grants: tuple[str, ...]
    dpop: DpopMode
    #: Secret that nonces are made of; empty if proofs need none.
    dpop_nonce: str = field(repr=False)
    revocation_keep: float
    #: Our own origin as clients see it; None if only requests can tell.
    public_url: str | None
    #: Name of this API in its metadata (RFC 9728); None stands for its origin.
    resource: str | None
    #: How many reverse proxies stand in front, and from where they reach us.
    proxy_hops: int
    trusted_proxies: tuple[Peer, ...]
    #: Header in which a trusted proxy passes the client's certificate on.
    client_certificate_header: str
    #: As whom this API asks the issuer; None if it does not.
    client_id: str | None
    client_secret: str | None = field(repr=False)
    #: Where opaque tokens are asked for; None if the issuer's metadata are to say.
    introspection_url: str | None

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], *, issuer_needed: bool = True, finds_issuers: bool = False
    ) -> "Settings":
        """Read and check the settings.

        :param config: the app's config; names other than ours are passed over.
        :param issuer_needed: False if the app can do without: then none may be named.
        :param finds_issuers: True if the app finds some at run time.
        :raises SettingsError: with every problem found.
        """
        reader = _Reader(config)
        if issuer_needed or reader.names_an_issuer:
            urls, audiences = reader.issuers(), reader.read("AUTH0_AUDIENCE", _names, _NO_AUDIENCE)
        else:
            urls, audiences = (), ()
        algorithms = reader.read("AUTHZ_ALGORITHMS", _algorithms, _ALGORITHM_CURE)
        values: dict[str, Any] = {
            "realm": reader.read("AUTHZ_REALM", _realm, "use letters, digits and . - _ / : only"),
            "permissions_claim": reader.read(
                "AUTHZ_PERMISSIONS_CLAIM", _claim, "name a claim, or a path to it with dots"
            ),
            "leeway": reader.read("AUTHZ_LEEWAY", _number(0, 300), "use 0 to 300 seconds"),
            "keys_fresh": reader.read(
                "AUTHZ_KEYS_FRESH", _number(30, 86_400), "use 30 to 86400 seconds"
            ),
            "keys_stale": reader.read(
                "AUTHZ_KEYS_STALE", _number(60, 604_800), "use 60 to 604800 seconds"
            ),
            "keys_timeout": reader.read(
                "AUTHZ_KEYS_TIMEOUT", _number(0.1, 30), "use 0.1 to 30 seconds"
            ),
            "token_cache_size": int(
                reader.read("AUTHZ_TOKEN_CACHE_SIZE", _number(0, 1_000_000), "use 0 to 1000000")
            ),
            "token_cache_seconds": reader.read(
                "AUTHZ_TOKEN_CACHE_SECONDS", _number(1, 600), "use 1 to 600 seconds"
            ),
            "glob_grants": reader.read("AUTHZ_GLOB_GRANTS", _switch, "use on or off"),
            "anonymous_grants": reader.read(
                "AUTHZ_ANONYMOUS_GRANTS", _grants, "use names of permissions, separated by commas"
            ),
        }
        values |= {
            "dpop": reader.read("AUTHZ_DPOP", _dpop, "use off, allowed or required"),
            "dpop_nonce": reader.read("AUTHZ_DPOP_NONCE", _secret, _NONCE_CURE),
            "revocation_keep": reader.read(
                "AUTHZ_REVOCATION_KEEP", _number(60, 315_360_000), "use 60 to 315360000 seconds"
            ),
            "public_url": reader.read("PUBLIC_URL", _origin, _ORIGIN_CURE),
            "resource": reader.read("AUTHZ_RESOURCE", _resource, _RESOURCE_CURE),
            "proxy_hops": reader.read("PROXY_HOPS", _hops, "use 0 to 10, the number of proxies"),
            "trusted_proxies": reader.read("TRUSTED_PROXIES", _peers, _PEERS_CURE),
            "client_certificate_header": reader.read(
                "AUTHZ_CLIENT_CERTIFICATE_HEADER", _header, "name a header, such as Client-Cert"
            ),
        }
        values |= reader.introspection(several=finds_issuers or len(urls) > 1)
        reader.refuse_unknown()
        if reader.problems:
            raise SettingsError(reader.problems)
        issuers = tuple(Issuer(url, audiences, algorithms) for url in urls)
        return cls(issuers=issuers, **values)


#: Every setting with its default; None where there is none. `AUTH0_DOMAIN` is another way to write
#: `AUTH0_ISSUER_URL`.
DEFAULTS: Mapping[str, str | None] = {
    "AUTH0_ISSUER_URL": None,
    "AUTH0_DOMAIN": None,
    "AUTH0_AUDIENCE": None,
    "AUTH0_CLIENT_ID": "",
    "AUTH0_CLIENT_SECRET": "",
    "AUTHZ_ALGORITHMS": "RS256",
    "AUTHZ_ANONYMOUS_GRANTS": "",
    "AUTHZ_CLIENT_CERTIFICATE_HEADER": "Client-Cert",
    "AUTHZ_DPOP": "allowed",
    "AUTHZ_DPOP_NONCE": "",
    "AUTHZ_GLOB_GRANTS": "off",
    "AUTHZ_INTROSPECTION_URL": "",
    "AUTHZ_KEYS_FRESH": "600",
    "AUTHZ_KEYS_STALE": "86400",
    "AUTHZ_KEYS_TIMEOUT": "3",
    "AUTHZ_LEEWAY": "10",
    "AUTHZ_PERMISSIONS_CLAIM": "permissions",
    "AUTHZ_REALM": "api",
    "AUTHZ_RESOURCE": "",
    "AUTHZ_REVOCATION_KEEP": "2592000",
    "AUTHZ_TOKEN_CACHE_SECONDS": "60",
    "AUTHZ_TOKEN_CACHE_SIZE": "4096",
    "PROXY_HOPS": "0",
    "PUBLIC_URL": "",
    "TRUSTED_PROXIES": "127.0.0.0/8,::1,unix",
}

_NO_AUDIENCE = "set it to this API's identifier at the issuer, such as https://menu-api.example.com"
_ALGORITHM_CURE = f"use one or more of {', '.join(ALGORITHMS)}; none and HS* would let anybody sign"
_NO_ISSUER = (
    "set it to the issuer's address, such as https://TENANT.eu.auth0.com/;"
    " `flask run` and `make serve` use the local tenant"
)
_NO_CLIENT = (
    "opaque tokens are asked for with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET; set both, or neither"
    " and no AUTHZ_INTROSPECTION_URL"
)
_NO_ENDPOINT = (
    "set it to the address that answers RFC 7662, or remove AUTH0_CLIENT_ID and"
    " AUTH0_CLIENT_SECRET: with several issuers nobody can tell whose an opaque token is"
)
_UNSAFE_ISSUER = "use an https address without query or fragment; http is for loopback hosts only"
_NONCE_CURE = (
    "use at least 32 characters that nobody can guess, the same on every server, such as the output"
    " of: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
)
_ORIGIN_CURE = (
    "use this API's origin as clients see it and nothing after it, such as https://menu.example.com"
)
_RESOURCE_CURE = "use an https address without fragment; http is for loopback hosts only"
_PEERS_CURE = "use addresses or networks such as 10.0.0.0/8, separated by commas, and unix"


class _Reader:
    """Reads one setting after the other and collects what is wrong."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self.problems: list[str] = []

    def _value(self, name: str) -> Any:
        value = self._config.get(name)
        if isinstance(value, str):
            value = value.strip()
        return DEFAULTS[name] if value is None or value == "" else value

    def read(self, name: str, parse: Callable[[Any], Any], cure: str) -> Any:
        """Return the parsed value. One that does not parse is a problem; then what is returned is
        never used."""
        value = self._value(name)
        if value is None:
            self.problems.append(f"{name} is missing: {cure}.")
            return ()
        try:
            return parse(value)
        except (ValueError, TypeError, KeyError, AttributeError):
            # The value is not repeated: an address may hold a password.
            self.problems.append(f"{name} cannot be used as it is: {cure}.")
            return ()

    @property
    def names_an_issuer(self) -> bool:
        """True if an issuer is named in one way or the other."""
        return any(self._value(name) is not None for name in ("AUTH0_ISSUER_URL", "AUTH0_DOMAIN"))

    def issuers(self) -> tuple[str, ...]:
        """Return the issuers' addresses, from `AUTH0_ISSUER_URL` or else from `AUTH0_DOMAIN`."""
        if self._value("AUTH0_ISSUER_URL") is None and self._value("AUTH0_DOMAIN") is not None:
            cure = "use the tenant's host name, such as TENANT.eu.auth0.com"
            return tuple(self.read("AUTH0_DOMAIN", _domains, cure))
        if self._value("AUTH0_ISSUER_URL") is None:
            return tuple(self.read("AUTH0_ISSUER_URL", _issuer_urls, _NO_ISSUER))
        return tuple(self.read("AUTH0_ISSUER_URL", _issuer_urls, _UNSAFE_ISSUER))

    def introspection(self, *, several: bool) -> dict[str, str | None]:
        """Return where opaque tokens are asked for and as whom, and note what is missing for it.

        :param several: True if tokens may come from more than one issuer.
        """
        endpoint = "use an https address without fragment; http is for loopback hosts only"
        values = {
            "client_id": self.read("AUTH0_CLIENT_ID", _text, "use the id of a client"),
            "client_secret": self.read("AUTH0_CLIENT_SECRET", _text, "use the client's secret"),
            "introspection_url": self.read("AUTHZ_INTROSPECTION_URL", _endpoint, endpoint),
        }
        if all(value is None for value in values.values()):
            return values
        for name in ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"):
            if not self._value(name):
                self.problems.append(f"{name} is missing: {_NO_CLIENT}.")
        # For the Management API alone the two need no endpoint.
        management = self._config.get("AUTHZ_PERMISSIONS_SOURCE") == "management"
        if several and not management and not self._value("AUTHZ_INTROSPECTION_URL"):
            self.problems.append(f"AUTHZ_INTROSPECTION_URL is missing: {_NO_ENDPOINT}.")
        return values

    def refuse_unknown(self) -> None:
        """Note every name that looks like ours and is not: a misspelt setting protects nothing."""
        for name in sorted(self._config):
            if name.startswith(PREFIX) and name not in DEFAULTS:
                near = difflib.get_close_matches(name, DEFAULTS, n=1)
                hint = f"did you mean {near[0]}?" if near else "remove it."
                self.problems.append(f"{name} is not a setting: {hint}")


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the parts of a comma-separated text, or of an iterable. At least one."""
    parts = value.split(",") if isinstance(value, str) else list(value)
    names = tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not names:
        raise ValueError
    return names


def _grants(value: str | Iterable[str]) -> tuple[str, ...]:
    return _names(value) if value else ()


def _switch(value: str | bool) -> bool:
    if isinstance(value, bool):
        return value
    return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[
        value.lower()
    ]


def _issuer_urls(value: str | Iterable[str]) -> tuple[str, ...]:
    urls = _names(value)
    if not all(_is_issuer(url) for url in urls):
        raise ValueError
    if len({url.removesuffix("/") for url in urls}) != len(urls):
        raise ValueError
    return urls


def _is_issuer(url: str) -> bool:
    """Say whether an address can be an issuer's (OpenID Connect Discovery, section 3)."""
    return is_safe(url) and not urlsplit(url).query and not urlsplit(url).fragment


def _text(value: str) -> str | None:
    if not isinstance(value, str):
        raise TypeError
    return value or None


def _endpoint(value: str) -> str | None:
    if value and (not is_safe(value) or urlsplit(value).fragment):
        raise ValueError
    return value or None


def _domains(value: str | Iterable[str]) -> tuple[str, ...]:
    domains = _names(value)
    if not all(re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", domain) for domain in domains):
        raise ValueError
    return tuple(f"https://{domain}/" for domain in domains)


def _algorithms(value: str | Iterable[str]) -> frozenset[str]:
    names = frozenset(_names(value))
    if not names <= ALGORITHMS.keys():
        raise ValueError
    return names


def _realm(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._/:-]{1,100}", value):
        raise ValueError
    return value


def _dpop(value: str) -> DpopMode:
    modes: dict[str, DpopMode] = {"off": "off", "allowed": "allowed", "required": "required"}
    return modes[value.lower()]


def _secret(value: str) -> str:
    """Return a secret of which nobody can try all values, or nothing."""
    if value and len(value) < 32:
        raise ValueError
    return value


def _origin(value: str) -> str | None:
    """Return an origin (RFC 6454, section 6.2), without a slash at its end."""
    origin = value.removesuffix("/")
    if origin and not is_origin(origin):
        raise ValueError
    return origin or None


def _resource(value: str) -> str | None:
    """Return a protected resource's identifier (RFC 9728, section 1.2)."""
    if value and (not is_safe(value) or re.search(r'["#\\]', value)):
        raise ValueError
    return value or None


def _hops(value: str | int) -> int:
    hops = int(value)
    if not 0 <= hops <= 10:
        raise ValueError
    return hops


def _peers(value: str | Iterable[str]) -> tuple[Peer, ...]:
    return tuple("unix" if name == "unix" else ip_network(name) for name in _names(value))


def _header(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", value):
        raise ValueError
    return value


def _claim(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not all(value.split(".")):
        raise ValueError
    return value


def _number(least: float, most: float) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        seconds = float(value)
        if not least <= seconds <= most:
            raise ValueError
        return seconds

    return parse

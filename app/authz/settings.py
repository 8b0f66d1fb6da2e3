"""The settings of the guard layer: one frozen object, made when the app is set up.

Values come from the app's config, as text (from the environment) or as Python values. All problems
are reported at once, each with the setting's name and the cure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from . import parsing
from .algorithms import ALGORITHMS
from .parsing import Peer
from .reading import UNSAFE_ISSUER, Reader, SettingsError

#: Whether the DPoP scheme is spoken: not, beside Bearer, or alone.
DpopMode = Literal["off", "allowed", "required"]

#: Where a user's permissions are: in the token, or at Auth0's Management API.
PermissionsSource = Literal["claim", "management"]


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
        :param audiences: at least one name.
        :param algorithms: at least one name of `ALGORITHMS`.
        :raises ValueError: if one of them is not as it must be: what is not checked is accepted.
        """
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "audiences", frozenset(parsing.names(audiences)))
        object.__setattr__(self, "algorithms", parsing.algorithms(algorithms))
        if not parsing.is_issuer(url):
            raise ValueError(f"{url!r} cannot be an issuer: {UNSAFE_ISSUER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The checked settings of one app. Durations are in seconds."""

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
    #: As whom this API asks the issuer; None if it does not.
    client_id: str | None
    client_secret: str | None = field(repr=False)
    #: Where opaque tokens are asked for; None if the issuer's metadata are to say.
    introspection_url: str | None
    permissions_source: PermissionsSource
    #: Origin of the Management API; None if it is not asked.
    management_url: str | None
    permissions_cache_seconds: float
    #: Our own origin as clients see it; None if only requests can tell.
    public_url: str | None
    #: Name of this API in its metadata (RFC 9728); None stands for its origin.
    resource: str | None
    #: How many reverse proxies stand in front, and from where they reach us.
    proxy_hops: int
    trusted_proxies: tuple[Peer, ...]
    #: Header in which a trusted proxy passes the client's certificate on.
    client_certificate_header: str

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
        reader = Reader(config)
        if issuer_needed or reader.is_set("AUTH0_ISSUER_URL") or reader.is_set("AUTH0_DOMAIN"):
            urls = reader.issuers()
            audiences = reader.read("AUTH0_AUDIENCE", parsing.names, _NO_AUDIENCE)
        else:
            urls, audiences = (), ()
        algorithms = reader.read("AUTHZ_ALGORITHMS", parsing.algorithms, _ALGORITHM_CURE)
        values = {field: reader.read(*setting) for field, setting in _PLAIN.items()}
        several = finds_issuers or len(urls) > 1
        values["management_url"] = _management_url(reader, values, urls)
        _check_client(reader, values, several=several)
        reader.refuse_unknown()
        if reader.problems:
            raise SettingsError(reader.problems)
        issuers = tuple(Issuer(url, audiences, algorithms) for url in urls)
        return cls(issuers=issuers, **values)


_NO_AUDIENCE = "set it to this API's identifier at the issuer, such as https://menu-api.example.com"
_ALGORITHM_CURE = f"use one or more of {', '.join(ALGORITHMS)}; none and HS* would let anybody sign"
_ENDPOINT_CURE = "use an https address without fragment; http is for loopback hosts only"
_MANAGEMENT_CURE = (
    "set it to the tenant's own address, such as https://TENANT.eu.auth0.com, without a path;"
    " http is for loopback hosts only"
)
_NONCE_CURE = (
    "use at least 32 characters that nobody can guess, the same on every server, such as the output"
    " of: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
)
_ORIGIN_CURE = (
    "use this API's origin as clients see it and nothing after it, such as https://menu.example.com"
)
_PEERS_CURE = "use addresses or networks such as 10.0.0.0/8, separated by commas, and unix"
_NO_CLIENT = "this API asks the issuer with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, so set both"
_SEVERAL = (
    "set it to the address that answers RFC 7662, or remove AUTH0_CLIENT_ID and"
    " AUTH0_CLIENT_SECRET: with several issuers nobody can tell whose an opaque token is"
)

#: Settings that are read one by one: the field, the setting's name, how it is read, and the cure.
_PLAIN: Mapping[str, tuple[str, Callable[[Any], Any], str]] = {
    "realm": ("AUTHZ_REALM", parsing.realm, "use letters, digits and . - _ / : only"),
    "permissions_claim": (
        "AUTHZ_PERMISSIONS_CLAIM",
        parsing.claim,
        "name a claim, or a path to it with dots",
    ),
    "leeway": ("AUTHZ_LEEWAY", parsing.number(0, 300), "use 0 to 300 seconds"),
    "keys_fresh": ("AUTHZ_KEYS_FRESH", parsing.number(30, 86_400), "use 30 to 86400 seconds"),
    "keys_stale": ("AUTHZ_KEYS_STALE", parsing.number(60, 604_800), "use 60 to 604800 seconds"),
    "keys_timeout": ("AUTHZ_KEYS_TIMEOUT", parsing.number(0.1, 30), "use 0.1 to 30 seconds"),
    "token_cache_size": (
        "AUTHZ_TOKEN_CACHE_SIZE",
        parsing.number(0, 1_000_000, int),
        "use a whole number from 0 to 1000000",
    ),
    "token_cache_seconds": (
        "AUTHZ_TOKEN_CACHE_SECONDS",
        parsing.number(1, 600),
        "use 1 to 600 seconds",
    ),
    "glob_grants": ("AUTHZ_GLOB_GRANTS", parsing.switch, "use on or off"),
    "anonymous_grants": (
        "AUTHZ_ANONYMOUS_GRANTS",
        parsing.grants,
        "use names of permissions, separated by commas",
    ),
    "dpop": (
        "AUTHZ_DPOP",
        parsing.one_of("off", "allowed", "required"),
        "use off, allowed or required",
    ),
    "dpop_nonce": ("AUTHZ_DPOP_NONCE", parsing.secret, _NONCE_CURE),
    "revocation_keep": (
        "AUTHZ_REVOCATION_KEEP",
        parsing.number(60, 315_360_000),
        "use 60 to 315360000 seconds",
    ),
    "client_id": ("AUTH0_CLIENT_ID", parsing.text, "use the id of a client"),
    "client_secret": ("AUTH0_CLIENT_SECRET", parsing.text, "use the client's secret"),
    "introspection_url": ("AUTHZ_INTROSPECTION_URL", parsing.endpoint, _ENDPOINT_CURE),
    "permissions_source": (
        "AUTHZ_PERMISSIONS_SOURCE",
        parsing.one_of("claim", "management"),
        "use claim or management",
    ),
    "permissions_cache_seconds": (
        "AUTHZ_PERMISSIONS_CACHE_SECONDS",
        parsing.number(1, 60),
        "use 1 to 60 seconds",
    ),
    "public_url": ("PUBLIC_URL", parsing.origin, _ORIGIN_CURE),
    "resource": ("AUTHZ_RESOURCE", parsing.resource, _ENDPOINT_CURE),
    "proxy_hops": ("PROXY_HOPS", parsing.number(0, 10, int), "use 0 to 10, the number of proxies"),
    "trusted_proxies": ("TRUSTED_PROXIES", parsing.peers, _PEERS_CURE),
    "client_certificate_header": (
        "AUTHZ_CLIENT_CERTIFICATE_HEADER",
        parsing.header,
        "name a header, such as Client-Cert",
    ),
}


def _management_url(
    reader: Reader, values: Mapping[str, Any], issuers: tuple[str, ...]
) -> str | None:
    """Return where the Management API is, if it is to be asked: as the setting says, or else at the
    only issuer."""
    url: str | None = reader.read("AUTHZ_MANAGEMENT_URL", parsing.tenant, _MANAGEMENT_CURE)
    if values["permissions_source"] == "claim" and url:
        reader.note(
            "AUTHZ_MANAGEMENT_URL has no effect",
            "set AUTHZ_PERMISSIONS_SOURCE=management, or remove it",
        )
    if values["permissions_source"] != "management" or url is not None:
        return url
    try:
        (only,) = issuers
        return parsing.tenant(only)
    except ValueError:
        why = "no single issuer says whose Management API to ask"
        reader.note(f"AUTHZ_MANAGEMENT_URL is missing: {why}", _MANAGEMENT_CURE)
        return None


def _check_client(reader: Reader, values: Mapping[str, Any], *, several: bool) -> None:
    """Note what is missing to ask the issuer of opaque tokens, or of permissions.

    :param several: True if tokens may come from more than one issuer.
    """
    management = values["permissions_source"] == "management"
    named = [name for name in _CLIENT if reader.is_set(name)]
    if not (named or management or reader.is_set("AUTHZ_INTROSPECTION_URL")):
        return
    for name in _CLIENT:
        if name not in named:
            reader.note(f"{name} is missing", _NO_CLIENT)
    # For the Management API alone they need no endpoint.
    if several and not management and not reader.is_set("AUTHZ_INTROSPECTION_URL"):
        reader.note("AUTHZ_INTROSPECTION_URL is missing", _SEVERAL)


_CLIENT = ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET")

"""Reads the app's config one setting after the other, and collects what is wrong with it."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from . import parsing

#: Config keys with this prefix are ours: one that is not in the table below is a mistake.
PREFIX = "AUTHZ_"

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
    "AUTHZ_MANAGEMENT_URL": "",
    "AUTHZ_PERMISSIONS_CACHE_SECONDS": "5",
    "AUTHZ_PERMISSIONS_CLAIM": "permissions",
    "AUTHZ_PERMISSIONS_SOURCE": "claim",
    "AUTHZ_REALM": "api",
    "AUTHZ_RESOURCE": "",
    "AUTHZ_REVOCATION_KEEP": "2592000",
    "AUTHZ_TOKEN_CACHE_SECONDS": "60",
    "AUTHZ_TOKEN_CACHE_SIZE": "4096",
    "PROXY_HOPS": "0",
    "PUBLIC_URL": "",
    "TRUSTED_PROXIES": "127.0.0.0/8,::1,unix",
}

_NO_ISSUER = "set it to the issuer's address, such as https://TENANT.eu.auth0.com/"
UNSAFE_ISSUER = "use an https address without query or fragment; http is for loopback hosts only"


class SettingsError(Exception):
    """Raised if the settings do not allow a start. The text lists every problem and its cure."""

    def __init__(self, problems: list[str]) -> None:
        #: One sentence a problem, beginning with the setting's name.
        self.problems = problems
        super().__init__("\n".join(problems))


class Reader:
    """Reads one config."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        #: What is wrong, as `SettingsError.problems`.
        self.problems: list[str] = []

    def _value(self, name: str) -> Any:
        value = self._config.get(name)
        if isinstance(value, str):
            value = value.strip()
        return DEFAULTS[name] if value is None or value == "" else value

    def is_set(self, name: str) -> bool:
        """Say whether a setting has a value that is not empty, a default included."""
        return self._value(name) not in (None, "")

    def read(self, name: str, parse: Callable[[Any], Any], cure: str) -> Any:
        """Return the parsed value. One that does not parse is a problem; then what is returned is
        never used."""
        value = self._value(name)
        if value is None:
            self.note(f"{name} is missing", cure)
            return ()
        try:
            return parse(value)
        except (ValueError, TypeError, KeyError, AttributeError):
            # The value is not repeated: an address may hold a password.
            self.note(f"{name} cannot be used as it is", cure)
            return ()

    def note(self, problem: str, cure: str) -> None:
        """Note a problem, which begins with the setting's name, and what to do about it."""
        self.problems.append(f"{problem}: {cure}.")

    def issuers(self) -> tuple[str, ...]:
        """Return the issuers' addresses, from `AUTH0_ISSUER_URL` or else from `AUTH0_DOMAIN`."""
        if self.is_set("AUTH0_ISSUER_URL"):
            return tuple(self.read("AUTH0_ISSUER_URL", parsing.issuer_urls, UNSAFE_ISSUER))
        if self.is_set("AUTH0_DOMAIN"):
            cure = "use the tenant's host name, such as TENANT.eu.auth0.com"
            return tuple(self.read("AUTH0_DOMAIN", parsing.domains, cure))
        return tuple(self.read("AUTH0_ISSUER_URL", parsing.issuer_urls, _NO_ISSUER))

    def refuse_unknown(self) -> None:
        """Note every name that looks like ours and is not: a misspelt setting protects nothing."""
        unset = [each for each in DEFAULTS if not self._config.get(each)]
        for name in sorted(set(self._config) - set(DEFAULTS)):
            ours = name.startswith(PREFIX)
            # Names without our prefix may be somebody else's: theirs are less like one of ours.
            among, cutoff = (DEFAULTS, 0.6) if ours else (unset, 0.85)
            near = difflib.get_close_matches(name, among, n=1, cutoff=cutoff)
            if near or ours:
                hint = f"did you mean {near[0]}?" if near else "remove it."
                self.problems.append(f"{name} is not a setting: {hint}")

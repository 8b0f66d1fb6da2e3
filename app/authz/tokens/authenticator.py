"""The story of one token: issuer, key, signature, claims, identity."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import TokenIssuer, TokenMalformed
from ..identity import Identity
from ..settings import Issuer, Settings
from . import compact, jose, rules
from .compact import UnverifiedToken
from .discovery import Published, discover
from .keys import IssuerKeys, Lifetimes


class Authenticator:
    """Turns access tokens into identities. One instance belongs to one process (see `keys`).

    :param clock: seconds since the epoch, for what tokens say of time.
    :param timer: a steady clock in seconds, for the age of keys.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._issuers = {issuer.url.removesuffix("/"): issuer for issuer in settings.issuers}
        self._algorithms = frozenset().union(*(issuer.algorithms for issuer in settings.issuers))
        lifetimes = Lifetimes(settings.keys_fresh, settings.keys_stale, settings.keys_timeout)
        #: The key set of each issuer, by its configured address without a trailing slash.
        self.keys: Mapping[str, IssuerKeys] = {
            name: IssuerKeys(issuer.url, _asking(issuer), timer=timer, lifetimes=lifetimes)
            for name, issuer in self._issuers.items()
        }

    def authenticate(self, text: str) -> Identity:
        """Return who a token speaks for.

        What is cheap and local comes first; the network comes only after the issuer is known to be
        ours, and only where its key is not known.

        :raises AuthzError: if it speaks for nobody, or that cannot be known now.
        """
        token = compact.read(text, self._algorithms)
        name, issuer = self._issuer_of(token)
        key, issuer_name = self.keys[name].find(token.header.kid, token.header.alg)
        claims = jose.verify(token, key)
        rules.check(
            claims,
            rules.Expected(
                issuer=issuer_name,
                audiences=issuer.audiences,
                now=self._clock(),
                leeway=self._settings.leeway,
                permissions_claim=self._settings.permissions_claim,
            ),
        )
        return self._identity(claims)

    def _issuer_of(self, token: UnverifiedToken) -> tuple[str, Issuer]:
        """Return the configured issuer that a token claims to be from, but for a trailing slash."""
        unverified = token.unverified_claims.get("iss", "")
        if not isinstance(unverified, str):
            raise TokenMalformed("iss must be a text", found=unverified)
        name = unverified.removesuffix("/")
        issuer = self._issuers.get(name)
        if issuer is None:
            raise TokenIssuer(
                "iss is not a configured issuer",
                wanted=[each.url for each in self._issuers.values()],
                found=unverified,
                cure="another tenant's token, or AUTH0_ISSUER_URL names another tenant",
            )
        return name, issuer

    def _identity(self, claims: dict[str, Any]) -> Identity:
        """Build the identity that checked claims describe."""
        return Identity(
            subject=claims["sub"],
            permissions=rules.granted_permissions(claims, self._settings.permissions_claim),
            scopes=claims.get("scope", "").split(),
            claims=claims,
            issuer=claims["iss"],
            # RFC 9068, section 2.2, names it client_id; Auth0's default tokens name it azp.
            client_id=claims.get("client_id", claims.get("azp")),
            expires_at=claims["exp"],
        )


def _asking(issuer: Issuer) -> Callable[[float], Published]:
    return lambda deadline: discover(issuer.url, issuer.algorithms, deadline)

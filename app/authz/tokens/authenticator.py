"""The story of one token: issuer, key, signature, claims, deny-list, binding, identity."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from ..errors import AuthzError
from ..expiring import ExpiringMap
from ..identity import Identity
from ..observer import Observer
from ..settings import Issuer, Settings
from ..state import State
from . import compact, credentials, jose, rules
from .binding import Binding, Presented
from .discovery import discover
from .dpop import ProofCheck
from .fresh import FreshPermissions
from .introspection import Introspection
from .issuers import IssuerFor, Issuers
from .jose import VerificationKey
from .keys import IssuerKeys, Lifetimes
from .nonces import Nonces
from .revocation import DenyList


class Verified(NamedTuple):
    """A token that has passed every rule, and what it must go on to agree with."""

    identity: Identity
    kid: str | None
    alg: str
    keys: IssuerKeys
    key: VerificationKey
    exp: float


class Authenticator:
    """Turns access tokens into identities. One instance belongs to one process (see `keys`).

    :param state: what all processes share; None: no token is revoked, and none may need a proof.
    :param issuer_for: finds issuers that are known only at run time.
    :param observer: is told what happens to tokens and keys.
    :param clock: seconds since the epoch, for what tokens say of time.
    :param timer: a steady clock in seconds, for the age of keys.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        state: State | None,
        issuer_for: IssuerFor | None,
        observer: Observer,
        clock: Callable[[], float],
        timer: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._timer = timer
        self._observer = observer
        #: The trusted issuers, and their keys.
        self.issuers = Issuers(settings.issuers, issuer_for, self._keys_of, timer)
        self._algorithms = self.issuers.algorithms
        #: Asks what opaque tokens are; None if nobody can be asked.
        self.introspection = Introspection.configured(settings, self.issuers, state, clock, timer)
        self._cache = ExpiringMap[bytes, Verified](settings.token_cache_size, timer)
        #: The tokens that were revoked; None without a shared state.
        self.deny_list = DenyList(state, timer=timer) if state else None
        #: What holds requests to the bindings of their tokens.
        self.binding = _binding(settings, state, clock)
        management = settings.permissions_source == "management"
        self._fresh = FreshPermissions(settings, clock=clock, timer=timer) if management else None

    def authenticate(self, presented: Presented) -> Identity:
        """Return who the token of a request speaks for.

        What is cheap and local comes first; the network comes only after the issuer is known to be
        ours, and only where its key is not known.

        :raises AuthzError: if it speaks for nobody, or that cannot be known now.
        """
        text = presented.token
        if self.introspection and compact.is_opaque(text):
            identity, issuer = self._introspected(self.introspection, text)
        else:
            fingerprint = sha256(text.encode()).digest()
            verified = self._cache.get(fingerprint)
            if verified is not None and self._still_holds(verified):
                self._observer.token_remembered()
            else:
                credentials.check_token(text)
                verified = self._timed(text)
                self._cache.put(fingerprint, verified, self._settings.token_cache_seconds)
            identity, issuer = verified.identity, verified.keys.issuer
        # From here on for remembered tokens too. A proof is used up, so it comes after the rest;
        # what costs a call comes after everything that may refuse.
        if self.deny_list:
            self.deny_list.check(issuer.url, identity.claims, text)
        self.binding.confirm(identity.claims, presented)
        return self._fresh.of(identity, issuer.audiences) if self._fresh else identity

    def _timed(self, text: str) -> Verified:
        """Take a token through all the rules, and tell what came of it. Raises as `_verify`."""
        began, code = self._timer(), ""
        try:
            return self._verify(text)
        except AuthzError as error:
            code = error.code
            raise
        finally:
            self._observer.token_verified(self._timer() - began, code)

    def _still_holds(self, verified: Verified) -> bool:
        """Say whether a token still passes what can change: its key, its issuer's name, its end.

        :raises AuthzError: if the key is gone, or cannot be known.
        """
        identity, kid, alg, keys, key, exp = verified
        # Asking for the key keeps the set fresh, and sees that it was withdrawn or replaced.
        found, issuer_name = keys.find(kid, alg)
        return (
            (found is key or found.thumbprint == key.thumbprint)
            and issuer_name == identity.issuer
            and exp > self._clock() - self._settings.leeway
        )

    def _verify(self, text: str) -> Verified:
        """Take a token through all the rules.

        :raises AuthzError: the first that it breaks.
        """
        token = compact.read(text, self._algorithms)
        keys = self.issuers.named(token.unverified_claims.get("iss", ""))
        compact.allow(token.header.alg, keys.issuer.algorithms)
        key, issuer_name = keys.find(token.header.kid, token.header.alg)
        claims = jose.verify(token, key)
        rules.check(claims, self.expected(keys.issuer, issuer_name))
        header = token.header
        return Verified(self._identity(claims), header.kid, header.alg, keys, key, claims["exp"])

    def _introspected(self, introspection: Introspection, text: str) -> tuple[Identity, Issuer]:
        """Take what the issuer says of an opaque token through all the rules, each time anew.

        :raises AuthzError: the first that it breaks, or why nothing can be said of it.
        """
        credentials.check_token(text)
        found = introspection.look_up(text)
        rules.check(found.claims, self.expected(found.issuer, found.issuer_name))
        return self._identity(found.claims), found.issuer

    def expected(self, issuer: Issuer, issuer_name: str) -> rules.Expected:
        """Return what a token of an issuer is held against now."""
        return rules.Expected(
            issuer=issuer_name,
            audiences=issuer.audiences,
            now=self._clock(),
            leeway=self._settings.leeway,
            permissions_claim=self._settings.permissions_claim,
        )

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

    def _keys_of(self, issuer: Issuer) -> IssuerKeys:
        settings = self._settings
        return IssuerKeys(
            issuer,
            partial(discover, issuer.url, issuer.algorithms),
            timer=self._timer,
            observer=self._observer,
            lifetimes=Lifetimes(settings.keys_fresh, settings.keys_stale, settings.keys_timeout),
        )


def _binding(settings: Settings, state: State | None, clock: Callable[[], float]) -> Binding:
    if state is None or settings.dpop == "off":
        return Binding(None)
    proofs = ProofCheck(
        first_use=state.add_if_absent,
        clock=clock,
        leeway=settings.leeway,
        nonces=Nonces.configured(settings, clock),
    )
    return Binding(proofs, required=settings.dpop == "required")

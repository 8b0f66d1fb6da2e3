"""Permissions as they are now, in place of those that a token was issued with.

A user's token goes on saying what its user was granted when it was issued. With
`AUTHZ_PERMISSIONS_SOURCE=management` the tenant is asked instead, and what it says is kept for
seconds. If it cannot be asked, nobody gets in: the claim is no second best, since it may grant what
was taken away.

The tenant knows a user by `sub` alone. So with several issuers, all of them must be names of that
one tenant. Its answer holds what was granted to a user directly and by roles, but not what roles in
an organization grant to its members.

One instance belongs to one process (see `calls`).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from typing import NamedTuple

from ..errors import PermissionsUnavailable
from ..expiring import ExpiringMap
from ..identity import Identity
from ..settings import Settings
from .calls import Calls
from .fetch import FetchError
from .management import REST, ManagementApi, ManagementError

#: Seconds that one call may take in all, token and pages together, and that a request waits for it.
BUDGET = 3.0
#: Calls that may be under way at once, in one process.
CALLS = 32
#: How many answers are kept.
KEPT = 4096

_CURE = (
    "look whether the tenant is up; AUTHZ_MANAGEMENT_URL must be its own address, not a custom"
    " domain, and the application of AUTH0_CLIENT_ID have read:users there"
)


class _Key(NamedTuple):
    """Whose permissions, and for which APIs."""

    issuer: str | None
    subject: str
    audiences: frozenset[str]


#: What a call ended with: permissions, or the reason why there are none.
_Outcome = frozenset[str] | ManagementError


class FreshPermissions:
    """Gives identities the permissions of this moment.

    :param clock: seconds since the epoch.
    :param timer: a steady clock, in seconds, for the age of answers.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = ManagementApi(
            settings.management_url or "",
            settings.client_id or "",
            settings.client_secret or "",
            clock=clock,
            timer=timer,
        )
        self._seconds = settings.permissions_cache_seconds
        self._timer = timer
        self._calls = Calls[_Key, _Outcome](CALLS, "fresh permissions")
        self._known = ExpiringMap[_Key, _Outcome](KEPT, timer)

    def of(self, identity: Identity, audiences: frozenset[str]) -> Identity:
        """Return the identity with the permissions that its user has now, for the APIs which the
        token is for and which are ours. Its claims stay as they are.

        An application that calls for itself is no user: its permissions are those of the claim.

        :param audiences: names of this API, at the issuer of the token.
        :raises PermissionsUnavailable: if they cannot be known.
        """
        if _is_machine(identity):
            return identity
        meant = audiences & _audiences(identity)
        key = _Key(identity.issuer, identity.subject, meant)
        # Without an API there is nothing to ask.
        outcome = self._outcome(key) if meant else frozenset[str]()
        if isinstance(outcome, ManagementError):
            wait = ceil(outcome.retry_after)
            raise PermissionsUnavailable(str(outcome), retry_after=wait, cure=_CURE)
        return replace(identity, permissions=outcome)

    def _outcome(self, key: _Key) -> _Outcome:
        known = self._known.get(key)
        if known is not None:
            return known
        deadline = time.monotonic() + BUDGET
        try:
            return self._calls.outcome(key, partial(self._ask, key, deadline), deadline)
        except FetchError as failure:
            return ManagementError(f"the Management API: {failure}", 1)

    def _ask(self, key: _Key, deadline: float) -> _Outcome:
        """Ask, and keep what came of it, unless a call has just ended that did."""
        outcome = self._known.get(key)
        if outcome is not None:
            return outcome
        # An answer may be as old as its question; a failure is news.
        since, seconds = self._timer(), self._seconds
        try:
            granted = self._api.permissions(key.subject, deadline)
            outcome = frozenset(each.name for each in granted if each.audience in key.audiences)
        except ManagementError as error:
            outcome = error
            since, seconds = self._timer(), min(error.retry_after, REST)
        if time.monotonic() < deadline:  # else nobody waits for it any more
            self._known.put(key, outcome, since + seconds - self._timer())
        return outcome


def _is_machine(identity: Identity) -> bool:
    """Say whether an application calls for itself, by client credentials: Auth0's default tokens
    say so in `gty`, and both kinds of token name the application as their subject (RFC 9068,
    section 2.2). The end of the subject alone says nothing: a user's identifier may have it too.
    """
    client = identity.client_id
    return identity.claims.get("gty") == "client-credentials" or (
        client is not None and identity.subject in (client, f"{client}@clients")
    )


def _audiences(identity: Identity) -> frozenset[str]:
    """Return what `aud` of the token names; it is missing only where no rule demands it."""
    named = identity.claims.get("aud")
    names = named if isinstance(named, tuple) else (named,)
    return frozenset(name for name in names if isinstance(name, str))

"""Tokens that only their issuer can read: it is asked for each, and remembered for a while (RFC
7662).

What is remembered is the answer, not a verdict: the rules are asked for each request anew.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from ..errors import (
    IntrospectionUnavailable,
    KeysUnavailable,
    StateUnavailable,
    TokenInactive,
    TokenIssuer,
    TokenOpaque,
)
from ..expiring import ExpiringMap
from ..settings import Issuer, Settings
from ..state import State
from .calls import Calls
from .endings import PERIOD, Endings
from .endpoint import Answer, Endpoint, basic
from .fetch import FetchError
from .issuers import Issuers

log = logging.getLogger(__name__)

#: Seconds that one request may cost in all: metadata, if none are held, and the answer.
PATIENCE = 3.0
#: Calls that may be under way at once, in one process.
CALLS = 16
#: Seconds for which an active token is remembered at most; never beyond its `exp`.
ACTIVE_FOR = PERIOD
#: Seconds for which another is, and how many are. They have a place of their own: whoever makes
#: tokens up pushes no good one out.
INACTIVE_FOR = 30.0
INACTIVE = 1024
#: Seconds after which it makes sense to come again where the issuer did not answer.
RETRY_AFTER = 5

_CURE_OPAQUE = (
    "the client asked for no audience: have it ask for this API's; or set AUTHZ_INTROSPECTION_URL"
    " to where this issuer answers RFC 7662"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an issuer says of a token that it calls active. The values are not checked: see
    `rules`."""

    #: All that it says, and its own name for `iss` where it does not say that.
    claims: dict[str, Any]
    issuer: Issuer
    #: What `iss` must be.
    issuer_name: str


class Introspection:
    """Looks opaque tokens up. One instance belongs to one process (see `calls`).

    :param authorization: the header that signs this API in at the issuer.
    :param issuers: one of which the tokens are from; just one if the settings name no endpoint.
    :param endings: tells other workers what has ended; None if there is nobody to tell.
    :param clock: seconds since the epoch.
    :param timer: a steady clock, in seconds.
    """

    def __init__(
        self,
        settings: Settings,
        authorization: str,
        issuers: Issuers,
        endings: Endings | None,
        clock: Callable[[], float],
        timer: Callable[[], float],
    ) -> None:
        self._url = settings.introspection_url
        self._authorization = authorization
        self._issuers = issuers
        self._endings = endings
        self._clock = clock
        self._active_for = min(ACTIVE_FOR, settings.token_cache_seconds)
        self._active = ExpiringMap[bytes, Answer](settings.token_cache_size, timer)
        self._inactive = ExpiringMap[bytes, Answer](INACTIVE, timer)
        self._calls = Calls[bytes, Answer](CALLS, "introspection")

    @classmethod
    def configured(
        cls,
        settings: Settings,
        issuers: Issuers,
        state: State | None,
        clock: Callable[[], float],
        timer: Callable[[], float],
    ) -> "Introspection | None":
        """Make one if the settings say as whom to ask, and whom; else return None."""
        if settings.client_id is None or settings.client_secret is None:
            return None
        if settings.introspection_url is None and issuers.only is None:
            return None
        authorization = basic(settings.client_id, settings.client_secret)
        endings = Endings(state, clock) if state else None
        return cls(settings, authorization, issuers, endings, clock, timer)

    def look_up(self, text: str) -> Found:
        """Return what the issuer says of a token.

        :raises TokenInactive: if it does not say that the token is active.
        :raises TokenIssuer: if it names an issuer that is not trusted, or none where there are
            several.
        :raises TokenMalformed: if what it names is no text.
        :raises TokenOpaque: if nobody can be asked: the metadata name no endpoint, or the issuer
            introspects no tokens of this kind.
        :raises IntrospectionUnavailable: if it cannot be asked now, or its answer cannot be read.
        """
        fingerprint = sha256(text.encode()).digest()
        answer = self._remembered(fingerprint) or self._ask(text, fingerprint)
        if not answer.is_supported:
            raise TokenOpaque(
                "the issuer does not introspect tokens of this kind",
                cure="turn token encryption off for this API at the issuer",
            )
        if not answer.is_active:
            raise TokenInactive(
                "the issuer does not say that the token is active",
                wanted=True,
                found=answer.content.get("active"),
                cure="have the client renew its token; if it is new, see that the issuer lets"
                " AUTH0_CLIENT_ID introspect it",
            )
        issuer, name = self._issuer_of(answer)
        return Found({"iss": name, **_subject(answer.content), **answer.content}, issuer, name)

    def _remembered(self, fingerprint: bytes) -> Answer | None:
        return self._active.get(fingerprint) or self._inactive.get(fingerprint)

    def _issuer_of(self, answer: Answer) -> tuple[Issuer, str]:
        """Return whose token it is, and what `iss` must be if there is one.

        Metadata have the issuer's own name. The settings have it but for a trailing slash.
        """
        only = self._issuers.only
        if only and answer.endpoint.issuer_name is not None:
            return only.issuer, answer.endpoint.issuer_name
        if "iss" in answer.content:
            return self._issuers.named(answer.content["iss"]).issuer, answer.content["iss"]
        if only is None:
            raise TokenIssuer(
                "the answer has no iss, and several issuers are trusted",
                cure="have the endpoint of AUTHZ_INTROSPECTION_URL say iss",
            )
        return only.issuer, only.issuer.url

    def _ask(self, text: str, fingerprint: bytes) -> Answer:
        """Ask the issuer, together with whoever else asks for the same token."""
        deadline = time.monotonic() + PATIENCE
        endpoint = self._endpoint()
        make = partial(self._call, endpoint, text, fingerprint, deadline)
        try:
            return self._calls.outcome(fingerprint, make, deadline)
        except FetchError as failure:
            raise _unavailable(failure) from failure

    def _endpoint(self) -> Endpoint:
        """Return where to ask: as the settings say, or else the metadata of the only issuer."""
        if self._url is not None:
            return Endpoint(self._url, None)
        only = self._issuers.only
        assert only is not None  # see `configured`
        try:
            published = only.published(PATIENCE)
        except KeysUnavailable as error:
            raise IntrospectionUnavailable(
                f"it is not known where to introspect: {error.reason}",
                retry_after=error.retry_after,
                cure=error.cure,
            ) from error
        if published.introspection_endpoint is None:
            raise TokenOpaque(
                "the token is not a JWT, and the issuer's metadata name no introspection_endpoint",
                cure=_CURE_OPAQUE,
            )
        return Endpoint(published.introspection_endpoint, published.issuer)

    def _call(self, endpoint: Endpoint, text: str, fingerprint: bytes, deadline: float) -> Answer:
        """Make the call, and remember its answer before anybody else asks; unless one has just
        ended that did.

        :raises FetchError: if there is no answer, or another than a JSON object.
        """
        answer = self._remembered(fingerprint)
        if answer is not None:
            return answer
        answer = endpoint.ask(text, self._authorization, deadline)
        self._remember(answer, text, fingerprint)
        return answer

    def _remember(self, answer: Answer, text: str, fingerprint: bytes) -> None:
        """Remember an answer here. A token that has ended is refused by the other workers too; one
        of which they could not be told is asked for each time."""
        try:
            if answer.is_active:
                if self._endings:
                    self._endings.note_active(text)
                self._active.put(fingerprint, answer, self._lifetime(answer))
            else:
                self._inactive.put(fingerprint, answer, INACTIVE_FOR)
                if self._endings:
                    self._endings.note_ended(text)
        except StateUnavailable as error:
            log.warning("an opaque token is not shared with other workers: %s", error.reason)

    def _lifetime(self, answer: Answer) -> float:
        """Return for how many seconds an active token is remembered."""
        now = self._clock()
        end = answer.content.get("exp")
        if not isinstance(end, int | float):
            return self._active_for  # and refused each time: a rule wants a number
        # In this order: a huge whole number can be compared with a float, but not subtracted.
        return max(now, min(end, now + self._active_for)) - now


def _subject(content: dict[str, Any]) -> dict[str, Any]:
    """Return `sub` for an answer that has none (RFC 7662, section 2.2, leaves it out at will): no
    user has part in the token, and it speaks for its client (RFC 9068, section 2.2)."""
    return {"sub": content["client_id"]} if "client_id" in content else {}


def _unavailable(failure: FetchError) -> IntrospectionUnavailable:
    cure = "look whether the endpoint is up and can be reached from here"
    if failure.status in (401, 403):
        cure = "correct AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, and let that client introspect"
    return IntrospectionUnavailable(
        f"the token could not be introspected: {failure}", retry_after=RETRY_AFTER, cure=cure
    )

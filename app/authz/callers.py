"""Who calls: from a request's credentials to an identity, as this app sees it."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Request, current_app

from .errors import TokenMissing
from .identity import Anonymous, Covers, Identity
from .observer import Observer
from .policy.guard import Mode
from .presented import RequestPresented
from .settings import Settings
from .state import State
from .tokens import credentials
from .tokens.authenticator import Authenticator
from .tokens.issuers import IssuerFor

#: May be async.
Authenticate = Callable[[Request], Awaitable[Identity | None] | Identity | None]
PrincipalLoader = Callable[[Identity], Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an app has its callers from, beyond its settings. See `Authz`."""

    authenticate: Authenticate | None
    issuer_for: IssuerFor | None
    principal_loader: PrincipalLoader | None
    anonymous_grants: frozenset[str]
    covers: Covers
    state: State | None
    observer: Observer
    clock: Callable[[], float]
    timer: Callable[[], float]


class Callers:
    """Finds out who calls, in one app."""

    def __init__(self, settings: Settings, sources: Sources) -> None:
        self._settings = settings
        self._sources = sources
        dpop = settings.dpop != "off"
        self._schemes = credentials.BEARER_AND_DPOP if dpop else credentials.BEARER
        #: The caller without credentials, with what this app grants to everybody.
        self.anonymous = Anonymous(sources.anonymous_grants, _covers=sources.covers)
        self._authenticators: dict[int, Authenticator] = {}

    @property
    def authenticator(self) -> Authenticator:
        """The authenticator of this process, made when first asked for: never before a fork."""
        process = os.getpid()
        return self._authenticators.get(process) or self._authenticators.setdefault(
            process,
            Authenticator(
                self._settings,
                state=self._sources.state,
                issuer_for=self._sources.issuer_for,
                observer=self._sources.observer,
                clock=self._sources.clock,
                timer=self._sources.timer,
            ),
        )

    @property
    def reads_tokens(self) -> bool:
        """False if a function of the app's own takes the place of tokens."""
        return self._sources.authenticate is None

    def of_request(self, request: Request, mode: Mode) -> Identity | Anonymous:
        """Return who sends a request, as far as the mode asks for it.

        :raises AuthzError: if the mode does not let such a caller in.
        """
        if mode == "public":
            return self.anonymous
        sources = self._sources
        if sources.authenticate is not None:
            identity = _answered(sources.authenticate, request)
        elif sent := credentials.read(request.environ.get("HTTP_AUTHORIZATION"), self._schemes):
            presented = RequestPresented(*sent, request, self._settings)
            identity = self.authenticator.authenticate(presented)
        else:
            identity = None
        if identity is None:
            if mode == "requires_auth":
                raise TokenMissing("no credentials")
            return self.anonymous
        if sources.covers is not identity._covers:
            identity = replace(identity, _covers=sources.covers)
        if sources.principal_loader is not None:
            load = current_app.ensure_sync(sources.principal_loader)
            identity = replace(identity, principal=load(identity))
        return identity


def _answered(authenticate: Authenticate, request: Request) -> Identity | None:
    """Return what the app's own function makes of a request."""
    identity = current_app.ensure_sync(authenticate)(request)
    if identity is not None and not isinstance(identity, Identity):
        raise TypeError("Authz(authenticate=...) must return an Identity or None")
    return identity

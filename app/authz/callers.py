"""Who calls: from a request's credentials to an identity, as this app sees it."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from flask import Request, current_app

from .errors import TokenMissing
from .identity import Anonymous, Identity
from .policy.guard import Mode
from .presented import RequestPresented
from .settings import Settings
from .tokens import credentials
from .tokens.authenticator import Authenticator

#: May be async.
Authenticate = Callable[[Request], Awaitable[Identity | None] | Identity | None]
PrincipalLoader = Callable[[Identity], Any]


class Callers:
    """Finds out who calls, in one app.

    :param make: makes the authenticator of a process.
    """

    def __init__(
        self,
        settings: Settings,
        make: Callable[[], Authenticator],
        anonymous: Anonymous,
        authenticate: Authenticate | None,
        principal_loader: PrincipalLoader | None,
    ) -> None:
        self._settings = settings
        self._make = make
        #: The caller without credentials, with what this app grants to everybody.
        self.anonymous = anonymous
        self._authenticate = authenticate
        self._principal_loader = principal_loader
        dpop = settings.dpop != "off"
        self._schemes = credentials.BEARER_AND_DPOP if dpop else credentials.BEARER
        self._authenticators: dict[int, Authenticator] = {}

    @property
    def authenticator(self) -> Authenticator:
        """The authenticator of this process, made when first asked for: never before a fork."""
        process = os.getpid()
        return self._authenticators.get(process) or self._authenticators.setdefault(
            process, self._make()
        )

    @property
    def reads_tokens(self) -> bool:
        """False if a function of the app's own takes the place of tokens."""
        return self._authenticate is None

    def of_request(self, request: Request, mode: Mode) -> Identity | Anonymous:
        """Return who sends a request, as far as the mode asks for it.

        :raises AuthzError: if the mode does not let such a caller in.
        """
        if mode == "public":
            return self.anonymous
        if self._authenticate is not None:
            identity = _answered(self._authenticate, request)
        elif sent := credentials.read(request.environ.get("HTTP_AUTHORIZATION"), self._schemes):
            presented = RequestPresented(*sent, request, self._settings)
            identity = self.authenticator.authenticate(presented)
        else:
            identity = None
        if identity is None:
            if mode == "requires_auth":
                raise TokenMissing("no credentials")
            return self.anonymous
        if identity._covers is not self.anonymous._covers:
            identity = replace(identity, _covers=self.anonymous._covers)
        if self._principal_loader is not None:
            load = current_app.ensure_sync(self._principal_loader)
            identity = replace(identity, principal=load(identity))
        return identity


def _answered(authenticate: Authenticate, request: Request) -> Identity | None:
    """Return what the app's own function makes of a request."""
    identity = current_app.ensure_sync(authenticate)(request)
    if identity is not None and not isinstance(identity, Identity):
        raise TypeError("Authz(authenticate=...) must return an Identity or None")
    return identity

"""`Authz`: the guard layer as a Flask extension."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from operator import contains
from typing import Any

from flask import Blueprint, Flask

from .answers import Answers, with_nonce
from .attachment import attach, attached
from .callers import Authenticate, Callers, PrincipalLoader
from .cli import authz_cli
from .enforcement import Enforcement, enforcement_of
from .errors import AuthzError, KeysUnavailable
from .identity import Anonymous
from .metadata import Metadata
from .observer import Observer
from .policy.grants import covers_with_globs
from .policy.guard import Guard
from .policy.rights import Rights
from .proxies import Proxies
from .reading import SettingsError
from .route_check import RoutesError, async_under_gevent, problems
from .settings import Settings
from .state import State
from .tokens.authenticator import Authenticator
from .tokens.held import KeySetStatus
from .tokens.issuers import IssuerFor
from .tokens.nonces import Nonces


class Authz:
    """The guard layer of an app. Holds options only; what belongs to an app lies in the app.

    :param app: the app to guard at once; or call `init_app` later.
    :param permissions: the catalogue. With one, a view that requires another name stops the boot.
    :param rights: the rights tree, or several to be joined. With one, every permission that a view
        requires is asked of it as well.
    :param authenticate: takes the place of tokens: a function of the request that returns an
        `Identity`, or None if there is no login, or raises `Unauthorized`. It needs no issuer.
    :param issuer_for: finds issuers that are known only at run time, beside those of the settings:
        a function of a token's `iss`, which nobody has verified yet, that returns an `Issuer` or
        None. What it says is kept for a while. With it, the settings need name no issuer.
    :param principal_loader: a function of the identity; what it returns is `identity.principal`.
    :param anonymous_grants: permissions of callers without credentials, in place of
        `AUTHZ_ANONYMOUS_GRANTS`.
    :param clock: seconds since the epoch.
    :param timer: a steady clock, in seconds.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        permissions: Iterable[str] | None = None,
        rights: Rights | Iterable[Rights] | None = None,
        authenticate: Authenticate | None = None,
        issuer_for: IssuerFor | None = None,
        principal_loader: PrincipalLoader | None = None,
        anonymous_grants: Iterable[str] | None = None,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue = None if permissions is None else frozenset(_names(permissions))
        self._rights = _tree(rights)
        self._authenticate = authenticate
        self._issuer_for = issuer_for
        self._principal_loader = principal_loader
        self._anonymous_grants = None if anonymous_grants is None else _names(anonymous_grants)
        self._clock = clock
        self._timer = timer
        if app is not None:
            self.init_app(app)

    def init_app(
        self, app: Flask, *, state: State | None = None, observer: Observer | None = None
    ) -> None:
        """Guard an app: from here on every route is closed that does not say otherwise.

        :param state: what all processes of the app share (see `state`). Without one there is no
            deny-list, and DPoP is off: nobody could say whether a proof was used before.
        :param observer: is told what happens to tokens and keys.
        :raises SettingsError: if the app's config does not allow it.
        :raises RuntimeError: if the app is guarded already.
        """
        settings = self._settings(app.config, state)
        if "authz" in app.extensions:
            raise RuntimeError("this app has an Authz already, which guards all of it")
        nonces = Nonces.configured(settings, self._clock)
        metadata = Metadata(settings, self._catalogue) if self._authenticate is None else None
        answers = Answers(settings, metadata)
        callers = self._callers(settings, state, observer)
        enforcement = Enforcement(settings, callers, answers, self._rights, state)
        app.extensions["authz"] = enforcement
        if settings.proxy_hops:
            proxies: Any = Proxies(app.wsgi_app, settings.proxy_hops, settings.trusted_proxies)
            app.wsgi_app = proxies  # type: ignore[method-assign]
        if metadata is not None:
            metadata.init_app(app)
        # First of all hooks, whatever was registered before: no other runs for a refused request.
        # `url_value_preprocessor` alone comes before: no name can hold what that takes away.
        app.before_request(enforcement.before_request)
        hooks = app.before_request_funcs[None]
        hooks.insert(0, hooks.pop())
        if nonces is not None:
            app.after_request(with_nonce(nonces))
        handlers = app.error_handler_spec[None][None]
        handlers.setdefault(AuthzError, answers.answer)
        handling: Any = enforcement.handling(app.handle_user_exception)
        app.handle_user_exception = handling  # type: ignore[method-assign]
        app.cli.add_command(authz_cli)

    def _settings(self, config: Mapping[str, Any], state: State | None) -> Settings:
        settings = Settings.from_config(
            config,
            issuer_needed=self._authenticate is None and self._issuer_for is None,
            finds_issuers=self._issuer_for is not None,
        )
        if self._authenticate is not None and settings.permissions_source != "claim":
            raise SettingsError(
                ["AUTHZ_PERMISSIONS_SOURCE has no effect: remove it, or Authz(authenticate=...)."]
            )
        if state is not None and self._authenticate is None:
            return settings
        if settings.dpop == "required":
            raise SettingsError(["AUTHZ_DPOP is required, which needs tokens and a shared state."])
        return replace(settings, dpop="off", dpop_nonce="")

    def _callers(
        self, settings: Settings, state: State | None, observer: Observer | None
    ) -> Callers:
        make = partial(
            Authenticator,
            settings,
            state=state,
            issuer_for=self._issuer_for,
            observer=observer or Observer(),
            clock=self._clock,
            timer=self._timer,
        )
        grants = self._anonymous_grants
        anonymous = Anonymous(
            frozenset(settings.anonymous_grants if grants is None else grants),
            _covers=covers_with_globs if settings.glob_grants else contains,
        )
        return Callers(settings, make, anonymous, self._authenticate, self._principal_loader)

    def guard_blueprint(self, blueprint: Blueprint, *decorators: Callable[[Any], Any]) -> None:
        """Give all views of a blueprint a default, and of the blueprints that are nested in it.

        A view's own mode goes before it, requirements add up, `public` stands alone.

        :param decorators: those that a view could have, such as `requires_auth`.
        :raises TypeError: if there are none, or they contradict each other.
        """
        if not decorators:
            raise TypeError(f"blueprint {blueprint.name!r} needs a guard, such as requires_auth")
        try:
            guard = attached(blueprint).with_declared(_guard_of(decorators))
        except TypeError as error:
            raise TypeError(f"blueprint {blueprint.name!r}: {error}") from None
        attach(blueprint, guard)

    def warm(self, app: Flask, *, wait: bool = False) -> None:
        """Start fetching the keys of the issuers in the settings, in the background, so that the
        first request has them. Call it in each process that serves, never before a fork.

        Raises nothing if an issuer is down.

        :param wait: until they are there, or a fetch has failed; by default it waits for nothing.
        """
        callers = enforcement_of(app).callers
        if not callers.reads_tokens:
            return
        for keys in callers.authenticator.issuers.configured:
            if not wait:
                keys.warm()
                continue
            with suppress(KeysUnavailable):
                keys.published()

    def key_sets(self, app: Flask) -> tuple[KeySetStatus, ...]:
        """Return what this process knows of the keys of each issuer in an app's settings. It asks
        nobody: a process that has seen no token yet knows of none."""
        callers = enforcement_of(app).callers
        if not callers.reads_tokens:
            return ()
        return tuple(keys.status() for keys in callers.authenticator.issuers.configured)

    def check(self, app: Flask) -> None:
        """Stop the boot if a route is not guarded as it should be. Call it when all routes are
        registered.

        A route is not if it declares nothing, requires a name outside the catalogue or one that no
        right answers, names an argument that it does not have, or shares its view with another
        route of another guard.

        :raises RoutesError: with endpoint, file and line of every such view.
        :raises RuntimeError: if the app has no `Authz` at all.
        """
        found = problems(app, self._catalogue, self._rights() if self._rights else None)
        if found:
            raise RoutesError(found)
        enforcement_of(app)
        for route in async_under_gevent(app):
            app.logger.warning("%s is async, which fails under a gevent worker", route)


def _guard_of(decorators: Iterable[Callable[[Any], Any]]) -> Guard:
    """Return what some decorators declare, by decorating a view that nobody calls."""

    def view() -> None:
        """Stand in for any view."""

    declared: Any = view
    for decorator in decorators:
        declared = decorator(declared)
    if attached(view) == Guard():
        raise TypeError("the decorators declare nothing: use requires_auth and its like")
    return attached(view)


def _tree(rights: Rights | Iterable[Rights] | None) -> Callable[[], Rights] | None:
    """Return what returns the rights tree. Several are joined when it is first needed: by then the
    modules that declare them are all imported."""
    if rights is None:
        return None
    if isinstance(rights, Rights):
        return lambda: rights
    trees = list(rights)
    return cache(lambda: Rights.joined(trees))


def _names(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise TypeError(f"{names!r} is one text: give a list of names")
    return tuple(names)

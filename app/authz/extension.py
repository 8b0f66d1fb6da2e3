"""`Authz`: the state of an app, the one hook that enforces, and the check of all routes."""

import inspect
import os
import time
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import Flask, Response, current_app, request
from werkzeug.local import LocalProxy
from werkzeug.routing import Rule

from . import challenges
from .decorators import CALLER, declared_guard
from .errors import AuthzError, Forbidden, TokenMissing
from .identity import Anonymous, Identity
from .policy.guard import Guard, Mode
from .policy.requirements import Permission
from .refusals import log_refusal
from .settings import Settings
from .tokens import credentials
from .tokens.authenticator import Authenticator


class Authz:
    """The guard layer of an app. Holds options only; what belongs to an app lies in the app.

    :param app: the app to guard at once; or call `init_app` later.
    :param permissions: the catalogue. With one, a view that requires another name stops the boot.
    :param clock: seconds since the epoch.
    :param timer: a steady clock, in seconds.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        permissions: Iterable[str] | None = None,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue = None if permissions is None else frozenset(permissions)
        self._clock = clock
        self._timer = timer
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Guard an app: from here on every route is closed that does not say otherwise.

        :raises SettingsError: if the app's config does not allow it.
        """
        settings = Settings.from_config(app.config)
        state = _State(settings, self._clock, self._timer)
        app.extensions["authz"] = state
        # First of all hooks, whatever was registered before: nothing runs for a refused request.
        app.before_request_funcs.setdefault(None, []).insert(0, state.enforce)
        app.after_request(state.add_challenge)
        handlers = app.error_handler_spec[None][None]
        handlers.setdefault(AuthzError, state.answer)

    def check(self, app: Flask) -> None:
        """Stop the boot if a route declares nothing, or requires a permission that is in no
        catalogue. Call it when all routes are registered.

        :raises RuntimeError: with endpoint, file and line of every such view.
        """
        problems = []
        for rule in app.url_map.iter_rules():
            view = app.view_functions[rule.endpoint]
            problems += [f"{_place(rule, view)} {text}" for text in self._holes(view)]
        if problems:
            lines = "\n".join(f"  - {problem}" for problem in dict.fromkeys(problems))
            raise RuntimeError(f"The routes are not all guarded as they should be:\n{lines}")

    def _holes(self, view: Callable[..., Any]) -> list[str]:
        guard = declared_guard(view)
        if guard == Guard():
            return ["declares no guard: add @requires_auth, @requires_permission(...) or @public."]
        if self._catalogue is None:
            return []
        return [
            f"requires {requirement.name!r}, which is not in Authz(permissions=[...])."
            for requirement in guard.requirements
            if isinstance(requirement, Permission) and requirement.name not in self._catalogue
        ]


class _State:
    """What the guard layer holds for one app."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float], timer: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._timer = timer
        self._authenticators: dict[int, Authenticator] = {}

    @property
    def authenticator(self) -> Authenticator:
        """The authenticator of this process, made when first asked for: never before a fork."""
        process = os.getpid()
        return self._authenticators.get(process) or self._authenticators.setdefault(
            process, Authenticator(self._settings, clock=self._clock, timer=self._timer)
        )

    def enforce(self) -> None:
        """Refuse the request, or leave its caller in it. Runs before every request.

        :raises AuthzError: the refusal.
        """
        rule = request.url_rule
        if rule is None or (request.method == "OPTIONS" and _flask_answers_options(rule)):
            return  # no view will run
        guard = declared_guard(current_app.view_functions[rule.endpoint])
        try:
            caller = self._admit(guard)
        except AuthzError as error:
            log_refusal(error, request.method, rule.rule)
            setattr(request, REFUSAL, error)
            raise
        setattr(request, CALLER, caller)

    def _admit(self, guard: Guard) -> Identity | Anonymous:
        """Return the caller, if the guard lets it in."""
        if guard.mode is Mode.PUBLIC:
            return Anonymous()
        presented = credentials.read(request.headers.get("Authorization"))
        if presented is None:
            raise TokenMissing("no credentials")
        caller = self.authenticator.authenticate(presented.token)
        denied = guard.denial(caller)
        if denied:
            raise Forbidden(
                denied.reason,
                scope=guard.scope,
                wanted=guard.scope,
                found=sorted(caller.permissions),
                cure="grant it to the caller; at Auth0, see that RBAC and Add Permissions in the"
                " Access Token are on for this API",
            )
        return caller

    def answer(self, error: AuthzError) -> Response:
        """Make the answer to a refusal. An app's own `errorhandler(AuthzError)` takes its place."""
        return challenges.answer(error, self._settings.realm)

    def add_challenge(self, response: Response) -> Response:
        """Add the headers of a refusal to whatever answer the app has made of it."""
        refusal = getattr(request, REFUSAL, None)
        if refusal is not None:
            for name, value in challenges.headers(refusal, self._settings.realm).items():
                response.headers.setdefault(name, value)
        return response


#: Attribute of the request that holds why it was refused.
REFUSAL = "authz_refusal"


def _flask_answers_options(rule: Rule) -> bool:
    """Ask as Flask's dispatch does, so that both always agree."""
    return bool(getattr(rule, "provide_automatic_options", False))


def _place(rule: Rule, view: Callable[..., Any]) -> str:
    function = inspect.unwrap(view)
    code = getattr(function, "__code__", None)
    where = f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)
    return f"{rule.rule} (endpoint {rule.endpoint!r}, {where})"


def _current_identity() -> Identity | Anonymous:
    return getattr(request, CALLER, None) or Anonymous()


#: The caller of the current request: `Anonymous` on a public view, and where no view was reached.
current_identity = cast(Identity | Anonymous, LocalProxy(_current_identity))

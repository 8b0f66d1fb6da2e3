"""The one hook that enforces: from a request that reached a route to its admission or refusal."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from blinker import NamedSignal
from flask import Request, Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from . import challenges, events
from .attachment import Function, bearers, bottom, guard_of
from .current import Admission, admit
from .errors import AnonymousOnly, AuthzError, Forbidden, RightDenied, TokenMissing
from .identity import Anonymous, Covers, Identity
from .policy.guard import Guard, Mode
from .policy.requirements import Allowed, Case, Denied
from .policy.rights import Rights
from .refusals import log_refusal
from .routes import flask_answers_options, guard_at
from .settings import Settings
from .tokens import credentials
from .tokens.authenticator import Authenticator
from .tokens.issuers import IssuerFor

Authenticate = Callable[[Request], Identity | None]
PrincipalLoader = Callable[[Identity], Any]
HandleException = Callable[[Exception], Any]

#: Attribute of the request that holds why it was refused.
_REFUSAL = "authz_refusal"


@dataclass(frozen=True, slots=True)
class Options:
    """What an app has chosen, beyond its settings."""

    authenticate: Authenticate | None
    issuer_for: IssuerFor | None
    principal_loader: PrincipalLoader | None
    rights: Callable[[], Rights | None]
    anonymous_grants: frozenset[str]
    covers: Covers
    clock: Callable[[], float]
    timer: Callable[[], float]


class Enforcement:
    """The guard layer at work in one app."""

    def __init__(self, settings: Settings, options: Options) -> None:
        self._settings = settings
        self._options = options
        #: The caller without credentials, with what this app grants to everybody.
        self.anonymous = Anonymous(options.anonymous_grants, _covers=options.covers)
        #: Returns the rights tree, or None without one.
        self.rights = options.rights
        self._guards: dict[tuple[str, str], tuple[Guard, tuple[Function, ...]]] = {}
        self._authenticators: dict[int, Authenticator] = {}

    @property
    def authenticator(self) -> Authenticator:
        """The authenticator of this process, made when first asked for: never before a fork."""
        process = os.getpid()
        return self._authenticators.get(process) or self._authenticators.setdefault(
            process,
            Authenticator(
                self._settings,
                issuer_for=self._options.issuer_for,
                clock=self._options.clock,
                timer=self._options.timer,
            ),
        )

    def before_request(self) -> None:
        """Let the request in, or refuse it.

        :raises AuthzError: the refusal.
        """
        rule = request.url_rule
        if rule is None or (request.method == "OPTIONS" and flask_answers_options(rule)):
            return  # no view will run
        guard, seen = self._guard(rule, request.method)
        caller = None
        try:
            caller = self._caller(guard.mode)
            resource = self._decide(guard, caller)
        except AuthzError as error:
            self._note_refusal(error, rule, guard, caller)
            raise
        admit(Admission(caller, seen, resource))
        if events.accepted.receivers:
            self._send(events.accepted, rule, caller)

    def demand(self, view: Function, admitted: Admission) -> None:
        """Hold a request that was let in to the guard of a view that it has come to.

        The hook has done so, but for a guard that it cannot see: below a decorator without
        `functools.wraps`, or of a view that another view calls. Nobody is authenticated here.

        :raises AuthzError: the refusal.
        """
        function, caller, rule = bottom(view), admitted.caller, request.url_rule
        if function in admitted.seen:
            return
        assert rule is not None  # else nothing was let in
        guard = guard_of(view, request.method, ())
        try:
            if guard.mode is Mode.REQUIRES_AUTH and isinstance(caller, Anonymous):
                raise TokenMissing("no credentials that the guard of the route looks at")
            resource = self._decide(guard, caller)
        except AuthzError as error:
            self._note_refusal(error, rule, guard, caller)
            raise
        loaded = admitted.resource if resource is None else resource
        admit(Admission(caller, (*admitted.seen, function), loaded))

    def _guard(self, rule: Rule, method: str) -> tuple[Guard, tuple[Function, ...]]:
        """Return a view's guard and what bears it, looked for when a request first needs it: by
        then all decorators have run, in whatever order."""
        found = self._guards.get((rule.endpoint, method))
        if found is None:
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            view = app.view_functions[rule.endpoint]
            found = guard_at(app, rule.endpoint, method), bearers(view, method)
            if rule.methods:  # else the method is any text of the caller's
                self._guards[rule.endpoint, method] = found
        return found

    def _caller(self, mode: Mode) -> Identity | Anonymous:
        """Return who calls, as far as the mode asks for it."""
        if mode is Mode.PUBLIC:
            return self.anonymous
        identity = self._authenticated()
        if identity is not None:
            return self._adopted(identity)
        if mode is Mode.REQUIRES_AUTH:
            raise TokenMissing("no credentials")
        return self.anonymous

    def _authenticated(self) -> Identity | None:
        """Return the identity that the request's credentials prove; None if there are none."""
        if self._options.authenticate is None:
            presented = credentials.read(request.headers.get("Authorization"))
            return self.authenticator.authenticate(presented.token) if presented else None
        identity = current_app.ensure_sync(self._options.authenticate)(request)
        if identity is not None and not isinstance(identity, Identity):
            raise TypeError("Authz(authenticate=...) must return an Identity or None")
        return identity

    def _adopted(self, identity: Identity) -> Identity:
        """Return the identity as this app sees it: its way of matching grants, its principal."""
        if self._options.covers is not identity._covers:
            identity = replace(identity, _covers=self._options.covers)
        if self._options.principal_loader is not None:
            load = current_app.ensure_sync(self._options.principal_loader)
            identity = replace(identity, principal=load(identity))
        return identity

    def _decide(self, guard: Guard, caller: Identity | Anonymous) -> Any:
        """Ask for the grants, then for the rights. Return the resource that was loaded on the way.

        Both times the whole guard is asked: of alternatives, one that was granted may lack its
        right while another holds.
        """
        if guard.mode is Mode.ANONYMOUS_ONLY and isinstance(caller, Identity):
            raise AnonymousOnly("the caller has signed in", found=caller.subject)
        arguments: Mapping[str, Any] = request.view_args or {}
        verdict = guard.check(Case(caller, arguments, caller.can))
        if not isinstance(verdict, Allowed):
            raise _denial(caller, _missing(verdict, guard, caller))
        rights = self.rights()
        if rights is None or not guard.requirements:
            return None
        visit = rights.visit(caller, arguments)
        both = Case(caller, arguments, lambda name: caller.can(name) and visit.allows(name))
        try:
            verdict = guard.check(both)
        except NotFound:
            # A context may end in Flask's `abort` or `get_or_404`. Nobody learns what exists.
            verdict = Denied("there is no such resource")
        if not isinstance(verdict, Allowed):
            raise _denial(caller, RightDenied(f"no right: {verdict.reason}"))
        return visit.resource

    def _note_refusal(
        self, error: AuthzError, rule: Rule, guard: Guard, caller: Identity | Anonymous | None
    ) -> None:
        """Notice a refusal of the guard's own, and tell whoever listens."""
        _notice(error)
        if caller is None:
            self._send(events.rejected, rule, caller, code=error.code)
        else:
            self._send(events.denied, rule, caller, code=error.code, names=guard.names)

    def _send(
        self, signal: NamedSignal, rule: Rule, caller: Identity | Anonymous | None, **more: Any
    ) -> None:
        if signal.receivers:
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            subject = events.subject_hash(caller)
            signal.send(app, route=rule.rule, method=request.method, subject=subject, **more)

    def noticing(self, handle: HandleException) -> HandleException:
        """Wrap Flask's handling of exceptions to notice refusals that a view has raised: they get a
        log line and their headers too, whoever makes the answer."""

        def handle_user_exception(error: Exception) -> Any:
            if isinstance(error, AuthzError) and getattr(request, _REFUSAL, None) is not error:
                _notice(error)
            return handle(error)

        return handle_user_exception

    def answer(self, error: AuthzError) -> Response:
        """Make the answer to a refusal. An app's own `errorhandler(AuthzError)` takes its place."""
        return challenges.answer(error, self._settings.realm)

    def after_request(self, response: Response) -> Response:
        """Add the headers of a refusal to whatever answer the app has made of it."""
        refusal = getattr(request, _REFUSAL, None)
        if refusal is not None:
            for name, value in challenges.headers(refusal, self._settings.realm).items():
                response.headers.setdefault(name, value)
        return response


def _notice(error: AuthzError) -> None:
    """Write the log line of a refusal, and keep it for the headers of its answer."""
    setattr(request, _REFUSAL, error)
    rule = request.url_rule
    log_refusal(error, request.method, rule.rule if rule else "-")


def _missing(verdict: Denied, guard: Guard, caller: Identity | Anonymous) -> Forbidden:
    return Forbidden(
        verdict.reason,
        scope=verdict.names,
        wanted=guard.names,
        found=sorted(caller.permissions),
        cure="grant it to the caller; at Auth0, see that RBAC and Add Permissions in the Access"
        " Token are on for this API",
    )


def _denial(caller: Identity | Anonymous, error: Forbidden) -> AuthzError:
    """Return the refusal of a caller that was denied: nobody in particular may still sign in."""
    if isinstance(caller, Anonymous):
        return TokenMissing(f"anonymous, and {error.reason}")
    return error

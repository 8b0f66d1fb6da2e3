"""The one hook that enforces: from a request that reached a route to its admission or refusal."""

from collections.abc import Callable, Mapping
from typing import Any

from blinker import NamedSignal
from flask import Request, current_app
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from . import events
from .answers import Answers
from .attachment import Function, bearers, guard_of
from .callers import Callers
from .current import Admission, admit, current_request
from .errors import AnonymousOnly, AuthzError, Forbidden, RightDenied, TokenMissing
from .identity import Anonymous, Identity
from .policy.guard import Guard
from .policy.requirements import Case, Denied
from .policy.rights import Rights
from .routes import flask_answers_options, guard_at
from .settings import Settings
from .state import State


class Enforcement:
    """The guard layer at work in one app.

    :param rights: returns the rights tree; None without one.
    """

    def __init__(
        self,
        settings: Settings,
        callers: Callers,
        answers: Answers,
        rights: Callable[[], Rights] | None,
        state: State | None,
    ) -> None:
        #: What the layer goes by in this app.
        self.settings = settings
        #: Who calls.
        self.callers = callers
        #: The rights tree, asked for when it is needed.
        self.rights = rights
        #: What all processes share; None if they share nothing.
        self.state = state
        self._answers = answers
        self._guards: dict[tuple[str, str], tuple[Guard, tuple[Function, ...]]] = {}

    def before_request(self) -> None:
        """Let the request in, or refuse it.

        :raises AuthzError: the refusal.
        """
        request = current_request()
        rule = request.url_rule
        method = request.method
        if rule is None or (method == "OPTIONS" and flask_answers_options(rule)):
            return  # no view will run
        guard, seen = self._guards.get((rule.endpoint, method)) or self._found(rule, method)
        caller = None
        try:
            caller = self.callers.of_request(request, guard.mode)
            resource = self._decide(request, guard, caller)
        except AuthzError as error:
            self._note_refusal(request, error, guard, caller)
            raise
        admit(request, Admission(caller, seen, resource))
        if events.accepted.receivers:
            self._send(events.accepted, request, caller)

    def demand(
        self, request: Request, view: Function, function: Function, admitted: Admission
    ) -> None:
        """Hold a request that was let in to the guard of a view that it has come to, and that the
        hook could not see: below a decorator without `functools.wraps`, or called by another view.
        Nobody is authenticated here.

        :param function: the one at the bottom of the view.
        :raises AuthzError: the refusal.
        """
        caller = admitted.caller
        guard = guard_of(view, request.method, ())
        try:
            if guard.mode == "requires_auth" and isinstance(caller, Anonymous):
                raise TokenMissing("no credentials that the guard of the route looks at")
            resource = self._decide(request, guard, caller)
        except AuthzError as error:
            self._note_refusal(request, error, guard, caller)
            raise
        loaded = admitted.resource if resource is None else resource
        admit(request, Admission(caller, (*admitted.seen, function), loaded))

    def _found(self, rule: Rule, method: str) -> tuple[Guard, tuple[Function, ...]]:
        """Look for a view's guard and what bears it, when a request first needs them: by then all
        decorators have run, in whatever order."""
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        view = app.view_functions[rule.endpoint]
        found = guard_at(app, rule.endpoint, method), bearers(view, method)
        if rule.methods:  # else the method is any text of the caller's
            self._guards[rule.endpoint, method] = found
        return found

    def _decide(self, request: Request, guard: Guard, caller: Identity | Anonymous) -> Any:
        """Ask for the grants, then for the rights. Return the resource that was loaded on the way.

        Both times the whole guard is asked: of alternatives, one that was granted may lack its
        right while another holds.
        """
        if guard.mode == "anonymous_only" and isinstance(caller, Identity):
            raise AnonymousOnly("the caller has signed in", found=caller.subject)
        if not guard.requirements:
            return None
        arguments: Mapping[str, Any] = request.view_args or {}
        verdict = guard.check(Case(caller, arguments, caller.can))
        if isinstance(verdict, Denied):
            raise _denial(caller, _missing(verdict, guard, caller))
        if self.rights is None:
            return None
        visit = self.rights().visit(caller, arguments)
        both = Case(caller, arguments, lambda name: caller.can(name) and visit.allows(name))
        try:
            verdict = guard.check(both)
        except NotFound:
            # A context may end in Flask's `abort` or `get_or_404`. Nobody learns what exists.
            verdict = Denied("there is no such resource")
        if isinstance(verdict, Denied):
            raise _denial(caller, RightDenied(f"no right: {verdict.reason}"))
        return visit.resource

    def _note_refusal(
        self,
        request: Request,
        error: AuthzError,
        guard: Guard,
        caller: Identity | Anonymous | None,
    ) -> None:
        """Notice a refusal of the guard's own, and tell whoever listens."""
        self._answers.notice(request, error, caller)
        if caller is None:
            self._send(events.rejected, request, caller, code=error.code)
        else:
            self._send(events.denied, request, caller, code=error.code, names=guard.names)

    def _send(
        self,
        signal: NamedSignal,
        request: Request,
        caller: Identity | Anonymous | None,
        **more: Any,
    ) -> None:
        if signal.receivers:
            assert request.url_rule is not None  # else nobody was asked
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            subject = events.subject_hash(caller)
            signal.send(
                app, route=request.url_rule.rule, method=request.method, subject=subject, **more
            )


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

"""The one hook that enforces: from a request that reached a route to its admission or refusal."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from blinker import NamedSignal
from flask import Flask, Request, after_this_request
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from . import events
from .answers import Answers
from .attachment import (
    Function,
    bearers,
    blueprints_of,
    flask_answers_options,
    guard_at,
    guard_of,
)
from .callers import Callers
from .current import Admission, admit, current_flask, current_request
from .errors import AnonymousOnly, AuthzError, Forbidden, RightDenied, TokenMissing
from .identity import Anonymous, Identity
from .policy.guard import Guard
from .policy.requirements import Case, Denied
from .policy.rights import Rights, Visit
from .refusals import log_refusal
from .settings import Settings
from .state import State
from .verdicts import Refusal, ended_by, raised

HandleException = Callable[[Exception], Any]


def enforcement_of(app: Flask) -> "Enforcement":
    """Return the guard layer at work in an app.

    :raises RuntimeError: if it has none.
    """
    found: Enforcement | None = app.extensions.get("authz")
    if found is None:
        raise RuntimeError("this app has no Authz: call Authz().init_app(app)")
    return found


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
        guard, bearing = self._guards.get((rule.endpoint, method)) or self._found(rule, method)
        caller = None
        try:
            caller = self.callers.of_request(request, guard.mode)
            arguments = request.view_args or {}
            resource = self._decide(guard, caller, arguments)
        except AuthzError as error:
            raised(request, Refusal(error, caller, guard.names))
            raise
        looked_at = {name: arguments.get(name) for name in guard.arguments}
        admit(request, Admission(caller, [(each, looked_at) for each in bearing], resource))
        if events.accepted.receivers:
            self._send(events.accepted, request, caller)

    def demand(
        self, view: Function, function: Function, arguments: Mapping[str, Any], admitted: Admission
    ) -> Any:
        """Decide a call that the hook could not foresee, of a view by another one or below a
        decorator without `functools.wraps`. Nobody is authenticated here.

        :param function: the one at the bottom of the view.
        :param arguments: what the view is called with.
        :param admitted: with which the request was let in.
        :returns: the resource that was loaded for this call; None if none was.
        :raises AuthzError: the refusal.
        """
        caller = admitted.caller
        request = current_request()
        guard = guard_of(view, request.method, blueprints_of(current_flask(), function))
        try:
            if guard.mode == "requires_auth" and isinstance(caller, Anonymous):
                raise TokenMissing("no credentials that the guard of the route looks at")
            return self._decide(guard, caller, arguments)
        except AuthzError as error:
            raised(request, Refusal(error, caller, guard.names))
            raise

    def handling(self, handle: HandleException) -> HandleException:
        """Wrap Flask's handling of exceptions, the one place that every refusal passes which ends a
        request, the app's own among them: it is noted, and its answer gets its headers, whoever
        makes that."""

        def handle_user_exception(error: Exception) -> Any:
            if not isinstance(error, AuthzError):
                return handle(error)
            self._note(current_request(), error)
            answer = handle(error)
            after_this_request(partial(self._answers.add_headers, error))
            return answer

        return handle_user_exception

    def _found(self, rule: Rule, method: str) -> tuple[Guard, tuple[Function, ...]]:
        """Look for a view's guard and what bears it, when a request first needs them: by then all
        decorators have run, in whatever order."""
        app = current_flask()
        view = app.view_functions[rule.endpoint]
        found = guard_at(app, rule.endpoint, method), bearers(view, method)
        if rule.methods:  # else the method is any text of the caller's
            self._guards[rule.endpoint, method] = found
        return found

    def _decide(
        self, guard: Guard, caller: Identity | Anonymous, arguments: Mapping[str, Any]
    ) -> Any:
        """Ask for the grants, then for the rights. Return the resource that was loaded on the way.

        Both times the whole guard is asked: of alternatives, one that was granted may lack its
        right while another holds.
        """
        if guard.mode == "anonymous_only" and isinstance(caller, Identity):
            raise AnonymousOnly("the caller has signed in", found=caller.subject)
        if not guard.requirements:
            return None
        verdict = guard.check(Case(caller, arguments, caller.can))
        if isinstance(verdict, Denied):
            raise _denial(caller, self._missing(verdict, guard, caller))
        if self.rights is None:
            return None
        visit = Visit(self.rights(), caller, arguments)
        both = Case(caller, arguments, lambda name: caller.can(name) and visit.allows(name))
        try:
            verdict = guard.check(both)
        except NotFound:
            # A context may end in Flask's `abort` or `get_or_404`. Nobody learns what exists.
            verdict = Denied("there is no such resource")
        if isinstance(verdict, Denied):
            reason = "; ".join(visit.reasons) or verdict.reason
            raise _denial(caller, RightDenied(f"no right: {reason}"))
        return visit.resource

    def _missing(self, verdict: Denied, guard: Guard, caller: Identity | Anonymous) -> Forbidden:
        patterns = not self.settings.glob_grants and any("*" in each for each in caller.permissions)
        return Forbidden(
            verdict.reason,
            scope=verdict.names,
            wanted=guard.names,
            found=sorted(caller.permissions),
            cure=_PATTERNS if patterns else _GRANT,
        )

    def _note(self, request: Request, error: AuthzError) -> None:
        """Log a refusal, keep it for who logs and counts requests, and tell whoever listens."""
        refusal = ended_by(request, error)
        rule = request.url_rule
        log_refusal(error, request.method, rule.rule if rule else "-")
        if refusal.names is None:
            return  # the app's own
        if refusal.caller is None:
            self._send(events.rejected, request, None, code=error.code)
        else:
            self._send(events.denied, request, refusal.caller, code=error.code, names=refusal.names)

    def _send(
        self,
        signal: NamedSignal,
        request: Request,
        caller: Identity | Anonymous | None,
        **more: Any,
    ) -> None:
        if signal.receivers:
            assert request.url_rule is not None  # else nobody was asked
            route, subject = request.url_rule.rule, events.subject_hash(caller)
            signal.send(
                current_flask(), route=route, method=request.method, subject=subject, **more
            )


#: What to do about a permission that is missing, and where the caller holds patterns of names.
_GRANT = (
    "grant it to the caller; at Auth0, see that RBAC and Add Permissions in the Access Token are on"
    " for this API"
)
_PATTERNS = "grant it to the caller, whose patterns count with AUTHZ_GLOB_GRANTS=on alone"


def _denial(caller: Identity | Anonymous, error: Forbidden) -> AuthzError:
    """Return the refusal of a caller that was denied. One without credentials gets 401, not 403: to
    sign in may help."""
    if isinstance(caller, Anonymous):
        return TokenMissing(f"anonymous, and {error.reason}")
    return error

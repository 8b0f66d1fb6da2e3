"""Limits on how often one address or one caller may ask (Flask-Limiter). Off unless set.

Two limiters, on both sides of the guard. What goes by address is asked before it: a request over
the limit costs no signature and uses up no DPoP proof. What goes by caller can only be asked when
the guard has said who calls.

Counts are shared through `STATE_URL`; without it each process counts for itself.
"""

import sys
import time
from math import ceil

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit
from flask_limiter.errors import RateLimitExceeded

from app.authz.attachment import guard_at
from app.authz.routes import Route
from app.authz.verdicts import verdict_of
from app.errors import ANSWERS, answer

from . import counters, keys

#: How the names of endpoints begin that are never limited: who watches the API must not be told
#: that it is down.
EXEMPT = ("health.",)

#: The settings, and what requests each counts, by the modes of the guards that they meet.
LIMITS = {
    "RATELIMIT_PER_ADDRESS": ("public", "anonymous_only", "optional_auth", "requires_auth"),
    "RATELIMIT_PER_CALLER": ("optional_auth", "requires_auth"),
    "RATELIMIT_BAD_TOKENS": ("anonymous_only", "optional_auth", "requires_auth"),
}


def init_app(app: Flask) -> None:
    """Install the limits that are set, and no hook for those that are not. Call it when the guard
    layer is installed."""
    by_address = _by_address(app)
    by_caller = _by_caller(app)
    if by_address:
        _limiter(app, by_address)
        hooks = app.before_request_funcs[None]
        hooks.insert(0, hooks.pop())  # the guard has put its own first
    if by_caller:
        _limiter(app, by_caller)
    if by_address or by_caller:
        app.register_error_handler(RateLimitExceeded, _answer)
    _hide_command()


def _hide_command() -> None:
    """Leave `limiter` out of `flask --help`: without limits, and without the package `rich`, it can
    do nothing. Flask offers it wherever Flask-Limiter is installed."""
    if commands := sys.modules.get("flask_limiter.commands"):
        commands.cli.hidden = True


def is_limited(app: Flask, route: Route) -> bool:
    """Say whether requests for a route may be answered 429."""
    if _is_exempt(route.method, route.rule.endpoint):
        return False
    return any(app.config[name] and route.guard.mode in modes for name, modes in LIMITS.items())


def _by_address(app: Flask) -> list[ApplicationLimit]:
    limits = []
    if all_requests := app.config["RATELIMIT_PER_ADDRESS"]:
        limits.append(ApplicationLimit(all_requests, keys.address, scope="address"))
    if bad_tokens := app.config["RATELIMIT_BAD_TOKENS"]:
        limits.append(
            ApplicationLimit(
                bad_tokens,
                keys.address,
                scope="bad tokens",
                exempt_when=_is_not_looked_at,
                # Asked before the guard, counted after its refusal.
                deduct_when=_was_bad,
            )
        )
    return limits


def _by_caller(app: Flask) -> list[ApplicationLimit]:
    limit = app.config["RATELIMIT_PER_CALLER"]
    if not limit:
        return []
    return [ApplicationLimit(limit, keys.caller, scope="caller", exempt_when=keys.is_anonymous)]


def _limiter(app: Flask, limits: list[ApplicationLimit]) -> None:
    limiter = Limiter(
        keys.address,
        application_limits=list(limits),
        storage_uri=counters.URI,
        storage_options={"url": app.config["STATE_URL"]},
        strategy="fixed-window",
        on_breach=_refuse,
        # Else what has no route is not limited.
        request_identifier=lambda: request.endpoint or "-",
    )
    limiter.request_filter(lambda: _is_exempt(request.method, request.endpoint or ""))
    limiter.init_app(app)


def _is_exempt(method: str, endpoint: str) -> bool:
    """Let preflights pass, which a browser sends on its own, and who watches the API."""
    return method == "OPTIONS" or endpoint.startswith(EXEMPT)


def _is_not_looked_at() -> bool:
    """Say that no guard will look at the credentials: none came, or it is the public menu's."""
    if "Authorization" not in request.headers or request.endpoint is None:
        return True
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return guard_at(app, request.endpoint, request.method).mode == "public"


def _was_bad(_response: Response) -> bool:
    verdict = verdict_of(request)
    return verdict is not None and verdict.outcome == "rejected" and verdict.code in keys.BAD_TOKEN


def _refuse(breach: RequestLimit) -> Response:
    code, detail = ANSWERS[429]
    seconds = max(1, ceil(breach.window.reset_time - time.time()))
    return answer(429, code, detail, headers={"Retry-After": str(seconds)})


def _answer(error: RateLimitExceeded) -> Response:
    """Answer as `_refuse` has said: Flask-Limiter itself looks at each limit twice for it."""
    assert isinstance(error.response, Response)
    return error.response

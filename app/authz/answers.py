"""What a refused request is answered, and that it is noticed."""

from collections.abc import Callable
from typing import Any

from flask import Request, Response, after_this_request, request

from .challenges import Challenger
from .current import current_request
from .errors import AuthzError
from .identity import Anonymous, Identity
from .metadata import Metadata
from .problems import problem
from .refusals import log_refusal
from .settings import Settings
from .tokens.nonces import Nonces
from .verdicts import note_refusal, refusal_of

HandleException = Callable[[Exception], Any]


class Answers:
    """The answers of one app.

    :param metadata: None if callers bring no tokens.
    """

    def __init__(self, settings: Settings, metadata: Metadata | None) -> None:
        self._challenger = Challenger(settings.realm, settings.dpop)
        self._metadata = metadata

    def notice(
        self, request: Request, error: AuthzError, caller: Identity | Anonymous | None = None
    ) -> None:
        """Write the log line of a refusal, and keep it for the headers of its answer.

        :param request: the current one.
        :param caller: who is refused; None if that is not known.
        """
        if refusal_of(request) is None:
            after_this_request(self._with_challenge)
        note_refusal(request, error, caller)
        rule = request.url_rule
        log_refusal(error, request.method, rule.rule if rule else "-")

    def noticing(self, handle: HandleException) -> HandleException:
        """Wrap Flask's handling of exceptions to notice refusals that a view has raised: they get a
        log line and their headers too, whoever makes the answer."""

        def handle_user_exception(error: Exception) -> Any:
            if isinstance(error, AuthzError):
                noticed = refusal_of(request)
                if noticed is None or noticed.error is not error:
                    self.notice(current_request(), error)
            return handle(error)

        return handle_user_exception

    def answer(self, error: AuthzError) -> Response:
        """Make the answer to a refusal. An app's own `errorhandler(AuthzError)` takes its place."""
        return problem(error.status, error.code, error.detail)

    def _with_challenge(self, response: Response) -> Response:
        """Add the headers of a refusal to whatever answer the app has made of it."""
        refusal = refusal_of(request)
        assert refusal is not None  # else nothing was noticed
        # By its frames it keeps the request, which keeps it: only the collector would free both.
        refusal.error.__traceback__ = None
        where = self._metadata.url() if self._metadata else None
        for name, value in self._challenger.headers(refusal.error, where).items():
            response.headers.setdefault(name, value)
        return response


def with_nonce(nonces: Nonces) -> Callable[[Response], Response]:
    """Return a hook that gives whoever sends a proof a new nonce, before the old one is refused
    (RFC 9449, section 8.2)."""

    def after_request(response: Response) -> Response:
        if "DPoP" in request.headers:
            response.headers["DPoP-Nonce"] = nonces.current()
        return response

    return after_request

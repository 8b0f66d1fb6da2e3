"""What a refused request is answered."""

from collections.abc import Callable

from flask import Response, request

from .challenges import Challenger
from .errors import AuthzError
from .metadata import Metadata
from .problems import problem
from .settings import Settings
from .tokens.nonces import Nonces


class Answers:
    """The answers of one app.

    :param metadata: None if callers bring no tokens.
    """

    def __init__(self, settings: Settings, metadata: Metadata | None) -> None:
        self._challenger = Challenger(settings.realm, settings.dpop)
        self._metadata = metadata

    def answer(self, error: AuthzError) -> Response:
        """Make the answer to a refusal. An app's own `errorhandler(AuthzError)` takes its place."""
        return problem(error.status, error.code, error.detail)

    def add_headers(self, error: AuthzError, response: Response) -> Response:
        """Add the headers of a refusal to whatever answer the app has made of it."""
        _forget_frames(error)
        where = self._metadata.url() if self._metadata else None
        for name, value in self._challenger.headers(error, where).items():
            response.headers.setdefault(name, value)
        return response


def _forget_frames(error: BaseException) -> None:
    """Let go of the frames that an exception has passed, and those that it came of. By them it
    keeps the request, which keeps it: only the collector would free both."""
    left: list[BaseException | None] = [error]
    seen: set[int] = set()  # two exceptions may each be the other's cause
    while left:
        each = left.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            left += (each.__cause__, each.__context__)


def with_nonce(nonces: Nonces) -> Callable[[Response], Response]:
    """Return a hook that gives whoever sends a proof a new nonce, before the old one is refused
    (RFC 9449, section 8.2)."""

    def after_request(response: Response) -> Response:
        if "DPoP" in request.headers:
            response.headers["DPoP-Nonce"] = nonces.current()
        return response

    return after_request

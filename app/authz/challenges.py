"""From a refusal to its answer: status, challenge (RFC 6750, section 3) and problem+json."""

from flask import Response

from .errors import AuthzError, Forbidden, TokenMissing, Unavailable
from .problems import problem


def answer(error: AuthzError, realm: str) -> Response:
    """Return the answer to a refused request. Nothing in it depends on what the caller sent."""
    return problem(error.status, error.code, error.detail, headers=headers(error, realm))


def headers(error: AuthzError, realm: str) -> dict[str, str]:
    """Return the headers that a refusal needs, whatever body goes with it."""
    if isinstance(error, Unavailable):
        return {"Retry-After": str(error.retry_after)}
    challenge = _challenge(error, realm)
    return {"WWW-Authenticate": challenge} if challenge else {}


def _challenge(error: AuthzError, realm: str) -> str | None:
    if error.error is None and not isinstance(error, TokenMissing):
        return None
    parameters = {"realm": realm}
    if error.error is not None:
        parameters["error"] = error.error
    if isinstance(error, Forbidden) and error.scope:
        parameters["scope"] = " ".join(error.scope)
    # The values need no escaping: realm and scope were checked when the app was made.
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())

"""From a refusal to the headers of its answer: challenges (RFC 6750, section 3; RFC 9449, section
7.1; RFC 9728, section 5.1) and when to come again."""

from dataclasses import dataclass

from .algorithms import PROOF_ALGORITHMS
from .errors import (
    AuthzError,
    DpopNonceRequired,
    DpopProofInvalid,
    Forbidden,
    TokenMissing,
    Unavailable,
)
from .settings import DpopMode

_ALGS = " ".join(PROOF_ALGORITHMS)


@dataclass(frozen=True, slots=True)
class Challenger:
    """Says to clients how to sign in here."""

    realm: str
    dpop: DpopMode

    def headers(self, error: AuthzError, metadata_url: str | None) -> dict[str, str]:
        """Return the headers that a refusal needs, whatever body goes with it. Nothing in them
        depends on what the caller sent.

        :param metadata_url: where clients can read what they need to know; None: nowhere.
        """
        if isinstance(error, Unavailable):
            return {"Retry-After": str(error.retry_after)}
        if error.error is None and not isinstance(error, TokenMissing):
            return {}
        return {"WWW-Authenticate": self._challenges(error, metadata_url)}

    def _challenges(self, error: AuthzError, metadata_url: str | None) -> str:
        """Return the challenge of each scheme that may be used, Bearer first. The first says what
        was wrong; a bad proof is no business of Bearer's."""
        reason = {} if error.error is None else {"error": error.error}
        if isinstance(error, Forbidden) and error.scope:
            reason["scope"] = " ".join(error.scope)
        where = {"resource_metadata": metadata_url} if metadata_url else {}
        bearer = _written("Bearer", {"realm": self.realm, **reason, **where})
        if self.dpop == "off":
            return bearer
        means = {"algs": _ALGS, "realm": self.realm, **where}
        if self.dpop == "required" or isinstance(error, DpopProofInvalid | DpopNonceRequired):
            return _written("DPoP", {**reason, **means})
        return f"{bearer}, {_written('DPoP', means)}"


def _written(scheme: str, parameters: dict[str, str]) -> str:
    # The values need no escaping: each was checked when the app was made, or is an origin.
    return f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())

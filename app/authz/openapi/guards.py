"""What a guard asks for, and what it answers where it does not get it."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from flask import Flask

from .. import errors
from ..challenges import Challenger
from ..enforcement import enforcement_of
from ..errors import AuthzError
from ..policy.guard import Guard
from ..policy.requirements import Allowed, Case
from .alternatives import alternatives
from .answers import RETRY_AFTER, Object, Refusal, problem_response
from .schemes import security_schemes

#: Refusals of any token, in the order in which it is looked at.
_TOKEN_ERRORS = (
    errors.TokenOpaque,
    errors.TokenMalformed,
    errors.TokenAlgorithm,
    errors.TokenIssuer,
    errors.TokenKeyUnknown,
    errors.TokenSignature,
    errors.TokenExpired,
    errors.TokenNotYetValid,
    errors.TokenAudience,
    errors.TokenIsIdToken,
    errors.TokenBinding,
)


class DescribedGuards:
    """Describes the guards of one app.

    :param schemes: Security Scheme Objects by name, in place of those that the settings mean: an
        app with `Authz(authenticate=...)` knows best how its callers sign in.
    """

    def __init__(self, app: Flask, schemes: Mapping[str, Object] | None = None) -> None:
        self._enforcement = enforcement_of(app)
        self._settings = self._enforcement.settings
        self._schemes = dict(security_schemes(self._enforcement) if schemes is None else schemes)

    def security_schemes(self) -> dict[str, Object]:
        """Return the ways to bring credentials, for `securitySchemes` of the components."""
        return self._schemes

    def security(self, guard: Guard) -> list[dict[str, list[str]]]:
        """Return the alternatives that open a guard: for each scheme, the names that are required.

        An empty alternative says that it opens without credentials. The list is empty where none
        are looked at, or none are wanted.
        """
        if guard.mode in ("public", "anonymous_only"):
            return []
        found = [{scheme: list(n)} for n in alternatives(guard) for scheme in self._schemes]
        return [*found, {}] if self._opens_to_anonymous(guard) else found

    def refusals(self, guard: Guard) -> dict[int, list[Refusal]]:
        """Return what a guard itself may answer, by status."""
        found: dict[int, list[Refusal]] = {}
        for error in self._errors(guard):
            found.setdefault(error.status, []).append(Refusal(error.code, error.detail))
        return found

    def headers(self, guard: Guard, status: int) -> dict[str, Object]:
        """Return the Header Objects of a guard's answers with a status."""
        if status == 503:
            return {"Retry-After": RETRY_AFTER}
        if status == 403 and not guard.requirements:
            return {}  # no token would help
        challenger = Challenger(self._settings.realm, self._settings.dpop)
        challenge = challenger.headers(_typical(guard, status), None)["WWW-Authenticate"]
        # Of a 400 or 403, not every one is about credentials.
        found = {"WWW-Authenticate": _text("What to send (RFC 6750).", challenge, status == 401)}
        if status == 401 and self._settings.dpop_nonce:
            found["DPoP-Nonce"] = _text("The nonce for the next DPoP proof (RFC 9449).")
        return found

    def describe(self, guard: Guard, status: int) -> str:
        """Return what a guard's answers with a status mean."""
        phrase = HTTPStatus(status).phrase
        if status != 403 or not guard.requirements:
            return phrase
        return f"{phrase}. Needed: {', '.join(map(str, guard.requirements))}."

    def responses(self, guard: Guard) -> dict[str, Object]:
        """Return the Response Objects of what a guard itself may answer, by status."""
        return {
            str(status): problem_response(
                status, refusals, self.headers(guard, status), self.describe(guard, status)
            )
            for status, refusals in self.refusals(guard).items()
        }

    def _opens_to_anonymous(self, guard: Guard) -> bool:
        """Say whether a caller without credentials may get in. What hangs on an argument may."""
        anonymous = self._enforcement.callers.anonymous
        case = Case(anonymous, {}, anonymous.can)
        plain = [each for each in guard.requirements if not each.arguments]
        return guard.mode != "requires_auth" and all(
            isinstance(each.check(case), Allowed) for each in plain
        )

    def _errors(self, guard: Guard) -> Iterator[type[AuthzError]]:
        if guard.mode == "public":
            return
        if guard.mode == "requires_auth" or guard.requirements:
            yield errors.TokenMissing
        if self._enforcement.callers.reads_tokens:
            yield from self._errors_of_tokens()
        else:
            yield errors.Unauthorized
        if guard.mode == "anonymous_only":
            yield errors.AnonymousOnly
        if guard.requirements:
            yield errors.Forbidden
            if self._enforcement.rights is not None:
                yield errors.RightDenied

    def _errors_of_tokens(self) -> Iterator[type[AuthzError]]:
        settings = self._settings
        yield errors.RequestMalformed
        yield from _TOKEN_ERRORS
        yield errors.KeysUnavailable
        if settings.dpop != "off":
            yield errors.DpopProofInvalid
        if settings.dpop_nonce:
            yield errors.DpopNonceRequired
        if self._enforcement.state is not None:
            yield from (errors.TokenRevoked, errors.StateUnavailable)
        if settings.client_id is not None:
            yield from (errors.TokenInactive, errors.IntrospectionUnavailable)
        if settings.permissions_source == "management":
            yield errors.PermissionsUnavailable


def _typical(guard: Guard, status: int) -> AuthzError:
    """Return an error whose challenge shows what those with a status look like."""
    if status == 403:
        return errors.Forbidden(scope=guard.names)
    return errors.RequestMalformed() if status == 400 else errors.TokenMissing()


def _text(description: str, example: str | None = None, required: bool = False) -> Object:
    found: Object = {"description": description, "schema": {"type": "string"}}
    if required:
        found["required"] = True
    return found if example is None else {**found, "example": example}

"""What was decided about a request, for who logs and counts requests."""

from typing import Literal, NamedTuple

from flask import Request

from . import events
from .current import admission_of
from .errors import AuthzError
from .identity import Anonymous, Identity

#: Attributes of the request: the refusal that a guard has raised last, and the one that ends it. A
#: view that calls another may catch the first, and answer all the same.
_RAISED = "authz_raised"
_REFUSAL = "authz_refusal"


class Refusal(NamedTuple):
    """Why a request is refused."""

    error: AuthzError
    #: Who sent it; None if that is not known.
    caller: Identity | Anonymous | None
    #: Names that would have opened the route; None if no guard has refused, but the app itself.
    names: tuple[str, ...] | None


class Verdict(NamedTuple):
    """The decision about a request. The words are those of `events`."""

    outcome: Literal["accepted", "rejected", "denied"]
    #: That of the refusal; empty if there is none.
    code: str
    #: Who sent it, as far as that is known.
    caller: Identity | Anonymous | None

    @property
    def subject(self) -> str | None:
        """See `events.subject_hash`."""
        return events.subject_hash(self.caller)


def raised(request: Request, refusal: Refusal) -> None:
    """Note what a guard raises."""
    setattr(request, _RAISED, refusal)


def ended_by(request: Request, error: AuthzError) -> Refusal:
    """Note that a refusal ends a request, and return what is known of it."""
    refusal: Refusal | None = getattr(request, _RAISED, None)
    if refusal is None or refusal.error is not error:
        refusal = Refusal(error, None, None)
    setattr(request, _REFUSAL, refusal)
    return refusal


def verdict_of(request: Request) -> Verdict | None:
    """Return what was decided about a request, or None if no guard has seen it.

    A refusal that a view has raised is one too: the guard had let the request in before.
    """
    refusal: Refusal | None = getattr(request, _REFUSAL, None)
    admitted = admission_of(request)
    if refusal is None:
        return None if admitted is None else Verdict("accepted", "", admitted.caller)
    caller = admitted.caller if admitted and refusal.caller is None else refusal.caller
    return Verdict("rejected" if caller is None else "denied", refusal.error.code, caller)

"""What was decided about a request, for who logs and counts requests."""

from typing import Literal, NamedTuple

from flask import Request

from . import events
from .current import admission_of
from .errors import AuthzError
from .identity import Anonymous, Identity

#: Attribute of the request that holds why it was refused, and whom.
_REFUSAL = "authz_refusal"


class Refusal(NamedTuple):
    """Why a request was refused."""

    error: AuthzError
    #: Who sent it; None if that is not known.
    caller: Identity | Anonymous | None


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


def note_refusal(request: Request, error: AuthzError, caller: Identity | Anonymous | None) -> None:
    """Note why a request is refused."""
    setattr(request, _REFUSAL, Refusal(error, caller))


def refusal_of(request: Request) -> Refusal | None:
    """Return why a request was refused; None if it was not."""
    return getattr(request, _REFUSAL, None)


def verdict_of(request: Request) -> Verdict | None:
    """Return what was decided about a request, or None if no guard has seen it.

    A refusal that a view has raised is one too: the guard had let the request in before.
    """
    refusal, admitted = refusal_of(request), admission_of(request)
    if refusal is None:
        return None if admitted is None else Verdict("accepted", "", admitted.caller)
    caller = admitted.caller if admitted and refusal.caller is None else refusal.caller
    return Verdict("rejected" if caller is None else "denied", refusal.error.code, caller)

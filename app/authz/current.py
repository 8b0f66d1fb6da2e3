"""What a request was let in with: `current_identity` and `current_resource`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Request, current_app, request
from werkzeug.local import LocalProxy

from .attachment import Function
from .identity import Anonymous, Identity

#: Attribute of the request that holds its admission. Not in `flask.g`, which outlives a request
#: where a test or a command holds an application context.
_ADMISSION = "authz_admission"


#: A function whose guard has let a request in, and those of its arguments that the guard looks at.
#: It is good for one call.
Pass = tuple[Function, Mapping[str, Any]]


# Made for each request: a frozen dataclass takes three times as long to make.
@dataclass(slots=True)
class Admission:
    """The decision to let a request in."""

    caller: Identity | Anonymous
    #: The functions that it may come to, with the arguments that this was decided on.
    ahead: list[Pass]
    #: What the rights tree has loaded for it; None if nothing was.
    resource: Any = None


def current_request() -> Request:
    """Return the current request itself: through Flask's proxy each look at it takes longer.

    :raises RuntimeError: outside of requests.
    """
    return cast(Request, cast(Any, request)._get_current_object())


def current_flask() -> Flask:
    """Return the current app itself, to be kept, or to be told from others.

    :raises RuntimeError: outside of an app's context.
    """
    return cast(Flask, cast(Any, current_app)._get_current_object())


def admit(request: Request, admitted: Admission) -> None:
    """Note that a request was let in."""
    setattr(request, _ADMISSION, admitted)


def admission_of(request: Request) -> Admission | None:
    """Return what a request was let in with, or None if no guard has let it in."""
    return getattr(request, _ADMISSION, None)


def _identity() -> Identity | Anonymous:
    admitted = admission_of(current_request())
    return Anonymous() if admitted is None else admitted.caller


def _resource() -> Any:
    admitted = admission_of(current_request())
    if admitted is None or admitted.resource is None:
        raise RuntimeError(
            "no resource was loaded for this request: a view has one if it requires a permission"
            " under a rights.context"
        )
    return admitted.resource


#: The caller of the current request: `Anonymous` on a public view, and where no view was reached.
current_identity = cast(Identity | Anonymous, LocalProxy(_identity))

#: The resource that the rights tree has loaded for the current request; of several, the last.
current_resource: Any = LocalProxy(_resource)

"""Our own origin as clients see it, by the word of somebody whom we trust."""

from urllib.parse import urlsplit

from flask import Request

from .addresses import is_loopback, is_origin
from .proxies import NAMES_HOST


def own_origin(request: Request, public_url: str | None) -> str | None:
    """Return our origin, without a slash at its end.

    `Host` alone is the caller's word: a proof of possession for another server would pass here if
    its address were taken from there.

    :param public_url: what the settings say, which nothing overrules.
    :returns: None if nobody has said what it is: no setting, no trusted proxy, no `TRUSTED_HOSTS`,
        and the request was not sent to this machine by name.
    """
    if public_url is not None:
        return public_url
    origin = f"{request.scheme}://{request.host}"
    return origin if is_origin(origin) and _is_vouched_for(request, origin) else None


def _is_vouched_for(request: Request, origin: str) -> bool:
    if NAMES_HOST in request.environ or request.trusted_hosts:
        return True  # a trusted proxy names it, or Flask has compared it with `TRUSTED_HOSTS`
    return is_loopback(urlsplit(origin).hostname or "")

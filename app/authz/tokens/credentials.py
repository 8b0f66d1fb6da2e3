"""The `Authorization` header, and nothing else, as credentials.

A token in the query or in a form is no credential: addresses and bodies end up in logs and
histories (RFC 6750, section 5.3).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from ..errors import RequestMalformed

#: A longer token is refused unread. Auth0's are about 1,000 characters.
MAX_TOKEN_LENGTH = 8_000

#: A longer header is refused unread, whatever it says. gunicorn reads no more either.
MAX_HEADER_LENGTH = 16_384

#: auth-scheme (RFC 9110, section 11.1)
_SCHEME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: Visible ASCII but the comma.
_TOKEN_CHARACTERS = bytes(range(0x21, 0x7F)).replace(b",", b"")
#: Two headers reach WSGI as one, joined by a comma.
_SECOND = re.compile(r",\s*(?:bearer|dpop)(?:\s|$)", re.IGNORECASE)

#: The schemes that are spoken (RFC 6750, section 2.1; RFC 9449, section 7.1).
BEARER = frozenset({"bearer"})
BEARER_AND_DPOP = BEARER | {"dpop"}


@dataclass(slots=True)
class Credentials:
    """What a caller presents."""

    #: In lower case: schemes are compared without case (RFC 9110, section 11.1).
    scheme: str
    token: str = field(repr=False)


def read(header: str | None, schemes: Collection[str] = BEARER) -> Credentials | None:
    """Read an `Authorization` header.

    :param header: the header's value, or None if there was none.
    :param schemes: in lower case: those that are spoken here.
    :returns: None if there are no credentials of a scheme that is spoken here.
    :raises RequestMalformed: if the header is malformed or too long, was sent twice, or holds a
        token of more than `MAX_TOKEN_LENGTH` characters. Nothing is said of what the token itself
        is.
    """
    if not header:
        return None
    if len(header) > MAX_HEADER_LENGTH:
        raise RequestMalformed(
            "the Authorization header is too long", wanted=MAX_HEADER_LENGTH, found=len(header)
        )
    # credentials = auth-scheme [ 1*SP ( token68 / ... ) ] (RFC 9110, section 11.4)
    scheme, _, rest = header.partition(" ")
    name = scheme.lower()
    if name not in schemes:
        if not _SCHEME.fullmatch(scheme):
            raise RequestMalformed("the Authorization header does not begin with a scheme")
        if _SECOND.search(header):
            raise RequestMalformed("the Authorization header was sent twice")
        return None
    token = rest.strip(" ")
    if len(token) > MAX_TOKEN_LENGTH:
        raise RequestMalformed("the token is too long", wanted=MAX_TOKEN_LENGTH, found=len(token))
    # A regular expression takes ten times as long for it.
    if not token or not token.isascii() or token.encode().translate(None, _TOKEN_CHARACTERS):
        raise RequestMalformed(
            "what follows the scheme is not one token: it is empty, has a space, a comma (as two"
            " headers joined have) or a character outside visible ASCII"
        )
    return Credentials(name, token)

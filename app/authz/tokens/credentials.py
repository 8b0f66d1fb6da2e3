"""The `Authorization` header, and nothing else, as credentials.

A token in the query or in a form is no credential: addresses and bodies end up in logs and
histories (RFC 6750, section 5.3).
"""

import re
from collections.abc import Collection

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

_NOT_ONE = (
    "what follows the scheme is not one token: it is empty, has a space, a comma (as two headers"
    " joined have) or a character outside visible ASCII"
)

#: The schemes that are spoken (RFC 6750, section 2.1; RFC 9449, section 7.1).
BEARER = frozenset({"bearer"})
BEARER_AND_DPOP = BEARER | {"dpop"}


def read(header: str | None, schemes: Collection[str] = BEARER) -> tuple[str, str] | None:
    """Read an `Authorization` header.

    :param header: the header's value, or None if there was none.
    :param schemes: in lower case: those that are spoken here.
    :returns: the scheme in lower case, since schemes are compared without case (RFC 9110, section
        11.1), and a token in ASCII, for `check_token` unless it is known already. None if there are
        no credentials of a scheme that is spoken here.
    :raises RequestMalformed: if the header is malformed or too long, or was sent twice, or its
        token is longer than `MAX_TOKEN_LENGTH` or not in ASCII.
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
    if not token or not token.isascii():
        raise RequestMalformed(_NOT_ONE)
    return name, token


def check_token(token: str) -> None:
    """Look at each character of a token that `read` has returned. Whether it is a JWT is not asked.

    :raises RequestMalformed: if it is not one token.
    """
    # A regular expression takes ten times as long for it.
    if token.encode("ascii").translate(None, _TOKEN_CHARACTERS):
        raise RequestMalformed(_NOT_ONE)

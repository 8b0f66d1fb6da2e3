"""The parameters of a request that a browser brings."""

import re
from collections.abc import Collection

from authlib.oauth2.rfc6749 import InvalidRequestError
from werkzeug.datastructures import MultiDict

#: Characters of a parameter (RFC 6749, appendix A), but for `"` and the backslash, which only few
#: may hold: Authlib repeats parameters in descriptions of errors, where these two are not allowed.
_TEXT = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")
_ANY_TEXT = re.compile(r"[\x20-\x7e]*")

#: What is only ever given back to who sent it.
_OPAQUE = frozenset({"state", "nonce", "login_hint"})

#: Characters of the longest parameter.
MOST = 4096


def read_parameters(given: MultiDict[str, str], names: Collection[str]) -> dict[str, str]:
    """Return those parameters of a query or a form that have these names.

    Others are none of the tenant's business (RFC 6749, section 3.1).

    :raises InvalidRequestError: one is there twice, too long, or of other than printable ASCII.
    """
    parameters = {}
    for name in names:
        values = given.getlist(name)
        if len(values) > 1:
            raise InvalidRequestError(f"The parameter {name} is repeated.")
        if values and not _is_good(name, values[0]):
            raise InvalidRequestError(f"The parameter {name} is too long, or no plain text.")
        if values:
            parameters[name] = values[0]
    return parameters


def _is_good(name: str, value: str) -> bool:
    characters = _ANY_TEXT if name in _OPAQUE else _TEXT
    return len(value) <= MOST and characters.fullmatch(value) is not None

"""The client certificate that a token is bound to (RFC 8705, section 3), as a proxy passes it on.

The proxy has done the TLS handshake and says who was at the other end; that the header comes from
it and not from the caller, whoever reads the header must know. The certificate is not parsed: what
has the SHA-256 that the token names is the certificate that the issuer saw.
"""

import re
from base64 import b64decode, b64encode
from urllib.parse import unquote

from ..errors import TokenBinding
from .digests import digest, same

#: A longer header is refused unread. That of an RSA key of 4096 bits has about 2,500 characters.
MAX_HEADER_LENGTH = 16_000

#: A byte sequence without parameters (RFC 9440, section 2.2; RFC 8941, section 3.3.5).
_BYTES = re.compile(r":([A-Za-z0-9+/=]+):")
#: One certificate and nothing around it (RFC 7468, section 5.1).
_PEM = re.compile(
    r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*", re.ASCII
)


def check(header: str | None, thumbprint: str) -> None:
    """Hold the client's certificate to the one that the token is bound to.

    :param header: what the proxy has passed on; None if it has not.
    :param thumbprint: of the token's certificate (`x5t#S256`).
    :raises TokenBinding: if it is another one, or none that can be read.
    """
    if header is None:
        raise TokenBinding(
            "the token is bound to a client certificate, and none was passed on",
            cure="set PROXY_HOPS, TRUSTED_PROXIES and AUTHZ_CLIENT_CERTIFICATE_HEADER, and have the"
            " proxy ask for a certificate and send it",
        )
    found = thumbprint_of(header)
    if not same(found, thumbprint):
        raise TokenBinding(
            "the client's certificate is not the token's", wanted=thumbprint, found=found
        )


def thumbprint_of(header: str) -> str:
    """Return the SHA-256 of a certificate in base64url (RFC 8705, section 3.1).

    :param header: `:`, base64 of the DER, `:` (RFC 9440), or PEM in percent-encoding.
    :raises TokenBinding: if it is neither.
    """
    if len(header) > MAX_HEADER_LENGTH:
        raise _unreadable("it is too long")
    found = _BYTES.fullmatch(header) or _PEM.fullmatch(unquote(header))
    if found is None:
        raise _unreadable("it is neither RFC 9440's nor one certificate in PEM, percent-encoded")
    text = "".join(found[1].split()).encode()
    try:
        der = b64decode(text, validate=True)
    except ValueError as error:
        raise _unreadable("its base64 is broken") from error
    if b64encode(der) != text:
        raise _unreadable("its base64 is not canonical")
    return digest(der)


def _unreadable(reason: str) -> TokenBinding:
    return TokenBinding(
        f"the header with the client's certificate cannot be read: {reason}",
        cure="have the proxy send one certificate, and remove what the caller sends",
    )

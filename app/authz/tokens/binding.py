"""Whether a token came from the one it was issued to, where it says who that is (RFC 7800).

Two ways to say so are checked: a key that signs a proof of each request (`jkt`, RFC 9449), and the
certificate of the client's TLS connection (`x5t#S256`, RFC 8705). A token that names both needs
both.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..errors import TokenBinding, TokenMalformed
from . import certificate
from .dpop import ProofCheck

_KEY = "jkt"
_CERTIFICATE = "x5t#S256"


class Presented(Protocol):
    """What a request brings along. Everything but scheme and token is asked for only if the token
    makes it matter, so it may be worked out then."""

    @property
    def scheme(self) -> str:
        """`bearer` or `dpop`."""

    @property
    def token(self) -> str:
        """The access token, as it was sent."""

    @property
    def method(self) -> str:
        """The request's method."""

    @property
    def url(self) -> str | None:
        """The request's address as clients see it, in ASCII, with or without its query.

        Its host is ours by configuration or by check: never one that the caller has made up. None
        if nobody has said which it is.
        """

    @property
    def proofs(self) -> Sequence[str]:
        """The value of each `DPoP` header."""

    @property
    def certificate(self) -> str | None:
        """The client's certificate, in the words of a trusted proxy; None without one."""


class Binding:
    """Holds requests to the bindings of their tokens.

    :param proofs: None: DPoP is off, and a token that is bound to a key is refused.
    :param required: whether every token must be bound to a key.
    """

    def __init__(self, proofs: ProofCheck | None, *, required: bool = False) -> None:
        self._proofs = proofs
        self._required = required

    def confirm(self, claims: Mapping[str, Any], presented: Presented) -> None:
        """Check whatever the token is bound to.

        The use of a proof is noted, so ask once a request, and for remembered tokens too.

        :param claims: verified ones.
        :raises TokenMalformed: if `cnf` or a method in it has the wrong type.
        :raises TokenBinding: if the request does not bring what the token is bound to, or nothing
            that the token is bound to can be checked, or the token is unbound and must not be.
        :raises DpopProofInvalid: if the proof is missing, bad, or was used before.
        :raises DpopNonceRequired: if the proof is good but for the nonce.
        """
        methods = methods_of(claims)
        self.check_scheme(presented.scheme, bound=_KEY in methods)
        if _CERTIFICATE in methods:
            certificate.check(presented.certificate, methods[_CERTIFICATE])
        # Last, since it uses the proof up.
        if self._proofs and _KEY in methods:
            self._proofs.check(
                presented.proofs,
                method=presented.method,
                url=presented.url,
                token=presented.token,
                thumbprint=methods[_KEY],
            )

    def check_scheme(self, scheme: str, *, bound: bool) -> None:
        """The scheme is DPoP if, and only if, the token is bound to a key (RFC 9449, section 7).

        :raises TokenBinding: if it is not, or no scheme would do.
        """
        if bound and not self._proofs:
            raise TokenBinding(
                "the token is bound to a key, and DPoP is off",
                cure="set AUTHZ_DPOP=allowed and give Authz a shared state, or have the issuer bind"
                " no tokens for this API",
            )
        # Otherwise whoever steals the token need only write another word (section 7.2).
        if bound and scheme != "dpop":
            raise TokenBinding(
                "the token is bound to a key and was sent without proof",
                wanted="dpop",
                found=scheme,
            )
        if not bound and self._required:
            raise TokenBinding(
                "the token is not bound to a key, and AUTHZ_DPOP=required",
                cure="have the client use DPoP when it asks the issuer for tokens",
            )
        if not bound and scheme == "dpop":
            raise TokenBinding(
                "the token was sent as DPoP and is not bound to a key",
                cure="have the client send it as Bearer, or use DPoP at the issuer too",
            )


def methods_of(claims: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the ways of confirmation that are checked here, by name; none if there is no `cnf`.

    Others beside them are passed over, as RFC 7800, section 3.1, demands; alone they are refused:
    the token is meant for somebody in particular, and nobody here can tell who that is.

    :raises TokenMalformed: if `cnf` or a method in it has the wrong type.
    :raises TokenBinding: if none that it names is checked here.
    """
    if "cnf" not in claims:
        return {}
    confirmation = claims["cnf"]
    if not isinstance(confirmation, Mapping):
        raise TokenMalformed("cnf must be an object", found=confirmation)
    methods = {name: confirmation[name] for name in (_KEY, _CERTIFICATE) if name in confirmation}
    for name, value in methods.items():
        if not isinstance(value, str):
            raise TokenMalformed(f"{name} in cnf must be a text", found=value)
    if not methods:
        raise TokenBinding(
            "cnf names no method that is checked here",
            wanted=[_KEY, _CERTIFICATE],
            found=list(confirmation),
        )
    return methods

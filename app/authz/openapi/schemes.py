"""The ways to bring credentials that the settings of an app mean, as Security Scheme Objects."""

from collections.abc import Iterator

from ..enforcement import Enforcement
from .answers import Object

_DISCOVERY = ".well-known/openid-configuration"


def security_schemes(enforcement: Enforcement) -> dict[str, Object]:
    """Return the schemes by name: to sign in at an issuer, or to bring a token that one has made.

    Where a function of the app's own takes the place of tokens, it is taken to read Bearer's.
    """
    if not enforcement.callers.reads_tokens:
        return {"bearer": {"type": "http", "scheme": "bearer"}}
    return dict(_of_tokens(enforcement))


def _of_tokens(enforcement: Enforcement) -> Iterator[tuple[str, Object]]:
    settings = enforcement.settings
    if settings.dpop != "required":
        for number, issuer in enumerate(settings.issuers, 1):
            name = "openid" if number == 1 else f"openid_{number}"
            address = f"{issuer.url.removesuffix('/')}/{_DISCOVERY}"
            yield name, {"type": "openIdConnect", "openIdConnectUrl": address}
        yield "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    if settings.dpop != "off":
        text = "A token that is bound to a key, with a proof in the header `DPoP` (RFC 9449)."
        yield "dpop", {"type": "http", "scheme": "dpop", "description": text}

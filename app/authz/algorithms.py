"""The signature algorithms that may be allowed, and the key that each needs."""

from collections.abc import Mapping

#: Name of `alg` -> key type and curve (RFC 7518, sections 3.1 and 6; RFC 8037, section 3.1). Only
#: asymmetric ones: what is published to verify with must not be able to sign.
ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS256": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}

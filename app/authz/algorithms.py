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

#: The same for DPoP proofs (RFC 9449, section 5.1), of which clients choose one. `Ed25519` is what
#: RFC 9864, section 2.2, calls `EdDSA` on that curve.
PROOF_ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    **{name: ALGORITHMS[name] for name in ("ES256", "RS256", "PS256", "EdDSA")},
    "Ed25519": ("OKP", "Ed25519"),
}

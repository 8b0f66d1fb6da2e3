"""Private keys of each kind that DPoP clients have, and how they sign (RFC 7518; RFC 8037)."""

from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils

from .keys import SigningKey, base64url

#: Bytes of a number of P-256.
_COORDINATE = 32


class Signer(Protocol):
    """A private key, for one algorithm."""

    #: The public key, with no members but those that make it up.
    jwk: dict[str, str]

    def sign(self, data: bytes) -> bytes:
        """Return the signature, as a JWS holds it."""


def signer(algorithm: str, bits: int) -> Signer:
    """Return a new key. RSA keys of one length are the same one."""
    if algorithm == "ES256":
        return _P256()
    if algorithm in ("EdDSA", "Ed25519"):
        return _Ed25519()
    return _RSA(bits, pss=algorithm == "PS256")


class _P256:
    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        numbers = self._private.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(_COORDINATE)) for number in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, data: bytes) -> bytes:
        signature = self._private.sign(data, ec.ECDSA(hashes.SHA256()))
        # Both numbers side by side, not in DER (RFC 7518, section 3.4).
        numbers = utils.decode_dss_signature(signature)
        return b"".join(number.to_bytes(_COORDINATE) for number in numbers)


class _Ed25519:
    def __init__(self) -> None:
        self._private = ed25519.Ed25519PrivateKey.generate()
        x = base64url(self._private.public_key().public_bytes_raw())
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


class _RSA:
    def __init__(self, bits: int, *, pss: bool) -> None:
        key = SigningKey(bits=bits)
        self._private = key.private
        self._padding: padding.AsymmetricPadding = padding.PKCS1v15()
        if pss:
            # The salt is as long as the hash (RFC 7518, section 3.5).
            self._padding = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
        self.jwk = {name: str(key.jwk[name]) for name in ("kty", "n", "e")}

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data, self._padding, hashes.SHA256())

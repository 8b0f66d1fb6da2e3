"""Signing keys of an issuer in tests."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_numbers = count(1)


@cache
def _private_key(_number: int, bits: int) -> rsa.RSAPrivateKey:
    # Making one takes longer than most tests, so a number gets the same one again.
    return rsa.generate_private_key(65537, bits)


def base64url(data: bytes) -> str:
    """Encode as RFC 7515, section 2, has it: without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class SigningKey:
    """An RSA key that signs with RS256.

    :param kid: its name; made up if there is none.
    :param number: equal numbers give the same key material, in one process.
    """

    def __init__(self, kid: str | None = None, *, number: int = 0, bits: int = 2048) -> None:
        self.kid = kid or f"key-{next(_numbers)}"
        self.private = _private_key(number, bits)

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key as a member of a key set (RFC 7517)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }

    def sign(self, header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str) -> str:
        """Return a signed token. A text in place of a mapping is taken as it is, so that a test can
        write what no encoder would."""
        signed = _signing_input(header, claims)
        signature = self.private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64url(signature)}"

    def sign_symmetrically(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """Return a token signed with HMAC-SHA256, whose secret is the public key in PEM."""
        secret = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signed = _signing_input(header, claims)
        return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _signing_input(header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str) -> str:
    parts = (part if isinstance(part, str) else json.dumps(part) for part in (header, claims))
    return ".".join(base64url(part.encode()) for part in parts)

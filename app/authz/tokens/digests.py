"""Hashes as OAuth writes them: SHA-256 in base64url without padding."""

from hashlib import sha256
from hmac import compare_digest

from .parts import encode


def digest(data: bytes) -> str:
    """Return the hash of some bytes, in 43 characters."""
    return encode(sha256(data).digest())


def same(ours: str, given: str) -> bool:
    """Compare what was worked out here with what somebody wrote, in a time that says nothing of
    where they differ.

    :param ours: in ASCII.
    :param given: any text; with half a surrogate pair in it too, which has no encoding.
    """
    return compare_digest(ours.encode("ascii"), given.encode(errors="replace"))

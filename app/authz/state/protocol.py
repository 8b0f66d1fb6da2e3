"""What a shared state does, and what it keeps: the contract that every implementation fulfils."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Protocol


class Kind(StrEnum):
    """What a revocation names."""

    #: One token, by its `jti`.
    JTI = "jti"
    #: All tokens of a subject that were issued before a moment.
    SUBJECT = "subject"
    #: All tokens of a client that were issued before a moment.
    CLIENT = "client"
    #: One token, by its fingerprint. It may have no `jti`, and its issuer need not be named.
    TOKEN = "token"  # noqa: S105 - a kind, not a secret


#: Seconds by which the clocks of two machines may differ. A key is kept for so much longer than it
#: was asked for: a machine whose clock is behind may take a proof for good until then.
SKEW = 60.0

#: How many entries are kept as they were read. A list is read twice a second, and changes rarely.
REMEMBERED = 65_536

#: Control characters and halves of surrogate pairs: no issuer writes them, and not every database
#: can.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

#: Kinds that name many tokens, and so need a moment.
_MANY = (Kind.SUBJECT, Kind.CLIENT)


@dataclass(frozen=True, slots=True)
class Revocation:
    """One entry of the deny-list.

    :raises ValueError: if it could match nothing, or could not be written down.
    """

    #: The issuer's address; empty for a token's fingerprint, which is nobody else's.
    issuer: str
    kind: Kind
    #: The `jti`, subject, client or fingerprint.
    value: str
    #: Tokens issued before this moment are revoked, in seconds since the epoch; None for one token.
    before: float | None
    #: When the entry may be forgotten, in seconds since the epoch.
    until: float

    def __post_init__(self) -> None:
        if not self.value or (self.kind is not Kind.TOKEN and not self.issuer):
            raise ValueError("a revocation must name an issuer and a value")
        if (self.before is not None) is not (self.kind in _MANY):
            raise ValueError("subjects and clients are revoked before a moment; one token is not")
        if not all(isfinite(moment) for moment in (self.before or 0.0, self.until)):
            raise ValueError("a moment must be finite")
        if _UNWRITABLE.search(self.issuer + self.value):
            raise ValueError("a name holds a character that no name has")

    @classmethod
    def from_json(cls, text: str | bytes) -> "Revocation":
        """Read what `to_json` wrote.

        :raises ValueError: if it is something else.
        """
        try:
            members = json.loads(text)
            return cls(**members | {"kind": Kind(members["kind"])})
        except (TypeError, KeyError) as error:
            raise ValueError("not a revocation") from error

    def to_json(self) -> str:
        """Write it as a JSON object, equal ones always in the same way."""
        return json.dumps(asdict(self), sort_keys=True)


class State(Protocol):
    """What is shared. Every method is safe to call from any thread, and after a fork."""

    @property
    def name(self) -> str:
        """Where it lies, for messages: an address without a password."""

    def add_if_absent(self, key: str, seconds: float, back: float = 0.0, /) -> bool:
        """Remember a key, and say whether nobody had done so before.

        Of all who add the same key at once, in any process on any machine, one is told True.

        :param key: any text. It is kept as a hash of fixed length.
        :param seconds: how long it is remembered at least.
        :param back: how many seconds ago it may have been added first. A state that has lost what
            it knew since then cannot say that nobody had.
        :raises StateUnavailable: if that cannot be known. The key may then be remembered or not.
        """

    def remembers(self, key: str, /) -> bool:
        """Say whether a key was added, by anybody, and is remembered still.

        :raises StateUnavailable: if that cannot be known.
        """

    def revoke(self, revocation: Revocation) -> None:
        """Add to the deny-list. Adding an entry again changes nothing.

        :raises StateUnavailable: if it may not have been written.
        """

    def revocations(self) -> Sequence[Revocation]:
        """Return the entries that are not to be forgotten yet, in no order.

        :raises StateUnavailable: if they cannot be known, or one of them cannot be read.
        """

    def ping(self) -> None:
        """Ask for a sign of life. What has lost its keys since it was last asked may notice.

        :raises StateUnavailable: if there is none.
        """


def digest(key: str) -> str:
    """Return the SHA-256 of a text in hex: 64 characters, whatever a stranger sent."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

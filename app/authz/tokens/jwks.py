"""A JSON Web Key Set as it was published (RFC 7517, section 5), reduced to the keys of use here."""

from dataclasses import dataclass, field
from typing import Any

from .jose import KeyRefused, VerificationKey, load_key


@dataclass(frozen=True, slots=True)
class KeySet:
    """The usable keys of one issuer. Immutable: a refresh makes another set."""

    keys: tuple[VerificationKey, ...]
    #: One line for each member that cannot be used, for the log.
    refused: tuple[str, ...] = ()
    _by_name: dict[tuple[str | None, str], VerificationKey] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for key in self.keys:
            for algorithm in key.algorithms:
                # Names are meant to be unique; where they are not, the first key has the name.
                self._by_name.setdefault((key.kid, algorithm), key)
        for algorithm in {name for key in self.keys for name in key.algorithms}:
            fitting = [key for key in self.keys if algorithm in key.algorithms]
            # A token that names no key may mean the only one, but never one of several.
            if len(fitting) == 1:
                self._by_name[None, algorithm] = fitting[0]
            else:
                self._by_name.pop((None, algorithm), None)

    @classmethod
    def from_document(cls, document: dict[str, Any], allowed: frozenset[str]) -> "KeySet":
        """Build the set, one member at a time: a bad member costs itself, not the others.

        :raises ValueError: if the document holds no list of keys.
        """
        members = document.get("keys")
        if not isinstance(members, list):
            raise ValueError("the key set has no list of keys")
        keys, refused = [], []
        for position, member in enumerate(members):
            try:
                keys.append(load_key(member, allowed))
            except KeyRefused as error:
                refused.append(f"member {position}: {error}")
        return cls(tuple(keys), tuple(refused))

    def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        """Return the key of a name and an algorithm; for no name, the only key that fits."""
        return self._by_name.get((kid, algorithm))

    def same_keys(self, other: "KeySet") -> bool:
        """Say whether the usable keys are the same, in whatever order they were published."""
        return set(self.keys) == set(other.keys)

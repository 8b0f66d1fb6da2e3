"""Who calls, and what they were granted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import contains
from typing import Any, NoReturn

#: Says whether any of some grants covers a name.
Covers = Callable[[Collection[str], str], bool]


#: JSON values that nobody can change.
_PLAIN = (str, int, float)
_LISTS = (list, tuple)


class FrozenObject(dict[str, Any]):
    """A JSON object that refuses to be changed. Flask writes it as JSON, as it does any dict."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("claims are read-only; a copy is not: dict(claims)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


def frozen(value: Any) -> Any:
    """Return a JSON value that nobody can change: lists become tuples, objects read-only."""
    if isinstance(value, FrozenObject):
        return value
    if isinstance(value, _LISTS):
        return tuple([frozen(each) for each in value])
    if isinstance(value, Mapping):
        # Most are plain: to ask whether each is a mapping takes long.
        return FrozenObject(
            {
                name: each if isinstance(each, _PLAIN) else frozen(each)
                for name, each in value.items()
            }
        )
    return value


@dataclass(frozen=True, slots=True)
class Identity:
    """An authenticated caller. Immutable, since one identity may serve many requests.

    The collections may be given as any iterable or mapping; they are kept as read-only copies, what
    is in the claims included: a list there is a tuple here.

    :raises TypeError: if permissions or scopes are one text: its letters would be the grants.
    """

    #: `sub` of the token (RFC 7519, section 4.1.2).
    subject: str
    #: Granted permissions.
    permissions: frozenset[str] = field(default=frozenset())
    #: Granted scopes (RFC 6749, section 3.3).
    scopes: frozenset[str] = field(default=frozenset())
    #: Everything that the issuer said of the caller.
    claims: Mapping[str, object] = field(default_factory=dict, repr=False, hash=False)
    #: Who vouches for the subject; None for an identity made by hand.
    issuer: str | None = None
    #: The application that the token was issued to, where the issuer names it.
    client_id: str | None = None
    #: End of the identity in seconds since the epoch; None if it has none.
    expires_at: float | None = None
    #: What the app's `principal_loader` made of it: its own user, say; None without a loader.
    principal: Any = field(default=None, compare=False)
    _covers: Covers = field(default=contains, repr=False, compare=False)

    def __init__(
        self,
        subject: str,
        permissions: Iterable[str] = (),
        scopes: Iterable[str] = (),
        claims: Mapping[str, object] | None = None,
        issuer: str | None = None,
        client_id: str | None = None,
        expires_at: float | None = None,
        principal: Any = None,
        _covers: Covers = contains,
    ) -> None:
        if isinstance(permissions, str) or isinstance(scopes, str):
            raise TypeError("permissions and scopes are lists of names, not one text")
        assign = object.__setattr__
        assign(self, "subject", subject)
        assign(self, "permissions", frozenset(permissions))
        assign(self, "scopes", frozenset(scopes))
        assign(self, "claims", frozen(claims or {}))
        assign(self, "issuer", issuer)
        assign(self, "client_id", client_id)
        assign(self, "expires_at", expires_at)
        assign(self, "principal", principal)
        assign(self, "_covers", _covers)

    def can(self, name: str) -> bool:
        """Say whether a permission was granted, as the app matches grants."""
        return self._covers(self.permissions, name)

    def has_scope(self, name: str) -> bool:
        """Say whether a scope was granted, as the app matches grants."""
        return self._covers(self.scopes, name)


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without credentials. It has the attributes of `Identity`; what is not empty of them
    is granted to everybody."""

    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, object] = field(default_factory=FrozenObject, repr=False, hash=False)
    subject: None = None
    issuer: None = None
    client_id: None = None
    expires_at: None = None
    principal: None = None
    _covers: Covers = field(default=contains, repr=False, compare=False)

    def can(self, name: str) -> bool:
        """Say whether a permission is granted to everybody."""
        return self._covers(self.permissions, name)

    def has_scope(self, name: str) -> bool:
        """Say whether a scope is granted to everybody: none is."""
        return self._covers(self.scopes, name)

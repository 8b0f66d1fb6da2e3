"""Signals of what the guard layer decided (blinker). The sender is the app.

A receiver gets keyword arguments and never a token: `route`, `method`, and `subject`, a SHA-256 of
issuer and subject in hex, or None for nobody. Of a refusal also its `code`, and of a denied one
`names`, which would have opened the route.
"""

from hashlib import sha256

from blinker import Namespace

from .identity import Anonymous, Identity

_signals = Namespace()

#: A caller was let in.
accepted = _signals.signal("authz-accepted")

#: Credentials were no good, or missing, or could not be checked.
rejected = _signals.signal("authz-rejected")

#: A caller who is known, or needs no login, lacks a permission or a right.
denied = _signals.signal("authz-denied")


def subject_hash(caller: Identity | Anonymous | None) -> str | None:
    """Return a name for a caller that tells two apart and says nothing of either."""
    if not isinstance(caller, Identity):
        return None
    text = f"{caller.issuer}\n{caller.subject}"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

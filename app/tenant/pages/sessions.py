"""Who is signed in at the tenant itself, in which browser."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from app.tenant.memory import Memory
from app.tenant.users import User

#: Seconds that a session lasts; Auth0's default is a week too.
LIFETIME = 7 * 86_400

_MOST = 1_000


@dataclass(frozen=True)
class Session:
    """A person who has signed in."""

    user: User
    #: What ID tokens name as `sid`. It opens nothing, other than the cookie.
    sid: str
    #: Seconds since 1970.
    signed_in_at: int


class Sessions:
    """The sessions of a tenant, each known by the cookie of its browser."""

    def __init__(self, cookie: str, clock: Callable[[], float]) -> None:
        """Start with no session.

        :param cookie: the name of the cookie. Browsers do not part cookies by port, so tenants on
            different ports need different ones.
        """
        self._cookie = cookie
        self._clock = clock
        self._sessions: Memory[Session] = Memory(clock, LIFETIME, _MOST)

    def current(self) -> Session | None:
        """Return the session of the browser that sent the request."""
        return self._sessions.get(request.cookies.get(self._cookie, ""))

    def start(self, user: User) -> tuple[Session, str]:
        """End the browser's session, and return a new one and the value of its cookie."""
        self.forget()
        session = Session(user, secrets.token_urlsafe(16), int(self._clock()))
        # A new name each time: one that somebody planted in the browser gets no session.
        value = secrets.token_urlsafe(32)
        self._sessions.add(value, session)
        return session, value

    def forget(self) -> None:
        """End the session of the browser that sent the request, if it has one."""
        self._sessions.take(request.cookies.get(self._cookie, ""))

    def set_cookie(self, response: Response, value: str) -> None:
        """Have the browser keep a session until it is closed."""
        # Lax: an application in a browser sends people here from another site. No script reads it.
        response.set_cookie(self._cookie, value, httponly=True, samesite="Lax")

    def delete_cookie(self, response: Response) -> None:
        """Have the browser forget its session."""
        response.delete_cookie(self._cookie, httponly=True, samesite="Lax")

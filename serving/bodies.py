"""Bodies of requests under gunicorn: read for a bounded time and up to a bounded size.

gunicorn waits without end while a view reads. What no view has read it discards, at once and
whatever comes: to a client that sends fast enough it listens alone.
"""

import time
from typing import Any, NoReturn

#: Seconds that a client may take to send a body, and bytes that are read of one, whether by a view
#: or to find the next request behind it. What is too slow gets 408 of a view that wants the body.
BODY_SECONDS = 5
BODY_BYTES = 1024 * 1024
#: Seconds that a client may take to read an answer.
ANSWER_SECONDS = 30


def bound(request: Any) -> None:
    """Bound what one client can hold: `worker_connections` of them are all that a worker serves.

    :param request: gunicorn's, before it is handled. Without a body it has a reader of length 0.
    """
    request.unreader.sock.settimeout(ANSWER_SECONDS)
    if getattr(request.body.reader, "length", True):
        request.body.reader = BoundedBody(request)


class BodyCutOff(TimeoutError):
    """Raised if a body takes too long, or never ends. gunicorn then closes the connection: where
    the next request would begin is not known."""


class BoundedBody:
    """Stands in for gunicorn's reader of a body.

    :param request: whose connection ends with it if a bound is reached.
    """

    def __init__(self, request: Any) -> None:
        self._request = request
        self._reader = request.body.reader
        self._unreader = request.unreader
        self._socket = request.unreader.sock
        self._ends = time.monotonic() + BODY_SECONDS
        self._left = BODY_BYTES

    def read(self, size: int) -> bytes:
        """Return so many bytes, or those that are left.

        :raises BodyCutOff: if a bound is reached.
        """
        self._unreader.sock = self
        try:
            data: bytes = self._reader.read(size)
        finally:
            self._unreader.sock = self._socket  # the next head has bounds of its own
        return data

    def recv(self, size: int) -> bytes:
        """Receive in place of the socket, as long as there is time.

        :raises BodyCutOff: if a bound is reached.
        """
        seconds = self._ends - time.monotonic()
        if seconds <= 0 or self._left <= 0:
            self._cut_off()
        self._socket.settimeout(seconds)
        try:
            data: bytes = self._socket.recv(size)
        except TimeoutError:
            self._cut_off()
        finally:
            self._socket.settimeout(ANSWER_SECONDS)
        self._left -= len(data)
        return data

    def _cut_off(self) -> NoReturn:
        self._request.force_close()
        raise BodyCutOff("the body takes too long") from None

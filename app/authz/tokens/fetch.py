"""One JSON document over HTTP, within a total time and size.

`requests` bounds the wait for a connection and for each piece of an answer, but not the whole: a
server that sends a byte a second keeps it for hours. Here every read gets what is left of one
deadline, so headers and body that drip end like those that never come.
"""

import io
import json
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as PoolTimeout

from ..addresses import is_safe
from . import parts

#: Bytes of a body that are read at most.
MAX_BODY = 1_000_000

#: Bytes of the body of a refusal that are read at most.
MAX_REFUSAL = 10_000

#: What sockets, urllib3 and requests raise when the time is over.
_TIMEOUTS = (TimeoutError, PoolTimeout, requests.Timeout)


class FetchError(Exception):
    """Raised if no document could be had. The text is for the log: it may hold addresses, but
    nothing of what was sent."""

    def __init__(
        self,
        text: str,
        *,
        code: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        error: str | None = None,
    ) -> None:
        super().__init__(text)
        #: Stable name of what went wrong, for programs. It says nothing of addresses.
        self.code = code
        #: Status of an answer that was not 200; None if what failed is another thing.
        self.status = status
        #: Headers of that answer, whose names are compared without case.
        self.headers: Mapping[str, str] = headers or {}
        #: `error` of an answer that was 400 (RFC 6749, section 5.2); None if it says none.
        self.error = error


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object, and for how long its sender vouches for it."""

    content: dict[str, Any]
    #: Seconds from `Cache-Control: max-age`; None if it says nothing.
    max_age: int | None


def fetch(
    url: str,
    deadline: float,
    *,
    form: Mapping[str, str] | None = None,
    authorization: str | None = None,
    strict: bool = False,
) -> Document:
    """Get a JSON object, or post a form and read one.

    No redirect is followed and no `.netrc` is read; proxy variables and `REQUESTS_CA_BUNDLE` are
    honoured.

    :param deadline: the end of all waiting, on the clock of `time.monotonic`, in seconds.
    :param form: what to post; None to get.
    :param authorization: the header to sign in with; None to send none.
    :param strict: the object is read as that of a token is (see `parts`).
    :raises FetchError: whatever goes wrong.
    """
    if not is_safe(url):
        raise FetchError(
            f"{url!r} is refused: only https, or http on a loopback host", code="unsafe"
        )
    try:
        with requests.Session() as session:
            session.auth = _no_netrc
            adapter = _DeadlineAdapter(deadline)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            with session.request(
                "GET" if form is None else "POST",
                url,
                data=form,
                headers={"Accept": "application/json", "Authorization": authorization},
                allow_redirects=False,
                stream=True,
                timeout=_left(deadline),
            ) as response:
                status = response.status_code
                if status != 200:
                    raise FetchError(
                        f"{url!r} answered {status}, not 200",
                        code="status",
                        status=status,
                        headers=response.headers,
                        error=_error(response),
                    )
                body = response.raw.read(MAX_BODY + 1, decode_content=True)
                max_age = _max_age(response.headers.get("Cache-Control", ""))
    # requests lets ValueError through for addresses that it cannot parse.
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        code = "timeout" if isinstance(error, _TIMEOUTS) else "unreachable"
        raise FetchError(f"{url!r} could not be read: {error}", code=code) from error
    if len(body) > MAX_BODY:
        raise FetchError(f"{url!r} sent more than {MAX_BODY} bytes", code="too_large")
    return Document(_json_object(url, body, strict), max_age)


def _json_object(url: str, body: bytes, strict: bool) -> dict[str, Any]:
    try:
        content = parts.read_json(body) if strict else json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"{url!r} did not send JSON", code="malformed") from error
    if not isinstance(content, dict):
        raise FetchError(f"{url!r} did not send a JSON object", code="malformed")
    return content


def _error(response: requests.Response) -> str | None:
    """Return why a request was called bad, if the answer says so in OAuth's words."""
    if response.status_code != 400:
        return None
    try:
        content = parts.read_json(response.raw.read(MAX_REFUSAL, decode_content=True))
    except (HTTPError, OSError, ValueError, RecursionError):
        return None
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, str) else None


def _max_age(cache_control: str) -> int | None:
    found = re.search(r"(?:^|[\s,])max-age=\"?(\d{1,9})", cache_control, re.IGNORECASE)
    return int(found[1]) if found else None


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no credentials. Without an `auth` of its own, requests looks into `.netrc`."""
    return request


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for the whole answer is over")
    return left


class _DeadlineReader(io.RawIOBase):
    """The receiving side of a socket, whose every read ends at one deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, deadline: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        # No byte was read yet, so none is lost with the buffer of the base class.
        self.fp = io.BufferedReader(_DeadlineReader(self.fp.detach(), sock, deadline))


class _DeadlineAdapter(HTTPAdapter):
    """A transport whose connections read no longer than to a deadline."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = cast(HTTPConnectionPool, super().get_connection_with_tls_context(*args, **kwargs))
        response = partial(_DeadlineResponse, deadline=self._deadline)
        kind = pool.ConnectionCls
        pool.ConnectionCls = type(kind.__name__, (kind,), {"response_class": response})
        return pool

"""Auth0's Management API, as far as it is asked here: which permissions a user has at this moment.

It is asked with a token of our own, which client credentials buy at the same tenant (RFC 6749,
section 4.4). The tenant is named by its own address: the API and its audience have no other, even
where users sign in at a custom domain.

One instance belongs to one process. It makes a lock, so it is made after any fork.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .fetch import FetchError, fetch

#: Entries that are asked for at once, the most that Auth0 gives, and how often that is done for one
#: user. Who has more permissions than that makes the answer an error.
PER_PAGE = 100
PAGES = 10
#: Seconds for which nobody is asked after the API has failed as a whole, and the most that its own
#: word on it is followed.
REST = 2.0
LONGEST_REST = 60.0
#: Seconds before its end at which a token of ours is replaced.
TOKEN_MARGIN = 60.0


class ManagementError(Exception):
    """Raised if it cannot be known what a user may do. The text is for the log."""

    def __init__(self, reason: str, retry_after: float = REST) -> None:
        super().__init__(reason)
        #: Seconds after which to ask again, more than none.
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Granted:
    """A permission that a user has, for one API."""

    #: Identifier of the API: what its tokens have in `aud`.
    audience: str
    name: str


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    #: Moment on the timer from which on it is not used.
    until: float


class ManagementApi:
    """Asks one tenant.

    :param url: origin of the tenant, without a slash at its end.
    :param clock: seconds since the epoch, which the API's hints count in.
    :param timer: a steady clock, in seconds.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        client_secret: str,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._token: _Token | None = None
        #: Moment on the timer until which the API is left alone, and why.
        self._rests_until = 0.0
        self._why = ""

    def permissions(self, subject: str, deadline: float) -> list[Granted]:
        """Return all permissions of a user, for all APIs of the tenant.

        A user whom the tenant does not know, or does not know any more, has none.

        :param deadline: the end of all waiting, on the clock of `time.monotonic`, in seconds.
        :raises ManagementError: if that cannot be known.
        """
        segment = _segment(subject)
        if segment is None:
            return []
        granted: list[Granted] = []
        for number in range(PAGES):
            answer = self._page(segment, number, deadline)
            if answer is None:
                return []
            page, total = _read(answer, number)
            granted += page
            if len(granted) >= total:
                return granted
            if len(page) < PER_PAGE or total > PER_PAGE * PAGES:
                break
        raise ManagementError(f"{self._url} holds {total} permissions and sent {len(granted)}")

    def _page(self, segment: str, number: int, deadline: float) -> dict[str, Any] | None:
        """Return one page as it was sent; None if there is no such user."""
        url = (
            f"{self._url}/api/v2/users/{segment}/permissions"
            f"?per_page={PER_PAGE}&page={number}&include_totals=true"
        )
        token = self._current_token(deadline)
        try:
            try:
                return self._get(url, token, deadline)
            except FetchError as error:
                if error.status != 401:
                    raise
            # Withdrawn before its end, or its key was.
            return self._get(url, self._current_token(deadline, refused=token), deadline)
        except FetchError as error:
            if error.status == 404:
                return None
            # The identifier may be long, and is the business of one user's requests only.
            reason = str(error).replace(segment, "USER")
            raise self._failed(error, reason, for_all=_concerns_all(error, number)) from error

    def _get(self, url: str, token: str, deadline: float) -> dict[str, Any]:
        self._check_rest()
        return fetch(url, deadline, authorization=f"Bearer {token}").content

    def _current_token(self, deadline: float, refused: str | None = None) -> str:
        """Return the token for the API. Those who need one that is not there wait for one request.

        :param refused: a token that is of no use.
        """
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise ManagementError(f"{self._url} gave no token in time")
        try:
            token = self._token
            if token is None or token.text == refused or self._timer() >= token.until:
                token = self._token = self._request_token(deadline)
            return token.text
        finally:
            self._lock.release()

    def _request_token(self, deadline: float) -> _Token:
        self._check_rest()
        asked_at = self._timer()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "audience": f"{self._url}/api/v2/",
        }
        try:
            answer = fetch(f"{self._url}/oauth/token", deadline, form=form).content
        except FetchError as error:
            raise self._failed(error, str(error), for_all=True) from error
        text, seconds = answer.get("access_token"), answer.get("expires_in")
        # Anything else in a header would be an error that repeats it.
        if not isinstance(text, str) or not re.fullmatch(r"[\x21-\x7E]+", text):
            raise self._rest(f"{self._url} sent no access token")
        if type(seconds) is not int or not 0 < seconds < 10**9:
            raise self._rest(f"{self._url} sent a token without its time")
        return _Token(text, asked_at + seconds - min(TOKEN_MARGIN, seconds / 2))

    def _failed(self, error: FetchError, reason: str, *, for_all: bool) -> ManagementError:
        """Return what to raise for an answer that was none, and have the API rest if need be."""
        seconds = _hint(error.headers, self._clock()) if error.status == 429 else REST
        return self._rest(reason, seconds) if for_all else ManagementError(reason, seconds)

    def _check_rest(self) -> None:
        """Refuse to ask while the API is to be left alone.

        :raises ManagementError: if it is.
        """
        left = self._rests_until - self._timer()
        if left > 0:
            raise ManagementError(self._why, left)

    def _rest(self, reason: str, seconds: float = REST) -> ManagementError:
        """Leave the API alone for a while."""
        self._why = reason
        self._rests_until = self._timer() + seconds
        return ManagementError(reason, seconds)


def _segment(subject: str) -> str | None:
    """Return a user's identifier as one segment of a path; None if it cannot be one.

    Dots cannot be encoded: whoever reads the address decodes them, and goes a folder up.
    """
    try:
        segment = quote(subject, safe="")
    except UnicodeEncodeError:  # half a surrogate pair
        return None
    return None if segment in (".", "..") else segment


def _read(answer: Mapping[str, Any], number: int) -> tuple[list[Granted], int]:
    """Return the entries of a page, and how many there are on all pages.

    :raises ManagementError: if the page is not as Auth0 documents it, or is another one.
    """
    start, total, entries = (answer.get(name) for name in ("start", "total", "permissions"))
    if type(start) is not int or type(total) is not int or not isinstance(entries, list):
        raise ManagementError("the answer is no page of permissions")
    if start != number * PER_PAGE or len(entries) > PER_PAGE:
        raise ManagementError("the answer is not the page that was asked for")
    return [_granted(entry) for entry in entries], total


def _granted(entry: object) -> Granted:
    if isinstance(entry, dict):
        audience, name = entry.get("resource_server_identifier"), entry.get("permission_name")
        if isinstance(audience, str) and isinstance(name, str):
            return Granted(audience, name)
    raise ManagementError("an entry of the answer is no permission")


def _concerns_all(error: FetchError, number: int) -> bool:
    """Say whether a failure would meet every user: else one could lock the others out.

    No answer at all does; but where pages came before, it is rather that there are many of them.
    """
    if error.status is None:
        return number == 0
    return error.status in (401, 403, 429) or error.status >= 500


def _hint(headers: Mapping[str, str], now: float) -> float:
    """Return how long to wait, in seconds, as an answer of 429 has it (RFC 6585, section 4)."""
    seconds, moment = headers.get("Retry-After", ""), headers.get("X-RateLimit-Reset", "")
    if re.fullmatch(r"[0-9]{1,9}", seconds):
        wait = float(seconds)
    elif re.fullmatch(r"[0-9]{1,12}", moment):
        wait = int(moment) - now
    else:
        wait = REST
    return min(max(wait, 1.0), LONGEST_REST)

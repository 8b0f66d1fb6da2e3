"""Auth0's token endpoint and Management API on loopback, with a switch for what can go wrong."""

import json
import re
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.authz.testing.loopback import Loopback, QuietHandler

#: An answer: status, headers, and the body, which is written as JSON unless it is bytes.
Answer = tuple[int, dict[str, str], Any]

CLIENT_ID = "our-api"
CLIENT_SECRET = "s3cret-of-our-api"

_USER = re.compile(r"/api/v2/users/([^/]*)/permissions")


class FakeManagement(Loopback):
    """Answers as Auth0 documents it. Use it in a `with`.

    Every attribute may be changed while it runs, and holds from the next request on.
    """

    def __init__(self) -> None:
        super().__init__(_handler(self))
        #: The tenant's origin.
        self.url = self.origin
        #: Permissions of users by subject: pairs of audience and name. Others do not exist.
        self.granted: dict[str, list[tuple[str, str]]] = {}
        #: Seconds that a token lives, as the endpoint says.
        self.expires_in = 86_400
        #: The forms that tokens were asked for with.
        self.forms: list[dict[str, str]] = []
        #: The targets that were asked for, as they came over the wire.
        self.targets: list[str] = []
        #: The tokens that were given out, and those that are not taken any more.
        self.tokens: list[str] = []
        self.withdrawn: set[str] = set()
        #: What answers in place of the token endpoint and of a page.
        self.token_answer: Callable[[], Answer] | None = None
        self.page_answer: Callable[[], Answer] | None = None
        #: False: every connection is closed without an answer.
        self.up = True

    def grant(self, subject: str, *names: str, audience: str = "https://api.test") -> None:
        """Make the names all that a user may do."""
        self.granted[subject] = [(audience, name) for name in names]

    def token(self, form: Mapping[str, str]) -> Answer:
        """Answer a request for a token (RFC 6749, section 4.4)."""
        self.forms.append(dict(form))
        if self.token_answer is not None:
            return self.token_answer()
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {}, {"error": "access_denied"}
        if form["audience"] != f"{self.url}/api/v2/":
            return 403, {}, {"error": "access_denied"}
        token = f"management.token.{len(self.tokens)}"
        self.tokens.append(token)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        return 200, {}, body

    def page(self, target: str, authorization: str) -> Answer:
        """Answer with a page of a user's permissions."""
        self.targets.append(target)
        if self.page_answer is not None:
            return self.page_answer()
        token = authorization.removeprefix("Bearer ")
        if token not in self.tokens or token in self.withdrawn:
            return _error(401, "Unauthorized", "Invalid token")
        parts = urlsplit(target)
        user = _USER.fullmatch(parts.path)
        granted = self.granted.get(unquote(user[1])) if user else None
        if granted is None:
            return _error(404, "Not Found", "The user does not exist.")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert query["include_totals"] == "true"
        limit = int(query["per_page"])
        start = int(query["page"]) * limit
        return 200, {}, page(granted[start : start + limit], start, limit, len(granted))


def page(granted: list[tuple[str, str]], start: int, limit: int, total: int) -> dict[str, Any]:
    """Return a page as Auth0 writes it."""
    entries = [
        {
            "permission_name": name,
            "description": "",
            "resource_server_name": "An API",
            "resource_server_identifier": audience,
            "sources": [{"source_id": "", "source_name": "", "source_type": "DIRECT"}],
        }
        for audience, name in granted
    ]
    return {"permissions": entries, "start": start, "limit": limit, "total": total}


def _error(status: int, error: str, message: str) -> Answer:
    return status, {}, {"statusCode": status, "error": error, "message": message}


def _handler(api: FakeManagement) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            if api.up:
                self._send(api.page(self.path, self.headers.get("Authorization", "")))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if api.up:
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._send(api.token(form))

        def _send(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    return Handler

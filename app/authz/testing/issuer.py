"""An OpenID Connect issuer on loopback, with a switch for everything that can go wrong with one."""

import base64
import json
import secrets
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from .keys import SigningKey
from .loopback import Loopback, QuietHandler

METADATA = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks.json"
INTROSPECTION = "/oauth/introspect"

#: An answer: status, headers, and the body in the pieces in which it is sent.
Answer = tuple[int, dict[str, str], Iterable[bytes]]


class FakeIssuer(Loopback):
    """Publishes metadata and keys over HTTP, or HTTPS, on a free port, and says what opaque tokens
    stand for. Use it in a `with`.

    Every attribute may be changed while it runs, and holds from the next request on.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(_handler(self), tls)
        #: The issuer's address, with a trailing slash as Auth0 writes it.
        self.url = f"{self.origin}/"
        #: What `iss` and the metadata say.
        self.name = self.url
        #: Keys that sign and are published, the newest last.
        self.keys = [SigningKey("first")]
        #: What the key set holds; None stands for the keys above.
        self.members: list[Any] | None = None
        #: Where the metadata say that opaque tokens are looked up; None: they say nothing.
        self.introspection_endpoint: Any = self.origin + INTROSPECTION
        #: Opaque token -> what is answered for it; for any other, that it is not active.
        self.introspection: dict[str, Any] = {}
        #: As whom that may be asked.
        self.client_id = "menu-api"
        self.client_secret = secrets.token_urlsafe()
        #: False: every connection is closed without an answer.
        self.up = True
        #: Path -> function that answers in place of the usual one.
        self.answers: dict[str, Callable[[], Answer]] = {}
        #: Header of the key set.
        self.cache_control: str | None = None
        #: True: the headers of every answer come a byte at a time.
        self.drip_headers = False
        #: The headers of the latest request, and its form.
        self.last_headers: Mapping[str, str] = {}
        self.last_form: Mapping[str, str] = {}
        #: Number of requests by path, those that got no answer among them.
        self.requests: Counter[str] = Counter()

    @property
    def signing_key(self) -> SigningKey:
        return self.keys[-1]

    @property
    def fetches(self) -> int:
        """Number of times that somebody asked for what is asked for first."""
        return self.requests[METADATA]

    def rotate(self, number: int = 1) -> SigningKey:
        """Sign with a new key from now on. The old one stays published."""
        self.keys.append(SigningKey(number=number))
        return self.signing_key

    def document(self, path: str) -> dict[str, Any]:
        """Return what is published at a path."""
        if path == METADATA:
            document = {"issuer": self.name, "jwks_uri": self.origin + KEYS}
            if self.introspection_endpoint is not None:
                document["introspection_endpoint"] = self.introspection_endpoint
            return document
        members = [key.jwk for key in self.keys] if self.members is None else self.members
        return {"keys": members}

    def answer(self, path: str) -> Answer:
        """Return the answer to a request."""
        if path in self.answers:
            return self.answers[path]()
        if path not in (METADATA, KEYS):
            return 404, {}, []
        headers = {"Content-Type": "application/json"}
        if self.cache_control is not None:
            headers["Cache-Control"] = self.cache_control
        return 200, headers, [json.dumps(self.document(path)).encode()]

    def introspect(self, form: Mapping[str, str], authorization: str | None) -> Answer:
        """Return what is answered for a token (RFC 7662, section 2)."""
        if INTROSPECTION in self.answers:
            return self.answers[INTROSPECTION]()
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        if authorization != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return 401, {"WWW-Authenticate": "Basic"}, []
        content = self.introspection.get(form.get("token", ""), {"active": False})
        return 200, {"Content-Type": "application/json"}, [json.dumps(content).encode()]


def _handler(issuer: FakeIssuer) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self._serve(lambda: issuer.answer(self.path))

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            issuer.last_form = form
            if self.path == INTROSPECTION:
                authorization = self.headers.get("Authorization")
                self._serve(lambda: issuer.introspect(form, authorization))
            else:
                self._serve(lambda: issuer.answer(self.path))

        def _serve(self, answer: Callable[[], Answer]) -> None:
            issuer.requests[self.path] += 1
            if not issuer.up:
                self.connection.close()
                return
            issuer.last_headers = dict(self.headers)
            status, headers, pieces = answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if issuer.drip_headers:
                self._drip_headers()
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()

        def _drip_headers(self) -> None:
            """Send a header that does not end, until the issuer or the caller gives up."""
            self.flush_headers()
            while not issuer.closing:
                self.wfile.write(b"x")
                issuer.pause(0.05)

    return Handler

"""Headers that tell browsers and caches to do no more with an answer than they must.

They are defaults: an answer that has a header already, such as a page with a policy of its own,
keeps it.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask

from app import cors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: One year. Subdomains are not ours to speak for.
_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")

_DEFAULTS = {
    # The type of an answer is what it says.
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # What is no page loads nothing, and is shown in no other page.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # What does not say otherwise: refusals, above all.
    "Cache-Control": "no-store",
}


def init_app(app: Flask) -> None:
    """Mark every answer, errors included. Call it before others wrap the app: a proxy's scheme is
    then known here."""
    # Whoever may read an answer may also embed it (the Fetch standard).
    if cors.is_open_to_all(app):
        headers = _DEFAULTS | cors.OPEN_TO_ALL | {"Cross-Origin-Resource-Policy": "cross-origin"}
    else:
        headers = _DEFAULTS | {"Cross-Origin-Resource-Policy": "same-origin"}
    is_https = urlsplit(app.config.get("PUBLIC_URL", "")).scheme == "https"
    marked = WithDefaults(app.wsgi_app, headers, always_https=is_https)
    app.wsgi_app = marked  # type: ignore[method-assign]


class WithDefaults:
    """A WSGI application whose answers have these headers, unless they say otherwise themselves.

    Not a hook of Flask's: to add so many through its `Headers` takes several times as long.

    :param always_https: whether clients come by https, whatever a proxy says.
    """

    def __init__(
        self, app: "WSGIApplication", headers: Mapping[str, str], *, always_https: bool
    ) -> None:
        self._app = app
        self._plain = [(name.lower(), (name, value)) for name, value in headers.items()]
        self._secure = [*self._plain, (_TRANSPORT[0].lower(), _TRANSPORT)]
        self._always_https = always_https

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """See PEP 3333."""

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            present = {name.lower() for name, _ in headers}
            # RFC 6797, section 7.2: not in an answer to plain http. The scheme is `ProxyFix`'s.
            https = self._always_https or environ["wsgi.url_scheme"] == "https"
            defaults = self._secure if https else self._plain
            headers += [header for name, header in defaults if name not in present]
            return start_response(status, headers, error)

        return self._app(environ, start)

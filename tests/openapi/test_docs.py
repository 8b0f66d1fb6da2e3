"""`/docs` and `/openapi.json`, as they are served."""

import gzip
import json
import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from app.authz.testing import FakeIssuer

FILES = [
    "docs.js",
    "favicon-32x32.png",
    "oauth2-redirect.html",
    "oauth2-redirect.js",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
]


class Page(HTMLParser):
    """What a page asks a browser to fetch, and what stands in it that no policy would let run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.data: dict[str, str | None] = {}
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href"):
                self.addresses.append(value or "")
            elif name.startswith("on") or name == "style":
                self.inline.append(name)
            elif name.startswith("data-"):
                self.data[name] = value
        self._script = tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return environ | {"DOCS_CLIENT_ID": 'menu"<docs>'}


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/oauth2-redirect.html"])
def test_a_page_has_all_from_here(client: FlaskClient, path: str) -> None:
    """Every address is on this server and answers; nothing that could run stands in the page."""
    page = Page(client.get(path).text)
    assert page.inline == []
    assert page.addresses
    for address in page.addresses:
        # The page after signing in names its script relative to itself.
        full = address if address.startswith("/") else f"/docs/{address}"
        assert not full.startswith("//")
        assert ":" not in full
        assert client.get(full).status_code == 200, full


@pytest.mark.parametrize("path", ["/docs", *(f"/docs/{name}" for name in FILES)])
def test_the_policy_lets_nothing_come_from_elsewhere(
    client: FlaskClient, issuer: FakeIssuer, path: str
) -> None:
    """A page may call this API, and the issuer to sign in."""
    answer = client.get(path)
    directives = answer.headers["Content-Security-Policy"].split("; ")
    policy = dict(directive.split(" ", 1) for directive in directives)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {issuer.url.rstrip('/')}"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_knows_how_to_sign_in(client: FlaskClient) -> None:
    data = Page(client.get("/docs").text).data
    assert data["data-client-id"] == 'menu"<docs>'
    assert data["data-audience"] == "https://api.test"
    assert data["data-document"] == "/openapi.json"
    assert data["data-redirect"] == "/docs/oauth2-redirect.html"


def test_the_page_knows_where_it_is_mounted(client: FlaskClient) -> None:
    page = Page(client.get("/docs", base_url="http://localhost/menu").text)
    assert all(address.startswith("/menu/") for address in page.addresses)


def test_nobody_else_is_told_of_the_document(client: FlaskClient) -> None:
    """Swagger UI would send its address to a validator."""
    assert "validatorUrl: null" in client.get("/docs/docs.js").text


def test_sign_in_is_by_pkce(client: FlaskClient) -> None:
    assert "usePkceWithAuthorizationCodeGrant: true" in client.get("/docs/docs.js").text


@pytest.mark.parametrize("name", ["index.html", "docs.html", "swagger-ui.js", "..%2fviews.py"])
def test_other_files_are_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/swagger-ui.css"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_stays_the_same_is_sent_once(client: FlaskClient, path: str, coding: str) -> None:
    """Each coding has a tag of its own."""
    accepting = {"Accept-Encoding": coding}
    first = client.get(path, headers=accepting)
    assert first.headers["Vary"] == "Accept-Encoding"
    assert first.headers["ETag"].endswith('-gzip"') is (coding == "gzip")
    condition = {"If-None-Match": first.headers["ETag"]}
    second = client.get(path, headers=accepting | condition)
    assert second.status_code == 304
    assert second.data == b""
    assert second.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers=accepting | {"If-None-Match": '"other"'}).status_code == 200


def test_a_compressed_answer_is_the_same_document(client: FlaskClient) -> None:
    plain = client.get("/openapi.json")
    zipped = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 4
    assert json.loads(plain.data)["info"]["title"] == "Menu API"


def test_home_leads_to_both(client: FlaskClient) -> None:
    """For a person in the body, for a program in `Link` (RFC 8631)."""
    answer = client.get("/")
    links = dict(re.findall(r'<(.*?)>; rel="(.*?)"', answer.headers["Link"]))
    assert links == {"/openapi.json": "service-desc", "/docs": "service-doc"}
    for name in ("docs", "openapi", "menu"):
        assert client.get((answer.json or {})[name]).status_code == 200

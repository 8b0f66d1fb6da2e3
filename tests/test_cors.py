"""Cross-origin requests: the front-end's origin is never the API's."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

ORIGIN = "https://menu.test"

ROUTES = [
    ("/", "GET"),
    ("/items", "GET"),
    ("/items", "POST"),
    ("/items", "PUT"),
    ("/items/1", "GET"),
    ("/items/1", "PUT"),
    ("/items/1", "DELETE"),
]


def preflight(client: FlaskClient, path: str, method: str, headers: str = "") -> dict[str, str]:
    """Ask as a browser does before the request itself, and return the answer's headers."""
    sent = {"Origin": ORIGIN, "Access-Control-Request-Method": method}
    if headers:
        sent["Access-Control-Request-Headers"] = headers
    response = client.options(path, headers=sent)
    assert response.status_code == 200
    return dict(response.headers)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_a_preflight_passes_for_every_route(client: FlaskClient, path: str, method: str) -> None:
    """Without a token: a browser sends none with it."""
    wanted = "authorization, content-type, dpop, if-match, if-none-match"
    headers = preflight(client, path, method, wanted)
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert method in headers["Access-Control-Allow-Methods"]
    allowed = headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(wanted.split(", ")) <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in headers


def test_no_other_header_is_allowed(client: FlaskClient) -> None:
    headers = preflight(client, "/items", "POST", "x-other")
    assert "x-other" not in headers.get("Access-Control-Allow-Headers", "").lower()


@pytest.mark.parametrize(
    ("path", "method"), [("/items", "GET"), ("/items", "POST"), ("/nowhere", "GET"), ("/", "PATCH")]
)
def test_a_page_may_read_every_answer(client: FlaskClient, path: str, method: str) -> None:
    """Refusals too: a page must see that it is a 401, and why."""
    headers = client.open(path, method=method, headers={"Origin": ORIGIN}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    exposed = set(headers["Access-Control-Expose-Headers"].split(", "))
    assert {"WWW-Authenticate", "DPoP-Nonce", "Location", "ETag", "Link"} <= exposed
    assert "Access-Control-Allow-Credentials" not in headers


class TestChosenOrigins:
    """With a list of origins, only their pages may read answers."""

    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"CORS_ORIGINS": f"{ORIGIN}, http://127.0.0.1:5173"}

    @pytest.mark.parametrize("origin", [ORIGIN, "http://127.0.0.1:5173"])
    def test_a_chosen_origin_is_named(self, app: Flask, origin: str) -> None:
        headers = app.test_client().get("/items", headers={"Origin": origin}).headers
        assert headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in headers["Vary"]

    @pytest.mark.parametrize(
        "origin",
        [
            "https://menu.test.evil.test",
            "https://evil.test",
            "https://menuXtest",
            "http://menu.test",
            "null",
            "https://menu.test:8443",
        ],
    )
    def test_another_origin_gets_nothing(self, app: Flask, origin: str) -> None:
        headers = app.test_client().get("/items", headers={"Origin": origin}).headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Origin" in headers["Vary"]


def test_a_private_network_is_not_opened(client: FlaskClient) -> None:
    """CVE-2024-6221: flask-cors once said yes by default."""
    response = client.options(
        "/items",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert response.headers.get("Access-Control-Allow-Private-Network") != "true"

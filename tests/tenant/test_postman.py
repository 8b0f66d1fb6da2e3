"""What Postman's OAuth 2 helper does with the settings of the collection."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from .browser import CHALLENGE, VERIFIER, Browser, answer_in
from .running import AUDIENCE, RunningTenant

_FOLDER = Path(__file__).parents[2] / "postman"


@pytest.fixture
def settings(tenant: RunningTenant) -> dict[str, str]:
    """The collection's settings, with the variables of the environment put in."""
    environment = json.loads((_FOLDER / "local.postman_environment.json").read_text())
    text = (_FOLDER / "menu-api.postman_collection.json").read_text()
    for variable in environment["values"]:
        text = text.replace(f"{{{{{variable['key']}}}}}", variable["value"])
    text = text.replace("http://127.0.0.1:7001/", tenant.issuer)
    auth = json.loads(text)["auth"]
    assert auth["type"] == "oauth2"
    return {each["key"]: each["value"] for each in auth["oauth2"]}


def test_a_person_signs_in_at_postman(
    browser: Browser, tenant: RunningTenant, settings: dict[str, str]
) -> None:
    """With PKCE and the client's secret in the header; the token is for the API."""
    assert settings["grant_type"] == "authorization_code_with_pkce"
    assert settings["client_authentication"] == "header"
    address = urlsplit(settings["authUrl"])
    request = {
        **dict(parse_qsl(address.query)),
        "response_type": "code",
        "client_id": settings["clientId"],
        "redirect_uri": settings["redirect_uri"],
        "scope": settings["scope"],
        "code_challenge": CHALLENGE,
        "code_challenge_method": settings["challengeAlgorithm"],
    }
    page = browser.follow(browser.get(address.path.lstrip("/"), params=request))
    answer = browser.submit(page, account="auth0|admin")
    assert answer.headers["Location"].startswith("https://oauth.pstmn.io/v1/callback?code=")
    form = {
        "grant_type": "authorization_code",
        "code": answer_in(answer)["code"],
        "redirect_uri": settings["redirect_uri"],
        "code_verifier": VERIFIER,
        "client_id": settings["clientId"],
    }
    assert settings["accessTokenUrl"] == f"{tenant.issuer}oauth/token"
    response = tenant.post_token(data=form, auth=(settings["clientId"], settings["clientSecret"]))
    claims = tenant.verify(response.json()["access_token"]).claims
    assert AUDIENCE in claims["aud"]
    assert claims["permissions"] == ["create:items", "update:items", "delete:items"]
    assert response.json()["refresh_token"]

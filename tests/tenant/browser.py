"""A browser without scripts, and an application that people sign in at."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from .running import AUDIENCE, RunningTenant

REDIRECT_URI = "http://127.0.0.1:5173/callback"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def authorization(**changes: str | None) -> dict[str, str]:
    """Return a good request with these parameters changed, or left out where `None`."""
    good: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "dashboard",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile email offline_access",
        "state": "state-of-the-application",
        "nonce": "nonce-of-the-application",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "audience": AUDIENCE,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def exchange_form(code: str | None, **changes: str | None) -> dict[str, str]:
    """Return a good exchange of a code with these parameters changed, or left out where `None`."""
    good: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "client_id": "dashboard",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def refresh_form(token: str, **changes: str | None) -> dict[str, str]:
    """Return a good exchange of a refresh token, changed likewise."""
    good: dict[str, str | None] = {
        "grant_type": "refresh_token",
        "client_id": "dashboard",
        "refresh_token": token,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def answer_in(response: requests.Response) -> dict[str, str]:
    """Return what a redirect tells the application, each name once."""
    location = urlsplit(response.headers["Location"])
    assert not location.fragment
    told = parse_qs(location.query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in told.values())
    return {name: values[0] for name, values in told.items()}


@dataclass
class Browser:
    """Keeps cookies, follows nothing by itself, and sends what forms send."""

    tenant: RunningTenant
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: Any) -> requests.Response:
        """Open an address of the tenant."""
        return self.session.get(
            self.tenant.issuer + path, timeout=10, allow_redirects=False, **options
        )

    def post(self, path: str, form: dict[str, str], origin: str | None = "") -> requests.Response:
        """Send a form to an address of the tenant, from a page of this origin: its own if empty."""
        own = self.tenant.issuer.rstrip("/")
        headers = {} if origin is None else {"Origin": origin or own}
        return self.session.post(
            self.tenant.issuer + path,
            data=form,
            headers=headers,
            timeout=10,
            allow_redirects=False,
        )

    def authorize(self, **changes: str | None) -> requests.Response:
        """Come from the application."""
        return self.get(f"authorize?{urlencode(authorization(**changes))}")

    def sign_in(self, name: str = "admin", **changes: str | None) -> requests.Response:
        """Come from the application, and choose an account; return what is answered to that."""
        page = self.follow(self.authorize(**changes))
        return self.submit(page, account=f"auth0|{name}")

    def sign_up(self, name: str, email: str, **changes: str | None) -> requests.Response:
        """Come from the application, and make an account."""
        page = self.follow(self.authorize(screen_hint="signup", **changes))
        return self.submit(page, name=name, email=email)

    def follow(self, redirect: requests.Response) -> requests.Response:
        """Follow a redirect within the tenant."""
        assert redirect.status_code in (302, 303)
        assert redirect.headers["Location"].startswith("/u/")
        page = self.get(redirect.headers["Location"].lstrip("/"))
        assert page.status_code == 200
        return page

    def submit(self, page: requests.Response, **form: str) -> requests.Response:
        """Send the form of a page."""
        match = re.search(r'<form method="post" action="/([^"]*)"', page.text)
        assert match
        return self.post(html.unescape(match[1]), form)

    def exchange(self, code: str, **changes: str | None) -> requests.Response:
        """Exchange a code, as the application."""
        return self.tenant.post_token(data=exchange_form(code, **changes))

    def tokens(self, name: str = "admin", **changes: str | None) -> dict[str, Any]:
        """Sign in, and return what the application gets in the end."""
        code = answer_in(self.sign_in(name, **changes))["code"]
        response = self.exchange(code)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

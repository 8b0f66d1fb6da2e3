"""The issuer of a run and its tokens. Libraries insist on `https`, so it has a certificate."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from app.authz.testing import FakeIssuer, TokenFactory

AUDIENCE = "https://menu-api.example.com"

#: What the guarded write needs.
PERMISSION = "update:items"


@dataclass(frozen=True)
class RunningIssuer:
    """The address of an issuer, and a file with the authority to trust it by."""

    url: str
    authority: Path
    tokens: TokenFactory

    @property
    def environ(self) -> dict[str, str]:
        """What each server is told: httpx and urllib, requests and Node name the file in turn."""
        return {
            "ISSUER": self.url,
            "AUDIENCE": AUDIENCE,
            "SSL_CERT_FILE": str(self.authority),
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }


@contextmanager
def running_issuer(folder: Path) -> Iterator[RunningIssuer]:
    """Serve metadata and keys over TLS on loopback.

    :param folder: where the certificate of the authority is written.
    """
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    with FakeIssuer(context) as issuer:
        yield RunningIssuer(issuer.url, path, TokenFactory(issuer, AUDIENCE))

"""What a request presents beside its token, worked out when the token makes it matter."""

from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Request

from .origin import own_origin
from .proxies import TRUSTED
from .settings import Settings


@dataclass(slots=True)
class RequestPresented:
    """Fulfils `tokens.binding.Presented` for a Flask request."""

    scheme: str
    token: str = field(repr=False)
    request: Request
    settings: Settings

    @property
    def method(self) -> str:
        """See `Presented.method`."""
        return self.request.method

    @property
    def url(self) -> str | None:
        """See `Presented.url`."""
        origin = own_origin(self.request, self.settings.public_url)
        if origin is None:
            return None
        # Not `base_url`: it takes a percent sign in the path for the beginning of an escape.
        return origin + quote(self.request.root_path + self.request.path)

    @property
    def proofs(self) -> list[str]:
        """See `Presented.proofs`."""
        return self.request.headers.getlist("DPoP")

    @property
    def certificate(self) -> str | None:
        """See `Presented.certificate`. Anybody can send the header; a trusted proxy replaces it."""
        if TRUSTED not in self.request.environ:
            return None
        return self.request.headers.get(self.settings.client_certificate_header)

"""The endpoint that introspects tokens: what it is asked, and what it answers (RFC 7662, section
2)."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from .fetch import FetchError, fetch

#: What an issuer answers that introspects no tokens of that kind (RFC 7009, section 2.2.1, has the
#: name; RFC 7662 has none): encrypted ones, often, which are for others to read.
UNSUPPORTED = "unsupported_token_type"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an issuer says what its tokens are."""

    url: str
    #: The own name of the issuer whose metadata have named it; None if the settings have.
    issuer_name: str | None

    def ask(self, token: str, authorization: str, deadline: float) -> "Answer":
        """Ask about a token.

        :param authorization: the header to sign in with.
        :param deadline: the end of all waiting, on the clock of `time.monotonic`, in seconds.
        :raises FetchError: if there is no answer, or another than a JSON object.
        """
        form = {"token": token, "token_type_hint": "access_token"}
        try:
            document = fetch(
                self.url, deadline, form=form, authorization=authorization, strict=True
            )
        except FetchError as failure:
            if failure.error != UNSUPPORTED:
                raise
            return Answer({}, self, is_supported=False)
        return Answer(document.content, self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint says of a token."""

    content: dict[str, Any]
    endpoint: Endpoint
    #: False: the issuer does not say what tokens of this kind are.
    is_supported: bool = True

    @property
    def is_active(self) -> bool:
        """`active` is `true`, not a text or a number (RFC 7662, section 2.2)."""
        return self.content.get("active") is True


def basic(client_id: str, secret: str) -> str:
    """Return the header that signs a client in (RFC 6749, section 2.3.1: form-encoded first)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"

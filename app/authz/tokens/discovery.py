"""What an issuer publishes of itself: its metadata and its keys, fetched as one."""

from dataclasses import dataclass

from ..addresses import is_safe
from .fetch import FetchError, fetch
from .jwks import KeySet


@dataclass(frozen=True, slots=True)
class Published:
    """An issuer's own name and its keys, as of one moment."""

    #: `issuer` of the metadata: what `iss` of a token must equal.
    issuer: str
    #: Where its metadata says the keys are.
    jwks_uri: str
    keys: KeySet
    #: Seconds from `Cache-Control` of the key set; None if it says nothing.
    max_age: int | None
    #: Where to ask for opaque tokens (RFC 7662); None if the metadata name no safe address.
    introspection_endpoint: str | None = None


def discover(issuer: str, algorithms: frozenset[str], deadline: float) -> Published:
    """Fetch an issuer's metadata (OpenID Connect Discovery, section 4) and the key set it names.

    :param deadline: the end of all waiting, on the clock of `time.monotonic`, in seconds.
    :raises FetchError: if either cannot be had, or the metadata is another issuer's.
    """
    metadata = fetch(issuer.removesuffix("/") + "/.well-known/openid-configuration", deadline)
    name, address = metadata.content.get("issuer"), metadata.content.get("jwks_uri")
    # Otherwise one tenant could speak for another (OpenID Connect Discovery, section 4.3).
    if not isinstance(name, str) or name.removesuffix("/") != issuer.removesuffix("/"):
        raise FetchError(f"the metadata of {issuer!r} is that of {name!r}", code="other_issuer")
    if not isinstance(address, str) or not is_safe(address):
        raise FetchError(
            f"the metadata of {issuer!r} names an unsafe jwks_uri: {address!r}", code="unsafe"
        )
    document = fetch(address, deadline)
    try:
        keys = KeySet.from_document(document.content, algorithms)
    except ValueError as error:
        raise FetchError(f"{address!r}: {error}", code="malformed") from error
    endpoint = metadata.content.get("introspection_endpoint")
    if not isinstance(endpoint, str) or not is_safe(endpoint):
        endpoint = None  # a bad one (RFC 8414, section 2) costs itself, not the keys
    return Published(name, address, keys, document.max_age, endpoint)

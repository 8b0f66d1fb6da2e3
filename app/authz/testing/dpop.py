"""Keys of DPoP clients in tests (RFC 9449), and proofs: good ones, and ones with exactly one thing
broken."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from .keys import base64url
from .signers import signer
from .tokens import ABSENT, changed


class DpopKey:
    """A key that signs proofs.

    :param algorithm: `ES256`, `RS256`, `PS256`, `EdDSA`, or `Ed25519`.
    :param clock: seconds since the epoch.
    :param bits: of an RSA key.
    """

    def __init__(
        self, algorithm: str = "ES256", *, clock: Callable[[], float] = time.time, bits: int = 2048
    ) -> None:
        self.algorithm = algorithm
        self._clock = clock
        self._signer = signer(algorithm, bits)

    @property
    def jwk(self) -> dict[str, str]:
        """The public key, with no members but those that make it up."""
        return self._signer.jwk

    @property
    def thumbprint(self) -> str:
        """The key's name (RFC 7638, section 3)."""
        text = json.dumps(self.jwk, sort_keys=True, separators=(",", ":"))
        return base64url(hashlib.sha256(text.encode()).digest())

    @property
    def confirmation(self) -> dict[str, str]:
        """`cnf` of a token that is bound to the key (RFC 9449, section 6.1)."""
        return {"jkt": self.thumbprint}

    def header(self, **changes: Any) -> dict[str, Any]:
        """Return the header of a good proof, with changes; `ABSENT` leaves a member out."""
        return changed({"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk}, changes)

    def claims(self, method: str, url: str, token: str, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good proof for a request, with changes."""
        claims = {
            "jti": str(uuid4()),
            "htm": method,
            "htu": url,
            "iat": int(self._clock()),
            "ath": token_hash(token),
        }
        return changed(claims, changes)

    def sign(self, header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str) -> str:
        """Return a signed proof. A text in place of a mapping is taken as it is."""
        parts = (part if isinstance(part, str) else json.dumps(part) for part in (header, claims))
        signed = ".".join(base64url(part.encode()) for part in parts)
        return f"{signed}.{base64url(self._signer.sign(signed.encode()))}"

    def proof(self, method: str, url: str, token: str, **changes: Any) -> str:
        """Return a proof for one request, with changes to its claims."""
        return self.sign(self.header(), self.claims(method, url, token, **changes))

    def headers(self, method: str, url: str, token: str, **changes: Any) -> dict[str, str]:
        """Return the headers of a request with a token and a proof."""
        proof = self.proof(method, url, token, **changes)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def broken(self, method: str, url: str, token: str) -> dict[str, str]:
        """Return a proof for each thing that can be wrong with one, by what it is. All are signed
        by the key that they name, but where the signature is what is wrong."""
        claims = self.claims(method, url, token)
        found = {what: self.sign(header, claims) for what, header in self._broken_headers().items()}
        for what, change in self._broken_claims(method, url).items():
            found[what] = self.sign(self.header(), changed(claims, change))
        good = self.sign(self.header(), claims)
        signed = good[: good.rindex(".")]
        found["signature is another's"] = f"{signed}.{base64url(bytes(64))}"
        found["signature is missing"] = f"{signed}."
        found["it has two parts"] = signed
        found["it is empty"] = ""
        return found

    def _broken_headers(self) -> dict[str, dict[str, Any]]:
        return {
            "typ is another": self.header(typ="JWT"),
            "typ is missing": self.header(typ=ABSENT),
            "alg is none": self.header(alg="none"),
            "alg is symmetric": self.header(alg="HS256"),
            "alg is a number": self.header(alg=1),
            "alg is missing": self.header(alg=ABSENT),
            "crit is there": self.header(crit=["typ"]),
            "b64 is there": self.header(b64=True),
            "jwk is missing": self.header(jwk=ABSENT),
            "jwk is a text": self.header(jwk="key"),
            "jwk is private": self.header(jwk={**self.jwk, "d": "AQ"}),
            "jwk is symmetric": self.header(jwk={"kty": "oct", "k": "c2VjcmV0"}),
            "jwk is another kind of key": self.header(jwk={**self.jwk, "kty": "other"}),
            "jwk has no numbers": self.header(jwk={"kty": self.jwk["kty"]}),
            "jwk is for encryption": self.header(jwk={**self.jwk, "use": "enc"}),
            "jwk is for another algorithm": self.header(jwk={**self.jwk, "alg": "ES384"}),
        }

    def _broken_claims(self, method: str, url: str) -> dict[str, dict[str, Any]]:
        now = int(self._clock())
        return {
            "htm is another": {"htm": f"{method}X"},
            "htm is in lower case": {"htm": method.lower()},
            "htm is missing": {"htm": ABSENT},
            "htu is another path": {"htu": f"{url}/other"},
            "htu is another host": {"htu": "https://attacker.test/"},
            "htu is a list": {"htu": [url]},
            "htu is missing": {"htu": ABSENT},
            "iat is too old": {"iat": now - 3600},
            "iat is in the future": {"iat": now + 3600},
            "iat is a text": {"iat": str(now)},
            "iat is true": {"iat": True},
            "iat is missing": {"iat": ABSENT},
            "ath is another token's": {"ath": token_hash("another token")},
            "ath is a number": {"ath": 1},
            "ath is missing": {"ath": ABSENT},
            "jti is empty": {"jti": ""},
            "jti is too long": {"jti": "a" * 257},
            "jti is a number": {"jti": 1},
            "jti is missing": {"jti": ABSENT},
        }


def token_hash(token: str) -> str:
    """Return what `ath` of a proof says of a token (RFC 9449, section 4.2)."""
    return base64url(hashlib.sha256(token.encode()).digest())

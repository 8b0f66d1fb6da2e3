"""Proof that the caller holds the key its token is bound to (RFC 9449, section 4.3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DpopNonceRequired, DpopProofInvalid, TokenBinding
from . import proofs
from .digests import digest, same
from .jose import signs
from .nonces import Nonces
from .targets import same_target

#: Seconds by which the time of a proof may differ from ours, before the leeway.
MAX_AGE = 60.0

#: Characters of the longest `jti`.
MAX_JTI_LENGTH = 256

#: Given a key and two numbers of seconds: keeps the key for the first, and says whether nobody can
#: have added it in the second, which lies back (see `State.add_if_absent`).
AddIfAbsent = Callable[[str, float, float], bool]

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofCheck:
    """Checks proofs. Knows nothing of the token but its text and the key that it names."""

    #: Remembers which proofs were used: one memory for all threads, processes and machines.
    first_use: AddIfAbsent
    #: Seconds since the epoch.
    clock: Callable[[], float]
    #: Seconds by which clocks may differ.
    leeway: float
    #: None: proofs need no nonce.
    nonces: Nonces | None = None

    def check(
        self, headers: Sequence[str], *, method: str, url: str | None, token: str, thumbprint: str
    ) -> None:
        """Hold the proof of a request to the request, the token and the key.

        The cheap comes first. That the proof was used is noted last, when nothing else is wrong
        with it: a proof that is refused leaves no trace.

        :param headers: the value of each `DPoP` header.
        :param method: of the request.
        :param url: of the request, by our own knowledge of where we are, in ASCII; None if we have
            none, and then no proof is good.
        :param token: the access token, as it was sent.
        :param thumbprint: of the key that the token is bound to (`jkt`).
        :raises TokenBinding: if the proof is that of another key.
        :raises DpopProofInvalid: if there is none, or it is bad, or was used before.
        :raises DpopNonceRequired: if it is good but for the nonce.
        :raises AuthzError: of the memory, if it cannot be reached.
        """
        proof = proofs.read(headers)
        if not same(proof.key.thumbprint, thumbprint):
            raise TokenBinding(
                "the proof is that of another key than the token's",
                wanted=thumbprint,
                found=proof.key.thumbprint,
            )
        if not signs(proof.key, proof.signed, proof.signature):
            raise DpopProofInvalid("the signature of the proof does not verify")
        claims = proof.unverified_claims  # verified by now
        _check_request(claims, method, url)
        _check_token(claims, token)
        issued_at, jti = self._time(claims), _jti(claims)
        self._check_nonce(claims)
        self._check_first_use(thumbprint, jti, issued_at)

    def _time(self, claims: Claims) -> float:
        """Return `iat`, if it is close enough to now (section 11.1)."""
        issued_at, now, window = claims.get("iat"), self.clock(), MAX_AGE + self.leeway
        # A bool is an int to Python. A huge int compares well, but cannot be calculated with.
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            raise DpopProofInvalid("iat of the proof must be a number", found=issued_at)
        if not now - window <= issued_at <= now + window:
            raise DpopProofInvalid(
                "iat of the proof is too far from now",
                wanted=now,
                found=issued_at,
                cure="compare the clocks of this server and the client",
            )
        return issued_at

    def _check_nonce(self, claims: Claims) -> None:
        if self.nonces is None:
            return
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not self.nonces.accepts(nonce):
            raise DpopNonceRequired("the proof has no nonce that is ours and new", found=nonce)

    def _check_first_use(self, thumbprint: str, jti: str, issued_at: float) -> None:
        """Note that a proof was used (section 11.1), for as long as any server may accept it, and
        ask as far back as any may have: the clock of one may differ from ours by the leeway."""
        # A second more: the memory may count in whole ones.
        window, now = MAX_AGE + 2 * self.leeway + 1, self.clock()
        name = digest(f"{thumbprint} {jti}".encode())
        if not self.first_use(f"dpop:{name}", issued_at + window - now, now - issued_at + window):
            raise DpopProofInvalid(
                "the proof was used before", found=jti, cure="a client makes one for each request"
            )


def _check_request(claims: Claims, method: str, url: str | None) -> None:
    """`htm` and `htu` are of this request (items 8 and 9)."""
    if claims.get("htm") != method:
        raise DpopProofInvalid(
            "htm is not the request's method", wanted=method, found=claims.get("htm")
        )
    target = claims.get("htu")
    if url is None:
        raise DpopProofInvalid(
            "htu cannot be checked: the request's Host is not known to be ours",
            found=target,
            cure="set PUBLIC_URL to this API's origin as clients see it",
        )
    if not isinstance(target, str) or not same_target(target, url):
        raise DpopProofInvalid(
            "htu is not the request's address",
            wanted=url,
            found=target,
            cure="behind a reverse proxy, set PUBLIC_URL or PROXY_HOPS",
        )


def _check_token(claims: Claims, token: str) -> None:
    """`ath` is the token's hash (item 12)."""
    wanted, found = digest(token.encode()), claims.get("ath")
    if not isinstance(found, str) or not same(wanted, found):
        raise DpopProofInvalid("ath is not the hash of the token", wanted=wanted, found=found)


def _jti(claims: Claims) -> str:
    """Return the name of the proof, which no other of the same key has (section 4.2)."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI_LENGTH:
        raise DpopProofInvalid(
            f"jti of the proof must be a text of 1 to {MAX_JTI_LENGTH} characters", found=jti
        )
    return jti

"""Every case of the corpus gets the answer that the design says, and nothing else happens."""

import logging

import pytest

from app.authz.algorithms import PROOF_ALGORITHMS
from app.authz.testing import FakeIssuer
from app.authz.tokens.keys import UNKNOWN_BURST

from .canary import Canary
from .case import Case, Forge
from .conftest import METADATA, Send
from .corpus import CORPUS

pytestmark = pytest.mark.slow

#: Who writes the line of a refusal.
LOGGER = "app.authz.refusals"

#: Characters at the end of a token that nothing else has.
SIGNATURE = 43

#: `error` of the challenge, where it is not `invalid_token`.
ERRORS = {
    "request_malformed": "invalid_request",
    "token_missing": None,
    "dpop_proof_invalid": "invalid_dpop_proof",
}


def challenge(code: str) -> str:
    """Return `WWW-Authenticate` of a refusal (RFC 6750, section 3; RFC 9449, section 7.1)."""
    error = ERRORS.get(code, "invalid_token")
    said = f'error="{error}", ' if error else ""
    where = f'resource_metadata="{METADATA}"'
    means = f'algs="{" ".join(PROOF_ALGORITHMS)}", realm="api", {where}'
    if code == "dpop_proof_invalid":
        return f"DPoP {said}{means}"
    return f'Bearer realm="api", {said}{where}, DPoP {means}'


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    assert len(CORPUS) >= 500
    assert len({case.name for case in CORPUS}) == len(CORPUS)
    assert all(case.name.isascii() and case.source for case in CORPUS)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_a_hostile_request_is_refused_as_it_should_be(
    case: Case,
    forge: Forge,
    send: Send,
    issuer: FakeIssuer,
    canary: Canary,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Status, code and challenge to the letter; the issuer is not asked more often than strangers
    may have it asked, and the attacker is not asked at all.

    Answer and log repeat nothing that was sent but what the log quotes; the refusal has one line of
    plain characters.
    """
    caplog.set_level(logging.INFO)
    headers = case.headers(forge)
    response = send(headers)
    assert response.status_code == case.status
    assert response.content_type == "application/problem+json"
    assert response.get_json()["code"] == case.code
    assert response.headers.get_all("WWW-Authenticate") == [challenge(case.code)]
    assert issuer.fetches <= UNKNOWN_BURST
    assert canary.requests == []
    (line,) = [each.getMessage() for each in caplog.records if each.name == LOGGER]
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 2000
    told = response.text + str(response.headers)
    assert not any(word in told for word in ("attacker", "Injected", forge.canary))
    signature = headers["Authorization"][-SIGNATURE:]
    assert len(signature) < SIGNATURE or signature not in told + line

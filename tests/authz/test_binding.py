"""Which binding a token needs, by its `cnf`, its scheme and the mode (RFC 7800; RFC 9449)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.authz.errors import DpopProofInvalid, TokenBinding, TokenMalformed
from app.authz.identity import Identity
from app.authz.settings import DpopMode
from app.authz.testing import ClientCertificate, Clock, DpopKey
from app.authz.tokens.binding import Binding
from app.authz.tokens.dpop import ProofCheck

from .memory import Memory

TOKEN = "eyJ0.eyJp.c2ln"
METHOD = "GET"
URL = "https://api.test/mine"
CERTIFICATE = ClientCertificate()
MODES: list[DpopMode] = ["off", "allowed", "required"]


@dataclass(frozen=True)
class Request:
    """What a request presents."""

    scheme: str = "bearer"
    token: str = TOKEN
    method: str = METHOD
    url: str | None = URL
    proofs: Sequence[str] = ()
    certificate: str | None = None


@pytest.fixture
def memory(clock: Clock) -> Memory:
    return Memory(clock)


@pytest.fixture
def key(clock: Clock) -> DpopKey:
    return DpopKey(clock=clock)


@pytest.fixture
def proven(key: DpopKey) -> Request:
    """A request with a good proof of the key."""
    return Request(scheme="dpop", proofs=[key.proof(METHOD, URL, TOKEN)])


def binding(memory: Memory, clock: Clock, mode: DpopMode = "allowed") -> Binding:
    proofs = ProofCheck(first_use=memory.add_if_absent, clock=clock, leeway=10)
    return Binding(proofs if mode != "off" else None, required=mode == "required")


@pytest.fixture
def allowed(memory: Memory, clock: Clock) -> Binding:
    return binding(memory, clock)


def test_an_unbound_token_is_a_bearer_token(allowed: Binding) -> None:
    allowed.confirm({"sub": "al"}, Request())


def test_what_matters_not_is_not_asked_for(memory: Memory, clock: Clock) -> None:
    """The address costs something, and can fail."""

    class Lazy:
        scheme = "bearer"
        token = TOKEN

    binding(memory, clock, "off").confirm({}, Lazy())  # type: ignore[arg-type]


# Keys


@pytest.mark.parametrize("mode", ["allowed", "required"])
def test_a_key_bound_token_with_its_proof_passes(
    memory: Memory, clock: Clock, key: DpopKey, proven: Request, mode: DpopMode
) -> None:
    binding(memory, clock, mode).confirm({"cnf": key.confirmation}, proven)


@pytest.mark.parametrize("mode", MODES)
def test_a_key_bound_token_as_bearer_is_refused(
    memory: Memory, clock: Clock, key: DpopKey, proven: Request, mode: DpopMode
) -> None:
    """With a good proof beside it too (RFC 9449, section 7.2)."""
    for request in (Request(), replace(proven, scheme="bearer")):
        with pytest.raises(TokenBinding):
            binding(memory, clock, mode).confirm({"cnf": key.confirmation}, request)


def test_a_key_bound_token_without_proof_is_refused(allowed: Binding, key: DpopKey) -> None:
    with pytest.raises(DpopProofInvalid):
        allowed.confirm({"cnf": key.confirmation}, Request(scheme="dpop"))


def test_a_token_that_is_bound_to_another_key_is_refused(
    allowed: Binding, clock: Clock, proven: Request
) -> None:
    with pytest.raises(TokenBinding):
        allowed.confirm({"cnf": DpopKey(clock=clock).confirmation}, proven)


@pytest.mark.parametrize("jkt", ["", "a", "\u00e9", "\ud800"])
def test_a_token_that_names_no_key_is_refused(allowed: Binding, proven: Request, jkt: str) -> None:
    with pytest.raises(TokenBinding):
        allowed.confirm({"cnf": {"jkt": jkt}}, proven)


def test_a_proof_is_used_up_by_one_request(allowed: Binding, key: DpopKey, proven: Request) -> None:
    allowed.confirm({"cnf": key.confirmation}, proven)
    with pytest.raises(DpopProofInvalid):
        allowed.confirm({"cnf": key.confirmation}, proven)


@pytest.mark.parametrize("mode", MODES)
def test_an_unbound_token_is_not_sent_as_dpop(
    memory: Memory, clock: Clock, proven: Request, mode: DpopMode
) -> None:
    """RFC 9449, section 7.1: the proof would say nothing about it."""
    with pytest.raises(TokenBinding):
        binding(memory, clock, mode).confirm({}, proven)


def test_off_means_that_no_proof_is_taken(
    memory: Memory, clock: Clock, key: DpopKey, proven: Request
) -> None:
    with pytest.raises(TokenBinding):
        binding(memory, clock, "off").confirm({"cnf": key.confirmation}, proven)


@pytest.mark.parametrize(
    "claims", [{}, {"cnf": CERTIFICATE.confirmation}], ids=["unbound", "by certificate"]
)
def test_required_means_a_key(memory: Memory, clock: Clock, claims: dict[str, Any]) -> None:
    """A certificate does not take its place."""
    with pytest.raises(TokenBinding):
        binding(memory, clock, "required").confirm(claims, Request(certificate=CERTIFICATE.header))


# Certificates


@pytest.mark.parametrize("mode", ["off", "allowed"])
def test_a_certificate_bound_token_with_its_certificate_passes(
    memory: Memory, clock: Clock, mode: DpopMode
) -> None:
    """Its scheme is Bearer (RFC 8705, section 3)."""
    request = Request(certificate=CERTIFICATE.header)
    binding(memory, clock, mode).confirm({"cnf": CERTIFICATE.confirmation}, request)


@pytest.mark.parametrize("header", [None, "", ClientCertificate().header])
def test_a_certificate_bound_token_without_it_is_refused(
    allowed: Binding, header: str | None
) -> None:
    with pytest.raises(TokenBinding):
        allowed.confirm({"cnf": CERTIFICATE.confirmation}, Request(certificate=header))


def test_an_unbound_token_beside_a_certificate_passes(allowed: Binding) -> None:
    """Whoever has a certificate may still have tokens that need none."""
    allowed.confirm({}, Request(certificate=ClientCertificate().header))


# Both


def test_a_token_with_both_bindings_needs_both(
    allowed: Binding, key: DpopKey, memory: Memory, proven: Request
) -> None:
    claims = {"cnf": key.confirmation | CERTIFICATE.confirmation}
    for incomplete in (
        proven,
        Request(certificate=CERTIFICATE.header),
        replace(proven, certificate=ClientCertificate().header),
    ):
        with pytest.raises(TokenBinding):
            allowed.confirm(claims, incomplete)
    assert not memory.asked
    allowed.confirm(claims, replace(proven, certificate=CERTIFICATE.header))


# The claim


@pytest.mark.parametrize("cnf", [None, "", [], 1, True, "jkt"])
def test_a_confirmation_that_is_no_object_is_malformed(allowed: Binding, cnf: object) -> None:
    with pytest.raises(TokenMalformed):
        allowed.confirm({"cnf": cnf}, Request())


@pytest.mark.parametrize("name", ["jkt", "x5t#S256"])
@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_a_method_that_is_no_text_is_malformed(
    allowed: Binding, proven: Request, name: str, value: object
) -> None:
    with pytest.raises(TokenMalformed):
        allowed.confirm({"cnf": {name: value}}, proven)


@pytest.mark.parametrize("cnf", [{}, {"kid": "a"}, {"jwk": {}}, {"JKT": "a"}, {"x5t": "a"}])
@pytest.mark.parametrize("mode", MODES)
def test_a_confirmation_that_nobody_can_check_is_refused(
    memory: Memory, clock: Clock, cnf: dict[str, Any], mode: DpopMode
) -> None:
    """The token is meant for somebody in particular."""
    with pytest.raises(TokenBinding):
        binding(memory, clock, mode).confirm({"cnf": cnf}, Request())


def test_the_claims_may_be_those_of_an_identity(
    allowed: Binding, key: DpopKey, proven: Request
) -> None:
    """They are frozen, all the way down, and so no dict."""
    identity = Identity("al", claims={"cnf": key.confirmation})
    allowed.confirm(identity.claims, proven)


def test_methods_that_are_unknown_beside_a_known_one_are_passed_over(
    allowed: Binding, key: DpopKey, proven: Request
) -> None:
    """RFC 7800, section 3.1."""
    allowed.confirm({"cnf": key.confirmation | {"kid": "a", "x5t#other": 1}}, proven)

"""Holds one token to every rule that requests are held to.

A request ends at the first rule that its token breaks. Here the next one is asked too, and only
what needs the answer of a broken one is skipped. The rules are the same functions, in the same
order. Another check of requests, such as a deny-list, is another step in `STEPS`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from ..tokens import binding, compact, credentials, jose, rules
from ..tokens.authenticator import Authenticator
from ..tokens.compact import Header, UnverifiedToken
from ..tokens.discovery import Published
from ..tokens.introspection import Found
from ..tokens.jose import VerificationKey
from ..tokens.rules import Expected
from .findings import NOBODY, Inspection


def inspect(text: str, authenticator: Authenticator) -> Inspection:
    """Hold a token to all the rules.

    The network is asked for what the token's issuer publishes, only if that is one of ours. The
    token is sent to nobody but the introspection endpoint, and that only if requests are.

    :param authenticator: that of this process, whose keys are used.
    """
    inspection = Inspection(text, authenticator)
    for step in INTROSPECTED if inspection.is_introspected else STEPS:
        step(inspection)
    return inspection


def _credentials(case: Inspection) -> None:
    """The token as a request would bring it."""
    limit = f"at most {credentials.MAX_TOKEN_LENGTH} characters"
    case.ask("credentials", lambda: _bring(case), wanted=limit, found=len(case.text))


def _introspection(case: Inspection) -> None:
    """What the issuer says of a token that only it can read. What no request would bring is not
    sent."""
    found = case.ask("introspection", lambda: _look_up(case), after=("credentials",))
    case.introspected = found
    case.unverified_claims = found.claims if found else None


def _parts(case: Inspection) -> None:
    split, count = partial(compact.split, case.text), case.text.count(".") + 1
    case.parts = case.ask("parts", split, wanted=3, found=count)


#: What the rules for a header ask for.
_HEADER_WANTED: Mapping[str, object] = {
    "alg": "a text",
    "kid": "a text, or absent",
    "typ": f"{' or '.join(compact.TYPES)}, or absent",
    "extensions": "no crit, no b64",
}


def _header(case: Inspection) -> None:
    members = case.ask("header", lambda: _read(case, 0, "header"), after=("parts",)) or {}
    case.unverified_header = members if case.passed("header") else None
    for rule in compact.HEADER_RULES:
        name = rule.__name__
        about = compact.EXTENSIONS if rule is compact.extensions else (name,)
        case.ask(
            name,
            partial(rule, members),
            wanted=_HEADER_WANTED.get(name),
            found=_present(members, about),
            after=("header",),
        )
    if case.passed("alg") and case.passed("kid"):
        case.header = Header(members["alg"], members.get("kid"))
    _ask_algorithm(case, "algorithm", case.authenticator.issuers.algorithms, after=("alg",))


def _payload(case: Inspection) -> None:
    read = partial(_read, case, 1, "payload")
    case.unverified_claims = case.ask("payload", read, after=("parts",))
    case.ask("signature_text", lambda: _check_signature(case), after=("parts",))


def _issuer(case: Inspection) -> None:
    """The issuer that the token names, as far as that can be told without the network."""
    issuers, claims = case.authenticator.issuers, case.unverified_claims or {}
    case.keys = case.ask(
        "trusted_issuer",
        partial(issuers.named, claims.get("iss", "")),
        wanted=[keys.issuer.url for keys in issuers.configured],
        found=claims.get("iss"),
        after=("payload",),
    )
    theirs = case.keys.issuer.algorithms if case.keys else ()
    _ask_algorithm(case, "issuer_algorithm", theirs, after=("trusted_issuer", "algorithm"))


def _key(case: Inspection) -> None:
    """What the issuer publishes, and the key among it that the token names."""
    case.published = case.ask(
        "published",
        lambda: _load(case),
        wanted=case.keys.issuer.url if case.keys else None,
        after=("trusted_issuer",),
    )
    case.key = case.ask(
        "key",
        lambda: _find(case),
        wanted=[key.kid for key in case.published.keys.keys] if case.published else None,
        found=case.header.kid if case.header else None,
        after=("published", "issuer_algorithm", "kid"),
    )


def _signature(case: Inspection) -> None:
    case.ask(
        "signature",
        lambda: _verify(case),
        wanted=case.header.alg if case.header else None,
        after=("key", "payload", "signature_text"),
    )


#: What each rule for claims asks for.
_WANTED: Mapping[str, Callable[[Expected], object]] = {
    "issuer": lambda expected: expected.issuer,
    "no_id_token": lambda _: "an access token",
    "expiry": lambda expected: expected.now,
    "beginning": lambda expected: expected.now,
    "audience": lambda expected: sorted(expected.audiences),
    "subject": lambda _: "a text",
    "texts": lambda _: "texts, or absent",
    "permissions": lambda _: "a list of texts, or absent",
}
#: The claims that each looks at. Those of the permissions are in the settings.
_LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "issuer": ("iss",),
    "no_id_token": rules.ID_TOKEN_CLAIMS,
    "expiry": ("exp",),
    "beginning": rules.BEGINNINGS,
    "audience": ("aud",),
    "subject": ("sub",),
    "texts": rules.TEXTS,
}


def _claims(case: Inspection) -> None:
    """Every rule for claims, whether anybody vouches for them or not."""
    claims, expected = case.unverified_claims or {}, case.expected
    permissions = expected.permissions_claim
    granting = permissions if permissions in claims else permissions.split(".")[0]
    for rule in rules.RULES:
        name = rule.__name__
        found = _LOOKS_AT.get(name, (granting,) if rule is rules.permissions else ())
        case.ask(
            name,
            partial(rule, claims, expected),
            wanted=_WANTED[name](expected) if name in _WANTED else None,
            found=_present(claims, found),
            after=_needed(case, name, expected),
        )


def _needed(case: Inspection, rule: str, expected: Expected) -> tuple[str, ...]:
    """Return the rules without whose answers nobody knows what there is, or what to expect."""
    if case.is_introspected:
        return ("introspection",)
    if rule == "issuer":
        return "payload", "published"
    unknown = rule == "audience" and expected.audiences == NOBODY.audiences
    return ("payload", "trusted_issuer") if unknown else ("payload",)


def _deny_list(case: Inspection) -> None:
    """What was revoked, where there is a list of it. Only claims of the right types are looked up,
    of an issuer that is ours."""
    named = "introspection" if case.is_introspected else "trusted_issuer"
    if case.authenticator.deny_list is not None:
        after = (named, "subject", "texts", "beginning")
        case.ask("deny_list", lambda: _look_for(case), wanted="not on it", after=after)


def _binding(case: Inspection) -> None:
    """What the token is bound to, if anything. Whether a request proves it is the request's."""
    found = (case.unverified_claims or {}).get("cnf")
    read = "introspection" if case.is_introspected else "payload"
    case.ask("binding", lambda: _bound(case), found=found, after=(read,))


#: The steps, in the order in which a request takes them.
STEPS: tuple[Callable[[Inspection], None], ...] = (
    _credentials,
    _parts,
    _header,
    _payload,
    _issuer,
    _key,
    _signature,
    _claims,
    _deny_list,
    _binding,
)
#: Those of a token that its issuer is asked about.
INTROSPECTED = (_credentials, _introspection, _claims, _deny_list, _binding)


def _ask_algorithm(
    case: Inspection, rule: str, algorithms: Collection[str], after: tuple[str, ...]
) -> None:
    name: Any = (case.unverified_header or {}).get("alg")
    allow = partial(compact.allow, name, algorithms)
    case.ask(rule, allow, wanted=sorted(algorithms), found=name, after=after)


def _present(members: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """Return the one value that is meant, or those that are there, by name; None for none."""
    if len(names) == 1:
        return members.get(names[0])
    return {name: members[name] for name in names if name in members} or None


# What follows is asked only after the rules that provide for it.


def _bring(case: Inspection) -> None:
    sent = credentials.read(f"Bearer {case.text}")
    assert sent
    credentials.check_token(sent[1])


def _read(case: Inspection, position: int, what: str) -> dict[str, Any]:
    assert case.parts
    return compact.read_part(case.parts[position], what)


def _check_signature(case: Inspection) -> None:
    assert case.parts
    compact.check_signature(case.parts[2])


def _load(case: Inspection) -> Published:
    assert case.keys
    return case.keys.published()


def _find(case: Inspection) -> VerificationKey:
    assert case.keys
    assert case.header
    return case.keys.find(case.header.kid, case.header.alg)[0]


def _verify(case: Inspection) -> dict[str, Any]:
    assert case.header
    assert case.key
    assert case.unverified_claims is not None
    return jose.verify(UnverifiedToken(case.text, case.header, case.unverified_claims), case.key)


def _look_up(case: Inspection) -> Found:
    assert case.authenticator.introspection
    return case.authenticator.introspection.look_up(case.text)


def _look_for(case: Inspection) -> None:
    assert case.authenticator.deny_list
    assert case.unverified_claims is not None
    claims = case.unverified_claims
    case.authenticator.deny_list.check(claims["iss"], claims, case.text)


def _bound(case: Inspection) -> None:
    """The scheme is taken to be the one that fits."""
    bound = "jkt" in binding.methods_of(case.unverified_claims or {})
    case.authenticator.binding.check_scheme("dpop" if bound else "bearer", bound=bound)

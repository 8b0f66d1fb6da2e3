"""What is likely wrong with a token that breaks a rule, from what else it says of itself.

A refusal has a cure of its own, which fits every token that breaks its rule. What is found here
fits this one better. A rule that holds may have one too: the token passes, and opens nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..inspection.findings import NOBODY, Finding, Inspection, Kind
from ..refusals import quoted
from ..tokens import binding, compact, parts, rules
from ..tokens.parts import PartMalformed
from .moments import duration

#: Seconds by which clocks are wrong. What lies further in the past has another reason.
SKEW = 300.0
#: A time after this moment is one in milliseconds (the year 5138).
MILLISECONDS = 100_000_000_000
#: Bytes of the shortest signature of an RSA key that is accepted.
RSA_SIGNATURE = 256
#: End of the host names of Auth0's tenants. They may have others beside.
AUTH0 = ".auth0.com"


def cure(finding: Finding, case: Inspection) -> str:
    """Return what to do about a finding; nothing if nothing need be done."""
    likely = _LIKELY.get((finding.rule, finding.result))
    return next(likely(case), finding.cure) if likely else finding.cure


Cures = Iterator[str]


def _credentials(case: Inspection) -> Cures:
    if not case.text:
        yield "give the token"
    elif case.text.isascii():
        yield "see that the token is whole and alone; one that is too long has too much in it"


def _parts(case: Inspection) -> Cures:
    if case.kind is Kind.NOTHING:
        yield "give the token"
    audiences = _ours(case)
    if case.kind is Kind.ENCRYPTED and _header(case).get("alg") == "dir":
        # Auth0 encrypts to itself what is meant for its own userinfo alone.
        yield (
            "audience not asked for: Auth0 encrypts tokens that are for no API."
            f" Have the client ask for the audience {audiences}"
        )
    if case.kind is Kind.OPAQUE:
        yield (
            f"audience not asked for: have the client ask for the audience {audiences};"
            f" or {compact.INTROSPECTION} (introspection)"
        )


def _broken(_: Inspection) -> Cures:
    yield "see that the whole token was copied; if it was, its issuer writes no JWTs (RFC 7515)"


def _typ(case: Inspection) -> Cures:
    if "dpop+jwt" in str(_header(case).get("typ")).lower():
        yield "this is a DPoP proof: it goes into the header DPoP, beside the access token"


def _algorithm(case: Inspection) -> Cures:
    name = str(_header(case).get("alg"))
    if name.upper().startswith("HS"):
        yield (
            f"the API at Auth0 is set to {name}: choose RS256 as its signing algorithm."
            " With HS* whoever can check tokens can make them"
        )
    if name.lower() == "none":
        yield "nobody has signed this token, so no issuer has made it"


def _trusted_issuer(case: Inspection) -> Cures:
    claimed = _claims(case).get("iss")
    if claimed is None:
        yield "no issuer has made this token, or it is for something else than APIs"
    if not isinstance(claimed, str):
        return
    ours = [keys.issuer.url for keys in case.authenticator.issuers.configured]
    for url in ours:
        if claimed.rstrip("/").casefold() == url.rstrip("/").casefold():
            yield f"iss and {quoted(url)} differ in case or slashes only: set AUTH0_ISSUER_URL"
    if _host(claimed) in map(_host, ours):
        yield "another tenant or realm of the same server, or http for https: compare the two"
    if len({_host(url).endswith(AUTH0) for url in (claimed, *ours)}) == 2:
        yield (
            "another tenant, or one tenant by two names: with a custom domain at Auth0, client and"
            " AUTH0_ISSUER_URL must name the same one of its two domains"
        )
    yield "another tenant: have the client sign in at ours, or correct AUTH0_ISSUER_URL"


def _issuer(case: Inspection) -> Cures:
    yield (
        f"missing or extra trailing slash: the issuer is {quoted(case.expected.issuer)} in its own"
        " metadata, and must write the same in its tokens"
    )


def _key(case: Inspection) -> Cures:
    if case.header is None or case.published is None:
        return
    kid, keys = case.header.kid, case.published.keys.keys
    if not keys:
        yield "the issuer publishes no key that can be used: see `flask authz keys`"
    if kid is None:
        yield "the token names no key, and several may fit: have the issuer put kid in its tokens"
    for key in keys:
        if key.kid == kid:
            yield f"the key of this name is for {', '.join(sorted(key.algorithms))}"


def _signature(case: Inspection) -> Cures:
    length = len(parts.decode(case.parts[2])) if case.parts else 0
    if case.header and case.header.alg[:2] in ("RS", "PS") and length < RSA_SIGNATURE:
        yield "the signature is too short: see that the whole token was copied"


def _no_id_token(_: Inspection) -> Cures:
    yield (
        "have the client send its access token; the ID token is for the client alone. If it has no"
        " access token for this API, it has not asked for its audience"
    )


def _expiry(case: Inspection) -> Cures:
    expires, now = _time(case, "exp"), case.expected.now
    if expires is None:
        return
    # Compared before it is calculated with: a huge whole number fits no float.
    if now - SKEW <= expires <= now:
        yield (
            f"have the client renew its token; if it is new: clock skew of {now - expires:.0f} s,"
            " set the clock of this machine or the issuer's"
        )
    if 0 < expires <= now:
        yield f"have the client renew its token, which expired {duration(now - expires)} ago"


def _beginning(case: Inspection) -> Cures:
    now = case.expected.now
    for name in rules.BEGINNINGS:
        begins = _time(case, name)
        if begins is None or begins <= now + case.expected.leeway:
            continue
        if begins > MILLISECONDS:
            yield f"{name} counts milliseconds, and must count seconds (RFC 7519, section 2)"
        yield f"clock skew of {begins - now:.0f} s: set the clock of this machine or the issuer's"


def _audience(case: Inspection) -> Cures:
    value, claims = _claims(case).get("aud"), _claims(case)
    names = [value] if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return
    ours = case.expected.audiences
    clients = (claims.get("azp"), claims.get("client_id"))
    for name in names:
        if name.rstrip("/") in {each.rstrip("/") for each in ours}:
            yield (
                f"missing or extra trailing slash: the token has {quoted(name)}, this API goes by"
                f" {_ours(case)}; have the client ask for that, or correct AUTH0_AUDIENCE"
            )
    asked = f"have the client ask for the audience {_ours(case)}"
    if all(name.endswith("/userinfo") or name in clients for name in names):
        yield f"audience not asked for: {asked}"
    if any(name.endswith("/api/v2/") for name in names):
        yield f"the token is for Auth0's Management API: {asked}"
    if names == ["account"]:
        yield f"Keycloak puts in no other by itself: add a mapper for the audience {_ours(case)}"
    yield f"audience not asked for, but another API's: {asked}, or correct AUTH0_AUDIENCE"


def _permissions(case: Inspection) -> Cures:
    """The token passes. What it opens is another matter."""
    name, claims = case.expected.permissions_claim, _claims(case)
    if rules.granted_permissions(claims, name):
        return
    if name != "permissions":
        yield f"it grants nothing: AUTHZ_PERMISSIONS_CLAIM names {name}, which holds no permission"
    elif "permissions" not in claims:
        yield (
            'it grants nothing: at Auth0, "Add Permissions in the Access Token" is off; turn it and'
            ' "Enable RBAC" on in the settings of the API, and have the client get a new token'
        )
    elif str(claims.get("sub")).endswith("@clients"):
        yield "it grants nothing: at Auth0, authorize the application for permissions of this API"
    else:
        yield "it grants nothing: give the user a role with permissions of this API"


def _binding(case: Inspection) -> Cures:
    names = {"jkt": "a key (DPoP)", "x5t#S256": "a certificate (mutual TLS)"}
    bound = " and ".join(names[name] for name in binding.methods_of(_claims(case)))
    if bound:
        yield f"bound to {bound}: needs a proof of it with each request"


#: What is asked for a better cure, by rule and result. The first answer counts.
_LIKELY: Mapping[tuple[str, str], Callable[[Inspection], Cures]] = {
    ("credentials", "fail"): _credentials,
    ("parts", "fail"): _parts,
    ("header", "fail"): _broken,
    ("payload", "fail"): _broken,
    ("signature_text", "fail"): _broken,
    ("typ", "fail"): _typ,
    ("algorithm", "fail"): _algorithm,
    ("trusted_issuer", "fail"): _trusted_issuer,
    ("key", "fail"): _key,
    ("signature", "fail"): _signature,
    ("issuer", "fail"): _issuer,
    ("no_id_token", "fail"): _no_id_token,
    ("expiry", "fail"): _expiry,
    ("beginning", "fail"): _beginning,
    ("audience", "fail"): _audience,
    ("permissions", "pass"): _permissions,
    ("binding", "pass"): _binding,
}


def _claims(case: Inspection) -> dict[str, Any]:
    return case.unverified_claims or {}


def _header(case: Inspection) -> dict[str, Any]:
    """Return what a header says, also that of an encrypted token; nothing if it cannot be read."""
    if case.unverified_header is not None:
        return case.unverified_header
    try:
        return parts.read_object(case.text.split(".")[0])
    except PartMalformed:
        return {}


def _ours(case: Inspection) -> str:
    if case.expected.audiences == NOBODY.audiences:
        return "of this API"
    return " or ".join(map(quoted, sorted(case.expected.audiences)))


def _time(case: Inspection, name: str) -> float | None:
    value = _claims(case).get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

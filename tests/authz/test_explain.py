"""`flask authz explain`."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.authz import Authz, Identity, Issuer, requires_auth
from app.authz.state import Kind, Revocation
from app.authz.testing import Clock, FakeIssuer, MemoryState, SigningKey, TokenFactory
from app.authz.testing.issuer import KEYS, METADATA
from app.authz.testing.keys import base64url
from app.authz.testing.tokens import ABSENT
from app.authz.tokens import rules

from .conftest import Send, code_of

Make = Callable[[TokenFactory], str]

#: Tokens of every kind, good and bad.
MADE: dict[str, Make] = {
    "valid": lambda t: t.valid(["create:items"]),
    "RFC 9068": lambda t: t.make(header=t.header(typ="application/AT+JWT")),
    "without kid": lambda t: t.make(header=t.header(kid=ABSENT)),
    "expired": lambda t: t.expired(),
    "not yet valid": lambda t: t.not_yet_valid(),
    "another audience": lambda t: t.wrong_audience(),
    "another issuer": lambda t: t.wrong_issuer(),
    "unknown key": lambda t: t.unknown_key(),
    "another's signature": lambda t: t.wrong_signature(),
    "unsigned": lambda t: t.unsigned(),
    "symmetric": lambda t: t.symmetric(),
    "ID token": lambda t: t.id_token(),
    "opaque": lambda t: t.opaque(),
    "encrypted": lambda t: "e30..e30.e30.e30",
    "too long": lambda t: t.valid(more="x" * 8000),
    "outside ASCII": lambda t: t.valid() + "\xe9",
    "a space within": lambda t: t.valid().replace(".", ". ", 1),
    "header not JSON": lambda t: t.make(header="no"),
    "header no object": lambda t: t.make(header="[]"),
    "alg a number": lambda t: t.make(header=t.header(alg=5)),
    "kid a number": lambda t: t.make(header=t.header(kid=5)),
    "another typ": lambda t: t.make(header=t.header(typ="dpop+jwt")),
    "crit": lambda t: t.make(header=t.header(crit=[])),
    "b64": lambda t: t.make(header=t.header(b64=True)),
    "payload not JSON": lambda t: t.make(claims="no"),
    "a name twice": lambda t: t.make(claims='{"iss": "a", "iss": "b"}'),
    "NaN": lambda t: t.make(claims='{"exp": NaN}'),
    "deep": lambda t: t.make(claims='{"a":' * 900 + "1" + "}" * 900),
    "half a surrogate pair": lambda t: t.make(claims=r'{"iss": "\ud800"}'),
    "signature in another spelling": lambda t: t.valid() + "=",
    "no iss": lambda t: t.valid(iss=ABSENT),
    "iss a number": lambda t: t.valid(iss=5),
    "iss without its slash": lambda t: t.valid(iss=t.issuer.url.rstrip("/")),
    "no exp": lambda t: t.valid(exp=ABSENT),
    "exp a text": lambda t: t.valid(exp="soon"),
    "exp huge": lambda t: t.valid(exp=10**400),
    "exp long gone": lambda t: t.valid(exp=-(10**400)),
    "iat huge": lambda t: t.valid(iat=10**400),
    "aud a number": lambda t: t.valid(aud=5),
    "aud of numbers": lambda t: t.valid(aud=[5]),
    "no aud": lambda t: t.valid(aud=ABSENT),
    "no sub": lambda t: t.valid(sub=ABSENT),
    "scope a list": lambda t: t.valid(scope=["a"]),
    "permissions a text": lambda t: t.valid("create:items"),
    "permissions null": lambda t: t.valid(None),
    "cnf a number": lambda t: t.valid(cnf=5),
    "several at once": lambda t: t.valid(5, aud=[], exp=1, sub=""),
}


def run(app: Flask, token: str, *options: str) -> Result:
    """Run the command with a token on standard input."""
    arguments = ["authz", "explain", *options, "-"]
    return app.test_cli_runner().invoke(args=arguments, input=token, catch_exceptions=False)


def explained(app: Flask, token: str) -> dict[str, Any]:
    """Return what `--json` prints, with the rules by name."""
    found: dict[str, Any] = json.loads(run(app, token, "--json").stdout)
    return found | {"rules": {row["rule"]: row for row in found["rules"]}}


def cure_of(app: Flask, token: str, rule: str) -> str:
    """Return the cure of a rule's finding."""
    return str(explained(app, token)["rules"][rule]["cure"])


def failed(found: dict[str, Any]) -> list[str]:
    """Return the rules that are broken, in their order."""
    return [name for name, row in found["rules"].items() if row["result"] == "fail"]


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_it_says_what_a_request_gets(
    app: Flask, send: Send, tokens: TokenFactory, make: Make
) -> None:
    """The same refusal or none, and a status for the shell."""
    token = make(tokens)
    result = run(app, token, "--json")
    found = json.loads(result.stdout)
    response = send(token)
    assert (found["accepted"], found["status"]) == (
        response.status_code == 200,
        response.status_code,
    )
    assert found["code"] == (None if found["accepted"] else code_of(response))
    assert result.exit_code == (0 if found["accepted"] else 1)


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_no_signature_and_no_token_is_printed(app: Flask, tokens: TokenFactory, make: Make) -> None:
    """And what is printed moves no terminal."""
    token = make(tokens)
    signature = token.split(".")[-1].rstrip("=\xe9")
    for result in (run(app, token), run(app, token, "--json")):
        printed = result.stdout + result.stderr
        assert token not in printed
        assert len(signature) < 20 or signature not in printed
        assert all(line.isascii() and line.isprintable() for line in printed.split("\n"))


def test_a_good_token_passes_every_rule(app: Flask, tokens: TokenFactory) -> None:
    result = run(app, tokens.valid(["create:items"]))
    assert result.exit_code == 0
    assert result.stdout.startswith("A signed JWT access token of ")
    assert "A request with it is let in, as far as the token goes." in result.stdout
    assert "FAIL" not in result.stdout
    assert "skipped" not in result.stdout
    assert result.stderr == ""


def test_every_rule_of_requests_is_asked(app: Flask, tokens: TokenFactory) -> None:
    found = explained(app, tokens.valid())["rules"]
    names = [rule.__name__ for rule in rules.RULES]
    assert [name for name in found if name in names] == names


def test_a_rule_that_passes_shows_both_values(app: Flask, tokens: TokenFactory) -> None:
    row = explained(app, tokens.valid(sub="al"))["rules"]["audience"]
    assert row == {
        "rule": "audience",
        "result": "pass",
        "wanted": [tokens.audience],
        "found": [tokens.audience, f"{tokens.issuer.url}userinfo"],
        "reason": "",
        "cure": "",
    }
    assert (
        f"wanted ['{tokens.audience}'], found ['{tokens.audience}'"
        in run(app, tokens.valid()).stdout
    )


def test_a_broken_rule_shows_both_values_and_the_cure(app: Flask, tokens: TokenFactory) -> None:
    lines = run(app, tokens.wrong_audience()).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "FAIL" in line)
    assert [line.split(maxsplit=1) for line in lines[at : at + 4]] == [
        ["FAIL", "audience          aud does not name this API"],
        ["wanted", "['https://api.test']"],
        ["found", "'https://api.test.other'"],
        ["cure", lines[at + 3].split(maxsplit=1)[1]],
    ]


def test_where_a_refusal_says_less_the_rule_says_what_it_wants(
    app: Flask, tokens: TokenFactory
) -> None:
    """The caller of the API is told less than who holds the token."""
    row = explained(app, tokens.valid(sub=5))["rules"]["subject"]
    assert (row["wanted"], row["found"]) == ("a text", 5)
    row = explained(app, tokens.wrong_audience())["rules"]["audience"]
    assert row["wanted"] == [tokens.audience]


def test_it_goes_on_after_a_broken_rule(app: Flask, tokens: TokenFactory) -> None:
    """All that is wrong is seen at once."""
    token = tokens.make(
        header=tokens.header(typ="dpop+jwt", crit=["x"]),
        claims=tokens.claims(5, aud="other", exp=1, nbf=10**10, sub=5, nonce="n", jti=5),
        key=SigningKey(number=-1),
    )
    assert failed(explained(app, token)) == [
        "typ",
        "extensions",
        "signature",
        "no_id_token",
        "expiry",
        "beginning",
        "audience",
        "subject",
        "texts",
        "permissions",
    ]


@pytest.mark.parametrize(
    ("make", "rule", "reason"),
    [
        ("opaque", "audience", "because of parts"),
        ("header not JSON", "algorithm", "because of header"),
        ("alg a number", "algorithm", "because of alg"),
        ("symmetric", "key", "because of algorithm"),
        ("kid a number", "key", "because of kid"),
        ("payload not JSON", "published", "because of payload"),
        ("another issuer", "published", "because of trusted_issuer"),
        ("another issuer", "signature", "because of trusted_issuer"),
        ("another issuer", "issuer", "because of trusted_issuer"),
        ("unknown key", "signature", "because of key"),
        ("signature in another spelling", "signature", "because of signature_text"),
    ],
)
def test_what_cannot_be_asked_is_skipped(
    app: Flask, tokens: TokenFactory, make: str, rule: str, reason: str
) -> None:
    """It says for which reason, the first one."""
    row = explained(app, MADE[make](tokens))["rules"][rule]
    assert (row["result"], row["reason"]) == ("skipped", reason)


def test_rules_that_are_skipped_for_one_reason_share_a_line(
    app: Flask, tokens: TokenFactory
) -> None:
    lines = [line for line in run(app, tokens.opaque()).stdout.splitlines() if "skipped" in line]
    assert len(lines) == 1
    assert lines[0].endswith(": because of parts")


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        ("valid", "access_token", "A signed JWT access token of"),
        ("expired", "access_token", "A signed JWT access token of"),
        ("ID token", "id_token", "An ID token of"),
        ("opaque", "opaque", "An opaque token (no JWT) of 24 characters."),
        ("encrypted", "encrypted", "An encrypted token (five parts) of"),
        ("payload not JSON", "malformed", "A broken JWT of"),
    ],
)
def test_it_says_what_the_token_is(
    app: Flask, tokens: TokenFactory, make: str, kind: str, words: str
) -> None:
    token = MADE[make](tokens)
    assert explained(app, token)["kind"] == kind
    assert run(app, token).stdout.startswith(words)


@pytest.mark.parametrize("text", ["", "\n", "Bearer ", "''"])
def test_nothing_is_no_token(app: Flask, text: str) -> None:
    assert explained(app, text)["kind"] == "nothing"
    assert run(app, text).exit_code == 1


def test_it_says_what_the_token_says_of_itself(
    app: Flask, tokens: TokenFactory, clock: Clock
) -> None:
    clock.now = 1_800_000_000.0
    token = tokens.valid(
        ["b", "a"], sub="al", client_id="c", nbf=1_800_000_005, iat=1_799_999_000, exp=1_800_010_000
    )
    lines = run(app, token).stdout.splitlines()
    begin = lines.index("It says of itself:") + 1
    assert lines[begin : lines.index("", begin)] == [
        f"  issuer       '{tokens.issuer.url}'",
        "  subject      'al'",
        f"  audience     ['https://api.test', '{tokens.issuer.url}userinfo']",
        "  client       'c'",
        "  client       'my-client'",
        "  scope        'openid profile'",
        "  issued       2027-01-15T07:43:20+00:00, 17 min ago",
        "  begins       2027-01-15T08:00:05+00:00, in 5 s",
        "  expires      2027-01-15T10:46:40+00:00, in 3 h",
        "  permissions  'b', 'a'",
    ]


def test_it_says_for_what_nobody_vouches(app: Flask, tokens: TokenFactory) -> None:
    words = "It says of itself, for which nobody vouches:"
    assert words in run(app, tokens.wrong_signature()).stdout
    assert words not in run(app, tokens.expired()).stdout


def test_claims_are_in_the_json(app: Flask, tokens: TokenFactory) -> None:
    found = explained(app, tokens.valid(sub="al"))
    assert found["claims"] == tokens.claims(sub="al")
    assert found["header"] == tokens.header()


class TestCures:
    """What is likely wrong, beyond the rule that is broken."""

    @pytest.mark.parametrize("published", [False, True])
    def test_a_trailing_slash_in_the_issuer(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer, published: bool
    ) -> None:
        """Whichever side has it."""
        bare = issuer.url.rstrip("/")
        if published:
            issuer.name = bare
        found = explained(app, tokens.valid(iss=issuer.url if published else bare))
        assert failed(found) == ["issuer"]
        assert "missing or extra trailing slash" in found["rules"]["issuer"]["cure"]
        assert repr(issuer.name) in found["rules"]["issuer"]["cure"]

    def test_another_tenant(self, app: Flask, tokens: TokenFactory) -> None:
        assert cure_of(app, tokens.wrong_issuer(), "trusted_issuer").startswith("another tenant:")

    def test_another_realm(self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer) -> None:
        cure = cure_of(app, tokens.valid(iss=f"{issuer.url}realms/a"), "trusted_issuer")
        assert cure.startswith("another tenant or realm of the same server")

    def test_a_custom_domain(self, app: Flask, tokens: TokenFactory) -> None:
        cure = cure_of(app, tokens.valid(iss="https://a.eu.auth0.com/"), "trusted_issuer")
        assert "custom domain" in cure

    def test_an_issuer_in_other_letters(
        self, bare: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        bare.config["AUTH0_ISSUER_URL"] = issuer.url + "a"
        Authz(bare)
        assert "case or slashes" in cure_of(
            bare, tokens.valid(iss=f"{issuer.url}A"), "trusted_issuer"
        )

    @pytest.mark.parametrize("iss", ["http://[", "", "\x1b[2J"])
    def test_an_issuer_that_is_no_address(self, app: Flask, tokens: TokenFactory, iss: str) -> None:
        assert "another tenant" in cure_of(app, tokens.valid(iss=iss), "trusted_issuer")

    @pytest.mark.parametrize(
        "audience",
        [["{}userinfo"], "{}userinfo", "my-client", ["my-client", "{}userinfo"], [], ABSENT],
        ids=["userinfo", "userinfo alone", "the client", "both", "empty", "none"],
    )
    def test_audience_not_asked_for(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer, audience: Any
    ) -> None:
        if isinstance(audience, list):
            audience = [name.format(issuer.url) for name in audience]
        elif isinstance(audience, str):
            audience = audience.format(issuer.url)
        assert cure_of(app, tokens.valid(aud=audience), "audience") == (
            "audience not asked for: have the client ask for the audience 'https://api.test'"
        )

    @pytest.mark.parametrize(
        ("audience", "words"),
        [
            ("https://api.test/", "missing or extra trailing slash"),
            (["https://t.eu.auth0.com/api/v2/"], "Management API"),
            ("account", "Keycloak"),
            ("https://other.test", "audience not asked for, but another API's"),
        ],
    )
    def test_another_audience(
        self, app: Flask, tokens: TokenFactory, audience: Any, words: str
    ) -> None:
        cure = cure_of(app, tokens.valid(aud=audience), "audience")
        assert words in cure
        assert "'https://api.test'" in cure

    def test_an_opaque_token(self, app: Flask, tokens: TokenFactory) -> None:
        cure = cure_of(app, tokens.opaque(), "parts")
        assert cure.startswith("audience not asked for")
        assert "introspection" in cure

    def test_an_encrypted_token(self, app: Flask, tokens: TokenFactory) -> None:
        """Auth0 encrypts to itself what is for no API; others do it where they are told to."""
        own = base64url(b'{"alg": "dir", "enc": "A256GCM"}') + "..a.b.c"
        assert cure_of(app, own, "parts").startswith("audience not asked for")
        other = base64url(b'{"alg": "RSA-OAEP"}') + ".a.b.c.d"
        assert cure_of(app, other, "parts").startswith("turn token encryption off")
        assert "encryption" in cure_of(app, "!.a.b.c.d", "parts")

    def test_add_permissions_is_off(self, app: Flask, tokens: TokenFactory) -> None:
        """The token passes, and opens nothing."""
        found = explained(app, tokens.valid(ABSENT))
        assert found["accepted"] is True
        cure = found["rules"]["permissions"]["cure"]
        assert '"Add Permissions in the Access Token" is off' in cure
        assert "note    it grants nothing" in run(app, tokens.valid(ABSENT)).stdout

    @pytest.mark.parametrize(
        ("subject", "words"), [("auth0|1", "a role"), ("c@clients", "authorize the application")]
    )
    def test_no_permission_is_granted(
        self, app: Flask, tokens: TokenFactory, subject: str, words: str
    ) -> None:
        assert words in cure_of(app, tokens.valid([], sub=subject), "permissions")

    def test_permissions_in_another_claim(self, bare: Flask, tokens: TokenFactory) -> None:
        bare.config["AUTHZ_PERMISSIONS_CLAIM"] = "realm_access.roles"
        Authz(bare)
        cure = cure_of(bare, tokens.valid(["a"]), "permissions")
        assert "AUTHZ_PERMISSIONS_CLAIM names realm_access.roles" in cure
        granted = explained(bare, tokens.valid(realm_access={"roles": ["a"]}))["rules"][
            "permissions"
        ]
        assert (granted["found"], granted["cure"]) == ({"roles": ["a"]}, "")

    @pytest.mark.parametrize("name", ["iat", "nbf"])
    def test_a_clock_ahead(self, app: Flask, tokens: TokenFactory, clock: Clock, name: str) -> None:
        token = tokens.valid(**{name: clock.now + 47})
        assert cure_of(app, token, "beginning").startswith("clock skew of 47 s:")
        assert cure_of(app, tokens.valid(**{name: clock.now + 9}), "beginning") == ""
        both = tokens.valid(nbf=clock.now + 9, iat=clock.now + 47)
        assert cure_of(app, both, "beginning").startswith("clock skew of 47 s:")

    def test_a_clock_behind(self, app: Flask, tokens: TokenFactory, clock: Clock) -> None:
        """A token that has just expired may be a new one."""
        assert "clock skew of 47 s" in cure_of(app, tokens.valid(exp=clock.now - 47), "expiry")
        cure = cure_of(app, tokens.valid(exp=clock.now - 7200), "expiry")
        assert cure == "have the client renew its token, which expired 2 h ago"

    def test_a_time_in_milliseconds(self, app: Flask, tokens: TokenFactory, clock: Clock) -> None:
        token = tokens.valid(iat=int(clock.now) * 1000)
        assert "milliseconds" in cure_of(app, token, "beginning")

    def test_hs256(self, app: Flask, tokens: TokenFactory) -> None:
        cure = cure_of(app, tokens.symmetric(), "algorithm")
        assert cure.startswith("the API at Auth0 is set to HS256: choose RS256")

    def test_an_algorithm_that_is_not_allowed(self, app: Flask, tokens: TokenFactory) -> None:
        token = tokens.make(header=tokens.header(alg="RS512"))
        assert "AUTHZ_ALGORITHMS" in cure_of(app, token, "algorithm")

    def test_no_signature_at_all(self, app: Flask, tokens: TokenFactory) -> None:
        assert "nobody has signed" in cure_of(app, tokens.unsigned(), "algorithm")

    def test_an_unknown_key_shows_what_is_published(self, app: Flask, tokens: TokenFactory) -> None:
        row = explained(app, tokens.unknown_key())["rules"]["key"]
        assert (row["wanted"], row["found"]) == (["first"], "unknown")

    def test_no_kid_where_several_keys_fit(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        issuer.rotate()
        cure = cure_of(app, tokens.make(header=tokens.header(kid=ABSENT)), "key")
        assert cure.startswith("the token names no key")

    def test_a_key_of_another_algorithm(
        self, bare: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        bare.config["AUTHZ_ALGORITHMS"] = "RS256,RS512"
        Authz(bare)
        issuer.members = [issuer.signing_key.jwk | {"alg": "RS512"}]
        assert cure_of(bare, tokens.valid(), "key") == "the key of this name is for RS512"

    def test_no_usable_key(self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer) -> None:
        issuer.members = []
        assert "flask authz keys" in cure_of(app, tokens.valid(), "key")

    def test_half_a_token(self, app: Flask, tokens: TokenFactory) -> None:
        token = tokens.valid()
        end = token.rindex(".")
        assert "whole token" in cure_of(app, token[: end + 41], "signature")
        assert "whole token" in cure_of(app, token[: end - 3] + ".", "payload")

    @pytest.mark.parametrize(
        ("make", "rule"),
        [
            ("too long", "credentials"),
            ("header not JSON", "header"),
            ("signature in another spelling", "signature_text"),
        ],
    )
    def test_a_token_that_was_not_copied_well(
        self, app: Flask, tokens: TokenFactory, make: str, rule: str
    ) -> None:
        assert cure_of(app, MADE[make](tokens), rule).startswith("see that the")

    def test_a_proof_in_place_of_the_token(self, app: Flask, tokens: TokenFactory) -> None:
        assert "DPoP proof" in cure_of(app, MADE["another typ"](tokens), "typ")

    def test_a_type_that_is_none_of_ours(self, app: Flask, tokens: TokenFactory) -> None:
        token = tokens.make(header=tokens.header(typ="logout+jwt"))
        assert cure_of(app, token, "typ") == ""

    def test_an_id_token(self, app: Flask, tokens: TokenFactory) -> None:
        cure = cure_of(app, tokens.id_token(), "no_id_token")
        assert "the ID token is for the client alone" in cure

    @pytest.mark.parametrize(
        ("confirmation", "words"),
        [
            ({"jkt": "a"}, "bound to a key (DPoP): needs a proof"),
            ({"x5t#S256": "a"}, "bound to a certificate (mutual TLS): needs a proof"),
            ({"jkt": "a", "x5t#S256": "b"}, "bound to a key (DPoP) and a certificate"),
        ],
    )
    def test_a_bound_token(
        self, bare: Flask, tokens: TokenFactory, confirmation: dict[str, str], words: str
    ) -> None:
        Authz().init_app(bare, state=MemoryState())
        found = explained(bare, tokens.valid(cnf=confirmation))
        assert found["accepted"] is True
        assert found["rules"]["binding"]["cure"].startswith(words)

    def test_a_bound_token_where_proofs_are_off(self, app: Flask, tokens: TokenFactory) -> None:
        """There is no scheme with which it would be let in."""
        found = explained(app, tokens.valid(cnf={"jkt": "a"}))
        assert failed(found) == ["binding"]
        assert "AUTHZ_DPOP=allowed" in found["rules"]["binding"]["cure"]

    def test_a_token_without_the_binding_that_all_need(
        self, bare: Flask, tokens: TokenFactory
    ) -> None:
        bare.config["AUTHZ_DPOP"] = "required"
        Authz().init_app(bare, state=MemoryState())
        assert explained(bare, tokens.valid())["code"] == "token_binding"
        assert explained(bare, tokens.valid(cnf={"jkt": "a"}))["accepted"] is True

    def test_an_unknown_binding(self, app: Flask, tokens: TokenFactory) -> None:
        found = explained(app, tokens.valid(cnf={"kid": "a"}))
        assert found["accepted"] is False
        assert found["rules"]["binding"]["result"] == "fail"
        assert found["rules"]["binding"]["found"] == ["kid"]


class TestNetwork:
    """Who is asked, and what they get to see."""

    def test_the_issuer_is_asked_once_and_never_sees_the_token(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        token = tokens.valid()
        run(app, token)
        assert issuer.requests == {METADATA: 1, KEYS: 1}
        sent = json.dumps(dict(issuer.last_headers))
        assert not any(part in sent for part in token.split("."))

    def test_no_address_in_a_token_is_asked(self, app: Flask, tokens: TokenFactory) -> None:
        with FakeIssuer() as other:
            address = other.url.rstrip("/") + KEYS
            header = tokens.header(jku=address, x5u=address, jwk=other.signing_key.jwk)
            run(app, tokens.make(header=header))
            run(app, tokens.make(header=header, key=other.signing_key))
            run(app, tokens.valid(iss=other.url, jwks_uri=address))
            assert not other.requests

    @pytest.mark.parametrize("make", ["opaque", "encrypted", "payload not JSON", "another issuer"])
    def test_nobody_is_asked_about_a_token_that_is_not_ours(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer, make: str
    ) -> None:
        run(app, MADE[make](tokens))
        assert not issuer.requests

    def test_an_outage_is_no_fault_of_the_token(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        """What needs no key is asked all the same."""
        issuer.up = False
        found = explained(app, tokens.valid(sub=5))
        assert (found["status"], found["code"]) == (503, "keys_unavailable")
        assert failed(found) == ["published", "subject"]
        assert found["rules"]["issuer"]["result"] == "skipped"
        # This command has just started; a server may not have.
        assert "A server that has fetched the keys" in run(app, tokens.valid()).stdout

    def test_an_issuer_of_the_apps_own_finding(
        self, bare: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        """The app is asked, as a request would ask it."""
        del bare.config["AUTH0_ISSUER_URL"], bare.config["AUTH0_AUDIENCE"]
        trusted = Issuer(issuer.url, [tokens.audience])
        Authz(bare, issuer_for=lambda iss: trusted if iss == issuer.url else None)
        assert explained(bare, tokens.valid())["accepted"] is True
        found = explained(bare, tokens.wrong_issuer())
        assert failed(found) == ["trusted_issuer"]
        assert found["rules"]["audience"]["result"] == "skipped"
        assert "of this API" in cure_of(bare, tokens.opaque(), "parts")


class TestDenyList:
    """What was revoked before its time is over."""

    @pytest.fixture
    def state(self) -> MemoryState:
        return MemoryState()

    @pytest.fixture
    def app(self, bare: Flask, state: MemoryState) -> Flask:
        """An app with a list."""
        Authz().init_app(bare, state=state)
        return bare

    def test_a_revoked_token(
        self, app: Flask, state: MemoryState, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        state.revoke(Revocation(issuer.url, Kind.JTI, "1", None, time.time() + 60))
        found = explained(app, tokens.valid(jti="1", aud="other"))
        assert failed(found) == ["audience", "deny_list"]
        assert explained(app, tokens.valid(jti="1"))["code"] == "token_revoked"
        assert explained(app, tokens.valid(jti="2"))["accepted"] is True

    @pytest.mark.parametrize("claims", [{"sub": 5}, {"jti": []}, {"iat": "x"}, {"iss": 5}])
    def test_claims_of_the_wrong_type_are_not_looked_up(
        self, app: Flask, state: MemoryState, tokens: TokenFactory, claims: dict[str, Any]
    ) -> None:
        state.revoke(Revocation("https://a.test/", Kind.JTI, "1", None, time.time() + 60))
        assert explained(app, tokens.valid(**claims))["rules"]["deny_list"]["result"] == "skipped"

    def test_a_list_that_cannot_be_read_is_no_fault_of_the_token(
        self, app: Flask, state: MemoryState, tokens: TokenFactory
    ) -> None:
        state.down = True
        found = explained(app, tokens.valid())
        assert (found["status"], found["code"]) == (503, "state_unavailable")


class TestIntrospection:
    """Opaque tokens, where the issuer is asked what they are."""

    @pytest.fixture
    def app(self, bare: Flask, issuer: FakeIssuer, clock: Clock) -> Flask:
        """An app that asks."""
        bare.config["AUTH0_CLIENT_ID"] = issuer.client_id
        bare.config["AUTH0_CLIENT_SECRET"] = issuer.client_secret
        authz = Authz(bare, clock=clock, timer=clock)
        bare.get("/mine")(requires_auth(lambda: "in"))
        authz.check(bare)
        return bare

    @pytest.mark.parametrize(
        "claims",
        [{}, {"active": False}, {"exp": 1}, {"aud": "other", "sub": 5}, {"cnf": {"jkt": "a"}}],
        ids=["good", "inactive", "expired", "several", "bound"],
    )
    def test_it_says_what_a_request_gets(
        self, app: Flask, send: Send, tokens: TokenFactory, claims: dict[str, Any]
    ) -> None:
        token = tokens.introspected(["create:items"], **claims)
        found, response = explained(app, token), send(token)
        assert found["kind"] == "opaque"
        assert found["code"] == (None if response.status_code == 200 else code_of(response))
        assert token not in run(app, token).output

    def test_the_rules_are_asked_of_what_the_issuer_says(
        self, app: Flask, tokens: TokenFactory
    ) -> None:
        token = tokens.introspected(["create:items"], aud="other", sub=5)
        assert failed(explained(app, token)) == ["audience", "subject"]
        printed = run(app, token).stdout
        assert "It says of itself:" in printed
        assert "permissions  'create:items'" in printed

    def test_the_issuers_name_is_that_of_its_metadata(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        issuer.name = issuer.url.rstrip("/")
        assert explained(app, tokens.introspected(iss=issuer.name))["accepted"] is True
        assert failed(explained(app, tokens.introspected(iss=issuer.url))) == ["issuer"]

    def test_without_an_answer_nothing_is_asked(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        found = explained(app, tokens.introspected(active=False))
        assert failed(found) == ["introspection"]
        results = {name: row["result"] for name, row in found["rules"].items()}
        assert set(results.values()) == {"pass", "fail", "skipped"}
        assert [name for name in results if results[name] == "pass"] == ["credentials"]

    @pytest.mark.parametrize("token", ["", "a b", "a\xe9", "x" * 8001])
    def test_what_no_request_can_bring_is_sent_to_nobody(
        self, app: Flask, issuer: FakeIssuer, token: str
    ) -> None:
        assert explained(app, token)["code"] == "request_malformed"
        assert not issuer.requests

    def test_a_jwt_is_sent_to_nobody(
        self, app: Flask, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        run(app, tokens.valid())
        run(app, tokens.wrong_signature())
        assert set(issuer.requests) == {METADATA, KEYS}


class TestInput:
    """What stands around a token, and what is none."""

    @pytest.mark.parametrize(
        ("around", "words"),
        [
            ("Bearer {}", "the scheme"),
            ("bearer   {}\n", "the scheme"),
            ("DPoP {}", "the scheme"),
            ("Authorization: Bearer {}", "the header's name, the scheme"),
            ('"{}"', "quotes"),
            ("'Bearer {}'", "quotes, the scheme"),
            ('Bearer "{}"', "quotes, the scheme"),
        ],
    )
    def test_what_is_pasted_along_is_passed_over(
        self, app: Flask, tokens: TokenFactory, around: str, words: str
    ) -> None:
        """And said, since a request with it would be another matter."""
        result = run(app, around.format(tokens.valid()), "--json")
        assert json.loads(result.stdout)["accepted"] is True
        assert result.stderr == f"Not part of the token, and passed over: {words}.\n"

    def test_a_token_in_lines_is_put_together(self, app: Flask, tokens: TokenFactory) -> None:
        token = tokens.valid()
        result = run(app, f"\ufeff{token[:70]}\r\n  {token[70:140]}\n{token[140:]}\n")
        assert result.exit_code == 0
        assert result.stderr == "Not part of the token, and passed over: line breaks.\n"

    def test_an_argument_is_taken_with_a_hint(self, app: Flask, tokens: TokenFactory) -> None:
        """Standard output has the result alone."""
        token = tokens.valid()
        result = app.test_cli_runner().invoke(args=["authz", "explain", "--json", token])
        assert result.exit_code == 0
        assert json.loads(result.stdout)["accepted"] is True
        assert result.stderr.startswith("Others on this machine can see")
        assert result.stderr.count("\n") == 1

    def test_what_is_no_text_is_no_token(self, app: Flask) -> None:
        for given in (b"\xff\x00\x1b[2J.a.b", "\x1b[2J\x07\u202e\udcff".encode("utf-8", "replace")):
            result = app.test_cli_runner().invoke(args=["authz", "explain", "-"], input=given)
            assert result.exit_code == 1
            assert "\x1b" not in result.output
        surrogates = app.test_cli_runner().invoke(args=["authz", "explain", "\udcff.\udcff.a"])
        assert surrogates.exit_code == 1

    def test_what_is_far_too_long_is_a_mistake(self, app: Flask) -> None:
        result = run(app, "a" * 200_000)
        assert result.exit_code == 2
        assert result.stdout == ""

    def test_a_token_must_be_named(self, app: Flask) -> None:
        assert app.test_cli_runner().invoke(args=["authz", "explain"]).exit_code == 2

    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": "\x1b[2J\x1b]0;pwned\x07"},
            {"sub": "al\n  pass     signature"},
            {"iss": "\u202ehttps://\r\n"},
            {"aud": ["\x9b31m", "x" * 5000]},
            {"scope": {"a": [{"b": [["\x1b"] * 50] * 50}]}},
            {"\x1b[2J": 1, "permissions": ["\x1b[2J", 1]},
            {"cnf": {"\x1b[2J": "\x1b"}},
            {"azp": "\x7f", "jti": "\ue000"},
            {"sub": "\xe9"},
        ],
        ids=lambda claims: ", ".join(claims).replace("\x1b", "ESC"),
    )
    def test_a_hostile_token_writes_nothing_of_its_own(
        self, app: Flask, tokens: TokenFactory, claims: dict[str, Any]
    ) -> None:
        token = tokens.valid(**claims)
        result = run(app, token)
        rows = [line.split()[0] for line in result.stdout.split("\n") if line]
        assert rows.count("pass") + rows.count("FAIL") <= len(explained(app, token)["rules"])
        assert result.stdout.count("pass     signature ") == ("iss" not in claims)
        for printed in (result.stdout, run(app, token, "--json").stdout):
            assert printed.isascii()
            assert "\x1b" not in printed
        assert all(len(line) < 1000 for line in result.stdout.split("\n"))


def test_an_app_that_authenticates_itself_has_nothing_to_explain(
    bare: Flask, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """Even where its settings name an issuer."""
    Authz(bare, authenticate=lambda request: Identity("al"))
    result = run(bare, tokens.valid())
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no token is looked at" in result.stderr
    assert not issuer.requests

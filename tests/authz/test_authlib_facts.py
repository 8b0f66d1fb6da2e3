"""What Authlib does, each thing measured, since this layer is built around it.

A test that fails here after an upgrade is news, good or bad: read the code that relies on it.
"""

import subprocess
import sys
import warnings
from typing import Any

import pytest

from app.authz.testing import SigningKey
from app.authz.testing.keys import base64url

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="authlib.jose module is deprecated")
    from authlib.jose import JsonWebKey, JsonWebToken
    from authlib.jose.errors import BadSignatureError, InvalidUseError, JoseError

KEY = SigningKey("good")
HEADER = {"alg": "RS256", "kid": "good"}


def key_set(*members: dict[str, Any]) -> Any:
    return JsonWebKey.import_key_set({"keys": list(members)})


def decode(token: str, key: Any = None, algorithms: tuple[str, ...] = ("RS256",)) -> Any:
    return JsonWebToken(list(algorithms)).decode(token, key or key_set(KEY.jwk))


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (HEADER | {"kid": "other"}, ValueError),
        (HEADER | {"alg": ["RS256"]}, TypeError),
        ("[" * 3000, RecursionError),
    ],
)
def test_hostile_headers_raise_more_than_jose_errors(
    header: dict[str, Any] | str, error: type[Exception]
) -> None:
    """So the header is looked at before Authlib sees it."""
    with pytest.raises(error) as caught:
        decode(KEY.sign(header, {}))
    assert not isinstance(caught.value, JoseError)


def test_a_symmetric_header_for_an_asymmetric_key_raises_key_error() -> None:
    with pytest.raises(KeyError):
        decode(KEY.sign({"alg": "HS256", "kid": "good"}, {}), algorithms=("RS256", "HS256"))


def test_crit_of_a_number_is_refused_now() -> None:
    """It was a TypeError once; any `crit` is refused before Authlib sees it."""
    with pytest.raises((JoseError, TypeError)):
        decode(KEY.sign(HEADER | {"crit": 1}, {}))


def test_crit_with_a_registered_name_passes() -> None:
    assert decode(KEY.sign(HEADER | {"crit": ["kid"]}, {})) == {}


def test_one_bad_member_spoils_an_imported_set() -> None:
    """So members are imported one at a time."""
    with pytest.raises(ValueError, match=r".*"):
        key_set(KEY.jwk, {"kty": "RSA", "kid": "bad"})


def test_an_import_is_lazy() -> None:
    """So each key is built while loading, where a failure costs only that key."""
    material = JsonWebKey.import_key({"kty": "RSA", "n": "AQAB", "e": "Ag"})
    with pytest.raises(ValueError, match=r".*"):
        material.get_public_key()


def test_the_algorithm_of_a_key_is_not_compared() -> None:
    """A key for RS512 verifies RS256, so its `alg` is compared here (CVE-2026-48523)."""
    assert decode(KEY.sign(HEADER, {}), key_set(KEY.jwk | {"alg": "RS512"})) == {}


def test_the_use_of_a_key_is_compared_late() -> None:
    with pytest.raises(InvalidUseError):
        decode(KEY.sign(HEADER, {}), key_set(KEY.jwk | {"use": "enc"}))
    with pytest.raises(ValueError, match=r".*"):
        decode(KEY.sign(HEADER, {}), key_set(KEY.jwk | {"key_ops": ["encrypt"]}))


def test_a_short_key_verifies() -> None:
    """So the length is compared here (RFC 7518, section 3.3)."""
    short = SigningKey("good", bits=1024)
    assert decode(short.sign(HEADER, {}), key_set(short.jwk)) == {}


@pytest.mark.parametrize("expected", ["", None])
def test_an_empty_expectation_checks_nothing(expected: str | None) -> None:
    """So claims are checked by rules of our own."""
    token = KEY.sign(HEADER, {"iss": "https://anybody.test/"})
    claims = JsonWebToken(["RS256"]).decode(
        token, key_set(KEY.jwk), claims_options={"iss": {"value": expected}}
    )
    claims.validate()


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_times_without_end_pass(number: str) -> None:
    decode(KEY.sign(HEADER, f'{{"exp": {number}}}')).validate()


def test_the_last_of_two_members_wins() -> None:
    """Another reader may take the first, so neither is taken here."""
    assert decode(KEY.sign(HEADER, '{"sub": "al", "sub": "bo"}')) == {"sub": "bo"}


def test_five_parts_go_to_decryption() -> None:
    """So they are refused by their number."""
    header = base64url(b'{"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "good"}')
    with pytest.raises(Exception, match=r".*") as caught:
        decode(f"{header}.a.a.a.a")
    assert not isinstance(caught.value, BadSignatureError)
    assert any("jwe" in str(entry.path) for entry in caught.traceback)


def test_signature_text_has_many_spellings() -> None:
    """So each part must be canonical (CVE-2026-102269)."""
    assert decode(KEY.sign(HEADER, {}) + "!!!!") == {}


def test_encoding_overwrites_the_name_of_the_key() -> None:
    """So tests sign for themselves."""
    key = JsonWebKey.import_key(KEY.jwk | _private_numbers())
    token = JsonWebToken(["RS256"]).encode({"alg": "RS256", "kid": "other"}, {}, key)
    assert decode(token.decode()).header["kid"] == "good"


def _private_numbers() -> dict[str, str]:
    numbers = KEY.private.private_numbers()
    values = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    return {
        name: base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
        for name, value in values.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("first", ["app.authz", "authlib.deprecate, app.authz"])
def test_the_deprecation_warning_is_silenced_in_any_order(first: str) -> None:
    """Exactly that warning, wherever Authlib was imported first, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {first}"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_deprecation_warning_is_still_there() -> None:
    """When it is gone, so can be the lines that silence it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import authlib.jose"], capture_output=True, text=True
    )
    assert "authlib.jose module is deprecated" in done.stderr

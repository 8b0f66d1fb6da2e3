"""Theme: `alg` of another kind than the key's, and signatures that anybody can make."""

import hmac
import json
from collections.abc import Callable, Iterator
from itertools import product

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.authz.testing.tokens import ABSENT

from .case import Case, Forge, token, with_header
from .certificates import certificate_of

#: How the public key may lie in a configuration, and so end up as the secret of an HMAC.
Disguise = Callable[[Forge], bytes]

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def _published(forge: Forge) -> rsa.RSAPublicKey:
    return forge.key.private.public_key()


def _pem(forge: Forge, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return _published(forge).public_bytes(Encoding.PEM, form)


def _der(forge: Forge, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return _published(forge).public_bytes(Encoding.DER, form)


def _certificate(forge: Forge, encoding: Encoding) -> bytes:
    return certificate_of(forge.key.private).public_bytes(encoding)


def _modulus(forge: Forge) -> bytes:
    return forge.key.n.to_bytes(forge.key.size)


DISGUISES: dict[str, Disguise] = {
    "SPKI in PEM": _pem,
    "SPKI in PEM without its last newline": lambda f: _pem(f).strip(),
    "SPKI in PEM with CRLF": lambda f: _pem(f).replace(b"\n", b"\r\n"),
    "SPKI in PEM after white space": lambda f: b" \n" + _pem(f),
    "SPKI in PEM before another newline": lambda f: _pem(f) + b"\n",
    "SPKI in PEM on one line": lambda f: _pem(f).replace(b"\n", b""),
    "SPKI in PEM with newlines escaped": lambda f: _pem(f).replace(b"\n", b"\\n"),
    "SPKI in PEM after a BOM": lambda f: b"\xef\xbb\xbf" + _pem(f),
    "SPKI in PEM in UTF-16": lambda f: _pem(f).decode().encode("utf-16"),
    "SPKI in PEM, its base64 alone": lambda f: b"".join(_pem(f).splitlines()[1:-1]),
    "SPKI in DER": _der,
    "SPKI in DER, in hex": lambda f: _der(f).hex().encode(),
    "PKCS#1 in PEM": lambda f: _pem(f, PublicFormat.PKCS1),
    "PKCS#1 in PEM without its last newline": lambda f: _pem(f, PublicFormat.PKCS1).strip(),
    "PKCS#1 in PEM with CRLF": lambda f: _pem(f, PublicFormat.PKCS1).replace(b"\n", b"\r\n"),
    "PKCS#1 in DER": lambda f: _der(f, PublicFormat.PKCS1),
    "OpenSSH's form": lambda f: _published(f).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "certificate in PEM": lambda f: _certificate(f, Encoding.PEM),
    "certificate in DER": lambda f: _certificate(f, Encoding.DER),
    "JWK": lambda f: json.dumps(f.key.jwk).encode(),
    "JWK without spaces": lambda f: json.dumps(f.key.jwk, separators=(",", ":")).encode(),
    "JWK sorted": lambda f: json.dumps(f.key.jwk, sort_keys=True).encode(),
    "JWK's numbers alone": lambda f: json.dumps(
        {k: f.key.jwk[k] for k in ("e", "kty", "n")}, sort_keys=True, separators=(",", ":")
    ).encode(),
    "key set": lambda f: json.dumps({"keys": [f.key.jwk]}).encode(),
    "n": _modulus,
    "n in base64url": lambda f: str(f.key.jwk["n"]).encode(),
    "n in hex": lambda f: _modulus(f).hex().encode(),
    "n in decimal": lambda f: str(f.key.n).encode(),
    "e": lambda f: b"\x01\x00\x01",
    "kid": lambda f: f.key.kid.encode(),
    "nothing": lambda f: b"",
    "the word secret": lambda f: b"secret",
    "the issuer's address": lambda f: f.issuer.url.encode(),
    "the audience": lambda f: f.tokens.audience.encode(),
}


def _keyed(alg: str, digest: str, disguise: Disguise) -> Callable[[Forge], str]:
    def make(forge: Forge) -> str:
        secret = disguise(forge)
        return forge.with_signature(lambda data: hmac.digest(secret, data, digest), alg=alg)

    return make


def _confusion() -> Iterator[Case]:
    """The public key as the secret of an HMAC: with the HMAC's name, and with the name of RSA."""
    for (alg, digest), (title, disguise) in product(HASHES.items(), DISGUISES.items()):
        yield token(
            f"{alg} keyed with {title}",
            "CVE-2024-37568, CVE-2022-29217, CVE-2015-9235, RFC 8725 3.1",
            "token_algorithm",
            _keyed(alg, digest, disguise),
        )
    for title, disguise in DISGUISES.items():
        yield token(
            f"RS256 over an HMAC keyed with {title}",
            "CVE-2017-11424, CVE-2024-33663, RFC 8725 3.1",
            "token_signature",
            _keyed("RS256", "sha256", disguise),
        )


def _spellings(word: str) -> list[str]:
    """Return a word in every mixture of capitals."""
    return ["".join(letters) for letters in product(*((c.lower(), c.upper()) for c in word))]


#: What a lenient reader may take for `none`.
NEARLY_NONE = {
    "in front of a space": "none ",
    "after a space": " none",
    "after a tab": "\tnone",
    "before a newline": "none\n",
    "before CRLF": "none\r\n",
    "before a NUL": "none\x00",
    "after a NUL": "\x00none",
    "with a soft hyphen": "no\u00adne",
    "with a zero-width space": "no\u200bne",
    "with a Cyrillic o": "n\u043ene",
    "in full-width letters": "\uff4e\uff4f\uff4e\uff45",
    "after a BOM": "\ufeffnone",
    "with a combining accent": "none\u0301",
    "quoted": '"none"',
    "twice": "none none",
    "as a null": "null",
    "as nothing": "",
    "as a space": " ",
    "as undefined": "undefined",
    "as false": "false",
    "as nil": "nil",
    "as zero": "0",
    "as an asterisk": "*",
    "as the address of its meaning": "http://www.w3.org/2000/09/xmldsig#none",
}


def _signed_by_nobody(alg: str, signature: bytes = b"") -> Callable[[Forge], str]:
    return lambda forge: forge.with_signature(lambda _: signature, alg=alg)


def _none() -> Iterator[Case]:
    source = "CVE-2026-28802, CVE-2015-2951, RFC 8725 2.1"
    for alg in _spellings("none"):
        yield token(
            f"{alg} without a signature",
            source,
            "token_algorithm",
            _signed_by_nobody(alg),
        )
        yield with_header(f"{alg} with a good signature", source, "token_algorithm", {"alg": alg})
    for title, alg in NEARLY_NONE.items():
        yield token(
            f"none {title}",
            "CVE-2018-1000531, RFC 8725 2.1",
            "token_algorithm",
            _signed_by_nobody(alg),
        )


#: Registered names (RFC 7518, RFC 8037, RFC 8812, RFC 9864), and what looks like them.
FOREIGN = """
    HS256 HS384 HS512 HS1 RS1 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K EdDSA Ed25519
    Ed448 ML-DSA-65 RSA1_5 RSA-OAEP RSA-OAEP-256 A128KW A256GCMKW dir ECDH-ES ECDH-ES+A128KW
    PBES2-HS256+A128KW A128CBC-HS256 A256GCM rs256 Rs256 RS256\x00 RS256, RS-256 RS2 RS2565 SHA256
    RSA RSASSA-PKCS1-v1_5 http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 __proto__ constructor
    ../RS256 RS256;none none,RS256 %52S256 \uff32\uff33256 any all default
""".split()  # noqa: SIM905 - one could read nothing of it


def _foreign() -> Iterator[Case]:
    source = "CVE-2026-48523, RFC 8725 3.1 and 3.2"
    for number, alg in enumerate(FOREIGN):
        title = alg.encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
        name = f"{title} ({number}) over an RS256 signature"
        yield with_header(name, source, "token_algorithm", {"alg": alg})
    for alg in ("RS256 ", " RS256", "RS256\r\nX-Injected: 1", "RS256\n", "R" * 4000):
        name = f"RS256 misspelt {alg[:12]!r}"
        yield with_header(name, source, "token_algorithm", {"alg": alg})
    for alg in ("ES256", "ES256K", "EdDSA"):
        yield token(
            f"{alg} with a psychic signature",
            "CVE-2022-21449",
            "token_algorithm",
            _signed_by_nobody(alg, bytes(64)),
        )


#: Values of `alg` that are no text.
UNTEXTUAL = {
    "null": None,
    "true": True,
    "false": False,
    "a number": 256,
    "zero": 0,
    "a list": ["RS256"],
    "a list with none": ["RS256", "none"],
    "an empty list": [],
    "an object": {"RS256": True},
    "an empty object": {},
    "a nested list": [["RS256"]],
    "a fraction": 25.6,
    "missing": ABSENT,
}


def _untextual() -> Iterator[Case]:
    for title, alg in UNTEXTUAL.items():
        yield with_header(f"alg is {title}", "RFC 7515 4.1.1", "token_malformed", {"alg": alg})


CASES = [*_confusion(), *_none(), *_foreign(), *_untextual()]

"""Theme: RS256 signatures with a defect, over real claims.

All but a few are made with the issuer's own private key, so nothing is wrong with them but the
defect.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as schemes

from .case import Case, Forge, token
from .keys import rs256
from .padding import (
    DEFECTS,
    ELEMENTS,
    FRAMES,
    HASHES,
    IDENTIFIERS,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SHA256,
    Edit,
    der,
    digest_info,
    encoded,
)

#: Makes a signature, given what is signed.
Sign = Callable[[Forge, bytes], bytes]


def _signed(name: str, source: str, sign: Sign) -> Case:
    return token(
        name,
        source,
        "token_signature",
        lambda forge: forge.with_signature(lambda data: sign(forge, data)),
    )


def _over(info: Callable[[bytes], bytes]) -> Sign:
    """Return what signs a structure, given what is signed."""
    return lambda forge, data: forge.key.raw(encoded(info(data), forge.key.size))


def _hash(data: bytes) -> bytes:
    return sha256(data).digest()


def _over_hash(info: Callable[[bytes], bytes], algorithm: str = "sha256") -> Sign:
    """Return what signs a structure, given the hash of what is signed."""
    return _over(lambda data: info(hashlib.new(algorithm, data).digest()))


def _structures() -> Iterator[Case]:
    """Each defect of each element, but where it changes nothing or comes to the same as another."""
    seen = {digest_info(bytes(32))}
    for element in ELEMENTS:
        for title, defect in DEFECTS.items():
            structure = digest_info(bytes(32), element=element, edit=defect)
            if structure in seen:
                continue
            seen.add(structure)

            def info(data: bytes, element: str = element, edit: Edit = defect) -> bytes:
                return digest_info(_hash(data), element=element, edit=edit)

            yield _signed(
                f"{element}: {title}", "CVE-2006-4339, CVE-2014-1568, RFC 8017 8.2.2", _over(info)
            )


def _structures_of_fewer_elements() -> Iterator[Case]:
    name = der(OBJECT_IDENTIFIER, SHA256)
    source = "CVE-2018-15836, CVE-2021-30246, RFC 8017 9.2"
    shapes: dict[str, Callable[[bytes], bytes]] = {
        "the hash alone": lambda h: h,
        "the hash in an octet string": lambda h: der(OCTET_STRING, h),
        "the algorithm without a sequence": lambda h: der(
            SEQUENCE, name + der(NULL, b"") + der(OCTET_STRING, h)
        ),
        "the hash before the algorithm": lambda h: der(
            SEQUENCE, der(OCTET_STRING, h) + der(SEQUENCE, name + der(NULL, b""))
        ),
        "a hash of zeros": lambda h: digest_info(bytes(32)),
        "the hash of nothing": lambda h: digest_info(_hash(b"")),
        "the hash reversed": lambda h: digest_info(h[::-1]),
        "the hash in hex": lambda h: digest_info(h.hex().encode()),
        "the hash hashed": lambda h: digest_info(_hash(h)),
    }
    for title, shape in shapes.items():
        yield _signed(f"structure of {title}", source, _over_hash(shape))
    yield _signed("message not hashed", source, _over(lambda data: digest_info(data[:32])))


def _hashes() -> Iterator[Case]:
    source = "CVE-2022-23540, RFC 8725 3.2, RFC 8017 8.2.2"
    for title, (identifier, algorithm) in HASHES.items():
        named = partial(digest_info, identifier=identifier)
        yield _signed(f"hash is SHA-256 and called {title}", source, _over_hash(named))
        yield _signed(f"hash is {title}", source, _over_hash(named, algorithm))
        yield _signed(
            f"hash is {title} and called SHA-256", source, _over_hash(digest_info, algorithm)
        )
    for title, identifier in IDENTIFIERS.items():
        named = partial(digest_info, identifier=identifier)
        yield _signed(f"hash has a name {title}", source, _over_hash(named))


def _frames() -> Iterator[Case]:
    source = "CVE-2006-4339, CVE-2016-1494, CVE-2020-14967, RFC 8017 8.2.2"
    for title, frame in FRAMES.items():

        def sign(forge: Forge, data: bytes, frame: Callable[[bytes, int], bytes] = frame) -> bytes:
            return forge.key.raw(frame(digest_info(_hash(data)), forge.key.size))

        yield _signed(f"padding {title}", source, sign)


def _as_number(forge: Forge, data: bytes) -> int:
    return int.from_bytes(rs256(forge.key, data))


def _unreduced(forge: Forge, times: int, data: bytes) -> bytes:
    number = _as_number(forge, data) + times * forge.key.n
    return number.to_bytes((number.bit_length() + 7) // 8)


#: Signatures that are another number, or the right one written otherwise.
NUMBERS: dict[str, Sign] = {
    "0": lambda f, d: bytes(f.key.size),
    "1": lambda f, d: (1).to_bytes(f.key.size),
    "2": lambda f, d: (2).to_bytes(f.key.size),
    "n - 1": lambda f, d: (f.key.n - 1).to_bytes(f.key.size),
    "n": lambda f, d: f.key.n.to_bytes(f.key.size),
    "n + 1": lambda f, d: (f.key.n + 1).to_bytes(f.key.size),
    "2**2048 - 1": lambda f, d: b"\xff" * f.key.size,
    "the encoded message itself": lambda f, d: encoded(digest_info(_hash(d)), f.key.size),
    "the good one negated": lambda f, d: (f.key.n - _as_number(f, d)).to_bytes(f.key.size),
    "the good one inverted": lambda f, d: pow(_as_number(f, d), -1, f.key.n).to_bytes(f.key.size),
    "the good one and n": lambda f, d: _unreduced(f, 1, d),
    "the good one and 256 n": lambda f, d: _unreduced(f, 256, d),
    "the good one and 2**2048": lambda f, d: b"\x01" + rs256(f.key, d),
    "the good one after a zero": lambda f, d: b"\x00" + rs256(f.key, d),
    "the good one after two zeros": lambda f, d: b"\x00\x00" + rs256(f.key, d),
    "the good one before a zero": lambda f, d: rs256(f.key, d) + b"\x00",
    "the good one before two zeros": lambda f, d: rs256(f.key, d) + b"\x00\x00",
    "the good one twice": lambda f, d: rs256(f.key, d) * 2,
    "the good one reversed": lambda f, d: rs256(f.key, d)[::-1],
    "the good one without its first byte": lambda f, d: rs256(f.key, d)[1:],
    "the good one without its last byte": lambda f, d: rs256(f.key, d)[:-1],
    "the good one's first half": lambda f, d: rs256(f.key, d)[:128],
    "the good one in DER": lambda f, d: b"\x02\x82\x01\x00" + rs256(f.key, d),
    "the good one in hex": lambda f, d: rs256(f.key, d).hex().encode(),
    "the good one in base64url": lambda f, d: f.good().split(".")[2].encode(),
    "no bytes": lambda f, d: b"",
    "one zero byte": lambda f, d: b"\x00",
    "a null's bytes": lambda f, d: b"null",
    "three bytes": lambda f, d: b"\x01\x02\x03",
    "one byte of each value": lambda f, d: bytes(range(256)),
    "4,000 bytes": lambda f, d: b"\xff" * 4000,
    "of the header and payload alone": lambda f, d: d,
    "their hash": lambda f, d: _hash(d),
    "the thief's": lambda f, d: rs256(f.thief, d),
    "that of the payload alone": lambda f, d: rs256(f.key, d.partition(b".")[2]),
    "that of the header alone": lambda f, d: rs256(f.key, d.partition(b".")[0]),
    "that of both without a dot": lambda f, d: rs256(f.key, d.replace(b".", b"")),
    "that of both and a dot": lambda f, d: rs256(f.key, d + b"."),
    "that of both in capitals": lambda f, d: rs256(f.key, d.upper()),
    "that of another token": lambda f, d: rs256(f.key, b"e30.e30"),
}


def _numbers() -> Iterator[Case]:
    source = "CVE-2020-14968, CVE-2026-102269, RFC 8017 8.2.2"
    for title, sign in NUMBERS.items():
        yield _signed(f"signature is {title}", source, sign)
    for bit in (0, 1, 7, 1023, 1024, 2040, 2047):

        def flipped(forge: Forge, data: bytes, bit: int = bit) -> bytes:
            return (_as_number(forge, data) ^ (1 << bit)).to_bytes(forge.key.size)

        yield _signed(f"signature has bit {bit} flipped", source, flipped)


def _other_schemes() -> Iterator[Case]:
    """PSS in place of PKCS#1 v1.5, and other hashes under the library's own hand."""
    kinds: dict[str, hashes.HashAlgorithm] = {
        "SHA-256": hashes.SHA256(),
        "SHA-384": hashes.SHA384(),
        "SHA-512": hashes.SHA512(),
        "SHA-1": hashes.SHA1(),
    }
    source = "RFC 8725 3.1 and 3.2, RFC 8017 8.1"
    for title, kind in kinds.items():
        for salt in (0, kind.digest_size):

            def pss(
                forge: Forge,
                data: bytes,
                kind: hashes.HashAlgorithm = kind,
                salt: int = salt,
            ) -> bytes:
                return forge.key.private.sign(data, schemes.PSS(schemes.MGF1(kind), salt), kind)

            yield _signed(f"PSS with {title} and a salt of {salt}", source, pss)


CASES = [
    *_structures(),
    *_structures_of_fewer_elements(),
    *_hashes(),
    *_frames(),
    *_numbers(),
    *_other_schemes(),
]

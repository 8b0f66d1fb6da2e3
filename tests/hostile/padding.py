"""What an RSA signature of PKCS#1 v1.5 holds (RFC 8017, section 9.2), and defects of it.

The structure is 00 01 FF...FF 00 and then, in DER: the hash's name and parameters, and the hash. A
verifier that parses it, in place of comparing it whole, has been fooled by nearly all that follows
(CVE-2006-4339, CVE-2014-1568).
"""

from collections.abc import Callable

#: Tags (X.690, section 8).
SEQUENCE, OBJECT_IDENTIFIER, NULL, OCTET_STRING = 0x30, 0x06, 0x05, 0x04

SHA256 = bytes.fromhex("608648016503040201")

#: The four elements inside the outermost, which is the first.
ELEMENTS = ("digest info", "algorithm", "identifier", "parameters", "digest")

#: Writes an element, given its tag and content.
Edit = Callable[[int, bytes], bytes]


def der(tag: int, content: bytes) -> bytes:
    """Return an element as it should be written. Content of fewer than 128 bytes."""
    return bytes([tag, len(content)]) + content


def digest_info(
    digest: bytes, identifier: bytes = SHA256, *, element: str = "", edit: Edit = der
) -> bytes:
    """Return the structure, with one element written in another way. Those around it fit it."""

    def write(name: str, tag: int, content: bytes) -> bytes:
        return edit(tag, content) if name == element else der(tag, content)

    name = write("identifier", OBJECT_IDENTIFIER, identifier)
    algorithm = write("algorithm", SEQUENCE, name + write("parameters", NULL, b""))
    return write("digest info", SEQUENCE, algorithm + write("digest", OCTET_STRING, digest))


def encoded(info: bytes, size: int) -> bytes:
    """Return the whole message of a key of so many bytes."""
    return b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info


def _long(length: bytes) -> Edit:
    """Write the length in so many bytes of its own (X.690, section 8.1.3.5)."""
    return lambda tag, content: bytes([tag, 0x80 + len(length)]) + length + content


#: Defects that any element can have.
DEFECTS: dict[str, Edit] = {
    "length in long form": lambda t, c: bytes([t, 0x81, len(c)]) + c,
    "length with a leading zero": lambda t, c: bytes([t, 0x82, 0, len(c)]) + c,
    "length one too long": lambda t, c: bytes([t, len(c) + 1]) + c,
    "length one too short": lambda t, c: bytes([t, (len(c) - 1) % 128]) + c,
    "length that overflows 32 bits": lambda t, c: bytes([t, 0x85, 1, 0, 0, 0, len(c)]) + c,
    "length that overflows 64 bits": lambda t, c: bytes([t, 0x89, 1, *bytes(7), len(c)]) + c,
    "length of 2**31 - 1": _long(b"\x7f\xff\xff\xff"),
    "length of 2**31": _long(b"\x80\x00\x00\x00"),
    "length of 2**32 - 1": _long(b"\xff" * 4),
    "length of 2**40 - 1": _long(b"\xff" * 5),
    "length of 2**64 - 1": _long(b"\xff" * 8),
    "length that is none": lambda t, c: bytes([t, 0xFF]) + c,
    "length cut short": lambda t, c: bytes([t, 0x81]),
    "indefinite length without an end": lambda t, c: bytes([t, 0x80]) + c,
    "indefinite length": lambda t, c: bytes([t, 0x80]) + c + b"\x00\x00",
    "indefinite length, its end cut short": lambda t, c: bytes([t, 0x80]) + c + b"\x00",
    "indefinite length and another element": lambda t, c: (
        bytes([t, 0x80]) + c + b"\x05\x00\x00\x00"
    ),
    "indefinite length and a broken element": lambda t, c: (
        bytes([t, 0x80]) + c + b"\x06\x08\x11\x22\x00\x00"
    ),
    "indefinite length and garbage": lambda t, c: (
        bytes([t, 0x80]) + c + b"\x00\x00\xfe\x02\xbe\xef"
    ),
    "indefinite length, its end not empty": lambda t, c: bytes([t, 0x80]) + c + b"\x00\x02\xbe\xef",
    "no content": lambda t, c: bytes([t, 0]),
    "nothing at all": lambda t, c: b"",
    "a tag alone": lambda t, c: bytes([t]),
    "zeros at its end": lambda t, c: der(t, c + b"\x00\x00"),
    "zeros at its start": lambda t, c: der(t, b"\x00\x00" + c),
    "zeros after it": lambda t, c: der(t, c) + b"\x00\x00",
    "a null at its end": lambda t, c: der(t, c + b"\x05\x00"),
    "a null after it": lambda t, c: der(t, c) + b"\x05\x00",
    "garbage before it": lambda t, c: b"\x49\x81\x77" + der(t, c),
    "an element before it": lambda t, c: b"\x25\x00" + der(t, c),
    "garbage after it": lambda t, c: der(t, c) + b"\x00\x04\xde\xad\xbe\xef",
    "undefined tags before it": lambda t, c: b"\xaa\x00\xbb\x00\xcd\x00" + der(t, c),
    "an undefined tag around it": lambda t, c: b"\xaa\x02\xaa\xbb" + der(t, c),
    "a composition around it": lambda t, c: bytes([t | 0x20, 0x80]) + der(t, c) + b"\x00\x00",
    "a composition of another tag": lambda t, c: (
        bytes([t | 0x20, 0x80]) + der(t + 1, c) + b"\x00\x00"
    ),
    "a composition of two": lambda t, c: der(t | 0x20, der(t, c[:1]) + der(t, c[1:])),
    "a sequence around it": lambda t, c: der(SEQUENCE, der(t, c)),
    "an empty sequence before it": lambda t, c: der(SEQUENCE, b"") + der(t, c),
    "an empty sequence after it": lambda t, c: der(t, c) + der(SEQUENCE, b""),
    "an empty sequence at its end": lambda t, c: der(t, c + der(SEQUENCE, b"")),
    "a high tag number after it": lambda t, c: der(t, c) + b"\xbf\x7f\x00",
    "a null of an explicit tag after it": lambda t, c: der(t, c) + b"\xa0\x02\x05\x00",
    "a null of an implicit tag after it": lambda t, c: der(t, c) + b"\xa0\x00",
    "a null in its place": lambda t, c: b"\x05\x00",
    "itself twice": lambda t, c: der(t, c) * 2,
    "the tag two less": lambda t, c: der(t - 2, c),
    "the tag one less": lambda t, c: der(t - 1, c),
    "the tag one more": lambda t, c: der(t + 1, c),
    "the tag two more": lambda t, c: der(t + 2, c),
    "the tag FF": lambda t, c: der(0xFF, c),
    "the first byte changed": lambda t, c: der(t, bytes([c[0] ^ 2]) + c[1:]) if c else b"",
    "the last byte changed": lambda t, c: der(t, c[:-1] + bytes([c[-1] ^ 0x80])) if c else b"",
    "the first byte cut": lambda t, c: der(t, c[1:]),
    "the last byte cut": lambda t, c: der(t, c[:-1]),
}

#: Names of other hashes (NIST's arc, and those of RFC 8017, appendix B.1), and how to compute them.
HASHES: dict[str, tuple[bytes, str]] = {
    "MD5": (bytes.fromhex("2a864886f70d0205"), "md5"),
    "SHA-1": (bytes.fromhex("2b0e03021a"), "sha1"),
    "SHA-224": (SHA256[:-1] + b"\x04", "sha224"),
    "SHA-384": (SHA256[:-1] + b"\x02", "sha384"),
    "SHA-512": (SHA256[:-1] + b"\x03", "sha512"),
    "SHA3-224": (SHA256[:-1] + b"\x07", "sha3_224"),
    "SHA3-256": (SHA256[:-1] + b"\x08", "sha3_256"),
    "SHA3-384": (SHA256[:-1] + b"\x09", "sha3_384"),
    "SHA3-512": (SHA256[:-1] + b"\x0a", "sha3_512"),
}

#: Wrong names of the right hash.
IDENTIFIERS = {
    "of its own": bytes.fromhex("2a03"),
    "with a node more": SHA256 + b"\x01",
    "with a changed node": SHA256[:4] + b"\x83" + SHA256[5:],
    "with a node that overflows": SHA256[:-1] + b"\x82" + b"\x80" * 8 + b"\x01",
    "with a node that does not end": SHA256 + b"\xe0",
    "with a node that begins with zeros": b"\x60\x80" + SHA256[1:],
}

#: What stands in front of the structure in place of 00 01 FF...FF 00, given the structure and the
#: key's size.
FRAMES: dict[str, Callable[[bytes, int], bytes]] = {
    "for encryption": lambda i, n: b"\x00\x02" + encoded(i, n)[2:],
    "of type 0": lambda i, n: b"\x00\x00" + encoded(i, n)[2:],
    "of type 0, of zeros": lambda i, n: bytes(n - len(i)) + i,
    "of another first byte": lambda i, n: b"\x01" + encoded(i, n)[1:],
    "of FE": lambda i, n: b"\x00\x01" + b"\xfe" * (n - 3 - len(i)) + b"\x00" + i,
    "with one other byte": lambda i, n: encoded(i, n)[:40] + b"\xfe" + encoded(i, n)[41:],
    "with a zero in it": lambda i, n: encoded(i, n)[:40] + b"\x00" + encoded(i, n)[41:],
    "with its last byte changed": lambda i, n: encoded(i, n - 1)[: -len(i) - 1] + b"\xee\x00" + i,
    "without the zero": lambda i, n: b"\x00\x01" + b"\xff" * (n - 2 - len(i)) + i,
    "one byte short": lambda i, n: b"\x00" + encoded(i, n - 1),
    "of eight bytes, garbage behind": lambda i, n: (encoded(i, len(i) + 11) + b"\xab" * n)[:n],
    "of eight bytes, zeros behind": lambda i, n: encoded(i, len(i) + 11).ljust(n, b"\x00"),
    "of no bytes, garbage behind": lambda i, n: (b"\x00\x01\x00" + i + b"\xab" * n)[:n],
    "of no bytes, zeros before": lambda i, n: (b"\x00\x01\x00" + i).rjust(n, b"\x00"),
}

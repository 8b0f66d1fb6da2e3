"""Certificates of clients in tests, and how proxies pass them on."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from .keys import base64url


class ClientCertificate:
    """A self-signed certificate. Each has a key of its own."""

    def __init__(self, name: str = "client.test") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
            .sign(key, hashes.SHA256())
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def confirmation(self) -> dict[str, str]:
        """`cnf` of a token that is bound to the certificate (RFC 8705, section 3.1)."""
        return {"x5t#S256": base64url(hashlib.sha256(self.der).digest())}

    @property
    def header(self) -> str:
        """The value of `Client-Cert` (RFC 9440, section 2.2)."""
        return f":{b64encode(self.der).decode()}:"

    @property
    def escaped_pem(self) -> str:
        """What nginx writes for `$ssl_client_escaped_cert`."""
        return quote(self.pem, safe="")

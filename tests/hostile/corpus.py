"""The corpus: every theme but key sets, which need an issuer each."""

from . import (
    algorithms,
    authorization,
    claims,
    client_certificates,
    encodings,
    headers,
    proofs,
    purposes,
    shapes,
    signatures,
)
from .case import Case

THEMES = {
    "algorithms": algorithms.CASES,
    "authorization": authorization.CASES,
    "claims": claims.CASES,
    "client certificates": client_certificates.CASES,
    "encodings": encodings.CASES,
    "headers": headers.CASES,
    "proofs": proofs.CASES,
    "purposes": purposes.CASES,
    "shapes": shapes.CASES,
    "signatures": signatures.CASES,
}

#: Each must be refused as it says.
CORPUS: tuple[Case, ...] = tuple(case for cases in THEMES.values() for case in cases)

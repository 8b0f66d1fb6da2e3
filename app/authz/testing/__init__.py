"""An issuer and tokens for tests, real ones: they go through the real verifier over real HTTP."""

from .certificates import ClientCertificate
from .clock import Clock
from .dpop import DpopKey
from .issuer import FakeIssuer
from .keys import SigningKey
from .state import MemoryState
from .tokens import TokenFactory

__all__ = [
    "ClientCertificate",
    "Clock",
    "DpopKey",
    "FakeIssuer",
    "MemoryState",
    "SigningKey",
    "TokenFactory",
]

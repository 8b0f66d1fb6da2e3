"""An issuer and tokens for tests, real ones: they go through the real verifier over real HTTP."""

from .clock import Clock
from .issuer import FakeIssuer
from .keys import SigningKey
from .tokens import TokenFactory

__all__ = ["Clock", "FakeIssuer", "SigningKey", "TokenFactory"]

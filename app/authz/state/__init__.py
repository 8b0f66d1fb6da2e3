"""What all threads, processes and machines that serve one API share: proofs used, tokens revoked.

`sql` keeps it in the app's database, `redis` in Redis or Valkey. Neither is imported here: each
needs a package that the rest of the layer works without.
"""

from .protocol import Kind, Revocation, State, digest

__all__ = ["Kind", "Revocation", "State", "digest"]

"""What people let clients do: codes, tokens, and how they end. The grants are Authlib's."""

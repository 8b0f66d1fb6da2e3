"""From the text of an `Authorization` header to an identity. Knows nothing of policy or Flask."""

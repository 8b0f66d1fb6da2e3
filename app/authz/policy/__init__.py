"""What a view may demand of its caller, and the decision. Knows nothing of tokens or Flask."""

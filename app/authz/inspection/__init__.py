"""One token held to every rule, for a person who wants to know why it is refused."""

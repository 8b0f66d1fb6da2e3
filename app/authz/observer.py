"""What the guard layer tells of its work on tokens and keys, for who counts it."""


class Observer:
    """Is told what happens to tokens and keys. This one does nothing; a subclass counts, say.

    Its methods are called in the middle of requests, and on the threads of fetches with the key
    set's lock held. So they must return at once, raise nothing, and not call the layer. They are
    never told a token, nor any text of a caller's. Seconds are those of a steady clock.
    """

    def token_remembered(self) -> None:
        """A token was verified before, and still holds."""

    def token_verified(self, seconds: float, code: str) -> None:
        """A token that nobody remembers was taken through all the rules.

        :param seconds: what it took, the wait for a key that had to be fetched among it.
        :param code: that of the rule it broke; empty if it broke none.
        """

    def keys_fetched(self, issuer: str, code: str) -> None:
        """A fetch of an issuer's keys is over.

        :param issuer: its address, as the app has it.
        :param code: why it failed (see `FetchError.code`); empty if it did not.
        """

    def stale_keys_used(self, issuer: str) -> None:
        """A key was found in a set that should have been renewed by now."""

    def unknown_key(self, issuer: str) -> None:
        """A token names a key that the issuer did not publish, as far as we know."""

"""The issuers that are trusted, found by what a token claims of itself, before any network."""

from collections.abc import Callable

from ..algorithms import ALGORITHMS
from ..errors import TokenIssuer, TokenMalformed
from ..expiring import ExpiringMap
from ..parsing import is_issuer
from ..settings import Issuer
from .keys import IssuerKeys

#: Finds an issuer that is known only at run time: given `iss` of a token that nobody has verified
#: yet, returns the issuer of that address, or None if it is not trusted. It is called in the middle
#: of a request, as often as strangers make issuers up; what it raises is the app's own error.
IssuerFor = Callable[[str], Issuer | None]

#: How many issuers that were found at run time are kept. With more of them than that, whoever names
#: them all can have their keys fetched again and again.
FOUND = 4096
#: Seconds after which the app is asked again: it may have removed one.
ASK_AGAIN = 300.0
#: Seconds for which an issuer that nobody trusts is remembered as such.
REFUSED_FOR = 30.0
#: Seconds for which the keys of an issuer are kept that the app goes on to trust.
KEEP_KEYS = 86_400.0


class Issuers:
    """The issuers of the settings, and those that the app finds.

    :param keys_of: makes the key set of an issuer.
    :param timer: a steady clock, in seconds.
    """

    def __init__(
        self,
        configured: tuple[Issuer, ...],
        issuer_for: IssuerFor | None,
        keys_of: Callable[[Issuer], IssuerKeys],
        timer: Callable[[], float],
    ) -> None:
        #: The key sets of the issuers in the settings.
        self.configured = tuple(keys_of(issuer) for issuer in configured)
        self._by_name = {_name(keys.issuer.url): keys for keys in self.configured}
        self._issuer_for = issuer_for
        self._keys_of = keys_of
        self._found = ExpiringMap[str, IssuerKeys](FOUND, timer)
        self._kept = ExpiringMap[str, IssuerKeys](FOUND, timer)
        self._refused = ExpiringMap[str, bool](FOUND, timer)

    @property
    def algorithms(self) -> frozenset[str]:
        """The algorithms that a token of one of them may have."""
        if self._issuer_for is not None:
            return frozenset(ALGORITHMS)
        return frozenset().union(*(keys.issuer.algorithms for keys in self.configured))

    @property
    def only(self) -> IssuerKeys | None:
        """The key set of the one issuer that tokens can come from; None if there are several, or
        may be."""
        alone = len(self.configured) == 1 and self._issuer_for is None
        return self.configured[0] if alone else None

    def named(self, unverified: object) -> IssuerKeys:
        """Return the key set of an issuer, compared but for a trailing slash.

        :param unverified: the value of `iss`.
        :raises TokenMalformed: if it is no text.
        :raises TokenIssuer: if the issuer is not trusted.
        :raises RuntimeError: if the app finds another issuer than the one it was asked for.
        """
        if not isinstance(unverified, str):
            raise TokenMalformed("iss must be a text", found=unverified)
        name = _name(unverified)
        keys = self._by_name.get(name) or self._found.get(name) or self._ask(unverified, name)
        if keys is None:
            raise TokenIssuer(
                "iss is not a trusted issuer",
                wanted=[each.issuer.url for each in self.configured],
                found=unverified,
                cure="another tenant's token, or AUTH0_ISSUER_URL names another tenant",
            )
        return keys

    def _ask(self, unverified: str, name: str) -> IssuerKeys | None:
        """Ask the app. What it says is kept for a while, either way."""
        if self._issuer_for is None or self._refused.get(name):
            return None
        if not is_issuer(unverified):
            return None  # nothing else that a stranger writes is shown to the app
        issuer = self._issuer_for(unverified)
        if issuer is not None and not isinstance(issuer, Issuer):
            raise TypeError("Authz(issuer_for=...) must return an Issuer or None, and not be async")
        # A look-up that is not strict about case finds an issuer by what is not its name.
        if issuer is None or _differ_in_case_alone(_name(issuer.url), name):
            self._refused.put(name, True, REFUSED_FOR)
            return None
        if _name(issuer.url) != name:
            raise RuntimeError(f"issuer_for has returned {issuer.url!r} for another issuer")
        kept = self._kept.get(name)
        keys = kept if kept and kept.issuer == issuer else self._keys_of(issuer)
        self._kept.put(name, keys, KEEP_KEYS)
        self._found.put(name, keys, ASK_AGAIN)
        return keys


def _name(url: str) -> str:
    return url.removesuffix("/")


def _differ_in_case_alone(one: str, other: str) -> bool:
    return one != other and one.casefold() == other.casefold()

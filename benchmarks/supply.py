"""The tokens of a run, in files for the generator of the load."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.authz.testing import TokenFactory

from .issuer import PERMISSION
from .load import Tokens as Lines
from .scenarios import IN_TURN, Tokens

#: New tokens for the warm-up of a measurement with a new one each time.
NEW_TO_WARM_UP = 500

#: New tokens for such a measurement, which ends early if they do not suffice.
NEW = 9_000


class Supply:
    """Tokens for so many rounds. To sign one takes about a millisecond.

    :param folder: where they are written.
    """

    def __init__(self, factory: TokenFactory, rounds: int, folder: Path) -> None:
        number = 1 + IN_TURN + rounds * (NEW_TO_WARM_UP + NEW)
        self._good = _write(folder / "good", distinct_tokens(factory, number))
        self._bad = _write(folder / "bad", [factory.wrong_signature((PERMISSION,))])
        self._expired = _write(folder / "expired", [factory.expired((PERMISSION,))])

    def of(self, kind: Tokens, position: int) -> tuple[Lines | None, Lines | None]:
        """Return what to warm up with in a round, and what to measure with.

        New tokens are new to a server in each round.
        """
        if kind is Tokens.NEW:
            first = 1 + IN_TURN + position * (NEW_TO_WARM_UP + NEW)
            second = first + NEW_TO_WARM_UP
            return (
                Lines(self._good, first, second, once=True),
                Lines(self._good, second, second + NEW, once=True),
            )
        found = {
            Tokens.NONE: None,
            Tokens.ONE: Lines(self._good, 0, 1),
            Tokens.IN_TURN: Lines(self._good, 1, 1 + IN_TURN),
            Tokens.BAD_SIGNATURE: Lines(self._bad, 0, 1),
            Tokens.EXPIRED: Lines(self._expired, 0, 1),
        }[kind]
        return found, found


def distinct_tokens(factory: TokenFactory, number: int) -> list[str]:
    """Sign valid tokens, each of another caller."""
    key, header, claims = (
        factory.issuer.signing_key,
        factory.header(),
        factory.claims((PERMISSION,)),
    )

    def sign(number: int) -> str:
        return key.sign(header, claims | {"sub": f"auth0|{number:024x}"})

    # Signing does not hold the interpreter's lock.
    with ThreadPoolExecutor() as threads:
        return list(threads.map(sign, range(number)))


def _write(path: Path, tokens: list[str]) -> str:
    path.write_text("\n".join(tokens) + "\n")
    return str(path)

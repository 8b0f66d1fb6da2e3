"""Names of permissions and scopes, and the view arguments that may stand in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: A name that a challenge can carry: scope-token of RFC 6749, appendix A.4.
_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: Two arguments between the same slashes.
_SHARED_SEGMENT = re.compile(r"\}[^/]*\{")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a developer writes it, such as ``record/{name}/view``.

    :raises TypeError: if a challenge cannot carry it, or its braces hold no argument.
    """

    text: str
    #: The arguments that it holds.
    arguments: tuple[str, ...] = field(init=False, repr=False, compare=False)
    #: What stands around them, where two share a segment; else nothing.
    _literals: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _is_name(self.text):
            raise TypeError(
                f"{self.text!r} cannot name a permission: use one or more visible ASCII characters"
                " without space, quote or backslash, such as 'create:items'"
            )
        if re.search(r"[{}]", _FIELD.sub("", self.text)):
            raise TypeError(f"{self.text!r}: braces hold the name of a view argument: '{{name}}'")
        pieces = _FIELD.split(self.text)
        shared = _SHARED_SEGMENT.search(self.text) is not None
        object.__setattr__(self, "arguments", tuple(pieces[1::2]))
        object.__setattr__(self, "_literals", tuple(pieces[::2]) if shared else ())

    def filled(self, arguments: Mapping[str, object]) -> str | None:
        """Return the name with the view's arguments in it.

        An argument is taken literally. One that is empty or None or holds ``/`` or ``*`` could mean
        more than one name: then there is no name, and nothing can be granted. Nor is there one if
        other arguments would give the same name, as a:b and c, or a and b:c, do ``{x}:{y}``.

        :raises RuntimeError: if the view has no such argument.
        """
        values = {name: self._value(name, arguments) for name in self.arguments}
        if any(not value or "/" in value or "*" in value for value in values.values()):
            return None
        name = _FIELD.sub(lambda found: values[found[1]], self.text)
        return None if _is_ambiguous(self._literals, name) else name

    def _value(self, name: str, arguments: Mapping[str, object]) -> str:
        if name not in arguments:
            raise RuntimeError(f"{self.text!r} names {name!r}, which is no argument of the view")
        value = arguments[name]
        return "" if value is None else str(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_ambiguous(literals: tuple[str, ...], name: str) -> bool:
    """Say whether a name can be read in two ways: if so, what stands between the arguments is found
    further to the left, or to the right, than where it was put."""
    return _leftmost(literals, name) != _rightmost(literals, name) if literals else False


def _leftmost(literals: tuple[str, ...], name: str) -> list[int]:
    """Return where each literal between two arguments is found first; an argument is not empty, and
    no slash is in it."""
    places = []
    place = len(literals[0])
    for literal in literals[1:-1]:
        place = name.index(literal, place + 1)
        places.append(place)
        place += len(literal)
    return places


def _rightmost(literals: tuple[str, ...], name: str) -> list[int]:
    """Return the same where each is found last."""
    places = []
    place = len(name) - len(literals[-1])
    for literal in reversed(literals[1:-1]):
        place = name.rindex(literal, 0, place - 1)
        places.append(place)
    return places[::-1]

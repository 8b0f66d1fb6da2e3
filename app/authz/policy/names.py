"""Names of permissions and scopes, and the view arguments that may stand in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: A name that a challenge can carry: scope-token of RFC 6749, appendix A.4.
_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
_FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a developer writes it, such as ``record/{name}/view``.

    :raises TypeError: if a challenge cannot carry it, or its braces hold no argument.
    """

    text: str
    #: The arguments that it holds.
    arguments: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _is_name(self.text):
            raise TypeError(
                f"{self.text!r} cannot name a permission: use one or more visible ASCII characters"
                " without space, quote or backslash, such as 'create:items'"
            )
        if re.search(r"[{}]", _FIELD.sub("", self.text)):
            raise TypeError(f"{self.text!r}: braces hold the name of a view argument: '{{name}}'")
        object.__setattr__(self, "arguments", tuple(_FIELD.findall(self.text)))

    def filled(self, arguments: Mapping[str, object]) -> str | None:
        """Return the name with the view's arguments in it.

        An argument is taken literally. One that is empty or None or holds ``/`` or ``*`` could mean
        more than one name: then there is no name, and nothing can be granted.

        :raises RuntimeError: if the view has no such argument.
        """
        if not self.arguments:
            return self.text
        values = {name: self._value(name, arguments) for name in self.arguments}
        if any(not value or "/" in value or "*" in value for value in values.values()):
            return None
        return _FIELD.sub(lambda found: values[found[1]], self.text)

    def _value(self, name: str, arguments: Mapping[str, object]) -> str:
        if name not in arguments:
            raise RuntimeError(f"{self.text!r} names {name!r}, which is no argument of the view")
        value = arguments[name]
        return "" if value is None else str(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None

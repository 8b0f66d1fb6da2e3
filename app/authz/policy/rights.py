"""The rights tree: whether this caller may have what it asks for on this resource.

A permission says what a caller may ask for. A right decides, with the resource in hand. Both are
named by paths of segments; a segment in braces stands for any one and is handed on as an argument.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..identity import Anonymous, Identity
from .names import Name
from .requirements import answered

Function = TypeVar("Function", bound=Callable[..., Any])

#: What the functions get beside the arguments: a context the resource above it.
_TO_CONTEXTS = ("resource",)
_TO_RIGHTS = ("identity", "resource")

_SEGMENT = re.compile(r"\{[^{}]+\}|[^{}*]+")


@dataclass(frozen=True)
class _Path:
    """A path such as ``record/{name}/view``."""

    text: str
    segments: tuple[str, ...] = field(init=False)
    #: For each segment the argument it stands for, or None if it stands for itself.
    fields: tuple[str | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        segments = tuple(Name(self.text).text.split("/"))
        if not all(_SEGMENT.fullmatch(segment) for segment in segments):
            raise TypeError(
                f"{self.text!r}: a segment is a word, or one argument in braces: 'record/{{name}}'"
            )
        fields = tuple(s[1:-1] if s.startswith("{") else None for s in segments)
        named = [name for name in fields if name]
        if len(set(named)) != len(named):
            raise TypeError(f"{self.text!r} has two arguments of one name")
        object.__setattr__(self, "segments", segments)
        object.__setattr__(self, "fields", fields)

    @property
    def shape(self) -> tuple[str | None, ...]:
        """The path without the names of its arguments: two paths of one shape answer alike."""
        return tuple(
            None if name else segment
            for segment, name in zip(self.segments, self.fields, strict=True)
        )

    def arguments_in(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return the arguments that the segments hold, or None if this is not their path."""
        if len(segments) != len(self.segments):
            return None
        arguments = {}
        for found, wanted, name in zip(segments, self.segments, self.fields, strict=True):
            if name is not None:
                arguments[name] = found
            elif found != wanted:
                return None
        return arguments


@dataclass(frozen=True)
class _Node:
    """A function of the app's at a path."""

    path: _Path
    function: Callable[..., Any]
    #: Its parameters for what is not an argument of the path, with the place of what they get.
    given: Mapping[str, int]
    #: Its parameters that are.
    taken: tuple[str, ...]

    def call(self, given: tuple[Any, ...], arguments: Mapping[str, Any]) -> Any:
        values = {name: given[place] for name, place in self.given.items()}
        answer = self.function(**values, **{name: arguments[name] for name in self.taken})
        return answered(answer, self.path.text)


class Rights:
    """A tree of contexts, which load resources, and rights, which decide on them."""

    def __init__(self) -> None:
        self._contexts: list[_Node] = []
        self._rights: list[_Node] = []

    def context(self, path: str) -> Callable[[Function], Function]:
        """Declare how the resource at a path is loaded.

        The function gets the path's arguments by name, and first, if it takes it, the resource of
        the nearest context above. It returns the resource, or None if there is none. An argument
        that the view has under the same name comes as the view has it, else as text.

        :raises TypeError: if the path has such a function already, or the function is async or
            takes what the path does not hold.
        """
        return lambda function: self._add(self._contexts, path, function, _TO_CONTEXTS)

    def right(self, path: str) -> Callable[[Function], Function]:
        """Declare who has the right at a path, which is the name of a permission.

        The function gets, as far as it takes them, the identity, the resource of the nearest
        context above (None without one), and the path's arguments by name. It returns whether the
        caller has the right.

        :raises TypeError: as `context` does.
        """
        return lambda function: self._add(self._rights, path, function, _TO_RIGHTS)

    def _add(
        self, nodes: list[_Node], text: str, function: Function, offered: tuple[str, ...]
    ) -> Function:
        node = _node(_Path(text), function, offered)
        if any(node.path.shape == other.path.shape for other in nodes):
            raise TypeError(f"{text!r} is declared twice")
        nodes.append(node)
        # Exact segments before arguments, from the left.
        nodes.sort(key=lambda each: [name is not None for name in each.path.fields])
        return function

    @classmethod
    def joined(cls, trees: "Iterable[Rights]") -> "Rights":
        """Return one tree of several.

        :raises TypeError: if two declare the same path.
        """
        whole = cls()
        for tree in trees:
            for node in tree._contexts:
                whole._add(whole._contexts, node.path.text, node.function, _TO_CONTEXTS)
            for node in tree._rights:
                whole._add(whole._rights, node.path.text, node.function, _TO_RIGHTS)
        return whole

    def answers(self, name: Name) -> bool:
        """Say whether a right can be seen to answer a required name, whatever its arguments are."""
        wanted = name.text.split("/")
        return any(_may_answer(node.path, wanted) for node in self._rights)


def _may_answer(path: _Path, wanted: list[str]) -> bool:
    if len(wanted) != len(path.segments):
        return False
    return all(
        field is not None or "{" in want or segment == want
        for want, segment, field in zip(wanted, path.segments, path.fields, strict=True)
    )


class Visit:
    """The tree as one request asks it: each resource is loaded once."""

    def __init__(
        self, rights: Rights, identity: Identity | Anonymous, arguments: Mapping[str, Any]
    ) -> None:
        self._rights = rights
        self._identity = identity
        self._arguments = arguments
        self._loaded: dict[tuple[str, ...], Any] = {}
        #: The resource of the last name that was allowed and has one; None if none has.
        self.resource: Any = None
        #: Why the names were not that were asked for, in the words of the tree's paths.
        self.reasons: list[str] = []

    def allows(self, name: str) -> bool:
        """Say whether the caller has the right of a name on its resource. If there is no such
        resource, it has not.

        :raises RuntimeError: if no right has the name: a mistake in the tree.
        """
        segments = tuple(name.split("/"))
        node, arguments = self._right(segments)
        missing, resource = self._load(node.path, segments)
        if missing:
            self.reasons.append(f"what {node.path.text} is about is not there")
            return False
        answer = node.call((self._identity, resource), arguments)
        if not answer:
            no = "returned nothing" if answer is None else "said no"
            self.reasons.append(f"the right {node.path.text} {no}")
            return False
        if resource is not None:
            self.resource = resource
        return True

    def _right(self, segments: tuple[str, ...]) -> tuple[_Node, dict[str, Any]]:
        for node in self._rights._rights:
            arguments = node.path.arguments_in(segments)
            if arguments is not None:
                return node, self._typed(arguments)
        # The name is not repeated: it holds what the caller asked for.
        raise RuntimeError("no right answers a required permission: declare one with rights.right")

    def _load(self, right: _Path, segments: tuple[str, ...]) -> tuple[bool, Any]:
        """Load the resources along the path of a right, outermost first. Return whether one is
        missing, and the innermost."""
        resource = None
        for length in range(1, len(segments) + 1):
            found = self._context(right, segments[:length])
            if found is None:
                continue
            node, arguments = found
            key = (node.path.text, *segments[:length])
            if key not in self._loaded:
                self._loaded[key] = node.call((resource,), arguments)
            resource = self._loaded[key]
            if resource is None:
                return True, None
        return False, resource

    def _context(
        self, right: _Path, segments: tuple[str, ...]
    ) -> tuple[_Node, dict[str, Any]] | None:
        """Return the context at a part of a right's path.

        At its very end a word is not taken for an argument: the right ``record/list`` is about no
        record of the name "list".
        """
        whole = len(segments) == len(right.segments)
        for node in self._rights._contexts:
            arguments = node.path.arguments_in(segments)
            if arguments is None or (
                whole and bool(node.path.fields[-1]) != bool(right.fields[-1])
            ):
                continue
            return node, self._typed(arguments)
        return None

    def _typed(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        """Return the arguments as the view has them, where it has them under the same name."""
        has = self._arguments
        return {
            name: has[name] if name in has and str(has[name]) == text else text
            for name, text in arguments.items()
        }


def _node(path: _Path, function: Callable[..., Any], offered: tuple[str, ...]) -> _Node:
    """Look at what a function takes.

    :raises TypeError: if it cannot be called with what there is.
    """
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{path.text!r}: the function must not be async, nobody would wait for it")
    names = [name for name in path.fields if name is not None]
    given: list[str] = []
    taken: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
            raise TypeError(f"{path.text!r}: the function must take its parameters by name")
        if parameter.kind is parameter.VAR_KEYWORD:
            taken += [name for name in names if name not in taken]
        elif parameter.name in names:
            taken.append(parameter.name)
        elif parameter.default is parameter.empty or parameter.name in offered:
            given.append(parameter.name)
    if len(given) > len(offered) or "identity" in set(given) - set(offered):
        raise TypeError(f"{path.text!r}: the function takes {given}, and gets {offered} at most")
    return _Node(path, function, _places(given, offered), tuple(taken))


def _places(parameters: list[str], offered: tuple[str, ...]) -> dict[str, int]:
    """Return for each parameter the place of what it gets: `identity` and `resource` get what they
    are called, others what is left, in order."""
    named = {name: place for place, name in enumerate(offered) if name in parameters}
    left = (place for place, name in enumerate(offered) if name not in named)
    return named | {name: next(left) for name in parameters if name not in named}

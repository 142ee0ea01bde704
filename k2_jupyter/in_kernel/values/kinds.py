"""What can be said about things of one kind, and which kind a thing is of.

Runs inside the user's kernel. Each `Kind` knows its classes and calls nothing else; the
modules that import this one fill the two tables. What is of no known kind is an object of
the user's, of which nothing is called at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Dict  # noqa: UP035 - `dict[…]` at run time is not before 3.9

from . import looking, words

Facts = Dict[str, Any]  # noqa: UP006
"""What is compared between two runs and told when it differs: a number by the word for what
it counts, a text by its name, a mapping of parts (columns, attributes) to their types."""

_HARMLESS = frozenset(
    (
        *("__annotate_func__", "__annotations__", "__annotations_cache__", "__dict__", "__doc__"),
        *("__firstlineno__", "__init__", "__module__", "__qualname__", "__static_attributes__"),
        "__weakref__",
    )
)
"""What a class statement always defines, and what we never call."""


class Kind:
    """How things of one kind are described. The defaults say no more than the class."""

    through_base = False
    """Whether subclasses may be read like the class itself, whatever they override."""
    other = "other values"
    """What is told when all that is compared by name is the same, and the content is not."""

    def outline(self, value: Any) -> str:
        """One line without any value from the data."""
        return words.short(looking.title(type(value)), words.LINE)

    def line(self, value: Any) -> str:
        """One line."""
        return self.outline(value)

    def details(self, value: Any) -> Iterator[str]:
        """Further lines, the important ones first."""
        return iter(())

    def brief(self, value: Any, depth: int) -> str:
        """A few words, for a thing that stands in another one."""
        return words.short(self.outline(value).partition(":")[0], 60)

    def facts(self, value: Any) -> Facts:
        """What tells one such thing from another at a glance; cheap."""
        return {}

    def content(self, value: Any, walk: Walk) -> Any:
        """Something hashable that differs when the content does; None where unknown."""
        walk.whole = False
        return None


class Unread(Kind):
    """An object of a class that nobody knows: its name and the names of its attributes."""

    def outline(self, value: Any) -> str:
        name = words.short(looking.title(type(value)), 150)
        base = _known_base(value)
        named = f"{name}, a subclass of {base}" if base else name
        held = self._attributes(value)
        return f"{named}, attributes: {words.listed(held, limit=120)}" if held else named

    def details(self, value: Any) -> Iterator[str]:
        held = self._attributes(value)
        for name in list(held)[:30]:
            yield f"  {name}: {held[name]}"
        methods = _methods(type(value))
        if methods and not looking.home(type(value)):
            yield f"  methods: {words.listed(methods)}"

    def brief(self, value: Any, depth: int) -> str:
        return words.short(looking.title(type(value)), 60)

    def facts(self, value: Any) -> Facts:
        return {} if looking.home(type(value)) else {"attribute": self._attributes(value)}

    def content(self, value: Any, walk: Walk) -> Any:
        walk.whole = False  # what a C type holds is not seen here
        if looking.home(type(value)):  # a library's object: its attributes may be a cache
            return None
        held = looking.own_dict(value)
        return tuple((name, walk.of(one)) for name, one in list(held.items())[:50])

    def _attributes(self, value: Any) -> dict[str, str]:
        held = looking.own_dict(value)
        return {
            words.short(name, 40): words.short(looking.class_name(type(held[name])), 40)
            for name in list(held)[:100]
            if not name.startswith("_")
        }


class Walk:
    """Goes through nested things to compare their content, in bounds."""

    def __init__(self, nodes: int = 1_000, depth: int = 5) -> None:
        self.nodes = nodes
        self.depth = depth
        self.whole = True
        """False once something was left out: then identity counts too."""

    def of(self, value: Any) -> Any:
        """Something hashable that differs when the content does."""
        self.nodes -= 1
        if self.nodes < 0 or self.depth <= 0:
            self.whole = False
            return id(value)
        cls = type(value)
        if id(cls) in NUMBERS:  # most of what is walked through
            return id(cls), value
        self.depth -= 1
        try:
            return id(cls), kind_of(value).content(value, self)
        finally:
            self.depth += 1


NUMBERS = frozenset(map(id, (bool, int, float, type(None))))
"""``id`` of the classes whose instances are compared by `marshal` as they are."""
BY_CLASS: dict[int, tuple[type, Kind]] = {}
"""``id`` of a class of Python's own → that class and its kind."""
BY_HOME: dict[str, Kind] = {}
"""``package.Class`` → its kind."""
OTHERS: list[tuple[Callable[[type], bool], Kind]] = []
"""For classes of no known kind: a test, and the kind of those that pass."""
UNREAD = Unread()


def add(kind: Kind, *classes: type | str) -> None:
    """Say of which kind a class is: itself, or ``package.Class`` of a package not imported."""
    for cls in classes:
        if isinstance(cls, str):
            BY_HOME[cls] = kind
        else:
            BY_CLASS[id(cls)] = (cls, kind)


def _kind(cls: type) -> Kind | None:
    known = BY_CLASS.get(id(cls))
    return known[1] if known else BY_HOME.get(looking.home(cls))


def kind_of(value: Any) -> Kind:
    """The kind by which a thing may be read."""
    known = BY_CLASS.get(id(type(value)))
    if known:
        return known[1]
    before: list[type] = []
    for cls in looking.lineage(value):
        kind = _kind(cls)
        if kind is not None:
            return kind if kind.through_base or _adds_only(before, cls) else UNREAD
        before.append(cls)
    return next((kind for test, kind in OTHERS if test(type(value))), UNREAD)


def _adds_only(subclasses: list[type], known: type) -> bool:
    """Whether subclasses leave everything that we might call as the known class made it."""
    package = looking.home(known).partition(".")[0]
    metaclass = type(known)
    for cls in subclasses:
        if package and looking.home(cls).startswith(package + "."):
            continue
        own = [name for name in looking.class_dict(cls) if name not in _HARMLESS]
        theirs = [looking.class_dict(base) for base in looking.mro(known)]
        if type(cls) is not metaclass or any(name in base for base in theirs for name in own):
            return False
    return True


def _known_base(value: Any) -> str:
    """The known class that an object would be of if it did not override it."""
    for cls in looking.lineage(value):
        if _kind(cls) is not None:
            return words.short(looking.title(cls))
    return ""


def _methods(cls: type) -> list[str]:
    names = [name for name in looking.class_dict(cls) if not name.startswith("_")]
    return [words.short(name, 40) for name in names[:100]]


def outline(value: Any) -> str:
    return kind_of(value).outline(value)


def brief(value: Any, depth: int = 3) -> str:
    """A thing in a few words; what it holds, `depth` levels deep."""
    return kind_of(value).brief(value, depth)


def label(value: Any) -> str:
    """The name of a column or dimension, which may be any object."""
    return words.short(value, 40) if type(value) is str else words.short(brief(value, 1), 40)


def shown(name: Any, value: Any, depth: int = 3) -> str:
    """The same, unless the name says that it is a secret."""
    return words.NOT_SHOWN if words.secret(name) else brief(value, depth)


def row(some: Iterable[Any], *, more: bool) -> str:
    """The first values of a column or array, numbers in 6 digits."""
    shown = (words.number(one) if type(one) is float else brief(one, 1) for one in some)
    return ", ".join(words.short(one, 30) for one in shown) + (", …" if more else "")

"""Python's own values and objects: what a line says, and that nothing of them is called."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import io
import itertools
import pathlib
from typing import Any, NamedTuple

import pytest

from tests.in_kernel.shells import Biting, Shell


class Colour(enum.Enum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: float


@dataclasses.dataclass
class Login:
    user: str
    password: str
    tries: list[int]


def traced(a: int, b: int = 2, *rest: int, key_word: str = "k", **more: int) -> int:
    """Adds up.

    Not shown.
    """
    return a + b + len(rest) + len(key_word) + len(more)


bite = object.__new__(Biting)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (4, "int = 4"),
        (True, "bool = True"),
        (1.5, "float = 1.5"),
        (None, "None"),
        ("abc", "str, 3 characters = 'abc'"),
        (b"abc", "bytes, 3 bytes"),
        (10**1000, "int = an integer of 3322 bits"),
        (range(3), "range = range(0, 3)"),
        (decimal.Decimal("1.10"), "decimal.Decimal = 1.10"),
        (datetime.date(2024, 2, 29), "datetime.date = 2024-02-29"),
        ([], "list, 0 items"),
        ([1, 2], "list, 2 items: [1, 2]"),
        (list(range(9)), "list, 9 items: [0, 1, 2, 3, 4, …]"),
        ({"a": [1]}, "dict, 1 item: {'a': [1]}"),
        ((1, [2, (3, [4, [5]])]), "tuple, 2 items: (1, [2, (3, [2 items])])"),
        (
            [bite, {"k": bite}],
            f"list, 2 items: [{Biting.__module__}.Biting, {{'k': ",
        ),
        (collections.Counter("aab"), "collections.Counter, 2 items: {'a': 2, 'b': 1}"),
        (Colour.RED, "Colour.RED (1)"),
        (Point(1, 0.1 + 0.2), "Point(x=1, y=0.3)"),
        (ValueError("no", 3), "exception ValueError('no', 3)"),
        (
            traced,
            "function traced(a, b=2, *rest, key_word=(not shown: by its name a secret), **more)",
        ),
        (functools.partial(traced, 1), "partial of function traced"),
        (len, "function len(obj, /)"),
        (io.StringIO("x"), "StringIO, in memory"),
        (pathlib.PurePosixPath("/a"), "pathlib.PurePosixPath = /a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_one_line_says_what_it_is(shell: Shell, value: Any, line: str) -> None:
    told = shell.line(value)
    if "Biting" in line:
        assert told.startswith(line)
    else:
        assert told.removeprefix(f"{__name__}.") == line


def test_records_are_shown_by_their_fields_without_secrets(shell: Shell) -> None:
    login = Login("me", "hunter2", [1])
    assert shell.line(login).startswith("Login(user='me', password=(not shown")
    assert shell.lines(login)[1:] == [
        "user: str, 2 characters = 'me'",
        "password: str, 7 characters (not shown: by its name a secret)",
        "tries: list, 1 item: [1]",
    ]
    assert shell.change(Login("a", "x", []), Login("b", "x", []), "y") == (
        "Login: field user 'a' → 'b'"
    )


def test_a_container_is_listed_item_by_item_when_asked(shell: Shell) -> None:
    assert shell.lines({"n": 1, "rows": [[1, 2], [3, 4]]})[1:] == [
        "'n': int = 1",
        "'rows': list, 2 items: [[1, 2], [3, 4]]",
    ]
    assert shell.lines(list("abcdefghijklmnop"))[-1] == "… 4 more"


def test_code_is_shown_by_its_signature_and_first_line(shell: Shell) -> None:
    assert shell.lines(traced)[1] == "Adds up."
    assert "defines user" not in "".join(shell.lines(Login))
    assert shell.line(Colour) == "class Colour(enum.Enum)"


def test_what_goes_on_stays_where_it_is(shell: Shell, tmp_path: pathlib.Path) -> None:
    generator = (n for n in range(3))
    next(generator)
    iterator, mapped, zipped = iter([1, 2]), map(str, [1]), itertools.count()
    path = tmp_path / "written.txt"
    with path.open("w") as file:
        file.write("kept back")
        things = [generator, iterator, mapped, zipped, file]
        told = [shell.line(thing, f"x{at}") for at, thing in enumerate(things)]
        for thing in things:
            shell.lines(thing)
        assert path.read_text() == ""  # nobody flushed it
    assert told[0] == "generator <genexpr>, suspended"
    assert told[1] == "list_iterator iterator, not consumed"
    assert told[4].startswith("file '")
    assert told[4].endswith(", open, w, UTF-8")
    assert [next(generator), next(iterator), next(mapped), next(zipped)] == [1, 1, "1", 0]


class BitingDict(dict[str, int]):
    items = keys = values = __len__ = __iter__ = __getitem__ = __repr__ = Biting._bite


biting_dict = dict.__new__(BitingDict)
dict.__setitem__(biting_dict, "a", 1)


class BitingText(str):
    __slots__ = ()
    __len__ = __getitem__ = __str__ = __repr__ = __iter__ = Biting._bite
    __eq__ = __hash__ = Biting._bite


class BitingInt(int):
    __int__ = __index__ = __repr__ = __str__ = __eq__ = __hash__ = __bool__ = Biting._bite


class BitingMeta(type):
    __getattribute__ = __eq__ = __hash__ = __instancecheck__ = Biting._bite
    __repr__ = __subclasscheck__ = __dir__ = Biting._bite


class OfBitingMeta(metaclass=BitingMeta):
    pass


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (biting_dict, "BitingDict, 1 item: {'a': 1}"),
        (BitingText("abc"), "BitingText, 3 characters = 'abc'"),
        (BitingInt(7), "BitingInt = 7"),
        (OfBitingMeta, "class OfBitingMeta"),
        (object.__new__(OfBitingMeta), "OfBitingMeta"),
        ([OfBitingMeta, {1: BitingText("abc")}], "list, 2 items: [class OfBitingMeta, {1: 'abc'}]"),
    ],
    ids=["dict", "str", "int", "class", "instance", "inside"],
)
def test_what_a_class_overrides_is_passed_by(shell: Shell, value: Any, words: str) -> None:
    assert shell.line(value).removeprefix(f"{__name__}.") == words
    shell.changes()
    shell.lines(value)


def test_one_that_holds_itself_comes_to_an_end(shell: Shell) -> None:
    ring: list[Any] = []
    ring.append({"ring": ring})
    assert len(shell.line(ring)) < 150
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert shell.line(deep, "deep") == "list, 1 item: [[[[1 item]]]]"
    ring.append(1)
    assert shell.changes()["changed"] == {"x": "list: 1 → 2 items"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (3, 4, "int = 3 → 4"),
        ("abc", "abd", "str = 'abc' → 'abd'"),
        ([1], [1, 2], "list: 1 → 2 items"),
        ([-1], [-2], "list: other values"),  # their hashes are equal
        ([1], [True], "list: other values"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "dict: other values"),
        ([1], (1, 2), "list, 1 items → tuple, 2 items: (1, 2)"),
        ([[1], "a"], [[1], "a"], None),
        (float("nan"), float("nan"), None),
    ],
)
def test_a_change_says_before_and_after(
    shell: Shell, before: Any, after: Any, told: str | None
) -> None:
    assert shell.change(before, after) == told


def test_small_things_are_seen_to_change_in_place(shell: Shell) -> None:
    class Model:
        def __init__(self) -> None:
            self.rate = 1

    model, nested = Model(), {"a": [1, {"b": 2}]}
    shell.user_ns.update(model=model, nested=nested)
    shell.changes()
    model.rate = 2
    nested["a"][1]["b"] = 3  # type: ignore[index]
    assert set(shell.changes()["changed"]) == {"model", "nested"}


def test_a_function_defined_again_alike_is_the_same(shell: Shell) -> None:
    def defined(source: str) -> Any:
        names: dict[str, Any] = {}
        exec(source, names)  # noqa: S102
        return names["f"]

    one = "def f(x):\n    return x + 1"
    assert shell.change(defined(one), defined(one)) is None
    assert shell.change(defined(one), defined(one.replace("1", "2")), "y") == "function: other code"

"""What triage remembers of the cells before, and how much of it."""

from __future__ import annotations

import ast

from k2_jupyter.tools.triage.memory import Memory
from k2_jupyter.tools.triage.names import UNKNOWN, Names, Text


def remembered(*sources: str) -> Memory:
    memory = Memory()
    for source in sources:
        memory.add(Names(ast.walk(ast.parse(source)), memory.texts))
    return memory


def test_a_name_keeps_what_it_was_and_may_be_something_else() -> None:
    memory = remembered("a = 'x'", "a = 'y'", "def f(a): pass")
    assert memory.texts == {"a": (Text("y"), Text("x"), UNKNOWN)}


def test_names_bound_to_other_names_are_followed() -> None:
    memory = remembered("root = '..'", "place = f'{root}/x'")
    assert memory.texts["place"] == (Text("../x"), UNKNOWN)


def test_the_memory_is_bounded() -> None:
    memory = remembered(
        "\n".join(f"a{n} = '{n}'" for n in range(3000)),
        "\n".join(f"b = '{n}'" for n in range(30)),
        f"c = '{'x' * 100_000}'",
    )
    assert len(memory.texts) == 1000
    assert len(memory.texts["b"]) < 10
    (head, _) = memory.texts["c"]
    assert len(head.head) == 1000
    assert not head.whole

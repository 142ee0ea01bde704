"""A shell with the user's names in it, and objects that bite whoever touches them."""

from __future__ import annotations

import json
from typing import Any

from k2_jupyter.in_kernel.values import variables


class Shell:
    """The user's namespace, and what is said about it."""

    def __init__(self) -> None:
        self.user_ns: dict[Any, Any] = {}
        self.user_ns_hidden: dict[str, Any] = {}
        self.parent_header: dict[str, Any] = {}

    def changes(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(repr(variables.changes()))
        return content

    def line(self, value: Any, name: str = "x") -> str:
        """The line that a run tells about a variable which it made."""
        self.user_ns[name] = value
        told: str = self.changes()["appeared"][name]
        return told

    def change(self, before: Any, after: Any, name: str = "x") -> str | None:
        """What is told when a variable becomes another; None for nothing."""
        self.user_ns[name] = before
        self.changes()
        self.user_ns[name] = after
        told: str | None = self.changes()["changed"].get(name)
        return told

    def lines(self, value: Any, name: str = "x") -> list[str]:
        """The lines about a variable that is asked for; of the further ones the text only."""
        self.user_ns[name] = value
        described = json.loads(repr(variables.describe([name])))
        return [line.strip() for line in described[name].split("\n")]


class Biting:
    """Whatever a look might call is written down here, and fails."""

    touched: list[str] = []  # noqa: RUF012 - shared by all on purpose

    def __getattribute__(self, name: str) -> Any:
        Biting.touched.append(name)
        raise RuntimeError(name)

    def _bite(self, *_: Any) -> Any:
        Biting.touched.append("called")
        raise RuntimeError

    __len__ = __repr__ = __str__ = __iter__ = __bool__ = __dir__ = __index__ = _bite
    __eq__ = __hash__ = _bite
    __class__ = property(_bite)
    __dict__ = property(_bite)

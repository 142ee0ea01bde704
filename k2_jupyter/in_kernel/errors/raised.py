"""What an exception holds, read without its own code. Runs inside the user's kernel."""

from __future__ import annotations

from typing import Any

from ..values import looking

_ARGS = looking.class_dict(BaseException)["args"]
_TRACEBACK = looking.class_dict(BaseException)["__traceback__"]


def arguments(error: BaseException) -> tuple[Any, ...]:
    """What it was made with."""
    made_with: tuple[Any, ...] = _ARGS.__get__(error)
    return made_with


def message(error: BaseException) -> str:
    """The text that it was made with, or ""; its ``__str__`` is not called."""
    made_with = arguments(error)
    return made_with[0] if made_with and type(made_with[0]) is str else ""


def traceback(error: BaseException) -> Any:
    return _TRACEBACK.__get__(error)


def is_a(error: BaseException, cls: type) -> bool:
    return looking.derives(type(error), cls)


def own(error: BaseException, cls: type, name: str) -> Any:
    """A field that a built-in class of exceptions has; None where this Python has none."""
    member = looking.class_dict(cls).get(name)
    return None if member is None else member.__get__(error)

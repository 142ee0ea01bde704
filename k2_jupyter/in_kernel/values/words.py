"""The words in which variables are described. Runs inside the user's kernel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

SHORT = 80
"""Characters of a value."""
LINE = 300
"""Characters of the line about a variable."""
_SECRET_WORDS = ("key", "token", "password", "passwd", "secret", "credential")
_NO_KEYS = re.compile(
    "monkey|donkey|turkey|hockey|jockey|whiskey|keyboard|keyword|keynote|keystone|keyframe"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_URL_PASSWORD = re.compile(r"(\w://[^/:@\s]*:)[^@/\s]+@")
NOT_SHOWN = "(not shown: by its name a secret)"


def secret(name: Any) -> bool:
    """Whether a name says that what it names is a secret."""
    if type(name) is not str:
        return False
    lower = _NO_KEYS.sub("", name.lower())
    return any(word in lower for word in _SECRET_WORDS)


def plain(text: str) -> str:
    """Text on one line, without what cannot be seen and without passwords in addresses."""
    if "://" in text:
        text = _URL_PASSWORD.sub(r"\1***@", text)
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


def short(text: str, limit: int = SHORT) -> str:
    """At most `limit` characters of a text, plain."""
    text = plain(text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def size(shape: Iterable[int]) -> str:
    return " × ".join(str(length) for length in shape)


def listed(names: Iterable[str], more: int = 0, limit: int = LINE) -> str:
    """Names as far as they fit into `limit` characters, and how many more there are."""
    shown: list[str] = []
    room = limit
    for name in names:
        room -= len(name) + 2
        if room < 0 and shown:
            more += 1
        else:
            shown.append(name)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def columns(dtypes: dict[str, str], count: int, limit: int = LINE) -> str:
    """The columns of a table with their dtypes; `dtypes` may hold the first of `count`."""
    return listed((f"{name} {dtype}" for name, dtype in dtypes.items()), count - len(dtypes), limit)


def table(title: str, rows: Any, dtypes: dict[str, str], count: int) -> str:
    """One line about a table; `rows` is None where they are not counted yet."""
    width = counted(count, "column")
    head = f"{title}, {width}" if rows is None else f"{title}, {rows} rows × {count} columns"
    return f"{head}: {columns(dtypes, count, LINE - len(head) - 20)}" if dtypes else head


def number(value: Any) -> str:
    """A number in at most 6 significant digits."""
    if type(value) is int or type(value) is bool:
        return str(value)
    return format(float(value), ".6g")

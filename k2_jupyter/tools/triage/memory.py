"""The texts that earlier sources of a turn gave to names.

An address that one cell binds and the next one reads would pass both, looked at one by one.
A name stands for every text that it had, and for something else as well: whether a source ran,
and what it then did to a name, can't be told from here. So a memory gives reasons to ask and
takes none away.
"""

from __future__ import annotations

from collections.abc import Mapping

from k2_jupyter.tools.triage.names import UNKNOWN, Names, Text, Texts

_NAMES = 1000
_TEXTS = 8
_LENGTH = 1000


class Memory:
    """What the sources of one turn gave to names; bounded, the oldest name goes first."""

    def __init__(self) -> None:
        self._texts: dict[str, Texts] = {}

    @property
    def texts(self) -> Mapping[str, Texts]:
        """By name; each ends with a text of which nothing is known."""
        return self._texts

    def add(self, names: Names) -> None:
        """Remember the names that a source binds to texts or paths."""
        for name, values in names.values.items():
            seen = [
                _cut(text)
                for value in values
                if value is not None
                for text in names.texts(value)
                if text.head
            ]
            if seen:
                known = dict.fromkeys((*reversed(seen), *self._texts.pop(name, ())))
                known.pop(UNKNOWN, None)
                self._texts[name] = (*list(known)[:_TEXTS], UNKNOWN)
        while len(self._texts) > _NAMES:
            del self._texts[next(iter(self._texts))]


def _cut(text: Text) -> Text:
    return text if len(text.head) <= _LENGTH else Text(text.head[:_LENGTH], whole=False)

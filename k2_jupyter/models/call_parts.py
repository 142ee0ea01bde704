"""The parts of tool calls, as streams send them → calls. Pure.

By the protocol a part has the ``index`` of its call, and the first one its id and name.
Seen besides: no index at all, always 0, gaps; ids and names late, repeated, or missing; a
name in two pieces; arguments as an object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from k2_jupyter.messages import ToolCall
from k2_jupyter.models.arguments import is_whole


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.arguments)


class CallParts:
    """Collects the parts of one answer."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}
        self._last_index = 0
        self.size = 0
        """Characters so far."""

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The calls so far; parts that have neither name nor arguments are none."""
        return tuple(
            ToolCall(call.id, call.name, call.text)
            for call in self._calls
            if call.name or call.arguments
        )

    def add(self, part: Mapping[str, Any]) -> None:
        """One element of ``delta.tool_calls``."""
        function = part.get("function")
        function = function if isinstance(function, dict) else {}
        name = _string(function.get("name"))
        call = self._call_of(part.get("index"), _string(part.get("id")), name)
        if name and name.startswith(call.name):
            call.name = name  # the first piece, a repetition, or a longer form
        elif name and not call.arguments:
            call.name += name
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            arguments = json.dumps(arguments, ensure_ascii=False)
        if text := _string(arguments):
            call.arguments.append(text)
        self.size += len(name) + len(text)

    def _call_of(self, index: object, call_id: str, name: str) -> _Call:
        slot = index if isinstance(index, int) else self._last_index
        call = self._at.get(slot)
        if call is None:
            call = self._open(slot)
        elif call_id and call.id and call_id != call.id:
            same = (known for known in self._calls if known.id == call_id)
            call = next(same, None) or self._open(slot)
        elif name and call.name and self._begins_anew(call, index, call_id):
            call = self._open(slot)
        call.id = call.id or call_id
        self._last_index = slot
        return call

    def _begins_anew(self, call: _Call, index: object, call_id: str) -> bool:
        """Whether a named part without an id of its own is the next call."""
        is_unmarked = index is None or (not call_id and not call.id)
        return is_unmarked and bool(call.arguments) and is_whole(call.text)

    def _open(self, slot: int) -> _Call:
        call = self._at[slot] = _Call()
        self._calls.append(call)
        return call


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""

"""A model that goes round in circles is told so, and stopped at last."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import replace

from k2_jupyter.agent.prompts import load
from k2_jupyter.messages import ToolCall, ToolResult
from k2_jupyter.tools.base import Finished, Rejected

MOST_REPEATS = 12
MOST_REJECTED = 5
_TOLD_AT = {3: "repeated", 5: "repeated_often", 8: "repeated_often"}
_REMEMBERED = 48
"""Calls within which repetitions count: four calls in turn are a circle, too."""
# Of a cell that runs again: its id, its time and its count, as observations show them.
_FLEETING = re.compile(r"\bcell \w+ \(hash|· \d+(?:\.\d+)? m?s\b|· \[[\d ]*\]|\bIn\s?\[\d+\]")
# The last sentence: "Now let me load the data.", "I'll plot it:"; a colon says it in any language.
_ANNOUNCED = re.compile(
    r"(?:^|[\n.!?。！？])\s*(?:(?:now|next|first|then|okay|ok|so),?\s+)?"
    r"(?:let me\b(?! know)|let['’]s\b|i(?:['’]ll| will| am going to|['’]m going to)\b|"
    r"让我|我将|我来|接下来)"
    r"[^\n.!?:。！？：]*[.…。]*\Z|[:：]\Z",
    re.IGNORECASE,
)


class Loops:
    """What one turn has repeated."""

    def __init__(self) -> None:
        self._recent: deque[tuple[str, ...]] = deque(maxlen=_REMEMBERED)
        self._rejected = 0
        self._is_new_answer = True
        self.over = ""
        """Why the turn must stop, in words for people; "" while it need not."""

    def next_answer(self) -> None:
        """The calls that follow are another answer's: only now it has read the last results."""
        self._is_new_answer = True

    def told(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """The result as the model is to read it; a repeated one says so at its end."""
        if isinstance(result, Finished):
            return result
        self._count_rejected(call, result)
        key = (call.name, _canonical(call.arguments), _FLEETING.sub("", result.text))
        self._recent.append(key)
        times = self._recent.count(key)
        if times >= MOST_REPEATS:
            self.over = (
                f"The model called `{call.name}` {times} times with the same result. Ask again "
                "in other words, or ask another model"
            )
        prompt = _TOLD_AT.get(times)
        if prompt is None:
            return result
        note = load(prompt, times=str(times), most=str(MOST_REPEATS))
        return replace(result, text=f"{result.text}\n\n{note}")

    def _count_rejected(self, call: ToolCall, result: ToolResult) -> None:
        if not isinstance(result, Rejected):
            self._rejected = 0
        elif self._is_new_answer:
            self._rejected += 1
            self._is_new_answer = False
        if self._rejected >= MOST_REJECTED:
            self.over = (
                f"The model made {MOST_REJECTED} calls in a row that make no sense, the last of "
                f"`{call.name[:80]}`. Ask again, or ask another model"
            )


def announces(text: str) -> bool:
    """Does the text end by saying what comes next, as if a call stood behind it?"""
    return _ANNOUNCED.search(text.strip()[-400:]) is not None


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments, strict=False), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
